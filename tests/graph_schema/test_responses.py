"""Responses through the GraphQL door: answered, refused with number and part, read by those who may."""

from typing import Any

import pytest

from rbm.access import PUBLIC
from rbm.services import responses
from rbm.terms.responses import ResponseDecision
from tests.conftest import Begin
from tests.graph_schema.conftest import Ask
from tests.services.responses.scene import Scene, set_scene

RESPOND = """mutation ($decision: RecommendationDecisionInput!) {
  respondToRecommendation(decision: $decision) {
    recommendationResponse { decision response { stage draftedBy { id } } } problems { code field message } } }"""
PLAN = """mutation ($plan: ActionPlanInput!) {
  planAction(plan: $plan) { action { number dueOn originalDueOn verificationScope } problems { code field } } }"""
SUBMIT = """mutation ($id: ID!) {
  submitResponse(responseId: $id) { managementResponse { stage } problems { code field message } } }"""
STATE = """{ responses(timing: OVERDUE, office: "COUNTRY") { edges { node {
  wasLate missingAnswers { number part field } allowedTransitions { to reasonIfDenied } } } } }"""
ANSWERS = """{ responses { edges { node { overdueDays missingAnswers { number }
  decisions { edges { node { decision reasons explanation recommendation { number } part { letter } } } } } } } }"""


@pytest.fixture
def scene(start: Begin) -> Scene:
    return set_scene(start)


def test_an_office_answers_plans_and_is_told_what_is_missing(data: Ask, scene: Scene) -> None:
    focal, head = scene.actors["focal"], scene.actors["head"]
    decision = {"recommendationId": str(scene.recommendations[1]), "decision": "ACCEPTED"}
    answered = data(RESPOND, focal, decision=decision)["respondToRecommendation"]["recommendationResponse"]
    assert answered["response"] == {"stage": "DRAFT", "draftedBy": {"id": str(focal.person_id)}}
    planned = {"text": "Write a guide", "ownerId": str(scene.owner), "dueOn": "2099-12-31"}
    plan = planned | {"recommendationId": str(scene.recommendations[1])}
    action = data(PLAN, focal, plan=plan)["planAction"]["action"]
    assert (action["number"], action["dueOn"], action["verificationScope"]) == (1, "2099-12-31", "FULL")
    (problem,) = data(SUBMIT, head, id=str(scene.response))["submitResponse"]["problems"]
    assert (problem["code"], problem["field"]) == ("conflict", "recommendations.2.a.decision")


def test_a_decision_without_reasons_is_a_problem_of_that_field(data: Ask, scene: Scene) -> None:
    decision = {"recommendationId": str(scene.recommendations[1]), "decision": "REJECTED"}
    payload = data(RESPOND, scene.actors["focal"], decision=decision)["respondToRecommendation"]
    assert payload == {
        "recommendationResponse": None,
        "problems": [{"code": "invalid", "field": "reasons", "message": "rejected needs a reason"}],
    }


def nodes(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in answer["responses"]["edges"]]


def test_what_is_overdue_says_what_it_lacks_and_why_it_cannot_go_on(data: Ask, scene: Scene) -> None:
    scene.decide(2, ResponseDecision.ACCEPTED, part="b")
    (found,) = nodes(data(STATE, scene.actors["head"]))
    assert found == {
        "wasLate": None,
        "missingAnswers": [
            {"number": 1, "part": None, "field": "decision"},
            {"number": 2, "part": "a", "field": "decision"},
            {"number": 2, "part": "b", "field": "actions"},
        ],
        "allowedTransitions": [
            {
                "to": "SUBMITTED",
                "reasonIfDenied": "recommendation 1: it has no decision; recommendation 2 (a): it has no decision; "
                "recommendation 2 (b): it is taken up and no action with owner and due date is planned",
            }
        ],
    }


def test_the_public_reads_a_published_answer_with_its_reasons_and_nothing_of_a_draft(data: Ask, scene: Scene) -> None:
    scene.complete()
    assert nodes(data(ANSWERS, PUBLIC)) == []
    scene.submit()
    scene.endorse()
    publish(scene)
    (found,) = nodes(data(ANSWERS, PUBLIC))
    assert (found["overdueDays"], found["missingAnswers"]) == (0, None)
    told = {
        (node["recommendation"]["number"], (node["part"] or {}).get("letter")): (node["decision"], node["reasons"])
        for node in (edge["node"] for edge in found["decisions"]["edges"])
    }
    assert told == {
        (1, None): ("ACCEPTED", None),
        (2, "a"): ("REJECTED", ["contradicts_policy"]),
        (2, "b"): ("ACCEPTED", None),
    }


def publish(scene: Scene) -> None:
    with scene.start(scene.actors["officer"]) as work:
        responses.publish_response(work, scene.response)
