"""Identities, sign-ins, and the administrator who stays."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC, Actor
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.people import Identity, Membership, Person, SignIn
from rbm.services import people
from rbm.terms.people import OfficeKind, Role
from rbm.work import Work, perform
from tests.conftest import NOW, Begin
from tests.make import Make

IDP = "https://idp.example.org"


def key_of(actor: Actor) -> UUID:
    assert actor.person_id is not None
    return actor.person_id


def test_a_subject_is_one_person_and_is_kept_exactly(work: Work, make: Make) -> None:
    person = make.person()
    people.link_identity(work, person.id, IDP, " Anna ")
    assert people.person_of(work, IDP, " Anna ") is person
    for issuer, subject in ((IDP, "Anna"), (IDP, " anna "), (f"{IDP}/", " Anna ")):
        assert people.person_of(work, issuer, subject) is None


def test_a_subject_that_is_taken_is_a_conflict(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        people.link_identity(work, make.person().id, IDP, "1")
        other = make.person().id
    with pytest.raises(Conflict), start() as work:
        people.link_identity(work, other, IDP, "1")


@pytest.mark.parametrize(("issuer", "subject", "field"), [(" ", "1", "issuer"), (IDP, "", "subject")])
def test_issuer_and_subject_are_needed(work: Work, make: Make, issuer: str, subject: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        people.link_identity(work, make.person().id, issuer, subject)
    assert refusal.value.field == field


def test_people_see_their_own_identities_and_link_none(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actor, other = make.actor(Role.REPORTER), make.person()
        for person, subject in ((key_of(actor), "mine"), (other.id, "theirs")):
            people.link_identity(work, person, IDP, subject)
        theirs = work.session.scalars(sa.select(Identity.id).where(Identity.subject == "theirs")).one()
    with start(actor) as work:
        assert work.session.scalars(sa.select(Identity.subject)).all() == ["mine"]
    with pytest.raises(Forbidden), start(actor) as work:
        people.link_identity(work, key_of(actor), IDP, "more")
    with pytest.raises(Forbidden), start(actor) as work:
        people.unlink_identity(work, theirs)


def test_unlinking_leaves_an_entry_with_what_there_was(start: Begin) -> None:
    with start() as work:
        key = people.link_identity(work, Make(work).person().id, IDP, "1").id
    with start(operation="unlink_identity") as work:
        people.unlink_identity(work, key)
    with start() as work:
        assert people.person_of(work, IDP, "1") is None
        query = sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.DELETED)
        assert work.session.scalars(query).one().changes["subject"] == ["1", None]


def test_a_sign_in_is_kept_once_with_one_entry(start: Begin) -> None:
    with start() as work:
        actor = Make(work).actor(Role.REPORTER)
    kept = []
    for _ in range(2):
        with start(actor, "sign_in") as work:
            kept.append(people.sign_in(work, people.hashed("a", 1), {"token": "laptop"}))
    assert kept == [True, False]
    with start() as work:
        row = work.session.scalars(sa.select(SignIn)).one()
        assert (row.person_id, row.at, row.credentials) == (actor.person_id, NOW, people.hashed("a", 1))
        entry = work.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.SIGNED_IN)).one()
        assert (entry.person_id, entry.actor, entry.entity_id, entry.changes) == (
            actor.person_id,
            actor.label,
            str(actor.person_id),
            {"token": "laptop"},
        )


def test_the_public_never_signs_in(start: Begin) -> None:
    with pytest.raises(Forbidden), start(PUBLIC) as work:
        people.sign_in(work, "a", {})


def test_hashes_keep_what_they_are_made_of_apart() -> None:
    assert (
        len({people.hashed("a", "b"), people.hashed("ab"), people.hashed("a", "b", ""), people.hashed("b", "a")}) == 4
    )


def test_who_is_active_again_has_what_has_not_ended(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actor = make.actor(Role.REPORTER)
        secret = make.token(actor)
        people.deactivate_person(work, key_of(actor))
        assert people.actor_of_token(work, secret) is None
    with start() as work:
        assert people.reactivate_person(work, key_of(actor)).active
        found = people.actor_of_token(work, secret)
        assert found is not None
        assert [grant.role for grant in found.grants] == [Role.REPORTER]


def test_z_17_the_last_administrator_cannot_leave(start: Begin) -> None:
    with start() as work:
        actor = Make(work).actor(Role.ADMIN)
    with pytest.raises(Conflict, match="last administrator") as refusal, start(actor) as work:
        people.deactivate_person(work, key_of(actor))
    assert refusal.value.field == "person_id"
    with start() as work:
        left = Make(work).actor(Role.ADMIN)
        people.deactivate_person(work, key_of(left))
    with pytest.raises(Conflict, match="last administrator"), start(actor) as work:
        people.deactivate_person(work, key_of(actor))
    with start() as work:
        people.reactivate_person(work, key_of(left))
    with start(actor) as work:
        assert not people.deactivate_person(work, key_of(actor)).active


def test_z_17_one_of_two_roles_of_the_last_administrator_may_end(work: Work, make: Make) -> None:
    person = make.person()
    offices = [make.office(kind=OfficeKind.EVALUATION) for _ in range(2)]
    first, second = (people.grant_role(work, person.id, office.id, Role.ADMIN) for office in offices)
    assert people.revoke_role(work, first.id).valid_to is not None
    with pytest.raises(Conflict, match="last administrator"):
        people.revoke_role(work, second.id)


def test_whoever_is_no_administrator_leaves_when_there_is_none(work: Work, make: Make) -> None:
    person = make.person()
    role = people.grant_role(work, person.id, make.office().id, Role.REPORTER)
    assert people.revoke_role(work, role.id).valid_to is not None
    assert not people.deactivate_person(work, person.id).active


def test_z_17_two_administrators_cannot_end_each_other_at_once(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actors = [make.actor(Role.ADMIN) for _ in range(2)]

    def end(number: int) -> bool:
        other = key_of(actors[1 - number])
        try:
            perform(engine, actors[number], "deactivate", lambda work: people.deactivate_person(work, other), now=NOW)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(end, range(2))) == [False, True]
    with start() as work:
        active = sa.select(Person.id).join(Membership, Membership.person_id == Person.id)
        found = work.session.scalars(active.where(Membership.role == Role.ADMIN, Person.active.is_(True))).all()
        assert len(found) == 1
