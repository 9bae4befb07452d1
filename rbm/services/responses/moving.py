"""The way of a response: submitted, returned for what is missing, endorsed, published, and revised."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.responses import ManagementResponse, RecommendationResponse, ResponseEdition
from rbm.model.responses_guards import missing_answers
from rbm.rules.inputs import refuse_blank
from rbm.services.responses.addressed import awaited
from rbm.services.responses.rounds import schedule_rounds
from rbm.terms.evaluation import TextLanguage
from rbm.terms.responses import Incompleteness, ResponseStage
from rbm.work import Work

LACKED = {
    Incompleteness.MISSING_DECISION: frozenset({"decision"}),
    Incompleteness.MISSING_REASON: frozenset({"reasons", "explanation"}),
}
"""The fields of which one has to be missing when a response is returned for it; the other words are a judgement."""
COPIED = ("recommendation_id", "part_id", "decision", "reasons", "explanation", "alternative", "language")


def submit_response(work: Work, response_id: UUID) -> ManagementResponse:
    """Send the response of an office to whoever endorses it; the day of the first submission is kept for ever.

    Conflict names the recommendation, part and field that still lacks something.
    """
    response = work.get(ManagementResponse, response_id, "response_id", hold=True)
    work.move(response, ResponseStage.SUBMITTED)
    response.submitted_by_id = work.actor.person_id
    response.submitted_on = response.submitted_on or work.today
    for addressee in awaited(work, response):
        addressee.answered_on = work.today
    work.flush()
    return response


def return_response(work: Work, response_id: UUID, incomplete: list[Incompleteness], reason: str) -> ManagementResponse:
    """Give a submitted response back for what is missing in it or cannot be acted on, never for what it decides.

    One that was endorsed only when a recommendation was issued since. Invalid without a word of what is incomplete, and
    a reason; Conflict when what is said to be missing is there.
    """
    response = work.get(ManagementResponse, response_id, "response_id", hold=True)
    work.require(Permission.OVERSEE_EVALUATION, about=response)
    said = refuse_blank(reason, "reason")
    words = sorted(set(incomplete))
    if not words:
        raise Invalid("a response is returned only for what is incomplete", "incomplete")
    _refuse_complete(work, response, words)
    work.move(response, ResponseStage.RETURNED, f"{', '.join(words)}: {said}")
    return response


def endorse_response(work: Work, response_id: UUID) -> ManagementResponse:
    """Stand for a submitted response as a second person.

    Forbidden for who wrote in it, decided or planned an action in it, or submitted it; Conflict while a recommendation
    that was issued since is unanswered.
    """
    response = work.get(ManagementResponse, response_id, "response_id", hold=True)
    work.move(response, ResponseStage.ENDORSED)
    response.endorsed_by_id, response.endorsed_on = work.actor.person_id, work.today
    work.flush()
    return response


def publish_response(work: Work, response_id: UUID) -> ManagementResponse:
    """Publish an endorsed response, with the report or after it. The first time, its follow-up rounds are scheduled.

    `published_on` is the day of the first edition, from which the rounds are counted. Conflict before the report is
    published or open to everyone.
    """
    response = work.get(ManagementResponse, response_id, "response_id", hold=True)
    work.move(response, ResponseStage.PUBLISHED)
    response.published_on = response.published_on or work.today
    work.flush()
    schedule_rounds(work, response)
    return response


def revise_response(work: Work, response_id: UUID, reason: str) -> ManagementResponse:
    """Begin another edition of a published response with what it says now; the earlier one stays as it was.

    Until it is published itself, others read the earlier edition. Invalid without a reason; Conflict when nothing was
    published.
    """
    response = work.get(ManagementResponse, response_id, "response_id", hold=True)
    work.require(Permission.SUBMIT_RESPONSE, response)
    if response.stage is not ResponseStage.PUBLISHED:
        raise Conflict(f"the response is {response.stage} and not published", "stage")
    work.move(response, ResponseStage.DRAFT, reason)
    earlier = response.edition
    response.edition = earlier + 1
    response.drafted_by_id = work.actor.person_id
    response.submitted_by_id = response.endorsed_by_id = response.endorsed_on = None
    work.flush()
    _copy_overall(work, response, earlier, reason.strip())
    _copy_decisions(work, response, earlier)
    return response


def _refuse_complete(work: Work, response: ManagementResponse, words: Collection[Incompleteness]) -> None:
    (missing,) = missing_answers(work, [response])
    lacking = {one.field for one in missing}
    for word in words:
        if word in LACKED and not LACKED[word] & lacking:
            raise Conflict(f"{word.replace('_', ' ')}: everything asked for is there", "incomplete")


def _copy_overall(work: Work, response: ManagementResponse, earlier: int, reason: str) -> None:
    query = sa.select(ResponseEdition).where(
        ResponseEdition.response_id == response.id, ResponseEdition.edition == earlier
    )
    before = work.session.scalars(query).one_or_none()
    work.add(
        ResponseEdition(
            response_id=response.id,
            edition=response.edition,
            language=before.language if before else TextLanguage.ENGLISH,
            overall=before.overall if before else "",
            reason=reason,
            written_at=work.now,
        )
    )


def _copy_decisions(work: Work, response: ManagementResponse, earlier: int) -> None:
    query = sa.select(RecommendationResponse).where(
        RecommendationResponse.response_id == response.id, RecommendationResponse.edition == earlier
    )
    for row in work.session.scalars(query.order_by(RecommendationResponse.id)).all():
        facts = {name: getattr(row, name) for name in (*COPIED, "decided_on", "decided_by_id")}
        work.session.add(RecommendationResponse(**facts, response_id=response.id, edition=response.edition))
    work.flush()
