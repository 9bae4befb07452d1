"""Deciding: each recommendation or part on its own, with reasons, by the office it is addressed to and nobody else."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from rbm import ids
from rbm.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from rbm.model.findings import Recommendation
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse, RecommendationResponse, ResponseEdition
from rbm.services import responses
from rbm.services.responses import RecommendationDecision
from rbm.terms.findings import RecommendationStage
from rbm.terms.responses import Incompleteness, ResponseDecision, ResponseReason, ResponseStage
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused, rows
from tests.services.responses.scene import OUTSIDE, REASONED, Scene, at

pytestmark = pytest.mark.in_turn
ACCEPTED, REJECTED = ResponseDecision.ACCEPTED, ResponseDecision.REJECTED


def test_the_first_decision_makes_a_draft_of_whoever_took_it(scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    row = scene.standing()
    assert (row.stage, row.drafted_by_id) == (ResponseStage.DRAFT, scene.actors["focal"].person_id)


def test_a_later_decision_takes_the_place_of_an_earlier_one(scene: Scene) -> None:
    first = scene.decide(1, ACCEPTED)
    assert scene.decide(1, REJECTED, "second", alternative=" by mail ", **REASONED) == first
    with scene.start() as work:
        (row,) = work.session.scalars(sa.select(RecommendationResponse))
        assert (row.decision, row.reasons, row.alternative) == (REJECTED, ["contradicts_policy"], "by mail")
        assert (row.decided_by_id, row.edition) == (scene.actors["second"].person_id, 1)


@pytest.mark.parametrize(
    "decision", [REJECTED, ResponseDecision.PARTIALLY_ACCEPTED, ResponseDecision.NOT_RELEVANT], ids=str
)
@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "reasons"),
        ({"reasons": [], "explanation": "no"}, "reasons"),
        ({"reasons": [ResponseReason.OTHER]}, "explanation"),
        ({"reasons": [ResponseReason.OTHER], "explanation": "  "}, "explanation"),
    ],
)
def test_what_is_not_fully_accepted_needs_a_reason_and_its_explanation(
    engine: sa.Engine, scene: Scene, decision: ResponseDecision, facts: dict[str, Any], field: str
) -> None:
    with refused(engine, Invalid, field, scene.actors["focal"]) as work:
        responses.respond_to_recommendation(work, RecommendationDecision(scene.recommendations[1], decision, **facts))


@pytest.mark.parametrize("decision", [ACCEPTED, ResponseDecision.UNDER_CONSIDERATION], ids=str)
def test_what_is_accepted_or_open_takes_no_reasons_against_it(
    engine: sa.Engine, scene: Scene, decision: ResponseDecision
) -> None:
    with refused(engine, Invalid, "reasons", scene.actors["focal"]) as work:
        responses.respond_to_recommendation(
            work, RecommendationDecision(scene.recommendations[1], decision, **REASONED)
        )


@pytest.mark.parametrize(("number", "part"), [(2, None), (2, "c"), (1, "a")])
def test_a_recommendation_with_parts_is_answered_part_by_part(
    engine: sa.Engine, scene: Scene, number: int, part: str | None
) -> None:
    with refused(engine, Invalid, "part", scene.actors["focal"]) as work:
        decision = RecommendationDecision(scene.recommendations[number], ACCEPTED, part)
        responses.respond_to_recommendation(work, decision)


def test_parts_stand_side_by_side(scene: Scene) -> None:
    scene.decide(2, ACCEPTED, part="b")
    scene.decide(2, REJECTED, part="a", **REASONED)
    with scene.start() as work:
        query = sa.select(RecommendationResponse).join(RecommendationResponse.part)
        found = {row.part_id: row.decision for row in work.session.scalars(query)}
    assert sorted(found.values()) == [ACCEPTED, REJECTED]


def test_an_unknown_recommendation_is_not_found(engine: sa.Engine, scene: Scene) -> None:
    with refused(engine, NotFound, "recommendation_id", scene.actors["focal"]) as work:
        responses.respond_to_recommendation(work, RecommendationDecision(ids.new(), ACCEPTED))


def test_an_office_that_is_not_addressed_is_not_found(engine: sa.Engine, scene: Scene) -> None:
    with refused(engine, NotFound, "office_id", scene.actors["focal"]) as work:
        decision = RecommendationDecision(scene.recommendations[1], ACCEPTED, office_id=scene.under)
        responses.respond_to_recommendation(work, decision)


@pytest.mark.parametrize("stage", [RecommendationStage.DRAFT, RecommendationStage.SUPERSEDED], ids=str)
def test_only_what_was_issued_and_still_stands_is_answered(
    engine: sa.Engine, scene: Scene, stage: RecommendationStage
) -> None:
    with scene.start() as work:
        Make(work)
        work.get(Recommendation, scene.recommendations[1]).stage = stage
    with refused(engine, Conflict, "recommendation_id", scene.actors["focal"]) as work:
        responses.respond_to_recommendation(work, RecommendationDecision(scene.recommendations[1], ACCEPTED))


@pytest.mark.parametrize("stage", [ResponseStage.SUBMITTED, ResponseStage.ENDORSED, ResponseStage.PUBLISHED], ids=str)
def test_a_response_that_is_with_others_takes_no_decision(
    engine: sa.Engine, scene: Scene, stage: ResponseStage
) -> None:
    with scene.start() as work:
        Make(work)
        work.get(ManagementResponse, scene.response).stage = stage
    with refused(engine, Conflict, "stage", scene.actors["focal"]) as work:
        responses.respond_to_recommendation(work, RecommendationDecision(scene.recommendations[1], ACCEPTED))
    with refused(engine, Conflict, "stage", scene.actors["focal"]) as work:
        responses.write_overall_response(work, scene.response, "We agree.")


@pytest.mark.parametrize("name", OUTSIDE)
def test_r203_nobody_outside_the_management_of_the_office_writes_in_its_response(
    engine: sa.Engine, scene: Scene, name: str
) -> None:
    scene.decide(1, ACCEPTED)
    attempts = (
        lambda work: responses.respond_to_recommendation(
            work, RecommendationDecision(scene.recommendations[1], REJECTED, **REASONED)
        ),
        lambda work: responses.write_overall_response(work, scene.response, "We agree."),
        lambda work: responses.plan_action(work, scene.planned(1)),
        lambda work: responses.submit_response(work, scene.response),
        lambda work: responses.revise_response(work, scene.response, "otherwise"),
    )
    before = rows(engine)
    for attempt in attempts:
        with pytest.raises(Refusal) as refusal, scene.start(scene.actors[name]) as work:
            attempt(work)
        assert isinstance(refusal.value, Forbidden | NotFound), refusal.value
    assert rows(engine) == before


def test_each_addressee_of_a_joint_recommendation_answers_on_a_clock_of_its_own(start: Begin, scene: Scene) -> None:
    with start() as work:
        evaluating = Evaluating(Make(work))
        country = work.get(Office, scene.office)
        other = evaluating.make.office()
        joint = evaluating.recommendation(None, country, other)
        own, theirs = (evaluating.response(joint.evaluation, office).id for office in (country, other))
    with start(scene.actors["focal"]) as work:
        responses.respond_to_recommendation(work, RecommendationDecision(joint.id, ACCEPTED))
    with start() as work:
        stages = [work.get(ManagementResponse, key).stage for key in (own, theirs)]
    assert stages == [ResponseStage.DRAFT, ResponseStage.DUE]


def test_who_may_answer_for_several_addressees_says_for_which(engine: sa.Engine, start: Begin, scene: Scene) -> None:
    with start() as work:
        evaluating = Evaluating(Make(work))
        country, under = (work.get(Office, key) for key in (scene.office, scene.under))
        joint = evaluating.recommendation(None, country, under)
        for office in (country, under):
            evaluating.response(joint.evaluation, office)
    with refused(engine, Invalid, "office_id", scene.actors["focal"]) as work:
        responses.respond_to_recommendation(work, RecommendationDecision(joint.id, ACCEPTED))
    with start(scene.actors["focal"]) as work:
        row = responses.respond_to_recommendation(
            work, RecommendationDecision(joint.id, ACCEPTED, office_id=scene.under)
        )
        assert work.get(ManagementResponse, row.response_id).office_id == scene.under


def test_what_has_an_open_action_is_not_turned_down(engine: sa.Engine, scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    scene.plan(1)
    with refused(engine, Conflict, "decision", scene.actors["focal"]) as work:
        responses.respond_to_recommendation(
            work, RecommendationDecision(scene.recommendations[1], REJECTED, **REASONED)
        )


def test_what_was_submitted_is_only_explained_better_when_it_comes_back(engine: sa.Engine, scene: Scene) -> None:
    scene.complete()
    scene.submit(at(2026, 3, 3))
    with scene.start(scene.actors["officer"], now=at(2026, 3, 4)) as work:
        responses.return_response(work, scene.response, [Incompleteness.ACTION_NOT_ACTIONABLE], "vague")
    first, part = scene.recommendations[1], {"part": "a"}
    with refused(engine, Conflict, "decision", scene.actors["focal"]) as work:
        responses.respond_to_recommendation(
            work, RecommendationDecision(first, ResponseDecision.PARTIALLY_ACCEPTED, **REASONED)
        )
    told = RecommendationDecision(
        scene.recommendations[2], REJECTED, **(REASONED | {"explanation": "it cannot"}), **part
    )
    with scene.start(scene.actors["second"], now=at(2026, 3, 5)) as work:
        row = responses.respond_to_recommendation(work, told)
        assert (row.explanation, row.decided_on) == ("it cannot", date(2026, 3, 2))
        assert row.decided_by_id == scene.actors["focal"].person_id


def test_the_overall_response_is_written_over_while_it_is_a_draft(engine: sa.Engine, scene: Scene) -> None:
    with refused(engine, Invalid, "overall", scene.actors["focal"]) as work:
        responses.write_overall_response(work, scene.response, " ")
    for words in ("We agree.", "We agree with most of it."):
        with scene.start(scene.actors["focal"]) as work:
            responses.write_overall_response(work, scene.response, words)
    with scene.start() as work:
        (row,) = work.session.scalars(sa.select(ResponseEdition))
        assert (row.edition, row.overall, row.reason) == (1, "We agree with most of it.", None)
