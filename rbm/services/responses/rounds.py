"""Follow-up rounds: counted from the day a response was published, opened, submitted, reviewed, closed, or missed."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from rbm.access import Permission
from rbm.model.followup import Action, ActionVerification
from rbm.model.responses import FollowUpRound, ManagementResponse, RecommendationResponse
from rbm.services.deadlines import deadlines_on
from rbm.services.people import headquarters
from rbm.terms.followup import OPEN_STAGES, ActionStage, Verdict
from rbm.terms.responses import TAKEN_UP, RoundStage
from rbm.work import Work

PURSUED = (*sorted(OPEN_STAGES), ActionStage.REPORTED_COMPLETE)
"""The stages of actions that are still followed up."""


def schedule_rounds(work: Work, response: ManagementResponse) -> list[FollowUpRound]:
    """The rounds of a response that is published today, unless it takes nothing up or has its rounds already.

    Every round is counted from this day, never from the round before.
    """
    taken_up = sa.select(RecommendationResponse.id).where(
        RecommendationResponse.response_id == response.id,
        RecommendationResponse.edition == response.edition,
        RecommendationResponse.decision.in_(TAKEN_UP),
    )
    scheduled = sa.select(FollowUpRound.id).where(FollowUpRound.response_id == response.id)
    if not _any(work, taken_up) or _any(work, scheduled):
        return []
    deadlines = deadlines_on(work, work.today)
    opens = {number: deadlines.round_opens(work.today, number) for number in range(1, deadlines.rounds + 1)}
    rounds = [
        FollowUpRound(
            response_id=response.id,
            number=number,
            stage=RoundStage.SCHEDULED,
            opens_on=day,
            closes_on=day + timedelta(days=deadlines.round_days),
        )
        for number, day in opens.items()
    ]
    work.session.add_all(rounds)
    work.flush()
    return rounds


def open_follow_up_round(work: Work, round_id: UUID) -> FollowUpRound:
    """Open a round whose day has come; opened late, it closes on its day all the same.

    Conflict before its first day and after its last. Anyone who acts for the evaluation unit may; the daily job does it
    as well.
    """
    return work.move(work.get(FollowUpRound, round_id, "round_id", hold=True), RoundStage.OPEN)


def submit_follow_up_round(work: Work, round_id: UUID, note: str | None = None) -> FollowUpRound:
    """Say that every open action of the response was reported on in this round.

    Conflict names the actions on which nothing was reported since it opened.
    """
    row = work.move(work.get(FollowUpRound, round_id, "round_id", hold=True), RoundStage.SUBMITTED)
    row.submitted_on, row.note = work.today, (note or "").strip() or None
    work.flush()
    return row


def review_follow_up_round(work: Work, round_id: UUID, note: str | None = None) -> FollowUpRound:
    """Say that the evaluation unit has read what was reported in a round, with a note where there is one."""
    return work.move(work.get(FollowUpRound, round_id, "round_id", hold=True), RoundStage.REVIEWED, note)


def close_follow_up_round(work: Work, round_id: UUID) -> FollowUpRound:
    """Close a round that was reviewed."""
    return work.move(work.get(FollowUpRound, round_id, "round_id", hold=True), RoundStage.CLOSED)


def rounds_due(work: Work) -> list[FollowUpRound]:
    """The rounds that are to be opened today: of each response that is still followed up, the latest that has come.

    A round that was passed over while nothing was open stays scheduled; one that closed unopened is missed.
    """
    later = aliased(FollowUpRound)
    overtaken = sa.exists().where(
        later.response_id == FollowUpRound.response_id,
        later.number > FollowUpRound.number,
        later.opens_on <= work.today,
    )
    pursued = sa.select(Action.response_id).where(Action.stage.in_(PURSUED))
    query = sa.select(FollowUpRound).where(
        FollowUpRound.stage == RoundStage.SCHEDULED,
        FollowUpRound.opens_on <= work.today,
        FollowUpRound.closes_on >= work.today,
        FollowUpRound.response_id.in_(pursued),
        sa.not_(overtaken),
    )
    return list(work.session.scalars(query.order_by(FollowUpRound.opens_on, FollowUpRound.id)))


def rounds_run_out(work: Work) -> list[FollowUpRound]:
    """The rounds whose last day has passed: those that are open, and those never opened while something was."""
    unopened = sa.and_(FollowUpRound.stage == RoundStage.SCHEDULED, _pursued_to_its_end())
    query = sa.select(FollowUpRound).where(
        FollowUpRound.closes_on < work.today, sa.or_(FollowUpRound.stage == RoundStage.OPEN, unopened)
    )
    return list(work.session.scalars(query.order_by(FollowUpRound.closes_on, FollowUpRound.id)))


def open_rounds(work: Work) -> list[FollowUpRound]:
    """Open every round that is due; those it opened. Done again, it opens none. A job."""
    work.require(Permission.OPERATE, headquarters(work).id)
    return [open_follow_up_round(work, row.id) for row in rounds_due(work)]


def miss_rounds(work: Work) -> list[FollowUpRound]:
    """Record every round that ended without being submitted as missed; those it recorded. A job."""
    work.require(Permission.OPERATE, headquarters(work).id)
    return [work.move(row, RoundStage.MISSED) for row in rounds_run_out(work)]


def _pursued_to_its_end() -> sa.ColumnElement[bool]:
    """Whether an action of the response was followed up until the last day of a round, and not opened again since."""
    again = sa.exists().where(
        ActionVerification.action_id == Action.id,
        ActionVerification.verdict == Verdict.REOPENED,
        ActionVerification.verified_at > FollowUpRound.closes_on,
    )
    lasting = sa.or_(sa.and_(Action.stage.in_(PURSUED), ~again), Action.ended_on > FollowUpRound.closes_on)
    pursued = (Action.response_id == FollowUpRound.response_id, Action.planned_on <= FollowUpRound.closes_on)
    return sa.exists().where(*pursued, lasting)


def _any(work: Work, query: sa.Select[UUID]) -> bool:
    return work.session.scalars(query.limit(1)).first() is not None
