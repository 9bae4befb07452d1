"""Targets, baselines and populations beside figures; and stored figures that are read in the place of values."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm import bulk
from rbm.model.indicators import (
    Baseline,
    Category,
    Dimension,
    Disaggregation,
    DisaggregationPart,
    FormulaTerm,
    Indicator,
    Target,
)
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import Figure
from rbm.services import marks, rollup
from rbm.services.rollup import Refreshed
from rbm.terms.indicators import Composition
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.services.iati.stored import rows


def tree(work: Work, **facts: Any) -> tuple[list[Indicator], Period]:
    """A region T over the countries A and B, B over the project C; 10 in A, 20 in C."""
    make = Make(work)
    made = [make.indicator(code=code, **facts) for code in ("T", "A", "B", "C")]
    for child, parent in ((1, 0), (2, 0), (3, 2)):
        make.contribution(made[child], made[parent])
    year = make.year()
    for at, value in ((1, 10), (3, 20)):
        make.measurement(made[at], year, value)
    return made, year


def state(work: Work, cls: type[Target | Baseline], indicator: Indicator, value: int, period: Period | None) -> None:
    """A target or baseline as it stands now."""
    facts = {"occurrence": 1, "edition": 1, "current": True, "set_at": work.now, "value": Decimal(value)}
    work.add(cls(indicator_id=indicator.id, period_id=period.id if period else None, **facts))


def shown(engine: sa.Engine, *columns: str) -> dict[str, tuple[Any, ...]]:
    """Columns of the totals by code of the indicator."""
    codes: dict[UUID, str] = dict(rows(engine, Indicator, "id", "code"))
    found = rows(engine, Figure, "indicator_id", "category_id", "disaggregation_id", *columns)
    return {codes[row[0]]: tuple(row[3:]) for row in found if row[1] is None and row[2] is None}


def test_a_target_is_rolled_up_where_every_child_has_one(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        made, year = tree(work)
        state(work, Target, made[1], 12, year)
        rollup.refresh(work, full=True)
    assert shown(engine, "target", "targets") == {"T": (None, 1), "A": (12, 1), "B": (None, 0), "C": (None, 0)}
    with start() as work:
        Make(work)
        state(work, Target, made[3], 30, year)
        marks.mark(work, [made[3].id], "target")
    with start() as work:
        rollup.refresh(work)
        assert rollup.reconcile(work) == []
    assert shown(engine, "target", "targets") == {"T": (42, 2), "A": (12, 1), "B": (30, 1), "C": (30, 1)}


def test_the_baseline_of_a_strategy_stands_for_every_period_before_one_of_its_own(
    engine: sa.Engine, start: Begin
) -> None:
    with start() as work:
        made, year = tree(work)
        later = Make(work).year(2027)
        Make(work).measurement(made[1], later, 11)
        Make(work).measurement(made[3], later, 21)
        state(work, Baseline, made[1], 1, None)
        state(work, Baseline, made[3], 2, None)
        state(work, Baseline, made[3], 5, later)
        rollup.refresh(work, full=True)
    found = rows(engine, Figure, "indicator_id", "period_id", "baseline", "baselines")
    assert {row[1]: tuple(row[2:]) for row in found if row[0] == made[0].id} == {year.id: (3, 2), later.id: (3, 2)}


def test_baselines_of_places_stand_beside_one_another(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        indicator, years = make.indicator(code="A"), [make.year(2026), make.year(2027)]
        for year in years:
            make.measurement(indicator, year, 10, place_stated=True, place_text="X")
        work.flush()
        facts: dict[str, Any] = {"indicator_id": indicator.id, "edition": 1, "current": True, "set_at": work.now}
        for value, place, occurrence, period in (
            (100, "X", 1, None),
            (7, "X", 2, years[0]),
            (60, "Y", 1, years[0]),
            (5, "Z", 1, years[0]),
            (None, "Z", 1, None),
        ):
            amount = None if value is None else Decimal(value)
            more: dict[str, Any] = {"place_text": place, "occurrence": occurrence, "period_id": period and period.id}
            work.add(Baseline(value=amount, **facts, **more))
        rollup.refresh(work, full=True)
    found = {row[0]: row[1] for row in rows(engine, Figure, "period_id", "baseline")}
    assert found == {years[0].id: 172, years[1].id: None}


def test_a_target_of_a_region_stands_before_those_of_its_countries(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        made, year = tree(work, composition=Composition.CONTRIBUTED_ONLY)
        state(work, Target, made[3], 30, year)
        state(work, Target, made[2], 25, year)
        state(work, Target, made[1], 12, year)
        rollup.refresh(work, full=True)
    assert shown(engine, "target", "targets") == {"T": (37, 2), "A": (12, 1), "B": (25, 1), "C": (30, 1)}
    with start() as work:
        Make(work)
        state(work, Target, made[0], 40, year)
        marks.mark(work, [made[0].id], "target")
        rollup.refresh(work)
        assert rollup.reconcile(work) == []
    assert shown(engine, "target", "targets", "expected")["T"] == (40, 2, 2)


def test_no_more_different_people_than_live_there(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        made, _ = tree(work, counts_people=True)
        made[0].population = Decimal(25)
        rollup.refresh(work, full=True)
    assert shown(engine, "lower", "upper", "value")["T"] == (20, 25, 30)
    assert shown(engine, "lower", "upper", "value")["B"] == (20, 20, 20)


def test_a_crossing_has_a_figure_of_its_own(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make, (made, year) = Make(work), tree(work)
        crossing = work.add(Disaggregation(code="f/young", label=""))
        for code in ("f", "young"):
            dimension = work.add(Dimension(code=f"D{code}", label=code, additive=True))
            category = work.add(Category(code=code, label=code, dimension=dimension))
            work.add(DisaggregationPart(disaggregation=crossing, category=category))
        make.measurement(made[1], year, 4, disaggregation=crossing)
        rollup.refresh(work, full=True)
        assert rollup.refresh(work, full=True).changed == 0
    found = rows(engine, Figure, "indicator_id", "category_id", "disaggregation_id", "value")
    assert [row[3] for row in found if row[0] == made[0].id and row[2] == crossing.id] == [4]
    assert [row[3] for row in found if row[0] == made[0].id and row[1] is not None] == [4, 4]


@pytest.mark.parametrize("submitted", [False, True])
def test_what_stands_beside_is_read_from_its_figures(engine: sa.Engine, start: Begin, submitted: bool) -> None:
    with start() as work:
        made, year = tree(work)
        rollup.refresh(work, full=True)
    with start() as work:
        make = Make(work)
        value = work.session.scalars(sa.select(Measurement).where(Measurement.indicator_id == made[3].id)).one()
        bulk.update(work.session, Measurement, [{"id": value.id, "value": Decimal(99)}])
        facts = {"stage": "submitted"} if submitted else {}
        make.measurement(made[1], year, 7, released_on=date(2026, 3, 1), place_stated=True, **facts)
        marks.mark(work, [made[1].id], "approve")
    with start() as work:
        assert rollup.refresh(work) == Refreshed(figures=2, values=3, nodes=2, changed=0)
    assert shown(engine, "value")["T"] == (30,)
    with start() as work:
        found = [(fault.indicator, fault.stored, fault.computed) for fault in rollup.reconcile(work)]
    assert found == [("B", 20, 99), ("C", 20, 99), ("T", 30, 109)]


def test_a_part_of_a_formula_takes_the_formula_along(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        made, _ = tree(work)
        double = Make(work).indicator(code="F", formula="x + x")
        work.add(FormulaTerm(indicator_id=double.id, name="x", source_id=made[0].id))
        rollup.refresh(work, full=True)
    assert shown(engine, "value")["F"] == (60,)
    with start() as work:
        value = work.session.scalars(sa.select(Measurement).where(Measurement.indicator_id == made[1].id)).one()
        work.asked.update({"operate"})  # type: ignore[arg-type]
        bulk.update(work.session, Measurement, [{"id": value.id, "value": Decimal(11)}])
        marks.mark(work, [made[1].id], "correct")
    with start() as work:
        assert rollup.refresh(work).changed == 3
        assert rollup.reconcile(work) == []
    assert shown(engine, "value")["F"] == (62,)
