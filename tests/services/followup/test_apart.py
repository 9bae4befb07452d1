"""Who decides of an action has no part in the unit that owns it, nor above it, now or since it was planned."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import Actor
from rbm.errors import Forbidden, Invalid
from rbm.model.people import Membership, Office, OfficePlacement
from rbm.services import followup, people
from rbm.terms.followup import ReleaseReason
from rbm.terms.people import Role
from tests.conftest import Begin
from tests.make import Make
from tests.services.followup.field import Field, build, refused

WANTED = date(2027, 6, 1)


@pytest.fixture
def field(start: Begin) -> Field:
    """An action of an office that stands in a region."""
    made = build(start)
    with start() as work:
        make = Make(work)
        region = make.office(code="REGION")
        for row in work.session.scalars(sa.select(OfficePlacement).where(OfficePlacement.office_id == made.office)):
            row.parent_id = region.id
    return made


def officer(field: Field, role: Role, where: str, since: date, until: date | None) -> Actor:
    """An evaluation officer who holds or held another role as well."""
    with field.start() as work:
        make = Make(work)
        offices = {"office": field.office, "region": work.find(Office, "REGION").id}
        offices |= {"headquarters": make.headquarters().id, "elsewhere": make.office().id}
        person = make.person_of(make.actor(Role.EVALUATION_OFFICER, work.get(Office, field.unit)))
        work.add(Membership(person=person, office_id=offices[where], role=role, valid_from=since, valid_to=until))
        return people.actor_of_person(work, person)


def judgements(field: Field) -> list[Callable[[Actor], Any]]:
    """A claim to be verified, and a request of each kind for an action of the same office to be decided."""
    field.begun()
    ask = field.do(field.owner, followup.request_extension, field.action, WANTED, "no staff")
    reason = next(iter(ReleaseReason))
    release = field.do(field.colleague, followup.request_release, field.action, reason, "no need")
    decisions: list[tuple[Callable[..., Any], UUID, dict[str, Any]]] = [
        (followup.decide_extension, ask.id, {"granted": True}),
        (followup.decide_extension, ask.id, {"granted": False, "reason": "no"}),
        (followup.decline_release, release.id, {"reason": "no"}),
        (followup.release_action, release.id, {"reason": "yes"}),
    ]
    return [_deciding(field, *one) for one in decisions]


def _deciding(field: Field, service: Callable[..., Any], key: UUID, named: dict[str, Any]) -> Callable[[Actor], Any]:
    return lambda actor: field.do(actor, service, key, **named)


APART = [
    (Role.APPROVER, "office", date(2020, 1, 1), None),
    (Role.VIEWER, "office", date(2020, 1, 1), None),
    (Role.APPROVER, "office", date(2020, 1, 1), date(2026, 2, 20)),
    (Role.APPROVER, "region", date(2020, 1, 1), None),
    (Role.ENDORSER, "region", date(2020, 1, 1), date(2026, 2, 20)),
    (Role.SENIOR_MANAGEMENT, "headquarters", date(2020, 1, 1), None),
]
FREE = [
    (Role.APPROVER, "office", date(2020, 1, 1), date(2026, 1, 28)),
    (Role.VIEWER, "region", date(2020, 1, 1), None),
    (Role.APPROVER, "elsewhere", date(2020, 1, 1), None),
    (Role.OVERSIGHT, "headquarters", date(2020, 1, 1), None),
]


@pytest.mark.parametrize(("role", "where", "since", "until"), APART)
def test_a_part_in_the_unit_keeps_from_every_decision(
    field: Field, role: Role, where: str, since: date, until: date | None
) -> None:
    actor = officer(field, role, where, since, until)
    for decide in judgements(field):
        with refused(Forbidden):
            decide(actor)
    field.proven()
    field.do(field.owner, followup.claim_action_complete, field.action, date(2026, 3, 2), "it is kept")
    with refused(Forbidden):
        field.do(actor, followup.verify_action, field.action, "as claimed", "the register")
    with refused(Forbidden):
        field.do(actor, followup.reject_action_claim, field.action, "empty")


@pytest.mark.parametrize(("role", "where", "since", "until"), FREE)
def test_no_part_is_a_role_that_ended_before_it_was_planned_or_is_held_elsewhere(
    field: Field, role: Role, where: str, since: date, until: date | None
) -> None:
    actor = officer(field, role, where, since, until)
    judgements(field)[0](actor)
    assert field.read().due_on == WANTED


def test_a_later_day_is_no_further_off_than_all_rounds_together(field: Field) -> None:
    latest = date(2029, 3, 2)
    with refused(Invalid, "due_wanted"):
        field.do(field.owner, followup.request_extension, field.action, date(2029, 3, 3), "no staff")
    request = field.do(field.owner, followup.request_extension, field.action, latest, "no staff")
    assert field.do(field.officer, followup.decide_extension, request.id, granted=True).due_wanted == latest
