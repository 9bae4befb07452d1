"""Formula indicators in a refresh: made with what they rest on, in later periods too, and released when that is."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.db import from_fixed, to_fixed
from rbm.model.indicators import Indicator
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import Figure
from rbm.services import indicators, marks, rollup
from rbm.services.indicators import FormulaPart, TargetInput
from rbm.terms.indicators import Measure, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind, PeriodStage
from rbm.terms.rollup import Reason
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make


def month(work: Work, number: int) -> Period:
    """A month of 2025."""
    first = date(2025, number, 1)
    last = date.fromordinal(date(2025, number + 1, 1).toordinal() - 1)
    return work.add(
        Period(code=f"2025-{number:02}", kind=PeriodKind.MONTH, stage=PeriodStage.OPEN, start=first, end=last)
    )


def part(name: str, indicator: Indicator) -> FormulaPart:
    return FormulaPart(name, indicator.id)


def shown(start: Begin, indicator: Indicator) -> dict[str, Any]:
    """Values of the figures of an indicator by the code of their period, or the reason."""
    query = (
        sa.select(Period.code, Figure.value, Figure.reason)
        .join(Figure.period)
        .where(Figure.indicator_id == indicator.id)
    )
    with start() as work:
        return {code: reason if value is None else value for code, value, reason in work.session.execute(query)}


def refreshed(start: Begin) -> int:
    with start() as work:
        return rollup.refresh(work).changed


def test_a_formula_follows_its_parts_into_later_periods(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        leaf, source, to_date, double = (make.indicator(code=code) for code in "LSTD")
        make.contribution(leaf, source)
        months = {number: month(work, number) for number in (4, 5, 6, 7, 8)}
        for number, value in ((5, 1), (6, 2)):
            make.measurement(leaf, months[number], value)
        indicators.set_formula(work, double.id, "2 * t", [part("t", to_date)])
        indicators.set_formula(work, to_date.id, "ytd(s)", [part("s", source)])
        marks.mark(work, [leaf.id], "test")
    assert refreshed(start) > 0
    assert shown(start, to_date) == {"2025-05": 1, "2025-06": 3, "2025-07": 3, "2025-08": 3}
    assert shown(start, double) == {"2025-05": 2, "2025-06": 6, "2025-07": 6, "2025-08": 6}
    with start() as work:
        make = Make(work)
        make.measurement(leaf, months[7], 4)
        marks.mark(work, [leaf.id], "test")
    assert refreshed(start) > 0
    assert shown(start, double) == {"2025-05": 2, "2025-06": 6, "2025-07": 14, "2025-08": 14}
    with start() as work:
        indicators.clear_formula(work, to_date.id)
    refreshed(start)
    assert shown(start, to_date) == {}
    assert shown(start, double) == {}
    with start() as work:
        assert rollup.reconcile(work) == []


def test_a_missing_part_is_told_until_it_comes(start: Begin) -> None:
    """Case trap-015."""
    with start() as work:
        make = Make(work)
        a, b, d, made = (make.indicator(code=code) for code in "ABDM")
        year = make.year()
        make.measurement(a, year, 5)
        make.measurement(d, year, 10)
        indicators.set_formula(work, made.id, "(a + b) / d", [part("a", a), part("b", b), part("d", d)])
    refreshed(start)
    assert shown(start, made) == {"2026": Reason.FORMULA_PART_MISSING}
    with start() as work:
        Make(work).measurement(b, year, 1)
        marks.mark(work, [b.id], "test")
    refreshed(start)
    assert shown(start, made) == {"2026": Decimal("0.6")}


def test_a_share_has_its_parts_and_is_released_with_them(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        a, b = make.indicator(), make.indicator()
        operators = {"over_units": OverUnits.RATIO_OF_SUMS, "over_time": OverTime.LAST}
        made = make.indicator(measure=Measure.PERCENTAGE, unit="%", **operators)
        year = make.year()
        make.measurement(a, year, 1, released_on=date(2026, 1, 1))
        held = make.measurement(b, year, 3)
        indicators.set_formula(work, made.id, "share(a, b)", [part("a", a), part("b", b)])
    refreshed(start)
    query = sa.select(Figure).where(Figure.indicator_id == made.id)
    with start() as work:
        figure = work.session.scalars(query).one()
        assert (figure.value, figure.numerator, figure.denominator) == (from_fixed(33_333_333), 1, 3)
        assert (figure.reported, figure.expected, figure.released_on) == (2, 2, None)
        assert to_fixed(figure.value) == 33_333_333
        work.asked.update({"operate"})  # type: ignore[arg-type]
        work.get(Measurement, held.id).released_on = date(2026, 1, 2)
        marks.mark(work, [b.id], "test")
    refreshed(start)
    with start() as work:
        assert work.session.scalars(query).one().released_on == work.today


def test_a_formula_has_a_target_of_its_own(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        a, made = make.indicator(), make.indicator()
        year = make.year()
        make.measurement(a, year, 4)
        indicators.set_formula(work, made.id, "a / 2", [part("a", a)])
        for indicator, value in ((a, 9), (made, 3)):
            indicators.set_target(work, TargetInput(indicator_id=indicator.id, value=Decimal(value), period_id=year.id))
    refreshed(start)
    with start() as work:
        figure = work.session.scalars(sa.select(Figure).where(Figure.indicator_id == made.id)).one()
        assert (figure.value, figure.target, figure.targets) == (2, 3, 1)


@pytest.mark.parametrize("value", [0, 5])
def test_a_denominator_of_zero_makes_no_figure(start: Begin, value: int) -> None:
    with start() as work:
        make = Make(work)
        a, b, made = (make.indicator() for _ in range(3))
        year = make.year()
        make.measurement(a, year, value)
        make.measurement(b, year, 0)
        indicators.set_formula(work, made.id, "a / b", [part("a", a), part("b", b)])
    refreshed(start)
    assert shown(start, made) == {"2026": Reason.DENOMINATOR_ZERO}
