"""What keeps the steps of actions apart: a claim needs what proves it, and no unit judges its own."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import PERMISSIONS, Permission
from rbm.db import table_of
from rbm.disclosure import RUNNING
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.people import Membership, Office, OfficePlacement
from rbm.model.responses import ManagementResponse
from rbm.terms.people import OfficeKind, Role
from rbm.terms.responses import ResponseStage

WRITING = frozenset({ResponseStage.DUE, ResponseStage.DRAFT, ResponseStage.RETURNED})
ANSWERABLE = sorted(role for role, given in PERMISSIONS.items() if given & (RUNNING | {Permission.IMPLEMENT}))
"""The roles that run an office or do what it does: whoever holds one over an action does not judge it."""


def refuse_unanswered(work: Any, action: Any) -> None:
    """Nothing, when the edition of the response that brought an action was submitted, and not returned since.

    Conflict before: until then it is only planned.
    """
    row = table_of(ManagementResponse).c
    query = sa.select(row.submitted_on, row.stage, row.edition).where(row.id == action.response_id)
    (response,) = bulk.select(work.session, query)  # also for an office below, which sees it once it is published
    if response.submitted_on is None:
        raise Conflict("the response it belongs to was not submitted yet", "stage")
    if response.stage in WRITING and action.edition == response.edition:
        raise Conflict("the edition of the response that brought it is still being written", "stage")


def refuse_claim(work: Any, action: Any) -> None:
    """Nothing, when the office has answered and evidence was added. Conflict or Invalid otherwise."""
    refuse_unanswered(work, action)
    kept = sa.inspect(type(action)).relationships["evidence"].mapper.class_
    if work.session.scalars(sa.select(kept.id).where(kept.action_id == action.id).limit(1)).first() is None:
        raise Invalid("evidence has to be added before", "evidence")


def refuse_own_unit(work: Any, action: Any) -> None:
    """Nothing, when the actor has no part in the office of the action or the one that answers.

    A part has whoever holds a role there today, and whoever holds one that runs it or an office above it, today or
    since the action was planned. Forbidden otherwise.
    """
    if not work.actor.person_id:
        return
    offices = {office.id for office in _units(work, action)}
    if _holds(work, offices, work.today) or _holds(work, _upward(work, offices, action), action.planned_on, ANSWERABLE):
        raise Forbidden("not by anybody of the office that owns it").on("action", action.id)


def refuse_verifier(work: Any, action: Any) -> None:
    """Nothing, when the actor may judge the claim: nobody of its office, and oversight where that is an evaluation one.

    Forbidden otherwise.
    """
    refuse_own_unit(work, action)
    evaluating = any(office.kind is OfficeKind.EVALUATION for office in _units(work, action))
    if evaluating and not work.actor.system and not _oversees(work):
        raise Forbidden("what an evaluation office owns is verified by oversight").on("action", action.id)


def refuse_own_request(work: Any, request: Any) -> None:
    """Nothing, when the actor neither owns the action that a request is about nor has a part in its office.

    Forbidden otherwise.
    """
    action = work.session.get_one(sa.inspect(type(request)).relationships["action"].mapper.class_, request.action_id)
    if work.actor.person_id and action.owner_id == work.actor.person_id:
        raise Forbidden("not by the person who is its owner").on("action", action.id)
    refuse_own_unit(work, action)


def _units(work: Any, action: Any) -> list[Office]:
    """The office of the action, and the one that answers for it."""
    row = table_of(ManagementResponse).c
    answering = sa.select(row.office_id).where(row.id == action.response_id)
    query = sa.select(Office).where(sa.or_(Office.id == action.office_id, Office.id.in_(answering)))
    return list(work.session.scalars(query))


def _upward(work: Any, offices: set[UUID], action: Any) -> set[UUID]:
    """Offices and those above them on any day since an action was planned."""
    place = table_of(OfficePlacement).c
    lasting = sa.or_(place.valid_to.is_(None), place.valid_to >= action.planned_on)
    reached, last = set(offices), set(offices)
    while last:
        above = sa.select(place.parent_id).where(place.office_id.in_(last), place.valid_from <= work.today, lasting)
        last = {row.parent_id for row in bulk.select(work.session, above)} - reached
        reached |= last
    return reached


def _holds(work: Any, offices: set[UUID], since: date, roles: Iterable[Role] = Role) -> bool:
    """Whether the actor holds one of the roles in one of the offices, today or on a day since then."""
    held = table_of(Membership).c
    query = sa.select(held.id).where(
        held.person_id == work.actor.person_id,
        held.office_id.in_(offices),
        held.role.in_(sorted(roles)),
        held.valid_from <= work.today,
        sa.or_(held.valid_to.is_(None), held.valid_to >= since),
    )
    return bool(bulk.select(work.session, query.limit(1)))


def _oversees(work: Any) -> bool:
    """Oversight in a central office, of what the credentials carry."""
    carried = work.actor.scopes is None or Permission.CONFIRM_ACTION in work.actor.scopes
    return carried and any(grant.central and grant.role is Role.OVERSIGHT for grant in work.actor.grants)
