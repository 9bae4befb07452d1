"""API tokens: how long they live, what they carry, who issues and ends them."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import ANYWHERE, PUBLIC, Actor, Permission
from rbm.audit import AuditEntry
from rbm.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from rbm.model.people import ApiToken, Person
from rbm.services import people
from rbm.terms.people import Role
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.make import Make


def cast(start: Begin) -> tuple[Actor, Actor, UUID]:
    """An administrator, a reporter, and a person besides."""
    with start() as work:
        make = Make(work)
        return make.actor(Role.ADMIN), make.actor(Role.REPORTER, make.office()), make.person().id


def limited(start: Begin, actor: Actor, *scopes: Permission) -> tuple[Actor, UUID]:
    """The actor by a token that is limited, and that token."""
    with start() as work:
        row, secret = people.issue_token(work, own(actor), "limited", scopes=list(scopes))
        found = people.actor_of_token(work, secret)
        assert found is not None
        return found, row.id


def own(actor: Actor) -> UUID:
    assert actor.person_id is not None
    return actor.person_id


def test_a_token_lives_for_the_longest_time_unless_fewer_days_are_named(work: Work, make: Make) -> None:
    person = make.person()
    lives = [people.issue_token(work, person.id, "a", days)[0].expires_at for days in (None, 1, 90)]
    assert lives == [NOW + timedelta(days=days) for days in (90, 1, 90)]


@pytest.mark.parametrize("days", [0, -1, 91])
def test_other_lives_are_refused(work: Work, make: Make, days: int) -> None:
    with pytest.raises(Invalid) as refusal:
        people.issue_token(work, make.person().id, "a", days)
    assert (refusal.value.field, refusal.value.message) == ("days", "a token lives for 1 to 90 days")


@pytest.mark.parametrize("scopes", [[], ["everything"], ["see", "SEE"], [""]])
def test_scopes_are_permissions(work: Work, make: Make, scopes: list[Permission]) -> None:
    with pytest.raises(Invalid) as refusal:
        people.issue_token(work, make.person().id, "a", scopes=scopes)
    assert refusal.value.field == "scopes"


def test_a_token_needs_a_name_and_somebody_active(work: Work, make: Make) -> None:
    with pytest.raises(Invalid) as refusal:
        people.issue_token(work, make.person().id, " ")
    assert refusal.value.field == "name"
    with pytest.raises(Conflict, match="is not active"):
        people.issue_token(work, make.person(active=False).id, "a")


def test_scopes_take_away_and_add_nothing(start: Begin) -> None:
    _, reporter, _ = cast(start)
    actor, _ = limited(start, reporter, Permission.SEE, Permission.MANAGE_PEOPLE)
    assert actor.may(Permission.SEE, ANYWHERE)
    assert not actor.may(Permission.REPORT, ANYWHERE)
    assert not actor.may(Permission.MANAGE_PEOPLE, ANYWHERE)


def test_a_scope_that_is_no_permission_any_more_opens_nothing(work: Work, make: Make) -> None:
    person = work.get(Person, own(make.actor(Role.REPORTER)))
    assert people.actor_of_person(work, person, ["former", "see"]).scopes == {Permission.SEE}


def test_people_issue_see_and_end_their_own_tokens(start: Begin) -> None:
    _, reporter, other = cast(start)
    with start(reporter) as work:
        row, _ = people.issue_token(work, own(reporter), "mine")
    with start() as work:
        theirs, _ = people.issue_token(work, other, "theirs")
    with start(reporter) as work:
        assert work.session.scalars(sa.select(ApiToken.name)).all() == ["mine"]
        assert people.revoke_token(work, row.id).revoked_at == NOW
    with pytest.raises(NotFound), start(reporter) as work:
        people.revoke_token(work, theirs.id)
    with pytest.raises(Forbidden), start(reporter) as work:
        people.issue_token(work, other, "not mine")


def test_somebody_without_any_role_issues_own_tokens_and_the_public_none(start: Begin) -> None:
    with start() as work:
        person = Make(work).person()
        actor = people.actor_of_person(work, person)
    with start(actor) as work:
        assert people.issue_token(work, person.id, "mine")[0].person_id == person.id
    with pytest.raises(Refusal), start(PUBLIC) as work:
        people.issue_token(work, person.id, "theirs")


def test_whoever_manages_people_issues_and_ends_tokens_of_others(start: Begin) -> None:
    admin, reporter, _ = cast(start)
    with start(admin) as work:
        row, secret = people.issue_token(work, own(reporter), "lent")
    with start(admin) as work:
        people.revoke_token(work, row.id)
    with start() as work:
        assert people.actor_of_token(work, secret) is None


@pytest.mark.parametrize("scopes", [None, [Permission.SEE, Permission.REPORT], [Permission.PLAN], [Permission.SEE]])
def test_a_12_limited_credentials_make_no_others(start: Begin, scopes: list[Permission] | None) -> None:
    """Neither wider ones, nor as wide ones that would outlive them."""
    _, reporter, _ = cast(start)
    actor, _ = limited(start, reporter, Permission.SEE)
    with pytest.raises(Forbidden, match="this token is limited"), start(actor) as work:
        people.issue_token(work, own(reporter), "another", scopes=scopes)


def test_a_12_limited_credentials_of_an_administrator_make_no_others(start: Begin) -> None:
    admin, reporter, _ = cast(start)
    actor, _ = limited(start, admin, Permission.MANAGE_PEOPLE)
    for scopes in (None, [Permission.SEE], [Permission.MANAGE_PEOPLE]):
        for person_id in (own(reporter), own(admin)):
            with pytest.raises(Forbidden, match="this token is limited"), start(actor) as work:
                people.issue_token(work, person_id, "another", scopes=scopes)
    with pytest.raises(Forbidden), start(actor) as work:
        people.link_identity(work, own(admin), "https://idp.example.org", "1")


def test_a_12_limited_credentials_end_no_wider_ones_of_their_person(start: Begin) -> None:
    admin, reporter, _ = cast(start)
    actor, narrow = limited(start, reporter, Permission.SEE)
    with start() as work:
        whole, _ = people.issue_token(work, own(reporter), "whole")
    with pytest.raises(Forbidden), start(actor) as work:
        people.revoke_token(work, whole.id)
    with start(actor) as work:
        assert people.revoke_token(work, narrow).revoked_at == NOW
    manager, _ = limited(start, admin, Permission.MANAGE_PEOPLE)
    with start(manager) as work:
        assert people.revoke_token(work, whole.id).revoked_at == NOW


def test_neither_secret_nor_hash_stands_in_the_trail(start: Begin) -> None:
    _, reporter, _ = cast(start)
    with start(reporter, "issue_token") as work:
        row, secret = people.issue_token(work, own(reporter), "mine")
        digest = row.digest
    with start() as work:
        entries = work.session.scalars(sa.select(AuditEntry).where(AuditEntry.entity == "api_token")).all()
        (issued,) = (entry for entry in entries if entry.operation == "issue_token")
        assert (issued.actor, issued.changes["digest"], issued.changes["name"]) == (
            reporter.label,
            "changed",
            [None, "mine"],
        )
        assert secret not in repr(issued.changes)
        assert digest not in repr(issued.changes)
