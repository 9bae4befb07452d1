"""Seeing: own and lower offices, what is approved above, what is released; nothing goes past the session's limits."""

from datetime import date

import pytest
import sqlalchemy as sa

from rbm.access import PERMISSIONS, PUBLIC, Actor, Permission
from rbm.audit import AuditEntry
from rbm.model.notices import Notice
from rbm.model.people import ApiToken, Office, Person
from rbm.model.reporting import Measurement
from rbm.model.strategy import Framework, Result
from rbm.services import notices, people
from rbm.terms.notices import NoticeKind
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkLevel, FrameworkStage
from tests.conftest import Begin
from tests.make import Make

DRAFT = {"stage": FrameworkStage.DRAFT, "approved_on": None}


def codes(start: Begin, actor: Actor, cls: type[Framework | Result] = Framework) -> set[str]:
    with start(actor) as work:
        return set(work.session.scalars(sa.select(cls.code)))


@pytest.fixture
def viewer(start: Begin) -> Actor:
    """A viewer in a country under a region; frameworks stand above, beside, below and in the country itself."""
    with start() as work:
        make = Make(work)
        region = make.office()
        country, sister = make.office(region), make.office(region)
        below = make.office(country)
        for name, office, facts in (
            ("above", region, {"level": FrameworkLevel.REGIONAL}),
            ("above draft", region, {"level": FrameworkLevel.REGIONAL} | DRAFT),
            ("own draft", country, DRAFT),
            ("below draft", below, DRAFT),
            ("sister", sister, {}),
            ("sister released", sister, {"released_on": date(2026, 1, 1)}),
        ):
            framework = make.framework(code=name, office=office, **facts)
            make.result(framework, code=name)
        return make.actor(Role.VIEWER, country)


def test_own_and_lower_offices_and_what_is_approved_above_or_released(start: Begin, viewer: Actor) -> None:
    seen = {"above", "own draft", "below draft", "sister released"}
    assert codes(start, viewer) == seen
    assert codes(start, viewer, Result) == seen


def test_the_public_sees_what_is_released_and_nothing_else(start: Begin, viewer: Actor) -> None:
    assert viewer.person_id
    assert codes(start, PUBLIC) == {"sister released"}
    assert codes(start, PUBLIC, Result) == {"sister released"}


def test_joins_and_counts_are_narrowed_too(start: Begin, viewer: Actor) -> None:
    with start(viewer) as work:
        joined = work.session.scalars(sa.select(Result.code).join(Result.framework)).all()
        assert len(joined) == 4
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Framework)) == 4
        assert work.session.scalar(sa.select(sa.func.count(Result.id))) == 4


def test_values_of_other_offices_are_not_seen_before_release(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        region = make.office()
        own, other = make.office(region), make.office(region)
        period = make.year()
        for office, facts in ((own, {}), (other, {}), (other, {"released_on": date(2026, 1, 1)})):
            indicator = make.indicator(make.result(make.framework(office=office)))
            make.measurement(indicator, period, 1, **facts)
        actor, regional = make.actor(Role.VIEWER, own), make.actor(Role.VERIFIER, region)
    counts = []
    for each in (actor, regional, PUBLIC):
        with start(each) as work:
            counts.append(len(work.session.scalars(sa.select(Measurement)).all()))
    assert counts == [2, 3, 1]


def test_persons_are_seen_by_members_only_and_tokens_by_their_owner(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actor, admin = make.actor(Role.VIEWER), make.actor(Role.ADMIN)
        assert actor.person_id
        people.issue_token(work, actor.person_id, "mine")
        people.issue_token(work, make.person().id, "theirs")
    seen = []
    for each in (PUBLIC, actor, admin):
        with start(each) as work:
            persons = work.session.scalars(sa.select(Person)).all()
            tokens = work.session.scalars(sa.select(ApiToken.name)).all()
            seen.append((len(persons), sorted(tokens)))
    assert seen == [(0, []), (3, ["mine"]), (3, ["mine", "theirs"])]


def test_notices_are_seen_by_their_person_only(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actor, admin = make.actor(Role.VIEWER), make.actor(Role.ADMIN)
        assert actor.person_id
        notices.tell(work, NoticeKind.FLAG_CLEARED, [actor.person_id], "subject", {"office": "O", "rule": "r"})
    seen = []
    for each in (actor, admin, PUBLIC):
        with start(each) as work:
            seen.append(len(work.session.scalars(sa.select(Notice)).all()))
    assert seen == [1, 0, 0]


def test_the_audit_trail_is_for_oversight(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        overseer, reporter = make.actor(Role.OVERSIGHT), make.actor(Role.REPORTER)
    with start(reporter) as work:
        assert work.session.scalars(sa.select(AuditEntry)).all() == []
    with start(overseer) as work:
        assert work.session.scalars(sa.select(AuditEntry)).first() is not None


def test_nothing_goes_past_the_limits_of_a_session(start: Begin) -> None:
    statements = (
        sa.text("SELECT 1"),
        sa.select(Office.__table__),
        sa.delete(Office),
        sa.update(Office).values(name="x"),
    )
    for statement in statements:
        with start() as work, pytest.raises(RuntimeError, match="only SELECTs of rows"):
            work.session.execute(statement)


def test_every_role_has_its_permissions_and_administrators_no_content() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.ADMIN] == {Permission.MANAGE_PEOPLE}
    assert PERMISSIONS[Role.PUBLIC] == PERMISSIONS[Role.DONOR] == frozenset()


def test_a_role_that_is_over_or_not_yet_begun_grants_nothing(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        person, office = make.person(), make.office()
        people.grant_role(work, person.id, office.id, Role.VIEWER, date(2027, 1, 1))
        assert people.actor_of_person(work, person).grants == ()
