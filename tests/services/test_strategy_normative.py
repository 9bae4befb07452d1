"""Contributions to normative frameworks: intended, reported with owners, summed when verified."""

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Forbidden, Invalid, NotFound
from rbm.model.indicators import Indicator
from rbm.model.rollup import Figure
from rbm.model.strategy import NormativeLink, NormativeTarget
from rbm.services import strategy
from rbm.services.strategy import ContributionIntent, NormativeContribution
from rbm.terms.indicators import Measure, OverUnits
from rbm.terms.people import Role
from rbm.terms.strategy import NormativeFramework
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

SDG = NormativeFramework.SDG


def target(work: Work, number: str = "10.7", framework: NormativeFramework = SDG) -> NormativeTarget:
    code = f"{framework}:{number}"
    return work.add(NormativeTarget(code=code, framework=framework, number=number, label="Own label"))


def figure(work: Work, make: Make, indicator: Indicator, year: int, verified: Any, **facts: Any) -> None:
    period = make.year(year) if "period" not in facts else facts.pop("period")
    values = {"verified": None if verified is None else Decimal(verified), "value": Decimal(999)}
    counts = {"reported": 1, "expected": 1, "stale": False, "computed_at": work.now}
    work.add(Figure(**(values | counts | facts), indicator=indicator, period=period))


def link(work: Work, indicator: Indicator, goal: NormativeTarget) -> NormativeLink:
    intent = ContributionIntent(indicator.result_id, goal.id, indicator.id, Decimal(1), Decimal(2), 2030)
    return strategy.intend_contribution(work, intent)


def test_an_intended_contribution_is_stated_replaced_and_withdrawn(work: Work, make: Make) -> None:
    goal, indicator, owner = target(work), make.indicator(), make.person()
    first = strategy.intend_contribution(
        work,
        ContributionIntent(indicator.result_id, goal.id, indicator.id, Decimal("1.5"), Decimal(20), 2030, owner.id),
    )
    assert (first.indicator_id, first.baseline, first.intended) == (indicator.id, Decimal("1.5"), Decimal(20))
    assert (first.year, first.owner_id) == (2030, owner.id)
    again = strategy.intend_contribution(work, ContributionIntent(indicator.result_id, goal.id, intended=Decimal(30)))
    assert again is first
    assert (again.indicator_id, again.baseline, again.intended) == (None, None, Decimal(30))
    assert (again.year, again.owner_id) == (None, None)
    strategy.withdraw_contribution(work, first.id)
    assert work.session.scalars(sa.select(NormativeLink)).all() == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"baseline": Decimal("0.0000001")}, "baseline"),
        ({"intended": Decimal("1E+20")}, "intended"),
        ({"year": 20300}, "year"),
    ],
)
def test_a_contribution_that_does_not_fit_is_refused(
    start: Begin, engine: sa.Engine, facts: dict[str, Any], field: str
) -> None:
    with start() as work:
        result, goal = Make(work).result(), target(work)
    with refused(engine, Invalid, field) as work:
        strategy.intend_contribution(work, ContributionIntent(result.id, goal.id, **facts))


def test_a_contribution_names_an_indicator_of_its_result_and_an_active_owner(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        goal, result, other, left = target(work), make.result(), make.indicator(), make.person(active=False)
        viewer = make.actor(Role.VIEWER)
    with refused(engine, Invalid, "indicator_id") as work:
        strategy.intend_contribution(work, ContributionIntent(result.id, goal.id, other.id))
    with refused(engine, Invalid, "owner_id") as work:
        strategy.intend_contribution(work, ContributionIntent(result.id, goal.id, owner_id=left.id))
    with refused(engine, NotFound, "target_id") as work:
        strategy.intend_contribution(work, ContributionIntent(result.id, result.id))
    with refused(engine, Forbidden, None, viewer) as work:
        strategy.intend_contribution(work, ContributionIntent(result.id, goal.id))
    with start() as work:
        stated = link(work, other, work.get(NormativeTarget, goal.id))
    with refused(engine, Forbidden, None, viewer) as work:
        strategy.withdraw_contribution(work, stated.id)


def test_the_report_lists_each_contribution_with_its_owner(work: Work, make: Make) -> None:
    goal, compact = target(work), target(work, "2", NormativeFramework.GLOBAL_COMPACT_MIGRATION)
    owner, indicator = make.person(name="Ada"), make.indicator(make.result(code="B"), code="I")
    owned = ContributionIntent(indicator.result_id, goal.id, indicator.id, Decimal(1), Decimal(2), 2030, owner.id)
    strategy.intend_contribution(work, owned)
    strategy.intend_contribution(work, ContributionIntent(make.result(code="A").id, goal.id))
    strategy.intend_contribution(work, ContributionIntent(indicator.result_id, compact.id))
    assert strategy.normative_report(work, SDG) == (
        NormativeContribution("sdg:10.7", "Own label", "A", None, None, None, None, None),
        NormativeContribution("sdg:10.7", "Own label", "B", "I", Decimal(1), Decimal(2), 2030, "Ada"),
    )


def test_progress_adds_what_is_verified_in_the_year(work: Work, make: Make) -> None:
    goal, elsewhere = target(work), target(work, "8.8")
    year, before = make.year(2025), make.year(2024)
    for value, period in (("10.5", year), ("4", year), ("100", before)):
        indicator = make.indicator()
        link(work, indicator, goal)
        figure(work, make, indicator, 2025, value, period=period)
    other = make.indicator()
    link(work, other, elsewhere)
    figure(work, make, other, 2025, "7", period=year)
    found = strategy.normative_progress(work, goal.code, 2025)
    assert (found.target_code, found.year, found.verified, found.unit) == (goal.code, 2025, Decimal("14.5"), "people")
    assert [(part.verified, part.counted) for part in found.contributions] == [
        (Decimal("10.5"), True),
        (Decimal(4), True),
        (None, False),
    ]
    assert strategy.normative_progress(work, goal.code, 2024).verified == Decimal(100)


def test_progress_counts_nothing_twice_and_adds_no_percentages(work: Work, make: Make) -> None:
    goal, year = target(work), make.year(2025)
    parent, child = make.indicator(code="A"), make.indicator(code="B")
    make.contribution(child, parent)
    share = make.indicator(code="C", measure=Measure.PERCENTAGE, over_units=OverUnits.RATIO_OF_SUMS, unit="%")
    for indicator, value in ((parent, "30"), (child, "20"), (share, "50")):
        link(work, indicator, goal)
        figure(work, make, indicator, 2025, value, period=year)
    found = strategy.normative_progress(work, goal.code, 2025)
    assert found.verified == Decimal(30)
    assert [(part.indicator_code, part.counted, part.reason) for part in found.contributions] == [
        ("A", True, None),
        ("B", False, "its values enter another linked indicator"),
        ("C", False, "a percentage is not added"),
    ]


def test_without_a_sum_progress_says_why(work: Work, make: Make) -> None:
    goal, year = target(work), make.year(2025)
    assert strategy.normative_progress(work, goal.code, 2025).reason == "nothing is verified"
    for unit in ("people", "families"):
        indicator = make.indicator(unit=unit)
        link(work, indicator, goal)
        figure(work, make, indicator, 2025, "1", period=year)
    found = strategy.normative_progress(work, goal.code, 2025)
    assert (found.verified, found.unit, found.reason) == (None, None, "the units differ")
    with pytest.raises(NotFound) as refusal:
        strategy.normative_progress(work, "sdg:99", 2025)
    assert refusal.value.field == "target_code"
