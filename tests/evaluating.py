"""Builders of evaluation rows with defaults, so that a test says only what matters to it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from rbm.model.appraisal import Checklist, QualityReview
from rbm.model.evaluation import Evaluation, EvaluationDocument, EvaluationReport, EvaluationSubject, TeamMember
from rbm.model.evaluation_guards import REVIEWED
from rbm.model.findings import Addressee, Finding, Recommendation
from rbm.model.followup import Action, ActionEvidence
from rbm.model.governance import EvaluationBudgetLine
from rbm.model.people import Office, OfficePlacement
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.model.responses import ManagementResponse, RecommendationResponse, ResponseEdition
from rbm.services import people
from rbm.terms.evaluation import (
    DISCLOSED,
    ConductedBy,
    DocumentKind,
    EvaluationLevel,
    EvaluationScope,
    EvaluationStage,
    EvaluationType,
    QualityGate,
    QualityStage,
    SourceKind,
    TeamRole,
    TextLanguage,
    Timing,
)
from rbm.terms.findings import AddresseeKind, FindingKind, RecommendationPriority, RecommendationStage
from rbm.terms.followup import ActionStage, VerificationScope
from rbm.terms.people import OfficeKind
from rbm.terms.planning import BudgetStage, FundingSource, PlanKind, PlanPriority, PlanStage
from rbm.terms.responses import ResponseDecision, ResponseStage
from tests.make import Make

FINAL = date(2026, 1, 19)
"""The day on which evaluations of the builders become final; with 42 days a response is due on 2026-03-02."""
LATE_STAGES = frozenset({EvaluationStage.FINAL, EvaluationStage.PUBLISHED})
KIND = {
    "type": EvaluationType.COUNTRY_PROGRAMME,
    "timing": Timing.MID_TERM,
    "conducted_by": ConductedBy.EXTERNAL,
    "scope": EvaluationScope.COUNTRY,
    "joint": False,
}


class Evaluating:
    """Rows written straight into the transaction of a unit of work, past the services."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.work = make.work

    def unit(self) -> Office:
        """The evaluation office, a central one under headquarters; a new one each time."""
        row = self.work.add(Office(code=self.make.code("EVAL"), name="Evaluation", kind=OfficeKind.EVALUATION))
        above = self.make.headquarters()
        self.work.add(OfficePlacement(office=row, parent=above, valid_from=people.BEGINNING))
        return row

    def budget_line(self, **facts: Any) -> EvaluationBudgetLine:
        """The approved budget of evaluation for 2026."""
        defaults = {"code": self.make.code("BUDGET"), "edition": 1, "year": 2026, "stage": BudgetStage.APPROVED}
        money = {"amount": Decimal(1_000_000), "core_amount": Decimal(1_000_000), "currency": "USD"}
        return self.work.add(EvaluationBudgetLine(**(defaults | money | facts)))

    def plan(self, **facts: Any) -> EvaluationPlan:
        """An approved plan for 2026 and 2027."""
        office = facts.pop("office", None) or self.unit()
        defaults = {
            "code": self.make.code("PLAN"),
            "edition": 1,
            "title": "Plan",
            "kind": PlanKind.BIENNIAL,
            "stage": PlanStage.APPROVED,
            "period_start": date(2026, 1, 1),
            "period_end": date(2027, 12, 31),
            "approved_on": date(2026, 1, 5),
        }
        return self.work.add(EvaluationPlan(**(defaults | facts), office=office))

    def item(self, plan: EvaluationPlan | None = None, **facts: Any) -> PlanItem:
        """An evaluation that a plan foresees for 2026."""
        defaults = KIND | {
            "number": int(self.make.code("")),
            "title": "Evaluation of the country programme",
            "level": EvaluationLevel.CENTRALIZED,
            "priority": PlanPriority.HIGH,
            "funding_source": FundingSource.CORE,
            "planned_start": date(2026, 2, 1),
            "planned_end": date(2026, 11, 30),
            "original_end": date(2026, 11, 30),
            "cost": Decimal(100_000),
            "core_cost": Decimal(100_000),
            "currency": "USD",
        }
        return self.work.add(PlanItem(**(defaults | facts), plan=plan or self.plan()))

    def evaluation(self, stage: EvaluationStage = EvaluationStage.FINAL, **facts: Any) -> Evaluation:
        """A centralized evaluation; from the final on with the days of its release."""
        office = facts.pop("office", None) or self.unit()
        defaults = KIND | {
            "code": self.make.code("E"),
            "title": "Evaluation of the country programme",
            "source": SourceKind.EVALUATION,
            "level": EvaluationLevel.CENTRALIZED,
            "planned_on": date(2025, 1, 10),
            "planned_end": date(2025, 12, 31),
            "original_end": date(2025, 12, 31),
        }
        if stage in LATE_STAGES:
            defaults |= {"final_on": FINAL, "disclosed_on": FINAL + timedelta(days=30), "report_hash": "0" * 64}
        if stage is EvaluationStage.PUBLISHED:
            defaults |= {"published_on": FINAL}
        return self.work.add(Evaluation(**(defaults | facts), stage=stage, office=office))

    def subject(self, evaluation: Evaluation, office: Office, **facts: Any) -> EvaluationSubject:
        """What an evaluation judges: an office unless something of it is named."""
        return self.work.add(EvaluationSubject(evaluation=evaluation, office=office, **facts))

    def member(self, evaluation: Evaluation, **facts: Any) -> TeamMember:
        """The lead of a team, who declared no conflict of interest."""
        person = facts.pop("person", None) or self.make.person()
        defaults = {"role": TeamRole.LEAD, "joined_on": date(2025, 2, 1), "declared_at": self.work.now}
        declared = {"conflict": False, "declaration": "none"}
        return self.work.add(TeamMember(**(defaults | declared | facts), evaluation=evaluation, person=person))

    def recommendation(self, evaluation: Evaluation | None = None, *offices: Office, **facts: Any) -> Recommendation:
        """An issued recommendation addressed to offices, the first of which leads."""
        number = int(self.make.code(""))
        defaults = {
            "code": f"REC-{number}",
            "number": number,
            "text": "Set up a system that follows recommendations",
            "language": TextLanguage.ENGLISH,
            "priority": RecommendationPriority.HIGH,
            "stage": RecommendationStage.ISSUED,
            "depends_on_funding": False,
            "edition": 1,
            "issued_on": FINAL,
        }
        row = self.work.add(Recommendation(**(defaults | facts), evaluation=evaluation or self.evaluation()))
        for place, office in enumerate(offices):
            kind = AddresseeKind.HEAD_OF_OFFICE
            self.work.add(Addressee(recommendation=row, kind=kind, office=office, leads=place == 0))
        return row

    def response(self, evaluation: Evaluation, office: Office, **facts: Any) -> ManagementResponse:
        """A response that is due, with its clock."""
        defaults = {
            "stage": ResponseStage.DUE,
            "edition": 1,
            "transmitted_on": FINAL,
            "due_on": FINAL + timedelta(days=42),
            "rule_edition": 1,
        }
        return self.work.add(ManagementResponse(**(defaults | facts), evaluation=evaluation, office=office))

    def overall(self, response: ManagementResponse, **facts: Any) -> ResponseEdition:
        """The overall words of an edition of a response."""
        defaults = {"edition": response.edition, "language": TextLanguage.ENGLISH, "overall": "We welcome it."}
        return self.work.add(ResponseEdition(**(defaults | {"written_at": self.work.now} | facts), response=response))

    def decision(
        self, response: ManagementResponse, recommendation: Recommendation, **facts: Any
    ) -> RecommendationResponse:
        """A recommendation accepted by an office, in the edition of its response."""
        defaults = {
            "edition": response.edition,
            "decision": ResponseDecision.ACCEPTED,
            "language": TextLanguage.ENGLISH,
            "decided_on": FINAL + timedelta(days=10),
        }
        return self.work.add(
            RecommendationResponse(**(defaults | facts), response=response, recommendation=recommendation)
        )

    def action(self, response: ManagementResponse, recommendation: Recommendation, **facts: Any) -> Action:
        """An action that was not started, due at the end of 2026, of the office that answered."""
        owner = facts.pop("owner", None) or self.make.person()
        office = facts.pop("office", None) or response.office
        defaults = {
            "number": int(self.make.code("")),
            "edition": response.edition,
            "text": "Set up the register and name who keeps it",
            "stage": ActionStage.NOT_STARTED,
            "planned_on": FINAL + timedelta(days=10),
            "original_due_on": facts.get("due_on", date(2026, 12, 31)),
            "due_on": date(2026, 12, 31),
            "depends_on_funding": False,
            "verification_scope": VerificationScope.FULL,
        }
        rows = {"response": response, "recommendation": recommendation, "office": office, "owner": owner}
        return self.work.add(Action(**(defaults | facts), **rows))

    def evidence(self, action: Action) -> ActionEvidence:
        """A link that shows that an action was done."""
        facts = {"title": "The register", "url": "https://example.org/register", "added_at": self.work.now}
        return self.work.add(ActionEvidence(action=action, **facts))

    def document(self, evaluation: Evaluation, kind: DocumentKind, **facts: Any) -> EvaluationDocument:
        """A document in English; terms of reference are shared."""
        defaults = {
            "edition": 1,
            "language": TextLanguage.ENGLISH,
            "title": kind.replace("_", " "),
            "text": f"the {kind}",
            "content_hash": "1" * 64,
            "shared": kind is DocumentKind.TERMS_OF_REFERENCE,
            "public": kind in DISCLOSED,
            "attached_at": self.work.now,
        }
        return self.work.add(EvaluationDocument(**(defaults | facts), evaluation=evaluation, kind=kind))

    def review(self, evaluation: Evaluation, gate: QualityGate, **facts: Any) -> QualityReview:
        """A finished review that passed."""
        checklist = self.work.add(
            Checklist(
                gate=gate,
                edition=int(self.make.code("")),
                title="Checklist",
                effective_from=date(2025, 1, 1),
                pass_mark=Decimal(60),
            )
        )
        defaults = {"stage": QualityStage.FINAL, "passed": True, "score": Decimal(80), "finished_on": FINAL}
        rows = {"checklist": checklist, "assessor": facts.pop("assessor", None) or self.make.person()}
        documents = sa.select(EvaluationDocument).where(EvaluationDocument.evaluation_id == evaluation.id)
        document = self.work.session.scalars(documents.where(EvaluationDocument.kind == REVIEWED[gate])).first()
        made = {"assigned_at": self.work.now, "document": document, "content_hash": "1" * 64} | rows
        return self.work.add(QualityReview(**(made | defaults | facts), evaluation=evaluation, gate=gate))

    def report(self, evaluation: Evaluation, **facts: Any) -> EvaluationReport:
        """What a report says of itself, complete."""
        defaults = {"summary": "It works.", "methods": "interviews", "sources": "people", "limitations": "few days"}
        stated = {"language": TextLanguage.ENGLISH} | defaults | facts
        return self.work.add(EvaluationReport(**stated, evaluation=evaluation))

    def finding(self, evaluation: Evaluation, **facts: Any) -> Finding:
        """The first thing that an evaluation finds."""
        defaults = {"kind": FindingKind.FINDING, "number": 1, "text": "found", "language": TextLanguage.ENGLISH}
        return self.work.add(Finding(**(defaults | {"recorded_at": self.work.now} | facts), evaluation=evaluation))

    def complete(self, evaluation: Evaluation, office: Office) -> Evaluation:
        """Everything that an evaluation of an office needs on its way, passed at every gate."""
        self.subject(evaluation, office)
        self.member(evaluation)
        kinds = set(DocumentKind) - {DocumentKind.ANNEX, DocumentKind.QUALITY_ASSESSMENT}
        for kind in sorted(kinds):
            approved = self.work.now if kind is DocumentKind.TERMS_OF_REFERENCE else None
            self.document(evaluation, kind, approved_at=approved)
        for gate in QualityGate:
            self.review(evaluation, gate)
        self.report(evaluation)
        self.finding(evaluation)
        return evaluation
