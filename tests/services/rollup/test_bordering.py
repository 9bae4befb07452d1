"""A refresh that reads stored figures beside the way up stores what a full one would, whatever changes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbm import bulk
from rbm.access import SYSTEM
from rbm.model.indicators import (
    Baseline,
    Category,
    ContributionLink,
    Dimension,
    Disaggregation,
    DisaggregationPart,
    Target,
)
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import Figure
from rbm.services import marks, rollup
from rbm.terms.indicators import Accumulation, Additivity, Measure, MissingPolicy, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind, PeriodStage, ValueStage, Verification
from rbm.work import Work, begin
from tests import databases
from tests.conftest import NOW
from tests.make import Make

NODES = 9
SHAPES = {
    "over_units": st.sampled_from((OverUnits.SUM, OverUnits.SUM, OverUnits.SUM, OverUnits.MAX, OverUnits.MEAN)),
    "additivity": st.sampled_from((Additivity.YES, Additivity.YES, Additivity.YES, Additivity.NO)),
    "missing_policy": st.sampled_from(tuple(MissingPolicy)),
    "measure": st.sampled_from((Measure.NUMBER, Measure.NUMBER, Measure.NUMBER, Measure.PERCENTAGE)),
    "accumulation": st.sampled_from((Accumulation.PERIODIC, Accumulation.PERIODIC, *Accumulation)),
    "over_time": st.sampled_from(tuple(OverTime)),
    "counts_people": st.sampled_from((False, False, False, True)),
}
VALUES = {
    "indicator": st.integers(0, NODES - 1),
    "period": st.integers(0, 2),
    "crossing": st.integers(-1, 2),
    "value": st.none() | st.integers(0, 9),
    "stage": st.sampled_from((ValueStage.APPROVED, ValueStage.APPROVED, ValueStage.SUBMITTED)),
    "verification": st.sampled_from(tuple(Verification)),
    "released_on": st.sampled_from((None, date(2026, 3, 1))),
}
STATED = {"indicator": st.integers(0, NODES - 1), "period": st.integers(0, 2), "value": st.none() | st.integers(0, 9)}


@pytest.fixture(params=databases.KINDS)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Any]:
    """Makes a fresh database of one kind, as often as asked."""
    return lambda: databases.fresh(request, tmp_path)


def build(work: Work, shapes: list[dict[str, Any]]) -> dict[str, list[UUID]]:
    """Nine indicators: a top, two regions, four countries, two projects; two quarters and their half year."""
    make = Make(work)
    indicators = [make.indicator(code=f"I{at}", **shape) for at, shape in enumerate(shapes)]
    for child, parent in ((1, 0), (2, 0), (3, 1), (4, 1), (5, 2), (6, 2), (7, 3), (8, 3)):
        make.contribution(indicators[child], indicators[parent], weight=Decimal("0.5") if child == 4 else Decimal(1))
    spans = [
        (PeriodKind.QUARTER, date(2026, 1, 1), date(2026, 3, 31)),
        (PeriodKind.QUARTER, date(2026, 4, 1), date(2026, 6, 30)),
        (PeriodKind.SEMESTER, date(2026, 1, 1), date(2026, 6, 30)),
    ]
    periods = [
        work.add(Period(kind=kind, stage=PeriodStage.OPEN, code=f"{kind} {first}", start=first, end=last))
        for kind, first, last in spans
    ]
    crossings = []
    sexes, ages = (
        [work.add(Category(code=f"{code}{at}", label=code, dimension=axis)) for at in range(2)]
        for code, axis in (
            (code, work.add(Dimension(code=code, label=code, additive=additive)))
            for code, additive in (("sex", True), ("age", False))
        )
    )
    for parts in ((sexes[0],), (sexes[1],), (sexes[0], ages[0])):
        crossings.append(work.add(Disaggregation(code="/".join(part.code for part in parts), label="")))
        for part in parts:
            work.add(DisaggregationPart(disaggregation=crossings[-1], category=part))
    return {
        "indicators": [row.id for row in indicators],
        "periods": [row.id for row in periods],
        "crossings": [row.id for row in crossings],
    }


def write(work: Work, keys: dict[str, list[UUID]], facts: dict[str, Any], cls: type[Any]) -> UUID:
    """A measurement, target or baseline of drawn facts; the key of its indicator."""
    indicator = keys["indicators"][facts["indicator"]]
    crossing = facts.get("crossing", -1)
    row: dict[str, Any] = {name: facts[name] for name in ("stage", "verification", "released_on") if name in facts}
    row |= {"indicator_id": indicator, "period_id": keys["periods"][facts["period"]], "occurrence": 1}
    row |= {"value": None if facts["value"] is None else Decimal(facts["value"])}
    row |= {"disaggregation_id": keys["crossings"][crossing] if crossing >= 0 else None}
    more = {"place_stated": False, "recorded_at": work.now}
    work.add(cls(**row, **(more if cls is Measurement else {"edition": 1, "current": True, "set_at": work.now})))
    return indicator


def kept(engine: sa.Engine) -> list[tuple[Any, ...]]:
    """All that is stored of figures but their keys and moments."""
    passed = {"id", "computed_at", "released_on"}
    with begin(engine, SYSTEM, "look", now=NOW, writes=False) as work:
        figure = Figure.__table__.c
        rows = bulk.select(work.session, sa.select(*(column for column in figure if column.name not in passed)))
        return sorted((tuple(row) for row in rows), key=str)


def histories() -> st.SearchStrategy[list[tuple[str, dict[str, Any]]]]:
    """Steps: values and statements that come, and links that are left out or taken in again."""
    steps = st.one_of(
        st.tuples(st.just("value"), st.fixed_dictionaries(VALUES)),
        st.tuples(st.just("target"), st.fixed_dictionaries(STATED)),
        st.tuples(st.just("baseline"), st.fixed_dictionaries(STATED)),
        st.tuples(st.just("link"), st.fixed_dictionaries({"child": st.integers(1, NODES - 1)})),
    )
    return st.lists(steps, min_size=1, max_size=4)


def step(work: Work, keys: dict[str, list[UUID]], kind: str, facts: dict[str, Any]) -> None:
    """One change and its mark."""
    if kind == "link":
        child = keys["indicators"][facts["child"]]
        link = work.session.scalars(sa.select(ContributionLink).where(ContributionLink.child_id == child)).one()
        link.included = not link.included
        marks.mark(work, [link.parent_id], kind)
        return
    cls = {"value": Measurement, "target": Target, "baseline": Baseline}[kind]
    marks.mark(work, [write(work, keys, facts, cls)], kind)


@settings(
    max_examples=settings().max_examples if settings().max_examples > 100 else 6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    shapes=st.lists(st.fixed_dictionaries(SHAPES), min_size=NODES, max_size=NODES),
    before=st.lists(st.fixed_dictionaries(VALUES), min_size=4, max_size=16),
    stated=st.lists(st.fixed_dictionaries(STATED), max_size=3),
    history=histories(),
)
def test_marked_figures_are_those_of_a_full_computation(
    fresh: Callable[[], Any],
    shapes: list[dict[str, Any]],
    before: list[dict[str, Any]],
    stated: list[dict[str, Any]],
    history: list[tuple[str, dict[str, Any]]],
) -> None:
    with fresh() as engine:
        with begin(engine, SYSTEM, "build", now=NOW) as work:
            keys = build(work, shapes)
            for facts in before:
                write(work, keys, facts, Measurement)
            for facts in stated:
                write(work, keys, facts, Target)
            rollup.refresh(work, full=True)
        for kind, facts in history:
            with begin(engine, SYSTEM, "change", now=NOW) as work:
                Make(work)
                step(work, keys, kind, facts)
                rollup.refresh(work)
            after = kept(engine)
            with begin(engine, SYSTEM, "full", now=NOW) as work:
                assert rollup.refresh(work, full=True).changed == 0
            assert kept(engine) == after
