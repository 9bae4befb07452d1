"""Follow-up through the door: planned, evaluated, made final; answered, endorsed, published, and read by everyone."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from rbm import clock
from rbm.access import SYSTEM, Permission
from rbm.model.evaluation import Evaluation
from rbm.model.people import Office
from rbm.services import people
from rbm.terms.evaluation import (
    ConductedBy,
    DocumentKind,
    EvaluationLevel,
    EvaluationScope,
    EvaluationStage,
    EvaluationType,
    QualityGate,
    TeamRole,
    TextLanguage,
    Timing,
)
from rbm.terms.findings import AddresseeKind, RecommendationPriority
from rbm.terms.people import Language, OfficeKind, Role
from rbm.terms.planning import DecisionKind, FundingSource, PlanKind, PlanPriority
from rbm.terms.responses import Incompleteness, ResponseDecision, ResponseReason
from rbm.work import Work, begin
from tests.stories.telling import Persona

TODAY = clock.read().date()
NEXT_YEAR = TODAY + timedelta(days=365)
RESPONSE = "managementResponse { stage }"


@pytest.fixture
def cast(engine: sa.Engine, client: httpx.Client) -> dict[str, Persona]:
    """A country, the evaluation office with its evaluator, and the governing body."""
    with begin(engine, SYSTEM, "cast") as work:
        headquarters = people.initialise(work)
        country = people.create_office(work, "COUNTRY", "Country", OfficeKind.COUNTRY, headquarters.id)
        unit = people.create_office(work, "UNIT", "Evaluation", OfficeKind.EVALUATION, headquarters.id)
        council = people.create_office(work, "COUNCIL", "Council", OfficeKind.GOVERNING_BODY, headquarters.id)
        places = {
            "director": (unit, Role.EVALUATION_HEAD),
            "officer": (unit, Role.EVALUATION_OFFICER),
            "assessor": (headquarters, Role.QUALITY_ASSESSOR),
            "council": (council, Role.GOVERNING_BODY),
            "focal": (country, Role.MANAGEMENT_FOCAL_POINT),
            "head": (country, Role.APPROVER),
            "senior": (headquarters, Role.SENIOR_MANAGEMENT),
            "evaluator": (unit, Role.EVALUATOR),
        }
        return {name: Persona(client, _join(work, name, *place)) for name, place in places.items()}


def _join(work: Work, name: str, office: Office, role: Role) -> str:
    person = people.create_person(work, f"{name}@example.org", name.capitalize(), Language.ENGLISH)
    people.grant_role(work, person.id, office.id, role)
    return people.issue_token(work, person.id, "story")[1]


def key_of(persona: Persona, noun: str, wanted: str) -> str:
    key: str = persona.ask(f"{{ {noun}({wanted}) {{ id }} }}")[noun]["id"]
    return key


def me(persona: Persona) -> str:
    key: str = persona.ask("{ me { person { id } } }")["me"]["person"]["id"]
    return key


def does(persona: Persona, mutation: str, noun: str, **arguments: Any) -> str:
    """The key of what a mutation made or changed."""
    key: str = persona.does(mutation, f"{noun} {{ id }}", **arguments)["id"]
    return key


def plan(cast: dict[str, Persona], country: str, unit: str) -> str:
    """A plan with its budget approved by the governing body; the key of its one item."""
    director, officer, council = cast["director"], cast["officer"], cast["council"]
    budget = {"code": "B", "year": TODAY.year, "amount": 100_000, "core_amount": 100_000, "currency": "USD"}
    line = does(director, "proposeBudgetLine", "evaluationBudgetLine", budget=budget)
    decision = {"reference": "C/1", "kind": DecisionKind.BUDGET, "text": "The budget", "decided_on": TODAY}
    decided = does(council, "recordGoverningDecision", "governingDecision", decision=decision)
    days = {"period_start": date(TODAY.year, 1, 1), "period_end": date(TODAY.year + 1, 12, 31)}
    draft = {"code": "PLAN", "title": "Plan", "kind": PlanKind.BIENNIAL, "office_id": unit} | days
    key = does(officer, "createEvaluationPlan", "evaluationPlan", plan=draft | {"budget_line_id": line})
    item = {
        "title": "Evaluation of the country programme",
        "type": EvaluationType.COUNTRY_PROGRAMME,
        "level": EvaluationLevel.CENTRALIZED,
        "timing": Timing.MID_TERM,
        "conducted_by": ConductedBy.EXTERNAL,
        "scope": EvaluationScope.COUNTRY,
        "priority": PlanPriority.HIGH,
        "funding_source": FundingSource.CORE,
        "planned_start": TODAY,
        "planned_end": date(TODAY.year + 1, 6, 30),
        "cost": 50_000,
        "currency": "USD",
        "office_id": country,
    }
    made = does(officer, "addPlanItem", "planItem", plan_id=key, item=item)
    does(officer, "submitPlan", "evaluationPlan", plan_id=key)
    assert director.is_refused("approvePlan", "evaluationPlan { id }", plan_id=key)[0] == "conflict"
    does(council, "approveBudgetLine", "evaluationBudgetLine", line_id=line, decision_id=decided)
    does(director, "approvePlan", "evaluationPlan", plan_id=key)
    return made


def attach(officer: Persona, evaluation: str, kind: DocumentKind) -> str:
    facts = {"kind": kind, "language": TextLanguage.ENGLISH, "title": kind.value, "text": "It says what it says."}
    return does(officer, "attachDocument", "evaluationDocument", document=facts | {"evaluation_id": evaluation})


def advance(officer: Persona, evaluation: str, *stages: EvaluationStage) -> None:
    for stage in stages:
        does(officer, "advanceEvaluation", "evaluation", evaluation_id=evaluation, to=stage)


def review(cast: dict[str, Persona], evaluation: str, gate: QualityGate) -> None:
    """A checklist of one question, and a review by it that passes."""
    asked = {"gate": gate, "title": "Quality", "effective_from": TODAY, "pass_mark": 60}
    questions = [{"section": "Method", "text": "Is it sound?"}]
    does(cast["director"], "defineChecklist", "checklist", checklist=asked | {"questions": questions})
    named = {"evaluation_id": evaluation, "gate": gate, "assessor_id": me(cast["assessor"])}
    key = does(cast["officer"], "assignQualityReview", "qualityReview", **named)
    answers = {"answers": [{"number": 1, "points": 3}], "gender_points": 6}
    does(cast["assessor"], "rateQuality", "qualityReview", review_id=key, **answers)
    does(cast["assessor"], "finishQualityReview", "qualityReview", review_id=key)


def prepare(cast: dict[str, Persona], evaluation: str) -> None:
    """Terms of reference, a team that declared its interests, and the inception report."""
    officer, evaluator = cast["officer"], cast["evaluator"]
    terms = attach(officer, evaluation, DocumentKind.TERMS_OF_REFERENCE)
    advance(officer, evaluation, EvaluationStage.TOR)
    does(officer, "approveTermsOfReference", "evaluationDocument", document_id=terms)
    review(cast, evaluation, QualityGate.TERMS_OF_REFERENCE)
    does(officer, "registerEvaluator", "evaluator", person_id=me(evaluator), external=True)
    named = {"evaluation_id": evaluation, "person_id": me(evaluator), "role": TeamRole.LEAD}
    member = does(officer, "addTeamMember", "teamMember", **named)
    does(evaluator, "declareInterest", "teamMember", member_id=member, declaration="none", conflict=False)
    advance(officer, evaluation, EvaluationStage.TEAM_ONBOARD, EvaluationStage.INCEPTION)
    attach(officer, evaluation, DocumentKind.INCEPTION_REPORT)
    review(cast, evaluation, QualityGate.INCEPTION)
    advance(officer, evaluation, EvaluationStage.DATA_COLLECTION)


def evaluate(engine: sa.Engine, cast: dict[str, Persona], evaluation: str, country: str) -> None:
    """A draft that management comments on and cannot stop, and the final with its recommendation."""
    officer, focal = cast["officer"], cast["focal"]
    draft = {
        "text": "Keep a register of all recommendations and name who keeps it by June",
        "priority": RecommendationPriority.CRITICAL,
        "addressees": [{"kind": AddresseeKind.HEAD_OF_OFFICE, "office_id": country}],
        "parts": [{"letter": letter, "text": text} for letter, text in {"a": "A register", "b": "A keeper"}.items()],
    }
    does(cast["evaluator"], "draftRecommendation", "recommendation", evaluation_id=evaluation, draft=draft)
    attach(officer, evaluation, DocumentKind.DRAFT_REPORT)
    assert recommended(focal) == 0
    advance(officer, evaluation, EvaluationStage.DRAFT_REPORT)
    said = {"evaluation_id": evaluation, "office_id": country, "text": "We have a list."}
    does(focal, "commentOnDraft", "evaluationComment", **said)
    review(cast, evaluation, QualityGate.DRAFT)
    advance(officer, evaluation, EvaluationStage.QUALITY_REVIEW)
    attach(officer, evaluation, DocumentKind.FINAL_REPORT)
    sections = {"methods": "interviews", "sources": "files", "limitations": "one country"}
    does(officer, "writeReportSections", "evaluationReport", evaluation_id=evaluation, sections=sections)
    review(cast, evaluation, QualityGate.FINAL)
    final = ("finaliseEvaluation", "evaluation { stage }")
    assert officer.is_refused(*final, evaluation_id=evaluation) == ("conflict", "commentsUntil")
    days_pass(engine)
    assert cast["head"].is_refused(*final, evaluation_id=evaluation) == ("forbidden", None)
    assert officer.does(*final, evaluation_id=evaluation) == {"stage": "FINAL"}


def recommended(persona: Persona) -> int:
    count: int = persona.ask("{ recommendations { totalCount } }")["recommendations"]["totalCount"]
    return count


def days_pass(engine: sa.Engine) -> None:
    """The days for comments are over: the server reads the clock, so they are moved back instead."""
    with begin(engine, SYSTEM, "days_pass") as work:
        work.require(Permission.OPERATE)
        row = work.session.scalars(sa.select(Evaluation)).one()
        row.comments_from, row.comments_until = TODAY - timedelta(days=15), TODAY - timedelta(days=1)


def answer(cast: dict[str, Persona]) -> str:
    """Both parts answered, an action planned, and everything incomplete refused on the way; the response's key."""
    focal, head = cast["focal"], cast["head"]
    (owed,) = focal.ask("{ myWork { responsesOwed { id dueOn overdueDays } } }")["myWork"]["responsesOwed"]
    assert (owed["dueOn"], owed["overdueDays"]) == ((TODAY + timedelta(days=42)).isoformat(), 0)
    key = {
        "recommendation_id": focal.ask("{ recommendations { edges { node { id } } } }")["recommendations"]["edges"][0][
            "node"
        ]["id"]
    }
    made = ("respondToRecommendation", "recommendationResponse { decision }")
    rejected = key | {"part": "b", "decision": ResponseDecision.REJECTED}
    assert focal.is_refused(*made, decision=rejected) == ("invalid", "reasons")
    why = {"reasons": [ResponseReason.ALREADY_DONE], "explanation": "the deputy keeps it"}
    focal.does(*made, decision=rejected | why)
    focal.does(*made, decision=key | {"part": "a", "decision": ResponseDecision.ACCEPTED})
    sent = ("submitResponse", RESPONSE)
    assert head.is_refused(*sent, response_id=owed["id"]) == ("conflict", "recommendations.1.a.actions")
    action = key | {"part": "a", "text": "Set up the register", "owner_id": me(head), "due_on": NEXT_YEAR}
    planned = ("planAction", "action { number }")
    assert focal.is_refused(*planned, plan=action) == ("invalid", "milestone")
    milestone = {"milestone": "a first list", "milestone_on": TODAY + timedelta(days=90)}
    assert focal.does(*planned, plan=action | milestone) == {"number": 1}
    assert focal.is_refused(*sent, response_id=owed["id"]) == ("forbidden", None)
    assert head.does(*sent, response_id=owed["id"]) == {"stage": "SUBMITTED"}
    response: str = owed["id"]
    return response


def test_from_the_plan_to_the_published_response(
    engine: sa.Engine, client: httpx.Client, cast: dict[str, Persona]
) -> None:
    officer, head, senior, council = (cast[name] for name in ("officer", "head", "senior", "council"))
    country, unit = (key_of(officer, "office", f'code: "{code}"') for code in ("COUNTRY", "UNIT"))
    brief = {"code": "E1", "office_id": unit, "item_id": plan(cast, country, unit)}
    evaluation = does(officer, "planEvaluation", "evaluation", brief=brief)
    prepare(cast, evaluation)
    evaluate(engine, cast, evaluation, country)
    response = answer(cast)

    disagreed = {"response_id": response, "incomplete": [Incompleteness.MISSING_REASON], "reason": "we do not agree"}
    assert officer.is_refused("returnResponse", RESPONSE, **disagreed) == ("conflict", "incomplete")
    assert head.is_refused("endorseResponse", RESPONSE, response_id=response)[0] == "forbidden"
    assert senior.does("endorseResponse", RESPONSE, response_id=response) == {"stage": "ENDORSED"}
    assert officer.is_refused("publishResponse", RESPONSE, response_id=response) == ("conflict", "evaluation")
    does(officer, "publishEvaluation", "evaluation", evaluation_id=evaluation)
    assert head.is_refused("publishResponse", RESPONSE, response_id=response)[0] == "forbidden"
    assert officer.does("publishResponse", RESPONSE, response_id=response) == {"stage": "PUBLISHED"}

    assert read_by_everyone(client) == {
        "decisions": [("a", "ACCEPTED", None), ("b", "REJECTED", ["already_done"])],
        "actions": [("Set up the register", "NOT_STARTED")],
        "rounds": 6,
    }
    attempts = "{ auditEntries(first: 50) { edges { node { operation kind } } } }"
    refused = {edge["node"]["operation"] for edge in council.ask(attempts)["auditEntries"]["edges"]}
    assert {"finalise_evaluation", "publish_response", "endorse_response", "submit_response"} <= refused


def read_by_everyone(client: httpx.Client) -> dict[str, Any]:
    """What the public reads of the one response."""
    query = """{ responses { edges { node { rounds { totalCount } actions { edges { node { text stage } } }
      decisions { edges { node { decision reasons part { letter } } } } } } } }"""
    (edge,) = client.post("/graphql", json={"query": query}).json()["data"]["responses"]["edges"]
    told = edge["node"]
    decisions = [one["node"] for one in told["decisions"]["edges"]]
    return {
        "decisions": sorted((one["part"]["letter"], one["decision"], one["reasons"]) for one in decisions),
        "actions": [(one["node"]["text"], one["node"]["stage"]) for one in told["actions"]["edges"]],
        "rounds": told["rounds"]["totalCount"],
    }
