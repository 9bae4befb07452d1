"""What management and the public read of an evaluation through GraphQL: nothing before its time, not even a number."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC, Actor
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Finding
from rbm.model.people import Person
from rbm.services import evaluation
from rbm.services.evaluation import SubjectInput
from rbm.terms.evaluation import DocumentKind, EvaluationStage, TeamRole
from rbm.terms.findings import RecommendationStage
from rbm.terms.people import Role
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.graph_schema.conftest import Ask, Selects
from tests.make import Make

RECORD = """query ($id: ID!) { evaluation(id: $id) { title stage item { title } documents { totalCount edges { node {
    kind text } } } findings { totalCount edges { node { text } } } recommendations { totalCount }
    reports { totalCount } ratings { totalCount } comments { totalCount } qualityReviews { totalCount }
    allowedTransitions { to reasonIfDenied } } }"""
EVERYWHERE = """{ findings { totalCount } recommendations { totalCount } evaluationReports { totalCount }
    addressees { totalCount } qualityReviews { totalCount } evaluationDocuments { totalCount } }"""
BY_WORDS = '{ findings(filter: { text: "funds ran out" }) { totalCount edges { node { id } } } }'
JUDGED = "{ edges { node { evaluationSubjects { edges { node { evaluation { title } } } } } } }"
NOTHING = {name: {"totalCount": 0} for name in ("findings", "recommendations", "reports", "ratings", "comments")}


def counted(answer: dict[str, Any]) -> dict[str, int]:
    return {name: part["totalCount"] for name, part in answer.items()}


@pytest.fixture
def keys(start: Begin) -> dict[str, Any]:
    """An evaluation of a country office whose team writes, and who reads."""
    with start() as work:
        make = Make(work)
        of = Evaluating(make)
        office = make.office()
        item = of.item(title="Item of the plan")
        row = of.complete(of.evaluation(EvaluationStage.DATA_COLLECTION, item=item), office)
        drafted = {"stage": RecommendationStage.DRAFT, "issued_on": None}
        of.recommendation(row, office, **drafted)
        finding = work.session.scalars(sa.select(Finding)).one()
        finding.text = "funds ran out"
        evaluator = make.actor(Role.EVALUATOR, row.office)
        of.member(row, person=work.session.get_one(Person, evaluator.person_id), role=TeamRole.MEMBER)
        return {
            "evaluation": row.id,
            "finding": finding.id,
            "office": office.id,
            "chief": make.actor(Role.APPROVER, office),
            "senior": make.actor(Role.SENIOR_MANAGEMENT),
            "evaluator": evaluator,
            "manager": make.actor(Role.EVALUATION_MANAGER, row.office),
        }


@pytest.mark.parametrize("who", ["chief", "senior"])
def test_management_reads_title_stage_terms_and_plan_item_and_nothing_else(
    data: Ask, keys: dict[str, Any], who: str
) -> None:
    shown = data(RECORD, keys[who], id=str(keys["evaluation"]))["evaluation"]
    assert (shown["title"], shown["stage"]) == ("Evaluation of the country programme", "DATA_COLLECTION")
    assert shown["item"] == {"title": "Item of the plan"}
    (terms,) = shown["documents"]["edges"]
    assert (shown["documents"]["totalCount"], terms["node"]["kind"]) == (1, "TERMS_OF_REFERENCE")
    assert {name: {"totalCount": shown[name]["totalCount"]} for name in NOTHING} == NOTHING
    assert shown["qualityReviews"] == {"totalCount": 0}
    assert {move["reasonIfDenied"] for move in shown["allowedTransitions"]} == {
        "needs the permission to manage evaluation",
        "needs the permission to direct evaluation",
    }


def test_its_authors_read_all_of_it(data: Ask, keys: dict[str, Any]) -> None:
    shown = data(RECORD, keys["evaluator"], id=str(keys["evaluation"]))["evaluation"]
    assert [shown[name]["totalCount"] for name in ("findings", "recommendations", "reports")] == [1, 1, 1]
    assert shown["qualityReviews"] == {"totalCount": 4}


@pytest.mark.parametrize("who", ["chief", "senior"])
def test_lists_counts_filters_and_ids_tell_management_nothing(data: Ask, keys: dict[str, Any], who: str) -> None:
    found = counted(data(EVERYWHERE, keys[who]))
    assert found.pop("evaluationDocuments") == 1
    assert set(found.values()) == {0}
    assert data(BY_WORDS, keys[who])["findings"] == {"totalCount": 0, "edges": []}
    assert data(BY_WORDS, keys["evaluator"])["findings"]["totalCount"] == 1
    asked = "query ($id: ID!) { finding(id: $id) { id } }"
    assert data(asked, keys[who], id=str(keys["finding"])) == {"finding": None}


def test_the_public_does_not_know_of_it_before_its_day(data: Ask, keys: dict[str, Any]) -> None:
    assert data(RECORD, PUBLIC, id=str(keys["evaluation"])) == {"evaluation": None}
    assert set(counted(data(EVERYWHERE, PUBLIC)).values()) == {0}


def test_the_reason_why_a_stage_is_not_reached_is_told_to_who_manages(
    data: Ask, keys: dict[str, Any], start: Begin
) -> None:
    with start() as work:
        row = work.get(Evaluation, keys["evaluation"])
        Evaluating(Make(work)).member(row, conflict=None)
    moves = data(RECORD, keys["manager"], id=str(keys["evaluation"]))["evaluation"]["allowedTransitions"]
    told = {move["to"]: move["reasonIfDenied"] for move in moves}
    assert told["DRAFT_REPORT"] == "a member of its team has not declared the own interests"


def test_a_project_an_indicator_a_result_and_a_plan_tell_who_judged_them(
    data: Ask, keys: dict[str, Any], start: Begin, selects: Selects
) -> None:
    with start() as work:
        make = Make(work)
        indicator = make.indicator()
        of = {
            "projects": SubjectInput(keys["evaluation"], project_id=make.project().id),
            "indicators": SubjectInput(keys["evaluation"], indicator_id=indicator.id),
            "results": SubjectInput(keys["evaluation"], result_id=indicator.result.id),
            "frameworks": SubjectInput(keys["evaluation"], framework_id=indicator.result.framework.id),
        }
        for subject in of.values():
            evaluation.widen_evaluation(work, subject)
    for name in of:
        with selects() as statements:
            (edge,) = data(f"{{ {name} {JUDGED} }}")[name]["edges"]
        (judged,) = edge["node"]["evaluationSubjects"]["edges"]
        assert judged["node"]["evaluation"]["title"] == "Evaluation of the country programme"
        assert len(statements) == 3


def test_a_document_brings_its_hash_and_a_refusal_its_field(ask: Ask, keys: dict[str, Any]) -> None:
    attach = """mutation ($e: ID!, $k: DocumentKind!) { attachDocument(document: { evaluationId: $e, kind: $k,
        language: ENGLISH, title: "Annex", text: "what it says" }) { evaluationDocument { contentHash }
        problems { code field message } } }"""

    def attached(actor: Actor, kind: DocumentKind) -> dict[str, Any]:
        found: dict[str, Any] = ask(attach, actor, e=str(keys["evaluation"]), k=kind.name)["data"]["attachDocument"]
        return found

    made = attached(keys["manager"], DocumentKind.ANNEX)
    assert made["problems"] == []
    assert made["evaluationDocument"]["contentHash"].startswith("dcb3f708")
    (late,) = attached(keys["manager"], DocumentKind.TERMS_OF_REFERENCE)["problems"]
    assert late == {"code": "conflict", "field": "stage", "message": "the evaluation is data collection"}
    assert attached(keys["chief"], DocumentKind.ANNEX)["problems"][0]["code"] == "forbidden"


def test_a_comment_outside_its_days_is_refused_to_the_office_concerned(
    ask: Ask, keys: dict[str, Any], start: Begin
) -> None:
    key: UUID = keys["evaluation"]
    with start(keys["manager"]) as work:
        evaluation.advance_evaluation(work, key, EvaluationStage.DRAFT_REPORT)
    comment = """mutation ($e: ID!, $o: ID!) { commentOnDraft(evaluationId: $e, officeId: $o, text: "too long") {
        evaluationComment { text } problems { code field } } }"""
    told = ask(comment, keys["chief"], e=str(key), o=str(keys["office"]))["data"]["commentOnDraft"]
    assert told == {"evaluationComment": None, "problems": [{"code": "conflict", "field": "evaluationId"}]}
