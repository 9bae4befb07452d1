"""Conflicts of interest: who ran what an evaluation judges, and so takes no part in judging it."""

from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import PERMISSIONS, Permission
from rbm.audit import AuditEntry
from rbm.db import table_of
from rbm.errors import Forbidden
from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.model.indicators import Indicator
from rbm.model.people import Membership, Office
from rbm.model.projects import Project
from rbm.model.strategy import Framework, Result
from rbm.work import Work

RUNNING = frozenset(
    {
        Permission.PLAN,
        Permission.REPORT,
        Permission.APPROVE,
        Permission.RESPOND,
        Permission.SUBMIT_RESPONSE,
        Permission.ENDORSE,
    }
)
"""What whoever runs an office may do in it; a role with one of them, held now or ever, is an interest."""


def conflict_of(work: Work, evaluation: Evaluation, person_id: UUID) -> str | None:
    """Why a person may not judge what an evaluation is about, in words; None when nothing stands against it.

    Whoever manages, or by the audit trail managed, a project it judges, or holds or held a role that runs an office it
    judges. It is looked up past what the actor sees. Source: UNEG norm 4, requirement R120.
    """
    return _managed(work, evaluation.id, person_id) or _ran(work, evaluation.id, person_id)


def refuse_conflict(work: Work, evaluation: Evaluation, field: str | None = None) -> None:
    """Nothing, when the acting person may judge what an evaluation is about. Forbidden with the reason otherwise."""
    if work.actor.person_id is None:
        return
    reason = conflict_of(work, evaluation, work.actor.person_id)
    if reason:
        raise Forbidden(reason, field).on("evaluation", evaluation.id)


def _managed(work: Work, evaluation_id: UUID, person_id: UUID) -> str | None:
    project = table_of(Project).c
    query = sa.select(project.id, project.code, project.manager_id).where(project.id.in_(_projects(evaluation_id)))
    found = bulk.select(work.session, query.order_by(project.code))
    for row in found:
        if row.manager_id == person_id:
            return f"manages {row.code}, which the evaluation judges"
    codes = {str(row.id): row.code for row in found}
    entry = table_of(AuditEntry).c
    trail = sa.select(entry.entity_id, entry.changes).where(entry.entity == "project", entry.entity_id.in_(codes))
    for row in bulk.select(work.session, trail.order_by(entry.id)) if codes else ():
        if str(person_id) in (row.changes.get("manager_id") or ()):
            return f"managed {codes[row.entity_id]}, which the evaluation judges"
    return None


def _projects(evaluation_id: UUID) -> sa.Select[UUID | None]:
    """The projects an evaluation judges: those named, and those of the plans, results and indicators it judges."""
    subject, framework = table_of(EvaluationSubject), table_of(Framework)
    result, indicator = table_of(Result), table_of(Indicator)
    results = sa.func.coalesce(subject.c.result_id, indicator.c.result_id)
    frameworks = sa.func.coalesce(subject.c.framework_id, result.c.framework_id)
    joined = (
        subject.outerjoin(indicator, indicator.c.id == subject.c.indicator_id)
        .outerjoin(result, result.c.id == results)
        .outerjoin(framework, framework.c.id == frameworks)
    )
    projects = sa.func.coalesce(subject.c.project_id, framework.c.project_id)
    query: sa.Select[UUID | None] = sa.select(projects).select_from(joined)
    return query.where(subject.c.evaluation_id == evaluation_id)


def _ran(work: Work, evaluation_id: UUID, person_id: UUID) -> str | None:
    subject, office, held = table_of(EvaluationSubject).c, table_of(Office).c, table_of(Membership).c
    roles = [role for role, permissions in PERMISSIONS.items() if permissions & RUNNING]
    query = (
        sa.select(office.code, held.role)
        .join_from(table_of(Membership), table_of(Office), office.id == held.office_id)
        .where(held.person_id == person_id, held.role.in_(roles))
        .where(held.office_id.in_(sa.select(subject.office_id).where(subject.evaluation_id == evaluation_id)))
        .order_by(held.valid_from, office.code)
    )
    found = bulk.select(work.session, query.limit(1))
    return f"is or was {_word(found[0].role)} in {found[0].code}, which the evaluation judges" if found else None


def _word(role: str) -> str:
    return role.replace("_", " ")
