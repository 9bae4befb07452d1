"""What the figures of the evaluation function ask the database for: one statement a table, of numbers and keys."""

from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from rbm.db import Row, table_of
from rbm.model.appraisal import DisclosureException, QualityReview
from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.model.findings import Addressee, Recommendation, RecommendationPart
from rbm.model.followup import Action, ActionRequest, ActionVerification
from rbm.model.people import Office
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.model.projects import Project
from rbm.model.responses import FollowUpRound, ManagementResponse, RecommendationResponse
from rbm.services.rollup.asking import word
from rbm.stages import Transition
from rbm.terms.evaluation import (
    EvaluationLevel,
    EvaluationStage,
    EvaluationType,
    QualityGate,
    QualityLevel,
    QualityStage,
    SourceKind,
)
from rbm.terms.findings import RecommendationPriority, RecommendationStage
from rbm.terms.followup import ActionRequestKind, ActionStage, Verdict
from rbm.terms.people import OfficeKind
from rbm.terms.planning import PlanStage, RequestStage
from rbm.terms.responses import ResponseDecision, ResponseStage, RoundStage

JOINT_TYPES = (EvaluationType.JOINT, EvaluationType.SYSTEM_WIDE)
MOVES: dict[type[Row], tuple[StrEnum, ...]] = {
    Evaluation: (EvaluationStage.CANCELLED,),
    EvaluationPlan: (PlanStage.CLOSED,),
    FollowUpRound: (RoundStage.OPEN,),
    Recommendation: (RecommendationStage.SUPERSEDED,),
    ManagementResponse: (ResponseStage.SUBMITTED, ResponseStage.PUBLISHED),
}
"""The moves that are asked for besides those of actions: of which class, and to which stage."""
ENTITIES: tuple[type[Row], ...] = (Action, *MOVES)
PUBLISHED = -2


def day(column: sa.Column[Any] | sa.Label[Any]) -> sa.Label[Any]:
    """A column of dates as numbers such as 20260131, 0 for null: the same on every database."""
    digits = sa.func.replace(sa.cast(column, sa.Text), "-", "")
    return sa.func.coalesce(sa.cast(digits, sa.BigInteger), sa.literal_column("0")).label(column.name)


def second(column: sa.Column[Any]) -> sa.Label[Any]:
    """A column of moments as whole seconds since 1970."""
    return sa.cast(sa.func.floor(sa.extract("epoch", column)), sa.BigInteger).label(column.name)


def _select(cls: type[Row], names: str, *more: Any) -> sa.Select[Any]:
    """Keys and numbers by name, in the order of the key; dates are told by their names."""
    table = table_of(cls).c
    found = [day(table[name]) if isinstance(table[name].type, sa.Date) else table[name] for name in names.split()]
    return sa.select(*found, *more).order_by(table.id)


@cache
def evaluations() -> sa.Select[Any]:
    """Evaluations and other sources with their days."""
    table = table_of(Evaluation).c
    return _select(
        Evaluation,
        "id office_id item_id planned_on original_end final_on disclosed_on published_on",
        word(table.source, SourceKind),
        word(table.level, EvaluationLevel),
        word(table.stage, EvaluationStage),
        sa.or_(table.joint, table.type.in_(JOINT_TYPES)).label("joint"),
        sa.and_(table.unplanned_reason.is_(None), table.source == SourceKind.EVALUATION).label("planned"),
    )


@cache
def items() -> sa.Select[Any]:
    """Items of approved editions of plans, those approved first before others, with the end of their edition."""
    table, plan, project = table_of(PlanItem).c, table_of(EvaluationPlan), table_of(Project)
    later = plan.alias()
    ended = sa.select(sa.func.min(later.c.approved_on)).where(
        later.c.code == plan.c.code, later.c.edition > plan.c.edition
    )
    own = sa.func.coalesce(table.office_id, project.c.office_id, plan.c.office_id)
    query = sa.select(
        *(table.id, table.plan_id, table.earlier_id, table.carried_from_id, word(table.level, EvaluationLevel)),
        sa.or_(table.joint, table.type.in_(JOINT_TYPES)).label("joint"),
        *(day(table.original_end), day(plan.c.approved_on)),
        day(ended.correlate(plan).scalar_subquery().label("ended_on")),
        word(plan.c.stage, PlanStage),
        sa.case((table.level == EvaluationLevel.DECENTRALIZED, own), else_=plan.c.office_id).label("office_id"),
    ).select_from(table_of(PlanItem).join(plan, plan.c.id == table.plan_id).outerjoin(project))
    return query.where(plan.c.approved_on.is_not(None)).order_by(plan.c.approved_on, plan.c.edition, table.id)


@cache
def responses() -> sa.Select[Any]:
    """Responses with the edition that stands: until a revision is published, the one before it."""
    table = table_of(ManagementResponse).c
    written = sa.and_(table.stage != ResponseStage.PUBLISHED, table.edition > 1)
    standing = sa.case((written, table.edition - 1), else_=table.edition).label("standing")
    return _select(ManagementResponse, "id evaluation_id office_id due_on submitted_on published_on", standing)


@cache
def recommendations() -> sa.Select[Any]:
    """Recommendations that were issued: of drafts nothing is told, not even how many there are."""
    table = table_of(Recommendation).c
    spoken = word(table.priority, RecommendationPriority), word(table.stage, RecommendationStage)
    return _select(Recommendation, "id evaluation_id issued_on", *spoken).where(table.issued_on.is_not(None))


@cache
def parts() -> sa.Select[Any]:
    """Parts of recommendations, those of one in the order of their letters."""
    table = table_of(RecommendationPart).c
    return sa.select(table.id, table.recommendation_id).order_by(table.recommendation_id, table.letter)


@cache
def addressees() -> sa.Select[Any]:
    """The offices recommendations are addressed to, with the clocks of those that had answered before."""
    table = table_of(Addressee).c
    return _select(Addressee, "recommendation_id office_id due_on answered_on").where(table.office_id.is_not(None))


@cache
def decisions() -> sa.Select[Any]:
    """Decisions in every edition."""
    spoken = word(table_of(RecommendationResponse).c.decision, ResponseDecision)
    return _select(RecommendationResponse, "response_id recommendation_id part_id edition decided_on", spoken)


@cache
def actions() -> sa.Select[Any]:
    """Actions with their days."""
    keys = "id response_id recommendation_id part_id office_id number edition"
    days = "planned_on original_due_on claimed_on ended_on"
    return _select(Action, f"{keys} {days}", word(table_of(Action).c.stage, ActionStage))


@cache
def extensions() -> sa.Select[Any]:
    """Extensions that were granted."""
    table = table_of(ActionRequest).c
    granted = (table.kind == ActionRequestKind.EXTENSION, table.stage == RequestStage.GRANTED)
    return _select(ActionRequest, "action_id decided_on due_wanted").where(*granted)


@cache
def verdicts() -> sa.Select[Any]:
    """Verdicts on claims."""
    table = table_of(ActionVerification).c
    return _select(ActionVerification, "action_id", word(table.verdict, Verdict), second(table.verified_at))


@cache
def rounds() -> sa.Select[Any]:
    """Follow-up rounds."""
    return _select(
        FollowUpRound,
        "id response_id opens_on closes_on submitted_on",
        word(table_of(FollowUpRound).c.stage, RoundStage),
    )


@cache
def reviews() -> sa.Select[Any]:
    """Final reviews of the quality of final reports."""
    table = table_of(QualityReview).c
    points = sa.func.coalesce(table.gender_points, sa.literal_column("-1")).label("gender_points")
    final = (table.gate == QualityGate.FINAL, table.stage == QualityStage.FINAL, table.level.is_not(None))
    return _select(QualityReview, "evaluation_id finished_on", word(table.level, QualityLevel), points).where(*final)


@cache
def subjects() -> sa.Select[Any]:
    """What evaluations judged."""
    return _select(EvaluationSubject, "evaluation_id office_id project_id")


@cache
def exceptions() -> sa.Select[Any]:
    """Until when final texts are withheld, what was recorded first before what was recorded later."""
    table = table_of(DisclosureException).c
    query = _select(DisclosureException, "evaluation_id ends_on", second(table.recorded_at))
    return query.order_by(None).order_by(table.recorded_at, table.id)


@cache
def offices() -> sa.Select[Any]:
    """All offices with their kinds."""
    return _select(Office, "id", word(table_of(Office).c.kind, OfficeKind))


@cache
def moves() -> sa.Select[Any]:
    """The moves of actions, and those that end, submit or return other things, in the order in which they happened."""
    table = table_of(Transition).c
    pairs = [(cls.__tablename__, to.value) for cls, stages in MOVES.items() for to in stages]
    wanted = [sa.and_(table.entity == entity, table.to_stage == to) for entity, to in pairs]
    known = [(table.entity == cls.__tablename__, str(at)) for at, cls in enumerate(ENTITIES)]
    names: list[Any] = [(condition, sa.literal_column(at)) for condition, at in known]
    columns = (table.entity_id, second(table.at), _stage(table.from_stage), _stage(table.to_stage))
    query = sa.select(*columns, sa.case(*names, else_=sa.literal_column("-1")).label("entity"))
    return query.where(sa.or_(table.entity == Action.__tablename__, *wanted)).order_by(table.id)


def _stage(column: sa.Column[Any]) -> sa.Label[Any]:
    """A stage of actions as its position, that of published responses as PUBLISHED, others as -1."""
    known = [(each.value, at) for at, each in enumerate(ActionStage)]
    known.append((ResponseStage.PUBLISHED.value, PUBLISHED))
    cases: Any = {each: sa.literal_column(str(at)) for each, at in known}
    return sa.case(cases, value=column, else_=sa.literal_column("-1")).label(column.name)
