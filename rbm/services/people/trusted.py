"""Roles of evaluation, oversight and the governing body in central offices: no administrator alone gives one."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden
from rbm.model.governance import GoverningDecision
from rbm.model.people import ApiToken, Membership, Office, Person
from rbm.terms.people import CENTRAL, TRUSTED, OfficeKind, Role
from rbm.terms.planning import DecisionKind
from rbm.work import Work

APPOINTING = (DecisionKind.APPOINTMENT, DecisionKind.REMOVAL)
ADMITTING = (DecisionKind.ADMISSION, DecisionKind.REMOVAL)


def entitle(work: Work, person: Person, office: Office, role: Role, starts_on: date) -> None:
    """See to it that a trusted role is given by a decision of the governing body; other roles are given as they are.

    Conflict without its decision or before the day of it; Forbidden when whoever grants the role recorded it. Tokens
    that the person has by then are ended, since others may have issued them.
    """
    if work.actor.system or not is_trusted(role, office.kind):
        return
    decision = _decision(work, person.id, role)
    if decision is None:
        raise Conflict(f"no decision of the governing body makes {person.name} {_words(role)}", "person_id")
    if decision.recorded_by_id is not None and decision.recorded_by_id == work.actor.person_id:
        raise Forbidden("who recorded the decision leaves the role to others", "person_id").on("person", person.id)
    if starts_on < decision.decided_on:
        raise Conflict(f"it was decided on {decision.decided_on}", "valid_from")
    for token in work.session.scalars(sa.select(ApiToken).where(ApiToken.person_id == person.id)):
        token.revoked_at = token.revoked_at or work.now


def refuse_unremoved(work: Work, memberships: Collection[Membership], field: str) -> None:
    """Nothing, when none of the roles that end is head of evaluation, or the governing body decided on the removal."""
    for one in memberships:
        if work.actor.system or one.role is not Role.EVALUATION_HEAD:
            continue
        decision = _latest(work, one.person_id, APPOINTING, one.role)
        if decision is None or decision.kind is not DecisionKind.REMOVAL:
            raise Conflict("the head of evaluation is removed by a decision of the governing body", field)


def refuse_removed(work: Work, memberships: Collection[Membership], field: str) -> None:
    """Nothing, when none of the roles that come back is one that the governing body decided to end. Conflict else."""
    for one in memberships:
        kinds = APPOINTING if one.role is Role.EVALUATION_HEAD else ADMITTING
        decision = _latest(work, one.person_id, kinds, one.role)
        if not work.actor.system and decision is not None and decision.kind is DecisionKind.REMOVAL:
            raise Conflict(f"the governing body removed this {_words(one.role)}; end the role first", field)


def refuse_impersonation(work: Work, person_id: UUID, field: str) -> None:
    """Nothing, when the person is the actor or has no trusted role, now or later. Forbidden otherwise."""
    if work.actor.system or person_id == work.actor.person_id:
        return
    query = sa.select(Membership.role, Office.kind).join(Membership.office).where(Membership.person_id == person_id)
    held = query.where(sa.or_(Membership.valid_to.is_(None), Membership.valid_to >= work.today))
    if any(is_trusted(role, kind) for role, kind in work.session.execute(held)):
        reason = "who evaluates, oversees or governs gets no credentials from others"
        raise Forbidden(reason, field).on("person", person_id)


def is_trusted(role: Role, kind: OfficeKind) -> bool:
    """Whether a role in an office of a kind is one that no administrator alone gives."""
    return role is Role.EVALUATION_HEAD or (kind in CENTRAL and role in TRUSTED)


def _decision(work: Work, person_id: UUID, role: Role) -> GoverningDecision | None:
    """The decision by which a person has a role: the newest of its kind, unless that one is a removal."""
    found = _latest(work, person_id, APPOINTING if role is Role.EVALUATION_HEAD else ADMITTING, role)
    return None if found is None or found.kind is DecisionKind.REMOVAL else found


def _latest(work: Work, person_id: UUID, kinds: Collection[DecisionKind], role: Role) -> GoverningDecision | None:
    about = sa.or_(GoverningDecision.role == role, GoverningDecision.role.is_(None))
    query = sa.select(GoverningDecision).where(GoverningDecision.person_id == person_id, about)
    newest = query.where(GoverningDecision.kind.in_(kinds)).order_by(
        GoverningDecision.decided_on.desc(), GoverningDecision.id.desc()
    )
    return work.session.scalars(newest.limit(1)).first()


def _words(role: Role) -> str:
    return role.replace("_", " ")
