"""People: offices by date, roles that reach downwards, tokens."""

from datetime import date

import pytest
import sqlalchemy as sa

from rbm.access import Permission
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.people import ApiToken, Office, Post
from rbm.services import people
from rbm.terms.people import OfficeKind, Role
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make


def test_initialise_makes_headquarters_with_a_vacant_post_once(work: Work) -> None:
    first = people.initialise(work)
    assert people.initialise(work) is first
    post = work.find(Post, people.RESULTS_POST)
    assert (post.title, post.holder_id, post.office_id) == ("HQ results", None, first.id)


def test_an_office_keeps_where_it_stood(work: Work, make: Make) -> None:
    east, west = make.office(kind=OfficeKind.REGIONAL), make.office(kind=OfficeKind.REGIONAL)
    country = people.create_office(work, "C", "Country", OfficeKind.COUNTRY, east.id)
    people.move_office(work, country.id, west.id, date(2026, 1, 1))
    assert country.id in people.below(work, {east.id}, date(2025, 12, 31))
    assert country.id not in people.below(work, {east.id}, date(2026, 1, 1))
    assert country.id in people.below(work, {west.id}, date(2026, 1, 1))


def test_an_office_cannot_stand_under_itself(work: Work, make: Make) -> None:
    region = make.office()
    country = make.office(region)
    with pytest.raises(Conflict, match="stands under") as refusal:
        people.move_office(work, region.id, country.id, date(2026, 1, 1))
    assert refusal.value.field == "parent_id"


def test_moves_planned_for_later_close_no_circle(work: Work, make: Make) -> None:
    """Neither a move on the day before a planned one, nor a planned one on top of another."""
    south, north = make.office(kind=OfficeKind.REGIONAL), make.office(kind=OfficeKind.REGIONAL)
    country = make.office(south)
    people.move_office(work, country.id, north.id, date(2026, 6, 1))
    with pytest.raises(Conflict, match=f"{country.code} stands under {north.code} on 2026-06-01") as refusal:
        people.move_office(work, north.id, country.id, date(2026, 4, 1))
    assert refusal.value.field == "parent_id"
    with pytest.raises(Conflict, match="stands under"):
        people.move_office(work, north.id, country.id, date(2026, 7, 1))
    people.move_office(work, south.id, north.id, date(2026, 4, 1))
    for day in (date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 1), date(2027, 1, 1)):
        assert country.id in people.below(work, {make.headquarters().id}, day)


def test_an_office_moves_not_again_before_a_move_that_is_planned(work: Work, make: Make) -> None:
    country, first, second = make.office(), make.office(), make.office()
    people.move_office(work, country.id, first.id, date(2026, 6, 1))
    with pytest.raises(Conflict, match="until 2026-05-31, as planned") as refusal:
        people.move_office(work, country.id, second.id, date(2026, 4, 1))
    assert refusal.value.field == "on"
    people.move_office(work, country.id, second.id, date(2026, 7, 1))
    assert country.id in people.below(work, {first.id}, date(2026, 6, 30))


def test_a_role_reaches_the_offices_below_and_no_others(make: Make) -> None:
    region, other = make.office(), make.office()
    country = make.office(region)
    actor = make.actor(Role.VERIFIER, region)
    assert actor.may(Permission.REVIEW, country.id)
    assert not actor.may(Permission.REVIEW, other.id)
    assert not actor.may(Permission.PLAN, country.id)


def test_a_revoked_role_ends(work: Work, make: Make) -> None:
    office, person = make.office(), make.person()
    membership = people.grant_role(work, person.id, office.id, Role.REPORTER)
    people.revoke_role(work, membership.id)
    assert people.actor_of_person(work, person).grants == ()


def test_the_last_administrator_stays(work: Work, make: Make) -> None:
    membership = people.grant_role(work, make.person().id, make.headquarters().id, Role.ADMIN)
    with pytest.raises(Conflict, match="last administrator"):
        people.revoke_role(work, membership.id)


def test_nobody_grants_a_role_to_oneself(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actor, office = make.actor(Role.ADMIN), make.headquarters().id
    with pytest.raises(Forbidden, match="oneself"), start(actor) as work:
        people.grant_role(work, actor.person_id or office, office, Role.HQ_RESULTS)


def test_a_token_is_kept_only_as_its_hash_and_ends_when_revoked(work: Work, make: Make) -> None:
    person = make.person()
    token, secret = people.issue_token(work, person.id, "laptop")
    assert secret not in work.session.scalars(sa.select(ApiToken.digest)).all()
    actor = people.actor_of_token(work, secret)
    assert actor is not None
    assert actor.person_id == person.id
    people.revoke_token(work, token.id)
    assert people.actor_of_token(work, secret) is None


def test_an_inactive_person_acts_no_more(work: Work, make: Make) -> None:
    person = make.person()
    _, secret = people.issue_token(work, person.id, "laptop")
    people.deactivate_person(work, person.id)
    assert people.actor_of_token(work, secret) is None


@pytest.mark.parametrize("email", ["nobody", "a@b@c", "a b@c"])
def test_an_address_that_is_none_is_refused(work: Work, email: str) -> None:
    with pytest.raises(Invalid) as refusal:
        people.create_person(work, email, "Name")
    assert refusal.value.field == "email"


def test_a_taken_code_is_a_conflict_that_names_the_field(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        parent = make.office(code="TAKEN").id
    with pytest.raises(Conflict) as refusal, start() as work:
        people.create_office(work, "TAKEN", "Other", OfficeKind.COUNTRY, parent)
    assert (refusal.value.field, refusal.value.message) == ("code", "another row has this value already")


def test_who_may_not_is_refused_and_the_attempt_is_audited(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actor, office = make.actor(Role.REPORTER), make.headquarters().id
    with pytest.raises(Forbidden), start(actor, "create_office") as work:
        people.create_office(work, "NEW", "New", OfficeKind.COUNTRY, office)
    with start() as work:
        assert work.session.scalars(sa.select(Office).where(Office.code == "NEW")).all() == []
        refused = work.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.REFUSED)).all()
        assert [(entry.operation, entry.actor) for entry in refused] == [("create_office", actor.label)]


def test_what_does_not_exist_is_not_found(work: Work, make: Make) -> None:
    with pytest.raises(NotFound) as refusal:
        people.create_post(work, "X", "Post", make.person().id)
    assert refusal.value.field == "office_id"


def test_a_person_is_found_by_what_was_written_and_no_wildcard(work: Work, make: Make) -> None:
    person = make.person(email="lina.haddad@example.org", name="Lina Haddad")
    for name in ("lina.haddad@example.org", "LINA.HADDAD", "Lina Haddad"):
        assert people.find_person(work, name) is person
    for name in ("%", "_ina.haddad", "lina"):
        assert people.find_person(work, name) is None
