"""The way of a response: complete before it is sent, endorsed by a second person, returned only for what is missing."""

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC, Actor
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Recommendation
from rbm.model.followup import Action
from rbm.model.responses import ManagementResponse, RecommendationResponse, ResponseEdition
from rbm.services import responses
from rbm.stages import Transition
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.findings import RecommendationPriority
from rbm.terms.responses import Incompleteness, ResponseDecision, ResponseStage
from tests.evaluating import FINAL
from tests.make import Make
from tests.refusals import refused
from tests.services.responses.scene import REASONED, Scene, at

pytestmark = pytest.mark.in_turn
ACCEPTED, REJECTED = ResponseDecision.ACCEPTED, ResponseDecision.REJECTED
UNDECIDED = ResponseDecision.UNDER_CONSIDERATION
JUDGED = [Incompleteness.ACTION_NOT_ACTIONABLE]


def test_what_is_missing_is_told_by_number_part_and_field(engine: sa.Engine, scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    scene.decide(2, UNDECIDED, part="a")
    with refused(engine, Conflict, "recommendations.1.actions", scene.actors["head"]) as work:
        responses.submit_response(work, scene.response)
    scene.plan(1)
    with refused(engine, Conflict, "recommendations.2.a.decision", scene.actors["head"]) as work:
        responses.submit_response(work, scene.response)
    scene.decide(2, REJECTED, part="a", **REASONED)
    with pytest.raises(Conflict) as refusal, scene.start(scene.actors["head"]) as work:
        responses.submit_response(work, scene.response)
    assert refusal.value.message == "recommendation 2 (b): it has no decision"


def test_a_critical_recommendation_without_milestone_is_not_complete(engine: sa.Engine, scene: Scene) -> None:
    scene.complete()
    with scene.start() as work:
        Make(work)
        work.get(Recommendation, scene.recommendations[1]).priority = RecommendationPriority.CRITICAL
    with refused(engine, Conflict, "recommendations.1.milestone", scene.actors["head"]) as work:
        responses.submit_response(work, scene.response)


def test_decisions_without_reasons_that_came_another_way_are_not_complete(engine: sa.Engine, scene: Scene) -> None:
    scene.complete()
    with scene.start() as work:
        Make(work)
        row = work.session.scalars(sa.select(RecommendationResponse).where(_rejected())).one()
        row.reasons = None
    with refused(engine, Conflict, "recommendations.2.a.reasons", scene.actors["head"]) as work:
        responses.submit_response(work, scene.response)


def _rejected() -> sa.ColumnElement[bool]:
    return RecommendationResponse.decision == REJECTED


def test_the_caller_is_told_why_a_response_cannot_go_on(scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    with scene.start(scene.actors["head"], "look") as work:
        told = dict(work.allowed(work.get(ManagementResponse, scene.response)))
    assert told[ResponseStage.SUBMITTED] == (
        "recommendation 1: it is taken up and no action with owner and due date is planned; "
        "recommendation 2 (a): it has no decision; recommendation 2 (b): it has no decision"
    )


def test_the_focal_point_does_not_submit(engine: sa.Engine, scene: Scene) -> None:
    scene.complete()
    with refused(engine, Forbidden, None, scene.actors["focal"]) as work:
        responses.submit_response(work, scene.response)


def test_the_day_of_the_first_submission_stays(scene: Scene) -> None:
    scene.complete()
    scene.submit()
    with scene.start(scene.actors["officer"], now=at(2026, 3, 10)) as work:
        responses.return_response(work, scene.response, JUDGED, "action 1 has no end")
    scene.submit(at(2026, 3, 20))
    row = scene.standing()
    assert (row.stage, row.submitted_on) == (ResponseStage.SUBMITTED, at(2026, 3, 2).date())
    assert (row.transmitted_on, row.due_on, row.rule_edition) == (FINAL, at(2026, 3, 2).date(), 1)


def test_a_response_is_never_returned_for_what_it_decides(engine: sa.Engine, scene: Scene) -> None:
    scene.complete()
    scene.submit()
    for word in (Incompleteness.MISSING_DECISION, Incompleteness.MISSING_REASON):
        with refused(engine, Conflict, "incomplete", scene.actors["officer"]) as work:
            responses.return_response(work, scene.response, [word], "we do not agree")
    with refused(engine, Invalid, "incomplete", scene.actors["officer"]) as work:
        responses.return_response(work, scene.response, [], "we do not agree")
    with refused(engine, Invalid, "reason", scene.actors["officer"]) as work:
        responses.return_response(work, scene.response, JUDGED, " ")
    with refused(engine, Forbidden, None, scene.actors["endorser"]) as work:
        responses.return_response(work, scene.response, JUDGED, "later please")


def test_a_return_keeps_what_was_incomplete(scene: Scene) -> None:
    scene.complete()
    scene.submit()
    with scene.start(scene.actors["director"]) as work:
        words = [Incompleteness.WRONG_FORMAT, *JUDGED]
        responses.return_response(work, scene.response, words, "the matrix is a picture")
    with scene.start() as work:
        move = work.session.scalars(sa.select(Transition).order_by(Transition.id.desc())).first()
    assert move
    assert (move.to_stage, move.reason) == (
        "returned",
        "action_not_actionable, wrong_format: the matrix is a picture",
    )
    scene.decide(1, ACCEPTED)
    scene.submit()


def test_a_decision_that_is_missing_after_all_may_be_a_ground(scene: Scene) -> None:
    scene.complete()
    scene.submit()
    with scene.start() as work:
        Make(work)
        row = work.session.scalars(sa.select(RecommendationResponse).where(_rejected())).one()
        row.decision = UNDECIDED
    with scene.start(scene.actors["officer"]) as work:
        words = [Incompleteness.MISSING_DECISION]
        assert responses.return_response(work, scene.response, words, "2a").stage is ResponseStage.RETURNED


def test_who_drafts_decides_or_submits_does_not_endorse(engine: sa.Engine, scene: Scene) -> None:
    scene.complete()
    scene.decide(1, ACCEPTED, "second")
    scene.submit()
    for name in ("focal", "second", "head"):
        actor = scene.actors[name]
        both = Actor(actor.label, actor.person_id, actor.grants + scene.actors["endorser"].grants)
        with refused(engine, Forbidden, None, both) as work:
            responses.endorse_response(work, scene.response)
    scene.endorse()
    row = scene.standing()
    assert (row.endorsed_by_id, row.endorsed_on) == (scene.actors["endorser"].person_id, at(2026, 3, 2).date())


@pytest.mark.parametrize("name", ["focal", "head", "endorser", "viewer", "governor", "oversight", "administrator"])
def test_nobody_but_the_evaluation_unit_publishes(engine: sa.Engine, scene: Scene, name: str) -> None:
    scene.complete()
    scene.submit()
    scene.endorse()
    with pytest.raises((Forbidden, NotFound)), scene.start(scene.actors[name]) as work:
        responses.publish_response(work, scene.response)
    assert scene.standing().stage is ResponseStage.ENDORSED


def test_a_response_is_published_with_the_report_or_after_it(engine: sa.Engine, scene: Scene) -> None:
    scene.complete()
    scene.submit()
    scene.endorse()
    put_report(scene, EvaluationStage.FINAL, disclosed_on=at(2026, 3, 3).date())
    with refused(engine, Conflict, "evaluation", scene.actors["officer"]) as work:
        responses.publish_response(work, scene.response)
    put_report(scene, EvaluationStage.FINAL, disclosed_on=at(2026, 3, 2).date(), withheld_until=at(2026, 3, 2).date())
    with refused(engine, Conflict, "evaluation", scene.actors["officer"]) as work:
        responses.publish_response(work, scene.response)
    put_report(scene, EvaluationStage.FINAL, disclosed_on=at(2026, 3, 2).date(), withheld_until=None)
    with scene.start(scene.actors["officer"]) as work:
        responses.publish_response(work, scene.response)
    assert scene.standing().published_on == at(2026, 3, 2).date()


def put_report(scene: Scene, stage: EvaluationStage, **facts: object) -> None:
    with scene.start() as work:
        Make(work)
        row = work.get(Evaluation, scene.evaluation)
        row.stage = stage
        for name, value in facts.items():
            setattr(row, name, value)


def revised(scene: Scene) -> None:
    """Publish the response with an overall word, and begin another edition."""
    with scene.start(scene.actors["focal"]) as work:
        responses.write_overall_response(work, scene.response, "We agree.")
    scene.publish()
    with scene.start(scene.actors["head"], now=at(2026, 9, 1)) as work:
        responses.revise_response(work, scene.response, " the budget changed ")


def test_a_revision_needs_a_reason_and_a_published_response(engine: sa.Engine, scene: Scene) -> None:
    with refused(engine, Conflict, "stage", scene.actors["head"]) as work:
        responses.revise_response(work, scene.response, "because")
    scene.publish()
    with refused(engine, Invalid, "reason", scene.actors["head"]) as work:
        responses.revise_response(work, scene.response, " ")


def test_a_revision_copies_what_was_said_and_leaves_it_as_it_was(scene: Scene) -> None:
    revised(scene)
    scene.decide(2, ACCEPTED, part="a", explanation="the policy was changed")
    with scene.start() as work:
        said = work.session.scalars(
            sa.select(RecommendationResponse).where(RecommendationResponse.part_id.is_not(None))
        )
        decisions = sorted((row.edition, row.decision) for row in said)
        overall = {row.edition: (row.overall, row.reason) for row in work.session.scalars(sa.select(ResponseEdition))}
    assert decisions == [(1, ACCEPTED), (1, REJECTED), (2, ACCEPTED), (2, ACCEPTED)]
    assert overall == {1: ("We agree.", None), 2: ("We agree.", "the budget changed")}
    row = scene.standing()
    assert (row.stage, row.edition, row.submitted_by_id, row.endorsed_on) == (ResponseStage.DRAFT, 2, None, None)
    assert (row.due_on, row.submitted_on, row.published_on) == (at(2026, 3, 2).date(),) * 3


def test_a_decision_changes_only_with_a_reason(engine: sa.Engine, scene: Scene) -> None:
    revised(scene)
    with refused(engine, Invalid, "explanation", scene.actors["focal"]) as work:
        decision = responses.RecommendationDecision(scene.recommendations[2], ACCEPTED, "a")
        responses.respond_to_recommendation(work, decision)


def test_the_revision_goes_the_whole_way_again_and_its_rounds_stay(scene: Scene) -> None:
    revised(scene)
    before = [(row.number, row.opens_on) for row in scene.rounds()]
    scene.decide(2, ACCEPTED, part="a", explanation="the policy was changed")
    scene.plan(2, part="a")
    scene.submit(at(2026, 9, 2))
    scene.endorse(at(2026, 9, 3))
    with scene.start(scene.actors["officer"], now=at(2026, 9, 4)) as work:
        responses.publish_response(work, scene.response)
    row = scene.standing()
    assert (row.stage, row.edition, row.published_on) == (ResponseStage.PUBLISHED, 2, at(2026, 3, 2).date())
    assert [(row.number, row.opens_on) for row in scene.rounds()] == before
    assert len(before) == 6


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("public", {1}), ("elsewhere", {1}), ("focal", {1, 2}), ("officer", {1, 2}), ("governor", {1, 2})],
)
def test_of_a_revision_others_read_nothing_before_it_is_published(scene: Scene, name: str, wanted: set[int]) -> None:
    revised(scene)
    actor = PUBLIC if name == "public" else scene.actors[name]
    for row in (RecommendationResponse, ResponseEdition):
        with scene.start(actor, "read", now=at(2026, 9, 1)) as work:
            assert set(work.session.scalars(sa.select(row.edition))) == wanted


def test_before_publication_nobody_else_sees_that_anything_was_written(scene: Scene) -> None:
    scene.complete()
    scene.submit()
    for actor in (PUBLIC, scene.actors["elsewhere"], scene.actors["administrator"]):
        for row in (ManagementResponse, RecommendationResponse, Action):
            with scene.start(actor, "read") as work:
                assert work.session.scalars(sa.select(row)).all() == []
