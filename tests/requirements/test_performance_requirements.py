"""Requirements of the performance room and of the views of portfolios, each by its number."""

from datetime import UTC, date, datetime

import sqlalchemy as sa

from rbm.model.people import Post
from rbm.model.performance import Flag
from rbm.services import people, performance, portfolio
from rbm.stages import Transition
from rbm.terms.flags import FlagStage
from rbm.terms.people import Role
from rbm.terms.performance import FlagRule
from rbm.terms.portfolio import PortfolioScope
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.services.performance.world import operation, year_of


def off_track(work: Work) -> list[Flag]:
    query = sa.select(Flag).where(Flag.rule == FlagRule.OFF_TRACK.value).order_by(Flag.raised_on, Flag.id)
    return list(work.session.scalars(query))


def test_r040_a_chief_of_mission_sees_only_the_own_country(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        own, other = operation(make), operation(make)
        year_of(make, own, 2025, missed=0)
        chief = make.actor(Role.APPROVER, own.office)
        theirs = other.framework.code
    with start(chief) as work:
        seen = {row.framework.code for row in portfolio.portfolio(work, PortfolioScope.ORGANISATION)}
        assert seen == {own.framework.code}
        assert theirs not in seen


def test_r060_a_plan_that_breaks_one_rule_is_listed_with_the_rule_and_its_values(work: Work, make: Make) -> None:
    year_of(make, operation(make), 2025, missed=4)
    performance.flag_interventions(work)
    (flag,) = work.session.scalars(sa.select(Flag))
    assert (flag.rule, flag.rule_version) == ("off_track", "1.1")
    assert (flag.inputs["off_track"], flag.inputs["rated"]) == (4, 6)


def test_r061_the_register_keeps_status_with_dates(work: Work, make: Make) -> None:
    year_of(make, operation(make), 2025, missed=6)
    performance.flag_interventions(work)
    (flag,) = off_track(work)
    performance.acknowledge_flag(work, flag.id)
    performance.plan_improvement(work, flag.id, "more staff", date(2026, 6, 1))
    performance.fail_flag(work, flag.id, "the project ended")
    moves = work.session.scalars(sa.select(Transition).where(Transition.entity_id == flag.id).order_by(Transition.id))
    assert [(move.to_stage, move.at) for move in moves] == [
        ("acknowledged", NOW),
        ("action", NOW),
        ("closed_as_failed", NOW),
    ]


def test_r062_a_flag_needs_a_plan_and_goes_one_level_higher_when_it_is_raised_again(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        made = operation(make)
        year_of(make, made, 2024, missed=6)
        performance.flag_interventions(work)
        (first,) = off_track(work)
        assert first.plan_due_on == date(2026, 4, 1)
    with start(now=datetime(2027, 3, 1, tzinfo=UTC)) as work:
        year_of(Make(work), made, 2026, missed=6)
        performance.flag_interventions(work)
        later = off_track(work)[-1]
        assert (later.escalation, later.stage) == (1, FlagStage.NEW)
        assert work.get(Post, later.responsible_id).office_id == made.region.id


def test_r063_a_flag_without_somebody_responsible_is_impossible(work: Work, make: Make) -> None:
    office, bare = make.office(), operation(make)
    bare.framework.office, bare.framework.office_id = office, office.id
    year_of(make, bare, 2025, missed=6)
    performance.flag_interventions(work)
    (flag,) = off_track(work)
    assert work.get(Post, flag.responsible_id).code == people.RESULTS_POST
    assert not Flag.__table__.c.responsible_id.nullable
