"""What concerns the whole organisation takes a role in a central office; elsewhere a role is one for its office."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import ANYWHERE, PERMISSIONS, Actor, Permission
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Forbidden, NotFound, Refusal
from rbm.model.people import ApiToken, Identity, Office, Person, SignIn
from rbm.model.rollup import Reconciliation
from rbm.model.strategy import Framework
from rbm.services import people, strategy
from rbm.terms.people import CENTRAL, Language, OfficeKind, Role
from rbm.terms.strategy import ExternalPlanKind
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make

pytestmark = pytest.mark.in_turn
OTHERS = sorted(set(OfficeKind) - CENTRAL)


@dataclass(frozen=True)
class Scene:
    """An administrator of an office, and one of headquarters with a token and an identity."""

    actor: Actor
    office: UUID
    chief: UUID
    token: UUID
    identity: UUID
    evaluation: UUID


def own(actor: Actor) -> UUID:
    assert actor.person_id is not None
    return actor.person_id


def shown(start: Begin, actor: Actor, cls: type) -> int:
    """How many rows of a class somebody is shown."""
    with start(actor) as work:
        return len(work.session.scalars(sa.select(cls)).all())


def scene(start: Begin, kind: OfficeKind = OfficeKind.COUNTRY) -> Scene:
    with start() as work:
        make = Make(work)
        office = make.office(kind=kind)
        evaluation = make.office(office, kind=OfficeKind.EVALUATION)
        chief = make.person()
        people.grant_role(work, make.person().id, make.headquarters().id, Role.ADMIN)
        people.grant_role(work, chief.id, make.headquarters().id, Role.ADMIN)
        token, _ = people.issue_token(work, chief.id, "laptop")
        identity = people.link_identity(work, chief.id, "https://idp.example.org", "1")
        actor = make.actor(Role.ADMIN, office)
        return Scene(actor, office.id, chief.id, token.id, identity.id, evaluation.id)


DEEDS: dict[str, Callable[[Work, Scene], object]] = {
    "create a person": lambda work, _: people.create_person(work, "new@example.org", "New", Language.ENGLISH),
    "deactivate": lambda work, at: people.deactivate_person(work, at.chief),
    "reactivate": lambda work, at: people.reactivate_person(work, at.chief),
    "issue a token": lambda work, at: people.issue_token(work, at.chief, "mine now"),
    "revoke a token": lambda work, at: people.revoke_token(work, at.token),
    "link an identity": lambda work, at: people.link_identity(work, at.chief, "https://idp.example.org", "2"),
    "unlink an identity": lambda work, at: people.unlink_identity(work, at.identity),
}
"""What is done to persons, and so for the whole organisation."""


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("deed", DEEDS)
def test_an_administrator_of_another_office_becomes_nobody_else(start: Begin, deed: str, kind: OfficeKind) -> None:
    at = scene(start, kind)
    with pytest.raises((Forbidden, NotFound)), start(at.actor) as work:
        DEEDS[deed](work, at)


@pytest.mark.parametrize("kind", sorted(CENTRAL))
@pytest.mark.parametrize("deed", DEEDS)
def test_an_administrator_of_a_central_office_manages_all_people(start: Begin, deed: str, kind: OfficeKind) -> None:
    at = scene(start, kind)
    with start(at.actor) as work:
        DEEDS[deed](work, at)


def test_an_administrator_of_a_country_administers_the_country(start: Begin) -> None:
    at = scene(start)
    with start(at.actor) as work:
        held = people.grant_role(work, at.chief, at.office, Role.REPORTER)
        assert people.revoke_role(work, held.id).valid_to is not None
        assert people.create_office(work, "SUB", "Sub", OfficeKind.SUB, at.office).kind is OfficeKind.SUB
        assert people.fill_post(work, people.create_post(work, "POST", "Post", at.office).id, at.chief).holder_id
        assert people.issue_token(work, own(at.actor), "mine")[0].person_id == at.actor.person_id


@pytest.mark.parametrize("kind", sorted(CENTRAL))
def test_an_administrator_of_a_country_makes_no_central_office(start: Begin, kind: OfficeKind) -> None:
    at = scene(start)
    with pytest.raises(Forbidden, match="in this organisation"), start(at.actor) as work:
        people.create_office(work, "OWN-HQ", "Mine", kind, at.office)


def test_an_administrator_of_a_country_decides_nothing_in_a_central_office_below(start: Begin) -> None:
    at = scene(start)
    with start() as work:
        held = people.grant_role(work, at.chief, at.evaluation, Role.EVALUATION_HEAD).id
    with pytest.raises(Forbidden), start(at.actor) as work:
        people.grant_role(work, at.chief, at.evaluation, Role.ADMIN)
    with pytest.raises(Forbidden), start(at.actor) as work:
        people.revoke_role(work, held)


def test_the_last_administrator_of_all_stays_whoever_administers_a_country(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        make.actor(Role.ADMIN, make.office())
        chief = make.actor(Role.ADMIN)
    with pytest.raises(Conflict, match="last administrator"), start() as work:
        people.deactivate_person(work, own(chief))


@pytest.mark.parametrize("kind", OfficeKind)
def test_overseers_read_the_trail_in_central_offices_only(start: Begin, kind: OfficeKind) -> None:
    with start() as work:
        make = Make(work)
        office = make.office(kind=kind)
        overseer, head = make.actor(Role.OVERSIGHT, office), make.actor(Role.EVALUATION_HEAD, office)
        viewer = make.actor(Role.VIEWER, office)
    with pytest.raises(Refusal), start(viewer) as work:
        people.create_person(work, "new@example.org", "New")
    with start(overseer) as work:
        kinds = set(work.session.scalars(sa.select(AuditEntry.kind)))
    assert kinds == ({AuditKind.CREATED, AuditKind.REFUSED} if kind in CENTRAL else set())
    with start(head) as work:
        kinds = set(work.session.scalars(sa.select(AuditEntry.kind)))
    assert kinds == ({AuditKind.REFUSED} if kind in CENTRAL else set())


@pytest.mark.parametrize("kind", OfficeKind)
def test_what_is_kept_for_all_is_shown_in_central_offices_only(start: Begin, kind: OfficeKind) -> None:
    at = scene(start, kind)
    with start() as work:
        make = Make(work)
        operator = make.actor(Role.HQ_RESULTS, work.get(Office, at.office))
        work.add(Reconciliation(held_at=work.now, figures=0))
        work.add(SignIn(person_id=at.chief, credentials="hash", at=work.now))
    central = kind in CENTRAL
    assert shown(start, operator, Reconciliation) == (1 if central else 0)
    assert [shown(start, at.actor, cls) for cls in (ApiToken, Identity, SignIn)] == (
        [1, 1, 1] if central else [0, 0, 0]
    )


@pytest.mark.parametrize("kind", OfficeKind)
def test_a_permission_is_held_for_all_by_a_central_role_and_anywhere_by_any(make: Make, kind: OfficeKind) -> None:
    office = make.office(kind=kind)
    actor = make.actor(Role.HQ_RESULTS, office)
    assert actor.may(Permission.OPERATE, office.id)
    assert actor.may(Permission.OPERATE, ANYWHERE)
    assert actor.may(Permission.OPERATE, None) is (kind in CENTRAL)
    assert not actor.may(Permission.MANAGE_PEOPLE, ANYWHERE)
    assert not replace(actor, scopes=frozenset({Permission.SEE})).may(Permission.OPERATE, None)


def test_whoever_plans_in_an_office_notes_plans_of_others(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        reporter, viewer = (make.actor(role, make.office()) for role in (Role.REPORTER, Role.VIEWER))
    with start(reporter) as work:
        assert strategy.create_external_plan(work, "UNDAF", "Plan", ExternalPlanKind.UNDAF).code == "UNDAF"
    with pytest.raises(Forbidden), start(viewer) as work:
        strategy.create_external_plan(work, "OTHER", "Plan", ExternalPlanKind.UNDAF)


@pytest.mark.parametrize(
    ("role", "scopes", "sees"),
    [
        (Role.VIEWER, None, True),
        (Role.REPORTER, [Permission.SEE], True),
        (Role.REPORTER, [Permission.REPORT], False),
        (Role.ADMIN, None, False),
        (Role.DONOR, None, False),
        (Role.PUBLIC, None, False),
    ],
)
def test_approved_plans_above_are_shown_to_those_who_see_their_own(
    start: Begin, role: Role, scopes: list[Permission] | None, *, sees: bool
) -> None:
    with start() as work:
        make = Make(work)
        region = make.office(kind=OfficeKind.REGIONAL)
        make.framework(office=region)
        person = work.get(Person, own(make.actor(role, make.office(region))))
        actor = people.actor_of_person(work, person, scopes)
    assert (region.id in actor.above) is sees
    assert shown(start, actor, Framework) == (1 if sees else 0)


def test_roles_that_see_nothing_add_no_offices_above_those_that_do(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        north, south = make.office(kind=OfficeKind.REGIONAL), make.office(kind=OfficeKind.REGIONAL)
        viewer = make.actor(Role.VIEWER, make.office(north))
        person = work.get(Person, own(viewer))
        people.grant_role(work, person.id, make.office(south).id, Role.ADMIN)
        assert people.actor_of_person(work, person).above == {north.id, make.headquarters().id}


@pytest.mark.parametrize("kind", [OfficeKind.EVALUATION, OfficeKind.GOVERNING_BODY])
@pytest.mark.parametrize("role", sorted(Role))
def test_a_role_at_headquarters_does_nothing_in_an_office_that_is_independent(
    work: Work, make: Make, role: Role, kind: OfficeKind
) -> None:
    apart = make.office(kind=kind)
    under = make.office(apart)
    into = {Permission.SEE, Permission.MANAGE_PEOPLE} & PERMISSIONS[role]
    above, own = make.actor(role), make.actor(role, apart)
    for office in (apart, under):
        assert {one for one in Permission if above.may(one, office.id)} == into
        assert {one for one in Permission if own.may(one, office.id)} == PERMISSIONS[role]
    assert {one for one in Permission if above.may(one, make.headquarters().id)} == PERMISSIONS[role]
