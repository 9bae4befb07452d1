"""What is recommended after a response came: a clock of its own, and no response goes on without an answer to it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict
from rbm.model.findings import Addressee, Recommendation
from rbm.model.responses import ManagementResponse
from rbm.rules.deadlines import Deadlines
from rbm.services import findings, followup, responses
from rbm.services.findings import AddresseeInput, RecommendationDraft
from rbm.services.followup.owing import responses_owed
from rbm.services.portfolio import following
from rbm.services.responses import ResponseClock, ResponseQuestion
from rbm.terms.findings import AddresseeKind, RecommendationPriority
from rbm.terms.followup import RecommendationStatus
from rbm.terms.responses import Incompleteness, ResponseDecision, ResponseStage, ResponseTiming
from rbm.work import Work
from tests.refusals import refused
from tests.services.responses.scene import Scene, at

ISSUED, DUE = at(2026, 6, 1), date(2026, 7, 13)
LATE = at(2026, 7, 16)
AWAITING = RecommendationStatus.AWAITING_RESPONSE


def issue(scene: Scene, number: int = 9) -> UUID:
    """Another recommendation to the office, issued on 1 June; 42 days later it is due."""
    to = [AddresseeInput(kind=AddresseeKind.HEAD_OF_OFFICE, office_id=scene.office, leads=True)]
    draft = RecommendationDraft(
        text="A further thing", priority=RecommendationPriority.MEDIUM, number=number, addressees=to
    )
    with scene.start(scene.actors["officer"], now=ISSUED) as work:
        row = findings.draft_recommendation(work, scene.evaluation, draft)
        findings.issue_recommendation(work, row.id)
        scene.recommendations[number] = row.id
        return row.id


def clocks(scene: Scene) -> tuple[Addressee, ResponseClock, list[ResponseTiming]]:
    """The addressee of what was issued since, and how the response stands on 16 July."""
    with scene.start(now=LATE) as work:
        addressee = work.session.scalars(
            sa.select(Addressee).where(Addressee.recommendation_id == scene.recommendations[9])
        ).one()
        (clock,) = responses.response_clocks(work, [work.get(ManagementResponse, scene.response)])
        found = [one for one in ResponseTiming if _found(work, one)]
        return addressee, clock, found


def _found(work: Work, timing: ResponseTiming) -> bool:
    query = responses.find_responses(work, ResponseQuestion(timing))
    return bool(work.session.scalars(query).all())


def test_it_has_a_clock_of_its_own_that_is_kept_when_it_was_answered(scene: Scene) -> None:
    scene.publish()
    issue(scene)
    addressee, clock, timing = clocks(scene)
    assert (addressee.due_on, addressee.answered_on) == (DUE, None)
    assert clock == ResponseClock(overdue_days=3, was_late=False, awaited_by=DUE)
    assert timing == [ResponseTiming.OVERDUE, ResponseTiming.IN_TIME]
    with scene.start(scene.actors["head"], now=LATE) as work:
        assert [row.id for row in following.responses_owed(work, overdue=True)] == [scene.response]
        responses.revise_response(work, scene.response, "another recommendation")
        stated = responses.RecommendationDecision(scene.recommendations[9], ResponseDecision.ACCEPTED)
        responses.respond_to_recommendation(work, stated)
    scene.plan(9, LATE)
    scene.submit(LATE)
    addressee, clock, timing = clocks(scene)
    assert (addressee.due_on, addressee.answered_on) == (DUE, LATE.date())
    assert clock == ResponseClock(overdue_days=0, was_late=False, awaited_by=None)
    assert timing == [ResponseTiming.IN_TIME]
    row = scene.standing()
    assert (row.due_on, row.submitted_on) == (date(2026, 3, 2), date(2026, 3, 2))


def test_it_awaits_its_response_in_lists_and_one_by_one(scene: Scene) -> None:
    scene.publish()
    key = issue(scene)
    with scene.start(now=LATE) as work:
        row = work.get(Recommendation, key)
        assert followup.standings(work, [row])[0].status is AWAITING
        found = followup.find_recommendations(work, replace(followup.RecommendationQuestion(), status=AWAITING))
        assert [one.id for one in work.session.scalars(found)] == [key]


@pytest.mark.parametrize("stage", [ResponseStage.SUBMITTED, ResponseStage.ENDORSED])
def test_a_response_goes_on_only_when_it_is_answered(engine: sa.Engine, scene: Scene, stage: ResponseStage) -> None:
    scene.complete()
    scene.submit()
    if stage is ResponseStage.ENDORSED:
        scene.endorse()
    with scene.start(scene.actors["officer"]) as work:
        words = "it was endorsed, and every recommendation is answered"
        if stage is ResponseStage.ENDORSED:
            with pytest.raises(Conflict, match=words):
                responses.return_response(work, scene.response, [Incompleteness.ACTION_NOT_ACTIONABLE], "vague")
    issue(scene)
    going = {"endorser": responses.endorse_response, "officer": responses.publish_response}
    name = "endorser" if stage is ResponseStage.SUBMITTED else "officer"
    with refused(engine, Conflict, "recommendations.9.decision", scene.actors[name]) as work:
        going[name](work, scene.response)
    with scene.start(scene.actors["officer"]) as work:
        returned = responses.return_response(work, scene.response, [Incompleteness.MISSING_DECISION], "one came")
        assert returned.stage is ResponseStage.RETURNED


def test_its_office_is_reminded_once_for_a_day_however_many_came(scene: Scene) -> None:
    scene.publish()
    issue(scene)
    issue(scene, 10)
    with scene.start(now=LATE) as work:
        owed = responses_owed(work, Deadlines())
    assert [(one.subject_id, one.due_on, one.step) for one in owed] == [(scene.response, DUE, 0)]
    assert owed[0].facts["due"] == "2026-07-13"
    with scene.start(now=at(2026, 6, 28)) as work:
        assert responses_owed(work, Deadlines()) == []
