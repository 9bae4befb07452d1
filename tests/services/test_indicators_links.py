"""Contribution links: weights, conversions, days; circles and double counts refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.indicators import ContributionLink
from rbm.model.rollup import DirtyMark
from rbm.services import indicators
from rbm.services.indicators import ContributionPlan
from rbm.terms.indicators import Measure, OverUnits
from rbm.terms.people import Role
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

HALF = Decimal("0.5")


def causes(work: Work) -> list[tuple[Any, str]]:
    found = work.session.scalars(sa.select(DirtyMark).order_by(DirtyMark.id))
    return [(mark.indicator_id, mark.cause) for mark in found]


def test_a_link_keeps_its_plan_and_marks_the_parent(work: Work, make: Make) -> None:
    child, parent = make.indicator(unit="families"), make.indicator()
    plan = ContributionPlan(
        child.id, parent.id, HALF, Decimal("4.2"), valid_from=date(2025, 1, 1), valid_to=date(2026, 12, 31)
    )
    link = indicators.link_indicators(work, plan)
    assert (link.child_id, link.parent_id, link.weight, link.factor) == (child.id, parent.id, HALF, Decimal("4.2"))
    assert (link.included, link.valid_from, link.valid_to) == (True, date(2025, 1, 1), date(2026, 12, 31))
    assert causes(work) == [(parent.id, "link_indicators")]
    assert list(work.session.scalars(indicators.find_contributions(parent_id=parent.id))) == [link]
    assert list(work.session.scalars(indicators.find_contributions(child_id=parent.id))) == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"weight": Decimal(0)}, "weight"),
        ({"weight": Decimal("-0.5")}, "weight"),
        ({"weight": Decimal("1.000001")}, "weight"),
        ({"weight": Decimal("0.0000001")}, "weight"),
        ({"weight": Decimal("NaN")}, "weight"),
        ({"factor": Decimal(0)}, "factor"),
        ({"factor": Decimal("0.0000001")}, "factor"),
        ({"factor": Decimal("1E+20")}, "factor"),
        ({"valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)}, "valid_to"),
    ],
)
def test_a_link_that_does_not_fit_is_refused(
    start: Begin, engine: sa.Engine, facts: dict[str, Any], field: str
) -> None:
    with start() as work:
        make = Make(work)
        child, parent = make.indicator(), make.indicator()
    with refused(engine, Invalid, field) as work:
        indicators.link_indicators(work, ContributionPlan(child.id, parent.id, **facts))


def test_unlike_indicators_are_not_linked(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        people, families = make.indicator(), make.indicator(unit="families")
        share = make.indicator(measure=Measure.PERCENTAGE, unit="%", over_units=OverUnits.RATIO_OF_SUMS)
        percent = make.indicator(unit="%")
    with refused(engine, Invalid, "measure") as work:
        indicators.link_indicators(work, ContributionPlan(share.id, people.id))
    with refused(engine, Invalid, "factor") as work:
        indicators.link_indicators(work, ContributionPlan(families.id, people.id))
    with refused(engine, Invalid, "unit") as work:
        indicators.link_indicators(work, ContributionPlan(percent.id, people.id, factor=Decimal(2)))


def test_a_circle_is_refused_with_its_codes(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        first, second, third = (make.indicator(code=code) for code in "ABC")
        make.contribution(first, second)
        make.contribution(second, third, included=False)
    with pytest.raises(Conflict, match="C > A > B > C"), start() as work:
        indicators.link_indicators(work, ContributionPlan(third.id, first.id))
    with refused(engine, Conflict, "parent_id") as work:
        indicators.link_indicators(work, ContributionPlan(third.id, first.id))
    with refused(engine, Conflict, "parent_id") as work:
        indicators.link_indicators(work, ContributionPlan(first.id, first.id))


def test_a_second_path_is_refused_with_both(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        leaf, middle, top = (make.indicator(code=code) for code in ("LEAF", "MIDDLE", "TOP"))
        make.contribution(leaf, middle)
        make.contribution(middle, top)
    with pytest.raises(Conflict, match=r"LEAF > MIDDLE > TOP and LEAF > TOP") as refusal, start() as work:
        indicators.link_indicators(work, ContributionPlan(leaf.id, top.id))
    assert refusal.value.code == "double_count"
    with refused(engine, Conflict, "parent_id") as work:
        indicators.link_indicators(work, ContributionPlan(leaf.id, top.id))


def test_a_leaf_below_the_child_may_not_arrive_twice_either(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        leaf, left, right, top = (make.indicator(code=code) for code in ("LEAF", "LEFT", "RIGHT", "TOP"))
        make.contribution(leaf, left)
        make.contribution(leaf, right)
        make.contribution(left, top)
    with refused(engine, Conflict, "parent_id") as work:
        indicators.link_indicators(work, ContributionPlan(right.id, top.id))


def test_weights_share_a_leaf_out_and_may_not_grow_beyond_it(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        leaf, left, right, top = (make.indicator() for _ in range(4))
        make.contribution(left, top)
        make.contribution(right, top)
        first = indicators.link_indicators(work, ContributionPlan(leaf.id, left.id, HALF))
        indicators.link_indicators(work, ContributionPlan(leaf.id, right.id, HALF))
        assert indicators.reweigh_link(work, first.id, Decimal("0.25")).weight == Decimal("0.25")
        assert causes(work)[-1] == (left.id, "reweigh_link")
    with refused(engine, Conflict, "parent_id") as work:
        indicators.reweigh_link(work, first.id, Decimal("0.500001"))
    with refused(engine, Invalid, "weight") as work:
        indicators.reweigh_link(work, first.id, Decimal(2))


def test_what_is_left_out_counts_nowhere_until_it_is_taken_in_again(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        leaf, left, right, top = (make.indicator() for _ in range(4))
        make.contribution(left, top)
        make.contribution(right, top)
        first = make.contribution(leaf, left)
        assert indicators.opt_out(work, first.id).included is False
        assert causes(work) == [(left.id, "opt_out")]
        indicators.link_indicators(work, ContributionPlan(leaf.id, right.id))
    with refused(engine, Conflict, "parent_id") as work:
        indicators.opt_out(work, first.id, included=True)


def test_paths_that_are_valid_on_different_days_do_not_meet(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        leaf, left, right, top = (make.indicator() for _ in range(4))
        make.contribution(left, top)
        make.contribution(right, top, valid_from=date(2026, 7, 1))
        first = make.contribution(leaf, left, valid_to=date(2025, 12, 31))
        indicators.link_indicators(work, ContributionPlan(leaf.id, right.id, valid_from=date(2026, 1, 1)))
        assert indicators.end_link(work, first.id, date(2026, 6, 30)).valid_to == date(2026, 6, 30)
        assert causes(work)[-1] == (left.id, "end_link")
    with refused(engine, Conflict, "parent_id") as work:
        indicators.end_link(work, first.id, date(2026, 7, 1))
    with refused(engine, Conflict, "parent_id") as work:
        indicators.end_link(work, first.id, None)


def test_two_are_linked_once_at_a_time(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        child, parent = make.indicator(), make.indicator()
        make.contribution(child, parent, weight=Decimal("0.1"), valid_to=date(2025, 12, 31))
        indicators.link_indicators(work, ContributionPlan(child.id, parent.id, valid_from=date(2026, 1, 1)))
    with refused(engine, Conflict, "parent_id") as work:
        indicators.link_indicators(work, ContributionPlan(child.id, parent.id, Decimal("0.1")))
    with refused(engine, NotFound, "child_id") as work:
        indicators.link_indicators(work, ContributionPlan(parent.result_id, parent.id))
    with refused(engine, NotFound, "parent_id") as work:
        indicators.link_indicators(work, ContributionPlan(child.id, parent.result_id))


def test_a_link_taken_away_marks_the_parent(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        link = make.contribution(make.indicator(), make.indicator())
    with start() as work:
        assert indicators.unlink_indicators(work, link.id).id == link.id
        assert work.session.scalars(sa.select(ContributionLink)).all() == []
        assert causes(work) == [(link.parent_id, "unlink_indicators")]
    with refused(engine, NotFound, "link_id") as work:
        indicators.unlink_indicators(work, link.id)


def test_what_the_caller_does_not_see_counts_twice_as_well(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        region = make.office()
        mine = make.indicator(make.result(make.framework(office=make.office(region))))
        upper = make.indicator(make.result(make.framework(office=region)))
        hidden = make.indicator(make.result(make.framework(approved_on=None)))
        make.contribution(mine, hidden)
        make.contribution(hidden, upper)
        reporter = make.actor(Role.REPORTER, mine.result.framework.office)
    with pytest.raises(Conflict, match="an indicator that is not shown"), start(reporter) as work:
        indicators.link_indicators(work, ContributionPlan(mine.id, upper.id))


def test_an_office_links_its_own_indicators_upward_and_no_others(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        region = make.office()
        country = make.office(region)
        own, upper = (make.indicator(make.result(make.framework(office=office))) for office in (country, region))
        top = make.indicator(make.result(make.framework(office=make.headquarters())))
        above = make.contribution(upper, top)
        reporter = make.actor(Role.REPORTER, country)
    with start(reporter) as work:
        assert indicators.link_indicators(work, ContributionPlan(own.id, upper.id)).parent_id == upper.id
    with refused(engine, Forbidden, None, reporter) as work:
        indicators.link_indicators(work, ContributionPlan(upper.id, own.id))
    for change in (indicators.unlink_indicators, indicators.opt_out):
        with refused(engine, Forbidden, None, reporter) as work:
            change(work, above.id)
    with refused(engine, Forbidden, None, reporter) as work:
        indicators.reweigh_link(work, above.id, HALF)
    with refused(engine, Forbidden, None, reporter) as work:
        indicators.end_link(work, above.id, None)
