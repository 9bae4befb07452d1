"""Money of a project for its evaluation: fixed at design, unspent until completion, used for nothing else."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.evaluation import Evaluation
from rbm.model.planning import CoverageRule
from rbm.model.projects import Project, ProjectTheme
from rbm.model.reserves import EvaluationReserve, ReserveCharge
from rbm.rules.planning import RESERVE_SHARE, refuse_amount, refuse_currency, reserve_gap
from rbm.services.planning.judging import evaluated_projects, judged
from rbm.services.planning.policies import rules_in_force
from rbm.services.planning.requiring import budgets_of
from rbm.terms.planning import CoverageKind, ReserveGap
from rbm.terms.projects import ProjectStage
from rbm.work import Work

DESIGNED = ProjectStage.PIPELINE
COMPLETED = (ProjectStage.FINALISATION, ProjectStage.CLOSED)


@dataclass(frozen=True)
class ReserveFlag:
    """What is wrong with the money of a project of a fund for its evaluation, with the numbers."""

    rule: str
    project: str
    gap: ReserveGap
    reserved: Decimal | None
    charged: Decimal
    least: Decimal | None
    currency: str | None


def fix_evaluation_reserve(work: Work, project_id: UUID, amount: Decimal, currency: str) -> EvaluationReserve:
    """Set money of a project aside for its evaluation, at design and once. Conflict later, or a second time."""
    project = work.get(Project, project_id, "project_id", hold=True)
    work.require(Permission.PLAN, project)
    if project.stage is not DESIGNED:
        raise Conflict(f"{project.code} is in {project.stage}; the reserve is fixed at design", "stage")
    if work.session.scalars(sa.select(EvaluationReserve.id).where(EvaluationReserve.project_id == project.id)).first():
        raise Conflict(f"the reserve of {project.code} is fixed", "project_id")
    facts = {"amount": refuse_amount(amount, "amount"), "currency": refuse_currency(currency)}
    return work.add(EvaluationReserve(project=project, fixed_on=work.today, **facts))


def charge_evaluation_reserve(work: Work, reserve_id: UUID, evaluation_id: UUID, amount: Decimal) -> ReserveCharge:
    """Pay an evaluation of the project from its reserve, once the project is complete.

    Invalid when the evaluation is not about the project: a reserve goes to no other line. Conflict before completion,
    or when less than the amount is left.
    """
    reserve = work.get(EvaluationReserve, reserve_id, "reserve_id", hold=True)
    work.require(Permission.MANAGE_EVALUATION, reserve)
    project = work.get(Project, reserve.project_id, "reserve_id")
    evaluation = work.get(Evaluation, evaluation_id, "evaluation_id")
    if project.id not in {one.subject_id for one in judged(work) if one.evaluation_id == evaluation.id}:
        raise Invalid(f"{evaluation.code} is not about {project.code}", "evaluation_id", "other_purpose")
    if project.stage not in COMPLETED:
        raise Conflict(f"{project.code} is in {project.stage}; the reserve is kept until completion", "stage")
    if not refuse_amount(amount, "amount"):
        raise Invalid("nothing is no charge", "amount")
    left = reserve.amount - charged(work).get(reserve.id, Decimal(0))
    if amount > left:
        raise Conflict(f"{left} {reserve.currency} of the reserve are left", "amount")
    return work.add(
        ReserveCharge(
            reserve=reserve,
            evaluation=evaluation,
            amount=amount,
            charged_on=work.today,
            charged_by_id=work.actor.person_id,
        )
    )


def reserve_flags(work: Work) -> list[ReserveFlag]:
    """Projects of a fund whose money for evaluation is missing, under five percent, or unspent after an evaluation.

    By rule and project, of projects that the caller sees.
    """
    rules = [rule for rule in rules_in_force(work) if rule.kind is CoverageKind.FUND]
    if not rules:
        return []
    budgets, spent = budgets_of(work), charged(work)
    evaluated = evaluated_projects(work, work.today)
    reserves = {one.project_id: one for one in work.session.scalars(sa.select(EvaluationReserve))}
    return [
        flag
        for rule in rules
        for project in _under(work, rule)
        if (flag := _flag(rule, project, reserves.get(project.id), (budgets.get(project.id, {}), spent, evaluated)))
    ]


def charged(work: Work) -> dict[UUID, Decimal]:
    """What was taken from each reserve."""
    total: dict[UUID, Decimal] = defaultdict(Decimal)
    for key, amount in work.session.execute(sa.select(ReserveCharge.reserve_id, ReserveCharge.amount)):
        total[key] += amount
    return total


def _under(work: Work, rule: CoverageRule) -> Iterator[Project]:
    carried = sa.select(ProjectTheme.project_id).where(ProjectTheme.theme_id == rule.theme_id)
    query = sa.select(Project).where(Project.id.in_(carried), Project.stage != ProjectStage.CANCELLED)
    yield from work.session.scalars(query.order_by(Project.code))


def _flag(
    rule: CoverageRule,
    project: Project,
    reserve: EvaluationReserve | None,
    known: tuple[Mapping[str, Decimal], Mapping[UUID, Decimal], set[UUID]],
) -> ReserveFlag | None:
    budget, spent, evaluated = known
    total = budget.get(reserve.currency) if reserve else None
    least = None if total is None else total * RESERVE_SHARE
    reserved = reserve.amount if reserve else None
    taken = spent.get(reserve.id, Decimal(0)) if reserve else Decimal(0)
    gap = reserve_gap(reserved, least, taken, evaluated=project.id in evaluated)
    if gap is None:
        return None
    currency = reserve.currency if reserve else None
    return ReserveFlag(rule.label, project.code, gap, reserved, taken, least, currency)
