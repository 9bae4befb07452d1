"""A register as a tree: evaluations, their recommendations, what each office answered, and its actions."""

from dataclasses import dataclass, field
from datetime import date

from rbm.terms.evaluation import EvaluationLevel, EvaluationType, SourceKind, TextLanguage
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage
from rbm.terms.responses import ResponseDecision, ResponseReason


@dataclass
class EntryAction:
    """An action of an office: `row` is where it stands. `status` is what is claimed, never more than reported."""

    row: int
    text: str
    owner: str
    original_due_on: date
    due_on: date
    status: ActionStage
    completed_on: date | None = None
    evidence: tuple[str, ...] = ()
    milestone: str | None = None
    milestone_on: date | None = None


@dataclass
class Answer:
    """What one office answered to one recommendation, or to the part of it with a letter."""

    row: int
    office: str
    decision: ResponseDecision | None = None
    reasons: tuple[ResponseReason, ...] | None = None
    explanation: str | None = None
    responded_on: date | None = None
    actions: list[EntryAction] = field(default_factory=list)
    part: str | None = None


@dataclass
class EntryRecommendation:
    """One recommendation of an evaluation; `answers` by office and part."""

    row: int
    number: int
    text: str | None = None
    priority: RecommendationPriority | None = None
    language: TextLanguage | None = None
    answers: dict[tuple[str, str | None], Answer] = field(default_factory=dict)


@dataclass
class EntryEvaluation:
    """One evaluation, audit or assessment."""

    row: int
    code: str
    title: str | None = None
    source: SourceKind | None = None
    final_on: date | None = None
    type: EvaluationType | None = None
    level: EvaluationLevel | None = None
    recommendations: dict[int, EntryRecommendation] = field(default_factory=dict)
