"""What the active policy wants evaluated, one by one, and how far each of it has come."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm.model.people import Office
from rbm.model.planning import CoverageRule, EvaluationPlan, EvaluationPolicy, PlanItem
from rbm.model.projects import Project, ProjectBudget, ProjectTheme
from rbm.model.responses import ManagementResponse
from rbm.rules.planning import BudgetFact, standing_budget
from rbm.rules.spans import months_later
from rbm.services.planning.judging import Judged, judged
from rbm.services.planning.policies import rules_in_force
from rbm.terms.planning import CoverageKind, PlanStage, PolicyStage
from rbm.terms.projects import ProjectStage
from rbm.work import Work

PREPARED = (PlanStage.DRAFT, PlanStage.SUBMITTED, PlanStage.ENDORSED, PlanStage.APPROVED)
"""The stages of a plan in which an item of it counts as planned."""


@dataclass(frozen=True)
class Requirement:
    """A project or an office that a rule of coverage wants evaluated, and how far that has come."""

    rule: CoverageRule
    key: UUID
    code: str
    title: str
    office_id: UUID
    planned: bool
    done: bool
    published: bool
    followed_up: bool


@dataclass(frozen=True)
class _Known:
    """What is known of plans and evaluations, read once."""

    planned: Collection[UUID]
    judged: Mapping[UUID, list[Judged]]
    answered: Collection[UUID]


def requirements(work: Work) -> list[Requirement]:
    """All that the rules in force on projects and offices want evaluated, by rule and code, as the caller sees it.

    A project closed before the policy was active, or cancelled, is not among it; one closed without a day is.
    """
    rules = [rule for rule in rules_in_force(work) if rule.kind is not CoverageKind.STRATEGIC]
    if not rules:
        return []
    known = _known(work)
    projects = _projects(work)
    budgets = budgets_of(work) if any(rule.kind is CoverageKind.BUDGET for rule in rules) else {}
    found: list[Requirement] = []
    for rule in rules:
        wanted: Iterable[Project | Office] = _of_rule(work, rule, projects, budgets)
        found += [_standing(one, rule, known, work.today) for one in wanted]
    return sorted(found, key=lambda one: (one.rule.label, one.code))


def budgets_of(work: Work) -> dict[UUID, Mapping[str, Decimal]]:
    """What the budget of each project stands at, by currency."""
    facts: dict[UUID, list[BudgetFact]] = defaultdict(list)
    columns = (ProjectBudget.kind, ProjectBudget.start, ProjectBudget.end, ProjectBudget.amount, ProjectBudget.currency)
    query = sa.select(ProjectBudget.project_id, *columns, ProjectBudget.value_date).order_by(ProjectBudget.id)
    for row in work.session.execute(query):
        facts[row.project_id].append(BudgetFact(row.kind, row.start, row.end, row.amount, row.currency, row.value_date))
    return {key: standing_budget(stated) for key, stated in facts.items()}


def planned_for(work: Work) -> set[UUID]:
    """The projects, and the offices as a whole, that an item of a prepared or approved plan is about."""
    query = sa.select(PlanItem.project_id, PlanItem.office_id).join(PlanItem.plan)
    rows = work.session.execute(query.where(EvaluationPlan.stage.in_(PREPARED)))
    return {key for project, office in rows if (key := project or office) is not None}


def _known(work: Work) -> _Known:
    about: dict[UUID, list[Judged]] = defaultdict(list)
    for one in judged(work):
        about[one.subject_id].append(one)
    answered = sa.select(ManagementResponse.evaluation_id).where(ManagementResponse.published_on <= work.today)
    return _Known(planned_for(work), about, set(work.session.scalars(answered)))


def _projects(work: Work) -> list[Project]:
    since = sa.select(EvaluationPolicy.active_from).where(EvaluationPolicy.stage == PolicyStage.ACTIVE)
    late = sa.or_(Project.ends_on.is_(None), Project.ends_on >= since.scalar_subquery())
    current = sa.or_(Project.stage != ProjectStage.CLOSED, late)
    query = sa.select(Project).where(Project.stage != ProjectStage.CANCELLED, current)
    return list(work.session.scalars(query))


def _of_rule(
    work: Work, rule: CoverageRule, projects: Collection[Project], budgets: Mapping[UUID, Mapping[str, Decimal]]
) -> Iterator[Project | Office]:
    if rule.kind is CoverageKind.OFFICE:
        yield from work.session.scalars(sa.select(Office).where(Office.kind == rule.office_kind))
    elif rule.kind is CoverageKind.FUND:
        carried = sa.select(ProjectTheme.project_id).where(ProjectTheme.theme_id == rule.theme_id)
        under = set(work.session.scalars(carried))
        yield from (project for project in projects if project.id in under)
    else:
        least, currency = rule.at_least or Decimal(0), rule.currency or ""
        yield from (one for one in projects if budgets.get(one.id, {}).get(currency, Decimal(-1)) >= least)


def _standing(subject: Project | Office, rule: CoverageRule, known: _Known, today: date) -> Requirement:
    about = known.judged.get(subject.id, [])
    if rule.years:
        since = months_later(today, -12 * rule.years)
        about = [one for one in about if one.final_on is None or one.final_on >= since]
    done = [one for one in about if one.final_on is not None and one.final_on <= today]
    return Requirement(
        rule=rule,
        key=subject.id,
        code=subject.code,
        title=subject.title if isinstance(subject, Project) else subject.name,
        office_id=subject.office_id if isinstance(subject, Project) else subject.id,
        planned=bool(about) or subject.id in known.planned,
        done=bool(done),
        published=any(one.published_on is not None and one.published_on <= today for one in done),
        followed_up=any(one.evaluation_id in known.answered for one in done),
    )
