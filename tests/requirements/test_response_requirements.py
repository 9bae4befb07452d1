"""Requirements on management responses and rounds, each by its number."""

from datetime import date

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.evaluation import Evaluation
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.services import responses
from rbm.services.responses import ResponseQuestion
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.responses import Incompleteness, ResponseDecision, ResponseStage, ResponseTiming, RoundStage
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.responses.scene import REASONED, Scene, at, set_scene

ACCEPTED = ResponseDecision.ACCEPTED


@pytest.fixture
def scene(start: Begin) -> Scene:
    return set_scene(start)


def test_r123_a_response_is_due_by_its_day_and_flagged_as_late_for_ever(scene: Scene) -> None:
    assert scene.standing().due_on == date(2026, 3, 2)
    scene.complete()
    scene.submit(at(2026, 3, 16))
    with scene.start(scene.actors["governor"], "read", now=at(2027, 3, 1)) as work:
        late = responses.find_responses(work, ResponseQuestion(timing=ResponseTiming.LATE))
        assert [row.id for row in work.session.scalars(late)] == [scene.response]


def test_r124_what_is_taken_up_has_an_action_with_an_owner_or_the_response_is_not_submitted(
    engine: sa.Engine, scene: Scene
) -> None:
    scene.decide(1, ACCEPTED)
    for part in "ab":
        scene.decide(2, ResponseDecision.PARTIALLY_ACCEPTED, part=part, **REASONED)
    with refused(engine, Conflict, "recommendations.1.actions", scene.actors["head"]) as work:
        responses.submit_response(work, scene.response)
    with refused(engine, NotFound, "owner_id", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1, owner_id=scene.office))
    scene.plan(1)
    with refused(engine, Conflict, "recommendations.2.a.actions", scene.actors["head"]) as work:
        responses.submit_response(work, scene.response)
    for part in "ab":
        scene.plan(2, part=part)
    scene.submit()
    assert scene.standing().stage is ResponseStage.SUBMITTED


def test_r125_an_action_is_due_on_a_day_that_has_not_passed(engine: sa.Engine, scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    with refused(engine, Invalid, "due_on", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1, due_on=date(2026, 3, 1)))
    assert scene.plan(1, due_on=date(2026, 3, 2))


def test_r126_a_round_that_nobody_submits_is_missed(scene: Scene) -> None:
    scene.publish(at(2026, 8, 31))
    for moment in (at(2027, 2, 28), at(2027, 3, 30), at(2027, 3, 31)):
        with scene.start(now=moment) as work:
            responses.open_rounds(work)
            responses.miss_rounds(work)
    assert scene.rounds()[0].stage is RoundStage.MISSED


def test_r128_a_rejection_needs_a_reason_and_the_public_reads_it_with_the_report(
    engine: sa.Engine, scene: Scene
) -> None:
    with refused(engine, Invalid, "reasons", scene.actors["focal"]) as work:
        decision = responses.RecommendationDecision(scene.recommendations[1], ResponseDecision.REJECTED)
        responses.respond_to_recommendation(work, decision)
    scene.publish()
    with scene.start(PUBLIC, "read") as work:
        read = sa.select(RecommendationResponse).where(RecommendationResponse.reasons.is_not(None))
        (row,) = work.session.scalars(read)
        assert (row.decision, row.reasons, row.explanation) == (
            ResponseDecision.REJECTED,
            ["contradicts_policy"],
            "the policy says otherwise",
        )


def test_r129_the_agreed_day_and_the_day_it_came_are_both_kept(scene: Scene) -> None:
    scene.complete()
    scene.submit(at(2026, 3, 16))
    row = scene.standing()
    assert (row.due_on, row.submitted_on) == (date(2026, 3, 2), date(2026, 3, 16))


def test_r204_a_response_goes_to_the_governing_body_s_eyes_by_nobody_s_leave(scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    with scene.start(scene.actors["governor"], "read") as work:
        assert work.get(ManagementResponse, scene.response).stage is ResponseStage.DRAFT
        assert [row.decision for row in work.session.scalars(sa.select(RecommendationResponse))] == [ACCEPTED]


def test_r205_a_response_that_never_comes_holds_nothing_back(scene: Scene) -> None:
    with scene.start() as work:
        Make(work)
        row = work.get(Evaluation, scene.evaluation)
        row.stage = EvaluationStage.FINAL
    with scene.start(PUBLIC, "read", now=at(2026, 2, 18)) as work:
        assert work.get(Evaluation, scene.evaluation).disclosed_on == date(2026, 2, 18)


def test_r207_who_tries_to_write_in_a_response_of_others_is_seen_by_the_governing_body(scene: Scene) -> None:
    scene.complete()
    scene.submit()
    with pytest.raises(Forbidden), scene.start(scene.actors["head"], "return_response") as work:
        responses.return_response(work, scene.response, [Incompleteness.WRONG_FORMAT], "later")
    with scene.start(scene.actors["governor"], "read") as work:
        refusals = sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.REFUSED)
        assert [row.operation for row in work.session.scalars(refusals)] == ["return_response"]
