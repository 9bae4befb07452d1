"""What evaluations ask of the caller: responses to write and to endorse, actions to do and to verify, open rounds."""

from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.model.findings import Addressee
from rbm.model.followup import Action
from rbm.model.people import Office
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.services.responses import came_since
from rbm.terms.followup import OPEN_STAGES, ActionStage, VerificationScope
from rbm.terms.people import OfficeKind, Role
from rbm.terms.responses import ResponseStage, RoundStage
from rbm.work import Work

T = TypeVar("T")
WRITTEN = (ResponseStage.DUE, ResponseStage.DRAFT, ResponseStage.RETURNED)
ANSWERING = (Permission.RESPOND, Permission.SUBMIT_RESPONSE)
MOST = 200
"""So many entries of each list at the most."""


def responses_owed(work: Work, *, overdue: bool) -> list[ManagementResponse]:
    """The responses that the caller may write or submit and that wait for it; those that did not come in time apart.

    One that came waits again once another recommendation was issued.
    """
    since = sa.select(Addressee.id).where(came_since()).correlate(ManagementResponse)
    late = sa.or_(
        sa.and_(ManagementResponse.submitted_on.is_(None), ManagementResponse.due_on < work.today),
        sa.exists(since.where(Addressee.due_on < work.today)),
    )
    query = sa.select(ManagementResponse).where(
        sa.or_(ManagementResponse.stage.in_(WRITTEN), sa.exists(since)),
        ManagementResponse.office_id.in_(_offices(work, *ANSWERING)),
        late if overdue else sa.not_(late),
    )
    return _first(work, query.order_by(ManagementResponse.due_on, ManagementResponse.id))


def responses_to_endorse(work: Work) -> list[ManagementResponse]:
    """The submitted responses for which the caller may stand, having neither drafted nor submitted them."""
    person, row = work.actor.person_id, ManagementResponse
    query = sa.select(row).where(
        row.stage == ResponseStage.SUBMITTED,
        row.office_id.in_(_offices(work, Permission.ENDORSE)),
        row.drafted_by_id.is_distinct_from(person),
        row.submitted_by_id.is_distinct_from(person),
    )
    return _first(work, query.order_by(row.submitted_on, row.id))


def actions_to_do(work: Work, *, overdue: bool) -> list[Action]:
    """The open actions that the caller owns, or reports on for an office; those whose day has passed apart."""
    late = Action.due_on < work.today
    query = sa.select(Action).where(
        Action.stage.in_(OPEN_STAGES),
        sa.or_(Action.owner_id == work.actor.person_id, Action.office_id.in_(_offices(work, Permission.IMPLEMENT))),
        late if overdue else sa.not_(late),
    )
    return _first(work, query.order_by(Action.due_on, Action.id))


def actions_to_verify(work: Work) -> list[Action]:
    """The claims whose verification is owed and that the caller may judge: of others, and of another unit."""
    if not work.actor.may(Permission.CONFIRM_ACTION, None):
        return []
    person, own = work.actor.person_id, {grant.office_id for grant in work.actor.grants}
    query = sa.select(Action).where(
        Action.stage == ActionStage.REPORTED_COMPLETE,
        Action.verify_by.is_not(None),
        Action.verification_scope != VerificationScope.NONE,
        Action.office_id.not_in(own),
        Action.owner_id.is_distinct_from(person),
        Action.claimed_by_id.is_distinct_from(person),
    )
    if not any(grant.central and grant.role is Role.OVERSIGHT for grant in work.actor.grants):
        units = sa.select(Office.id).where(Office.kind == OfficeKind.EVALUATION)
        query = query.where(Action.office_id.not_in(units))
    return _first(work, query.order_by(Action.verify_by, Action.id))


def rounds_open(work: Work) -> list[FollowUpRound]:
    """The open rounds of the offices for which the caller submits them."""
    offices = _offices(work, Permission.SUBMIT_RESPONSE)
    query = sa.select(FollowUpRound).join(FollowUpRound.response)
    query = query.where(FollowUpRound.stage == RoundStage.OPEN, ManagementResponse.office_id.in_(offices))
    return _first(work, query.order_by(FollowUpRound.closes_on, FollowUpRound.id))


def _offices(work: Work, *permissions: Permission) -> Collection[UUID]:
    return frozenset[UUID]().union(*(work.actor.offices(permission) for permission in permissions))


def _first(work: Work, query: sa.Select[T]) -> list[T]:
    return list(work.session.scalars(query.limit(MOST)))
