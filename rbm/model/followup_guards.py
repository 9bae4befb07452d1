"""What keeps the steps of actions apart: a claim needs what proves it, and no unit judges its own."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.people import Membership, Office
from rbm.model.responses import ManagementResponse
from rbm.terms.people import OfficeKind, Role


def refuse_unanswered(work: Any, action: Any) -> None:
    """Nothing, when the response of an action was submitted once. Conflict before: until then it is only planned."""
    answered = sa.select(ManagementResponse.submitted_on).where(ManagementResponse.id == action.response_id)
    if work.session.scalars(answered).one_or_none() is None:
        raise Conflict("the response it belongs to was not submitted yet", "stage")


def refuse_claim(work: Any, action: Any) -> None:
    """Nothing, when the office has answered and evidence was added. Conflict or Invalid otherwise."""
    refuse_unanswered(work, action)
    kept = sa.inspect(type(action)).relationships["evidence"].mapper.class_
    if work.session.scalars(sa.select(kept.id).where(kept.action_id == action.id).limit(1)).first() is None:
        raise Invalid("evidence has to be added before", "evidence")


def refuse_own_unit(work: Any, action: Any) -> None:
    """Nothing, when the actor holds no role today in the office of the action or the one that answers.

    Forbidden otherwise.
    """
    if work.actor.person_id and _of_units(work, [office.id for office in _units(work, action)]):
        raise Forbidden("not by anybody of the office that owns it").on("action", action.id)


def refuse_verifier(work: Any, action: Any) -> None:
    """Nothing, when the actor may judge the claim: nobody of its office, and oversight where that is an evaluation one.

    Forbidden otherwise.
    """
    refuse_own_unit(work, action)
    evaluating = any(office.kind is OfficeKind.EVALUATION for office in _units(work, action))
    if evaluating and not work.actor.system and not _oversees(work):
        raise Forbidden("what an evaluation office owns is verified by oversight").on("action", action.id)


def refuse_owner(work: Any, request: Any) -> None:
    """Nothing, when the actor does not own the action that a request is about. Forbidden otherwise."""
    action = sa.inspect(type(request)).relationships["action"].mapper.class_
    owner = work.session.get_one(action, request.action_id).owner_id
    if work.actor.person_id and owner == work.actor.person_id:
        raise Forbidden("not by the person who is its owner").on("action", request.action_id)


def _units(work: Any, action: Any) -> list[Office]:
    """The office of the action, and the one that answers for it."""
    answering = sa.select(ManagementResponse.office_id).where(ManagementResponse.id == action.response_id)
    query = sa.select(Office).where(sa.or_(Office.id == action.office_id, Office.id.in_(answering)))
    return list(work.session.scalars(query))


def _of_units(work: Any, offices: list[UUID]) -> bool:
    held = sa.select(Membership.id).where(
        Membership.person_id == work.actor.person_id,
        Membership.office_id.in_(offices),
        Membership.valid_from <= work.today,
        sa.or_(Membership.valid_to.is_(None), Membership.valid_to >= work.today),
    )
    return work.session.scalars(held.limit(1)).first() is not None


def _oversees(work: Any) -> bool:
    """Oversight in a central office, of what the credentials carry."""
    carried = work.actor.scopes is None or Permission.CONFIRM_ACTION in work.actor.scopes
    return carried and any(grant.central and grant.role is Role.OVERSIGHT for grant in work.actor.grants)
