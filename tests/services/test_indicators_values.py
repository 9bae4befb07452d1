"""Baselines and targets: stated for a cell, revised with a reason, kept."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Forbidden, Invalid, NotFound
from rbm.model.indicators import Baseline, Category, Indicator, Target
from rbm.model.people import Place
from rbm.model.rollup import DirtyMark
from rbm.services import indicators
from rbm.services.indicators import BaselineInput, TargetInput
from rbm.terms.indicators import ChangeReason, Measure, OverTime, OverUnits
from rbm.terms.people import PlaceKind, Role
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused

OTHER = ChangeReason.OTHER


def category(
    work: Work, make: Make, indicator: Indicator | None, dimension: str = "sex", code: str = "female"
) -> Category:
    make.headquarters()
    axis = indicators.define_dimension(work, dimension, dimension, additive=True)
    if indicator:
        indicators.split_indicator(work, indicator.id, axis.id)
    return indicators.define_category(work, axis.id, code, code)


def test_a_first_baseline_needs_no_reason(work: Work, make: Make) -> None:
    indicator = make.indicator()
    made = indicators.set_baseline(
        work,
        BaselineInput(indicator_id=indicator.id, value=Decimal("20.5"), measured_on=date(2024, 6, 30), source="Census"),
    )
    assert (made.value, made.year, made.measured_on, made.source) == (
        Decimal("20.5"),
        2024,
        date(2024, 6, 30),
        "Census",
    )
    assert (made.edition, made.current, made.reason_code, made.reason) == (1, True, None, None)
    assert (made.place_id, made.disaggregation_id, made.period_id, made.occurrence) == (None, None, None, 1)
    assert (made.set_at, made.set_by_id) == (NOW, None)
    mark = work.session.scalars(sa.select(DirtyMark)).one()
    assert (mark.indicator_id, mark.cause) == (indicator.id, "set_baseline")


def test_a_revision_keeps_what_was_stated(work: Work, make: Make) -> None:
    indicator, period = make.indicator(), make.year()
    stated = {"indicator_id": indicator.id, "period_id": period.id}
    first = indicators.set_target(work, TargetInput(**stated, value=Decimal(50), review_on=date(2026, 6, 1)))
    reason = {"reason_code": ChangeReason.BUDGET_CHANGE, "reason": " Less money "}
    second = indicators.set_target(work, TargetInput(**stated, value=Decimal(40), **reason))
    assert (first.value, first.edition, first.current, first.review_on) == (Decimal(50), 1, False, date(2026, 6, 1))
    assert (second.value, second.edition, second.current) == (Decimal(40), 2, True)
    assert (second.reason_code, second.reason) == (ChangeReason.BUDGET_CHANGE, "Less money")
    editions = indicators.history(work, indicator.id)
    assert [(one.kind, one.period, one.edition, one.current, one.value, one.reason) for one in editions] == [
        ("target", "2026", 1, False, Decimal(50), None),
        ("target", "2026", 2, True, Decimal(40), "Less money"),
    ]


def test_a_revision_supersedes_every_entry_of_an_imported_cell(work: Work, make: Make) -> None:
    indicator, period = make.indicator(), make.year()
    facts = {"edition": 1, "current": True, "set_at": work.now, "value": Decimal(237)}
    for occurrence in (1, 2):
        work.add(Target(indicator=indicator, period=period, occurrence=occurrence, **facts))
    indicators.set_target(
        work,
        TargetInput(
            indicator_id=indicator.id, period_id=period.id, value=Decimal(474), reason_code=OTHER, reason="one entry"
        ),
    )
    current = work.session.scalars(sa.select(Target).where(Target.current)).all()
    assert [(row.value, row.edition) for row in current] == [(Decimal(474), 2)]


def test_each_cell_has_editions_of_its_own(work: Work, make: Make) -> None:
    indicator, year, next_year = make.indicator(), make.year(2026), make.year(2027)
    female = category(work, make, indicator)
    place = work.add(Place(code="024", name="Angola", kind=PlaceKind.COUNTRY))
    cells: tuple[dict[str, Any], ...] = (
        {"period_id": year.id},
        {"period_id": next_year.id},
        {"period_id": year.id, "place_id": place.id},
        {"period_id": year.id, "category_ids": (female.id,)},
        {"period_id": year.id, "place_id": place.id, "category_ids": (female.id,)},
    )
    for cell in cells:
        made = indicators.set_target(work, TargetInput(indicator_id=indicator.id, value=Decimal(1), **cell))
        assert (made.edition, made.current) == (1, True)
    assert [(one.period, one.place, one.disaggregation) for one in indicators.history(work, indicator.id)] == [
        ("2026", None, None),
        ("2026", None, "female"),
        ("2026", "024", None),
        ("2026", "024", "female"),
        ("2027", None, None),
    ]


def test_a_strategys_baseline_and_a_rolling_one_stand_beside_each_other(work: Work, make: Make) -> None:
    indicator, period, person = make.indicator(), make.year(), make.person()
    strategys = indicators.set_baseline(work, BaselineInput(indicator_id=indicator.id, value=Decimal(1), year=2024))
    rolling = BaselineInput(indicator_id=indicator.id, value=Decimal(2), year=2025, period_id=period.id)
    assert indicators.set_baseline(work, rolling).edition == 1
    assert strategys.current
    strategys.set_by_id = person.id
    work.flush()
    assert [(one.kind, one.period, one.set_by) for one in indicators.history(work, indicator.id)] == [
        ("baseline", None, person.name),
        ("baseline", "2026", None),
    ]


def test_parts_make_the_value_and_stay_beside_it(work: Work, make: Make) -> None:
    share = make.indicator(measure=Measure.PERCENTAGE, unit="%", over_units=OverUnits.RATIO_OF_SUMS)
    made = indicators.set_baseline(
        work, BaselineInput(indicator_id=share.id, numerator=Decimal(1), denominator=Decimal(3), year=2025)
    )
    work.session.expire(made)
    assert (made.value, made.numerator, made.denominator) == (Decimal("33.333333"), Decimal(1), Decimal(3))


@pytest.mark.parametrize(
    ("measure", "facts", "field"),
    [
        (Measure.NUMBER, {}, "value"),
        (Measure.NUMBER, {"text": "198,412.00"}, "text"),
        (Measure.NUMBER, {"value": Decimal("0.1234567")}, "value"),
        (Measure.NUMBER, {"value": Decimal("9223372036854.775808")}, "value"),
        (Measure.NUMBER, {"value": Decimal("Infinity")}, "value"),
        (Measure.PERCENTAGE, {"numerator": Decimal(1), "denominator": Decimal(0)}, "denominator"),
        (Measure.YES_NO, {"value": Decimal(2)}, "value"),
        (Measure.NARRATIVE, {"value": Decimal(1), "text": "one"}, "value"),
    ],
)
def test_a_value_that_does_not_fit_the_measure_is_refused(
    start: Begin, engine: sa.Engine, measure: Measure, facts: dict[str, Any], field: str
) -> None:
    with start() as work:
        make = Make(work)
        over = {"over_units": OverUnits.NONE, "over_time": OverTime.LAST}
        indicator, period = make.indicator(measure=measure, **over), make.year()
    with refused(engine, Invalid, field) as work:
        indicators.set_target(work, TargetInput(indicator_id=indicator.id, period_id=period.id, **facts))
    with refused(engine, Invalid, field) as work:
        indicators.set_baseline(work, BaselineInput(indicator_id=indicator.id, year=2025, **facts))


@pytest.mark.parametrize(
    "facts", [{}, {"year": 2024, "measured_on": date(2025, 1, 1)}, {"year": 25}, {"year": 0, "measured_on": None}]
)
def test_a_baseline_has_a_year(start: Begin, engine: sa.Engine, facts: dict[str, Any]) -> None:
    with start() as work:
        indicator = Make(work).indicator()
    with refused(engine, Invalid, "year") as work:
        indicators.set_baseline(work, BaselineInput(indicator_id=indicator.id, value=Decimal(1), **facts))


@pytest.mark.parametrize(
    ("facts", "field"),
    [({}, "reason_code"), ({"reason": "why"}, "reason_code"), ({"reason_code": OTHER, "reason": " "}, "reason")],
)
def test_a_revision_without_its_reason_is_refused(
    start: Begin, engine: sa.Engine, facts: dict[str, Any], field: str
) -> None:
    with start() as work:
        make = Make(work)
        indicator, period = make.indicator(), make.year()
        baseline = {"indicator_id": indicator.id, "value": Decimal(1), "year": 2024}
        target = {"indicator_id": indicator.id, "value": Decimal(1), "period_id": period.id}
        indicators.set_baseline(work, BaselineInput(**baseline))
        indicators.set_target(work, TargetInput(**target))
    with refused(engine, Invalid, field) as work:
        indicators.set_baseline(work, BaselineInput(**baseline, **facts))
    with refused(engine, Invalid, field) as work:
        indicators.set_target(work, TargetInput(**target, **facts))


def test_unknown_rows_and_wrong_categories_are_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        indicator, period = make.indicator(), make.year()
        female, wrong = category(work, make, indicator), category(work, make, None, "age", "child")
        male = indicators.define_category(work, female.dimension_id, "male", "male")
    stated = {"indicator_id": indicator.id, "period_id": period.id, "value": Decimal(1)}
    with refused(engine, Invalid, "category_ids") as work:
        indicators.set_target(work, TargetInput(**stated, category_ids=(wrong.id,)))
    with refused(engine, Invalid, "category_ids") as work:
        indicators.set_target(work, TargetInput(**stated, category_ids=(female.id, male.id)))
    with refused(engine, NotFound, "category_ids") as work:
        indicators.set_target(work, TargetInput(**stated, category_ids=(period.id,)))
    with refused(engine, NotFound, "place_id") as work:
        indicators.set_target(work, TargetInput(**stated, place_id=period.id))
    with refused(engine, NotFound, "period_id") as work:
        indicators.set_target(work, TargetInput(**stated | {"period_id": indicator.id}))
    with refused(engine, NotFound, "indicator_id") as work:
        indicators.set_target(work, TargetInput(**stated | {"indicator_id": period.id}))
    with refused(engine, NotFound, "period_id") as work:
        indicators.set_baseline(
            work, BaselineInput(indicator_id=indicator.id, value=Decimal(1), year=2024, period_id=indicator.id)
        )


def test_who_sets_a_target_is_kept_and_who_may_not_is_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        indicator, period = make.indicator(), make.year()
        reporter, verifier = make.actor(Role.REPORTER), make.actor(Role.VERIFIER)
    stated = {"indicator_id": indicator.id, "value": Decimal(1)}
    with start(reporter) as work:
        assert indicators.set_target(work, TargetInput(**stated, period_id=period.id)).set_by_id == reporter.person_id
    with refused(engine, Forbidden, None, verifier) as work:
        indicators.set_target(work, TargetInput(**stated, period_id=period.id))
    with refused(engine, Forbidden, None, verifier) as work:
        indicators.set_baseline(work, BaselineInput(**stated, year=2024))
    with start() as work:
        assert work.session.scalars(sa.select(Baseline)).all() == []
