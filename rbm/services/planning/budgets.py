"""Coverage in money: the budget of evaluated projects over the budget of all, by region, type, theme or fund."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm.model.people import Office
from rbm.model.projects import Project, ProjectTheme, Theme
from rbm.rules.planning import PlanRate, rate
from rbm.services import people
from rbm.services.planning.judging import judged
from rbm.services.planning.policies import rules_in_force
from rbm.services.planning.requiring import budgets_of
from rbm.terms.evaluation import EvaluationType
from rbm.terms.people import OfficeKind
from rbm.terms.planning import CoverageDimension, CoverageKind
from rbm.terms.projects import ProjectStage
from rbm.work import Work


@dataclass(frozen=True)
class BudgetCoverage:
    """The budget of the evaluated projects of a region, theme or fund, or by a type, over that of all."""

    dimension: CoverageDimension
    code: str
    label: str
    currency: str
    evaluated: PlanRate


@dataclass(frozen=True)
class _Group:
    """Projects that belong together, and those of them that count as evaluated."""

    code: str
    label: str
    projects: Collection[UUID]
    evaluated: Collection[UUID]


def budget_coverage(work: Work, by: CoverageDimension) -> list[BudgetCoverage]:
    """Evaluated budget over total budget, of projects that were not cancelled, by group and currency. Source: R114.

    A project counts as evaluated once an evaluation of it is final; by type, the total is that of all projects. Of
    projects that the caller sees. A project under several themes counts in each.
    """
    budgets = budgets_of(work)
    lines = []
    for group in _groups(work, by):
        total, evaluated = _totals(budgets, group.projects), _totals(budgets, group.evaluated)
        for currency in sorted(total):
            share = rate(evaluated.get(currency, Decimal(0)), total[currency])
            lines.append(BudgetCoverage(by, group.code, group.label, currency, share))
    return lines


def _groups(work: Work, by: CoverageDimension) -> list[_Group]:
    offices = dict(_current(work))
    types = _types(work)
    if by is CoverageDimension.TYPE:
        return [
            _Group(one, one.replace("_", " "), offices, [key for key in offices if one in types.get(key, ())])
            for one in EvaluationType
            if any(one in found for found in types.values())
        ]
    members = _regions(work, offices) if by is CoverageDimension.REGION else _themes(work, offices, by)
    return [
        _Group(code, label, keys, [key for key in keys if key in types])
        for (code, label), keys in sorted(members.items())
    ]


def _current(work: Work) -> list[tuple[UUID, UUID]]:
    query = sa.select(Project.id, Project.office_id).where(Project.stage != ProjectStage.CANCELLED)
    return [(key, office) for key, office in work.session.execute(query)]


def _types(work: Work) -> Mapping[UUID, set[EvaluationType]]:
    """The types of the evaluations of each project that are final."""
    types: dict[UUID, set[EvaluationType]] = defaultdict(set)
    for one in judged(work):
        if one.final_on is not None and one.final_on <= work.today:
            types[one.subject_id].add(one.type)
    return types


def _regions(work: Work, offices: Mapping[UUID, UUID]) -> dict[tuple[str, str], list[UUID]]:
    found = {}
    for region in work.session.scalars(sa.select(Office).where(Office.kind == OfficeKind.REGIONAL)).all():
        reached = people.below(work, {region.id}, work.today)
        found[region.code, region.name] = [key for key, office in offices.items() if office in reached]
    return found


def _themes(work: Work, offices: Mapping[UUID, UUID], by: CoverageDimension) -> dict[tuple[str, str], list[UUID]]:
    query = sa.select(Theme.code, Theme.label, ProjectTheme.project_id).join(ProjectTheme.theme)
    if by is CoverageDimension.FUND:
        funds = {rule.theme_id for rule in rules_in_force(work) if rule.kind is CoverageKind.FUND}
        query = query.where(Theme.id.in_(funds))
    found: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for code, label, key in work.session.execute(query):
        if key in offices:
            found[code, label].append(key)
    return found


def _totals(budgets: Mapping[UUID, Mapping[str, Decimal]], projects: Collection[UUID]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = defaultdict(Decimal)
    for key in projects:
        for currency, amount in budgets.get(key, {}).items():
            total[currency] += amount
    return total
