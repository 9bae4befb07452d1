"""Commissioning: evaluations begun from an item of an approved plan or, with a reason, without one."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.errors import Conflict, Invalid
from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.model.people import Office, Person
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.model.projects import Project
from rbm.rules.inputs import refuse_blank
from rbm.rules.spans import refuse_reversed
from rbm.services.evaluation.standing import manage, refuse_stage
from rbm.services.findings.interests import conflict_of, reviews_quality
from rbm.services.people import holders, upward
from rbm.services.planning import related_items
from rbm.terms.evaluation import (
    ConductedBy,
    EvaluationLevel,
    EvaluationScope,
    EvaluationStage,
    EvaluationType,
    SourceKind,
    Timing,
)
from rbm.terms.people import OfficeKind
from rbm.terms.planning import PlanStage
from rbm.work import Work

NEEDED = ("title", "type", "timing", "conducted_by", "scope", "planned_end")
"""What has to be stated, by the item of the plan or without one."""
FIXED = ("title", "type", "timing", "conducted_by", "scope", "planned_end")
"""What an approved plan says of an evaluation; beginning it says nothing else."""
OF_ITEM = ("title", "type", "timing", "conducted_by", "scope", "joint", "planned_end")


@dataclass(frozen=True)
class EvaluationBrief:
    """An evaluation to commission by an office, from an item of an approved plan or unplanned with the reason.

    Without an item it has to be stated what the item would say: of an item nothing else may be said than the plan has
    it, but for joint conduct, start and money. Money is the budget in `currency`.
    """

    code: str
    office_id: UUID
    item_id: UUID | None = None
    unplanned_reason: str | None = None
    title: str | None = None
    type: EvaluationType | None = None
    timing: Timing | None = None
    conducted_by: ConductedBy | None = None
    scope: EvaluationScope | None = None
    joint: bool | None = None
    starts_on: date | None = None
    planned_end: date | None = None
    budget: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True)
class EvaluationRevision:
    """What changes in the record of an evaluation; what is not stated stays. The original end always does.

    `end_reason` says why it ends on another day than planned.
    """

    title: str | None = None
    starts_on: date | None = None
    planned_end: date | None = None
    end_reason: str | None = None
    budget: Decimal | None = None
    spent: Decimal | None = None
    currency: str | None = None


def plan_evaluation(work: Work, brief: EvaluationBrief) -> Evaluation:
    """Begin an evaluation, centralized where the evaluation office commissions it, of what the plan's item names.

    An item of the decentralized kind is evaluated by its office, that of its project, or the region above. Invalid
    names what is missing or does not fit the item; Conflict when the plan is not approved, the item is being evaluated
    already, or the code is taken.
    """
    office = work.get(Office, brief.office_id, "office_id")
    work.require(Permission.MANAGE_EVALUATION, office.id)
    item = _item(work, brief.item_id) if brief.item_id else None
    level = level_of(office)
    if item is None:
        refuse_blank(brief.unplanned_reason, "unplanned_reason")
    elif item.level is not level:
        raise Invalid(
            f"the plan foresees a {item.level} evaluation, and {office.code} would make it {level}", "office_id"
        )
    if item:
        _refuse_other_office(work, item, office)
        _refuse_otherwise(brief, item)
    facts = _facts(brief, item)
    refuse_reversed((brief.starts_on, facts["planned_end"]), "planned_end")
    evaluation = work.add(
        Evaluation(
            **facts,
            code=refuse_blank(brief.code, "code"),
            source=SourceKind.EVALUATION,
            level=level,
            stage=EvaluationStage.PLANNED,
            office=office,
            item=item,
            unplanned_reason=None if item else brief.unplanned_reason,
            starts_on=brief.starts_on,
            original_end=item.original_end if item else facts["planned_end"],
            planned_on=work.today,
        )
    )
    if item:
        _take_subject(work, evaluation, item)
    return evaluation


def revise_evaluation(work: Work, evaluation_id: UUID, revision: EvaluationRevision) -> Evaluation:
    """Change the record of an evaluation before its final; what was spent is also recorded after it.

    Invalid names what does not hold together, or `end_reason` when another end has no reason; Conflict when it is
    final, published or cancelled.
    """
    evaluation = manage(work, evaluation_id)
    stated = {one.name: value for one in fields(revision) if (value := getattr(revision, one.name)) is not None}
    if set(stated) - {"spent"}:
        refuse_stage(evaluation)
    if "title" in stated:
        stated["title"] = refuse_blank(revision.title, "title")
    if stated.get("planned_end", evaluation.planned_end) != evaluation.planned_end:
        stated["end_reason"] = refuse_blank(revision.end_reason, "end_reason")
    for name, value in stated.items():
        setattr(evaluation, name, value)
    refuse_reversed((evaluation.starts_on, evaluation.planned_end), "planned_end")
    for name in ("budget", "spent"):
        refuse_money(getattr(evaluation, name), evaluation.currency, name)
    work.flush()
    return evaluation


def assign_evaluation_manager(work: Work, evaluation_id: UUID, person_id: UUID | None) -> Evaluation:
    """Name who manages an evaluation, or nobody: somebody with that right in the office that commissions it.

    Conflict when the person has none, ran what is judged or reviews its quality, or the evaluation is over.
    """
    evaluation = manage(work, evaluation_id)
    refuse_stage(evaluation)
    person = work.get(Person, person_id, "person_id") if person_id else None
    if person and person.id not in holders(work, evaluation.office_id, Permission.MANAGE_EVALUATION):
        raise Conflict(f"{person.name} manages no evaluations in this office", "person_id")
    if person and (reason := conflict_of(work, evaluation, person.id)):
        raise Conflict(reason, "person_id")
    if person and reviews_quality(work, evaluation, person.id):
        raise Conflict(f"{person.name} reviews the quality of the evaluation", "person_id")
    evaluation.manager, evaluation.manager_id = person, person.id if person else None
    work.flush()
    return evaluation


def level_of(office: Office) -> EvaluationLevel:
    """Centralized where the evaluation office answers for an evaluation, decentralized elsewhere."""
    central = office.kind is OfficeKind.EVALUATION
    return EvaluationLevel.CENTRALIZED if central else EvaluationLevel.DECENTRALIZED


def refuse_money(amount: Decimal | None, currency: str | None, field: str) -> None:
    """Nothing, when there is no amount, or one of at least nothing in a currency. Invalid otherwise."""
    if amount is None:
        return
    if amount < 0:
        raise Invalid("money is not negative", field)
    refuse_blank(currency, "currency")


def _facts(brief: EvaluationBrief, item: PlanItem | None) -> dict[str, Any]:
    facts = {name: getattr(brief, name) for name in OF_ITEM}
    if item:
        facts = {name: getattr(item, name) if value is None else value for name, value in facts.items()}
    for name in NEEDED:
        if facts[name] is None:
            raise Invalid(f"{name.replace('_', ' ')} is missing", name)
    refuse_money(brief.budget, brief.currency, "budget")
    planned = (item.cost, item.currency) if item and brief.budget is None else (brief.budget, brief.currency)
    return facts | {
        "title": refuse_blank(facts["title"], "title"),
        "joint": bool(facts["joint"]),
        "budget": planned[0],
        "currency": planned[1],
    }


def _item(work: Work, item_id: UUID) -> PlanItem:
    """The item of a plan that may be evaluated. Conflict when the plan is not approved or it is evaluated already.

    It is the same item in another edition of its plan, and in the plan that it was carried over to.
    """
    item = work.get(PlanItem, item_id, "item_id", hold=True)
    if work.get(EvaluationPlan, item.plan_id).stage is not PlanStage.APPROVED:
        raise Conflict("the plan of this item is not approved", "item_id")
    begun = sa.select(Evaluation.code).where(Evaluation.item_id.in_(related_items(work, [item.id], carried=True)))
    code = work.session.scalars(begun.where(Evaluation.stage != EvaluationStage.CANCELLED)).first()
    if code:
        raise Conflict(f"{code} evaluates this item already", "item_id")
    return item


def _refuse_other_office(work: Work, item: PlanItem, office: Office) -> None:
    """Nothing, when it is for an office to evaluate an item, seen by who acts or not. Invalid otherwise."""
    about = _office_of(work, item)
    if item.level is EvaluationLevel.CENTRALIZED or about in (None, office.id):
        return
    if office.kind is not OfficeKind.REGIONAL or office.id not in upward(work, about):
        raise Invalid(f"this item of the plan is not for {office.code} to evaluate", "office_id")


def _refuse_otherwise(brief: EvaluationBrief, item: PlanItem) -> None:
    for name in FIXED:
        if getattr(brief, name) not in (None, getattr(item, name)):
            raise Invalid(f"the plan says otherwise: {getattr(item, name)}", name)


def _office_of(work: Work, item: PlanItem) -> UUID | None:
    """The office an item is about: that of its project, or its own."""
    if item.project_id is None:
        return item.office_id
    project = table_of(Project).c
    found = bulk.select(work.session, sa.select(project.office_id).where(project.id == item.project_id))
    office_id: UUID = found[0].office_id
    return office_id


def _take_subject(work: Work, evaluation: Evaluation, item: PlanItem) -> None:
    """Put down what the item names as judged: its project, or else its office."""
    office_id = _office_of(work, item)
    if office_id:
        work.add(EvaluationSubject(evaluation=evaluation, office_id=office_id, project_id=item.project_id))
