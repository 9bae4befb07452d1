"""What was spent: on evaluations, on the projects they judged, and on all projects, by currency."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of, to_fixed
from rbm.model.evaluation import Evaluation
from rbm.model.projects import Project, ProjectTransaction
from rbm.rules.followup.history import happened
from rbm.rules.followup.view import View
from rbm.services.followup.histories import Loaded
from rbm.services.rollup.sheets import uuids
from rbm.terms.projects import TransactionKind
from rbm.work import Work

SPENT = (TransactionKind.EXPENDITURE, TransactionKind.DISBURSEMENT)
PLACES = 2
Amounts = list[tuple[str, int]]
"""Amounts in hundredths by currency, in the order of the currencies."""


def evaluated(work: Work, loaded: Loaded, view: View) -> tuple[Amounts, Amounts]:
    """K18: what projects cost that evaluations of the last years judged, and what all projects cost, up to the day."""
    rows = view.histories.evaluations
    start = view.years_back(view.definition.coverage_years)
    recent = view.sourced & happened(rows.final_on, view.day) & (rows.final_on >= start)
    keys = loaded.subjects["project_id"][recent[view.histories.subjects.evaluation]]
    judged = set(uuids(np.unique(keys[keys != b""])))
    return _cost(work, loaded, view, judged), _cost(work, loaded, view)


def spent(work: Work, loaded: Loaded, view: View) -> tuple[Amounts, Amounts]:
    """K19: what evaluations that became final this year cost, and what projects cost this year."""
    chosen = view.evaluations & view.this_year(view.histories.evaluations.final_on)
    final = set(uuids(loaded.evaluations["id"][chosen]))
    table = table_of(Evaluation).c
    query = sa.select(table.id, table.spent, table.currency).where(table.spent.is_not(None))
    rows = [row for row in bulk.select(work.session, query) if row.id in final]
    return _summed([(row.currency or "", row.spent) for row in rows]), _cost(work, loaded, view, None, this_year=True)


def _cost(
    work: Work, loaded: Loaded, view: View, projects: Collection[UUID] | None = None, *, this_year: bool = False
) -> Amounts:
    moved, project = table_of(ProjectTransaction).c, table_of(Project).c
    total = sa.func.sum(moved.amount, type_=moved.amount.type).label("total")
    query = sa.select(project.id, project.office_id, moved.currency, total)
    query = query.join_from(table_of(ProjectTransaction), table_of(Project), project.id == moved.project_id)
    query = query.where(moved.kind.in_(SPENT), moved.moved_on <= view.on)
    if this_year:
        query = query.where(moved.moved_on >= date(view.on.year, 1, 1))
    offices = set(uuids(loaded.offices[np.flatnonzero(view.scope.offices)]))
    rows = bulk.select(work.session, query.group_by(project.id, project.office_id, moved.currency))
    there = [row for row in rows if row.office_id in offices and (projects is None or row.id in projects)]
    return _summed([(row.currency, row.total) for row in there])


def _summed(rows: Collection[tuple[str, Decimal]]) -> Amounts:
    found: dict[str, int] = {}
    for currency, amount in rows:
        found[currency] = found.get(currency, 0) + to_fixed(amount, PLACES)
    return sorted(found.items())
