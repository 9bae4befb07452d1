"""The findings room of the small world: rows on which its mutations act, and the arguments with which they do."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from rbm.model.appraisal import Checklist, ChecklistQuestion, QualityReview
from rbm.model.evaluation import Evaluation
from rbm.model.findings import CriterionRating, Finding
from rbm.services import people
from rbm.services.evaluation import ChecklistInput, QualityAnswer, QuestionInput
from rbm.services.findings import AddresseeInput, FindingInput, RatingInput, RecommendationDraft, SynthesisInput
from rbm.terms.evaluation import DocumentKind, EvaluationStage, QualityGate, QualityStage, TextLanguage
from rbm.terms.findings import AddresseeKind, Criterion, FindingKind, RatingScaleName, RecommendationStage
from rbm.terms.people import Role
from tests.evaluating import Evaluating
from tests.make import Make
from tests.services.evaluation.reviewed import document

Keys = dict[str, UUID]
TODAY = date(2026, 3, 2)
RATING = RatingInput(Criterion.RELEVANCE, RatingScaleName.SATISFACTION, "HS", "seen")


def rows(make: Make, known: dict[str, Any]) -> dict[str, Any]:
    """An evaluation of the office at work and a final one, with what they found and the reviews of their quality."""
    evaluating = Evaluating(make)
    judging = evaluating.evaluation(EvaluationStage.DATA_COLLECTION, office=known["office"])
    judged = evaluating.evaluation(EvaluationStage.FINAL, office=known["office"])
    for row in (judging, judged):
        evaluating.subject(row, known["elsewhere"])
    draft = {"stage": RecommendationStage.DRAFT, "issued_on": None}
    office = known["elsewhere"]
    return {
        "judging": judging,
        "finding": _finding(make, judging),
        "criterion_rating": _rating(make, judging),
        "drafted_recommendation": evaluating.recommendation(judging, office, **draft),
        "waiting_recommendation": evaluating.recommendation(judged, office, **draft),
        "issued_recommendation": evaluating.recommendation(judged, office),
        "newer_recommendation": evaluating.recommendation(judged, office),
    } | _quality(make, known, judging)


def _finding(make: Make, evaluation: Evaluation) -> Finding:
    facts = {"kind": FindingKind.FINDING, "number": 1, "text": "found", "language": TextLanguage.ENGLISH}
    return make.work.add(Finding(evaluation=evaluation, recorded_at=make.work.now, **facts))


def _rating(make: Make, evaluation: Evaluation) -> CriterionRating:
    facts = {"scale": RatingScaleName.SATISFACTION, "scale_edition": 1, "rating": "UA", "justification": "seen"}
    return make.work.add(CriterionRating(evaluation=evaluation, criterion=Criterion.IMPACT, **facts))


def _quality(make: Make, known: dict[str, Any], evaluation: Evaluation) -> dict[str, Any]:
    """Checklists of two gates, somebody who assesses, and a review at each of the first two stages at one of them."""
    assessor = make.person()
    people.grant_role(make.work, assessor.id, known["evaluation"].id, Role.QUALITY_ASSESSOR)
    checklists = {gate: _checklist(make, gate) for gate in (QualityGate.INCEPTION, QualityGate.DRAFT)}
    document(make.work, evaluation.id, DocumentKind.DRAFT_REPORT)
    facts = {"evaluation": evaluation, "checklist": checklists[QualityGate.DRAFT], "gate": QualityGate.DRAFT}
    facts |= {"assessor": assessor, "assigned_at": make.work.now}
    stages = (QualityStage.ASSIGNED, QualityStage.RATED)
    reviews = {f"review_{stage}": make.work.add(QualityReview(stage=stage, **facts)) for stage in stages}
    return {"assessor": assessor} | reviews


def _checklist(make: Make, gate: QualityGate) -> Checklist:
    facts = {"title": "Quality", "effective_from": TODAY, "pass_mark": Decimal(60)}
    row = make.work.add(Checklist(gate=gate, edition=1, **facts))
    make.work.add(ChecklistQuestion(checklist=row, section="Method", number=1, text="Is it?", weight=Decimal(1)))
    return row


def _draft(key: Keys) -> RecommendationDraft:
    return RecommendationDraft("Set up a register", [AddresseeInput(AddresseeKind.DEPARTMENT, key["elsewhere"])])


CHECKLIST = ChecklistInput(
    QualityGate.TERMS_OF_REFERENCE, "Quality", TODAY, Decimal(60), [QuestionInput("Purpose", "Is it clear?")]
)
ARGUMENTS: dict[str, Callable[[Keys], tuple[Any, ...]]] = {
    "assignQualityReview": lambda key: (key["judging"], QualityGate.INCEPTION, key["assessor"]),
    "correctRecommendation": lambda key: (key["issued_recommendation"], "Set up a list", "a slip"),
    "defineChecklist": lambda _: (CHECKLIST,),
    "draftRecommendation": lambda key: (key["judging"], _draft(key)),
    "finishQualityReview": lambda key: (key["review_rated"],),
    "issueRecommendation": lambda key: (key["waiting_recommendation"],),
    "rateCriterion": lambda key: (key["judging"], RATING),
    "rateQuality": lambda key: (key["review_assigned"], [QualityAnswer(1, 3)]),
    "recordEffect": lambda key: (key["issued_recommendation"], "offices learn"),
    "recordFinding": lambda key: (key["judging"], FindingInput("found")),
    "recordSynthesis": lambda _: (SynthesisInput(2026, "Gender", 3, 1, 1, 1, "Synthesis"),),
    "removeFinding": lambda key: (key["finding"],),
    "removeRecommendation": lambda key: (key["drafted_recommendation"],),
    "returnQualityReview": lambda key: (key["review_rated"], "again"),
    "reviseFinding": lambda key: (key["finding"], FindingInput("found anew")),
    "reviseRecommendation": lambda key: (key["drafted_recommendation"], _draft(key)),
    "supersedeRecommendation": lambda key: (
        key["issued_recommendation"],
        key["newer_recommendation"],
        "said better",
    ),
    "withdrawRating": lambda key: (key["criterion_rating"],),
}
KEYWORDS: dict[str, dict[str, Any]] = {"recordEffect": {"observed": True}}
