"""Conflicts of interest: who ran what an evaluation judges, and so takes no part in judging it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import PERMISSIONS
from rbm.audit import AuditEntry
from rbm.db import table_of
from rbm.disclosure import RUNNING
from rbm.errors import Forbidden
from rbm.model.appraisal import QualityReview
from rbm.model.evaluation import Evaluation, EvaluationSubject, TeamMember
from rbm.model.indicators import Indicator
from rbm.model.people import Membership, Office, OfficePlacement
from rbm.model.projects import Project
from rbm.model.strategy import Framework, Result
from rbm.terms.people import OfficeKind
from rbm.work import Work

Placements = Mapping[UUID, Sequence[Any]]
"""The rows that say under what each office stood, and when."""


def conflict_of(work: Work, evaluation: Evaluation, person_id: UUID) -> str | None:
    """Why a person may not judge what an evaluation is about, in words; None when nothing stands against it.

    Whoever manages, or by the audit trail managed, a project it judges, itself or with its office, or holds or held a
    role that runs an office it judges, one that stood over it in these days, or a part of a region judged as a whole.
    It is looked up past what the actor sees. Source: UNEG norm 4, requirement R120.
    """
    return _managed(work, evaluation.id, person_id) or _ran(work, evaluation.id, person_id)


def refuse_conflict(work: Work, evaluation: Evaluation, field: str | None = None) -> None:
    """Nothing, when the acting person may judge what an evaluation is about. Forbidden with the reason otherwise.

    Nobody may either who declared a conflict of interest in its team, having left it or not.
    """
    person_id = work.actor.person_id
    if person_id is None:
        return
    reason = _declared(work, evaluation.id, person_id) or conflict_of(work, evaluation, person_id)
    if reason:
        raise Forbidden(reason, field).on("evaluation", evaluation.id)


def refuse_assessor(work: Work, evaluation: Evaluation) -> None:
    """Nothing, unless the acting person reviews the quality of an evaluation: who does writes nothing of it.

    Forbidden otherwise.
    """
    person_id = work.actor.person_id
    if person_id and reviews_quality(work, evaluation, person_id):
        raise Forbidden(f"{work.actor.label} reviews the quality of the evaluation").on("evaluation", evaluation.id)


def reviews_quality(work: Work, evaluation: Evaluation, person_id: UUID) -> bool:
    """Whether a person reviews or reviewed the quality of an evaluation."""
    review = table_of(QualityReview).c
    query = sa.select(review.id).where(review.evaluation_id == evaluation.id, review.assessor_id == person_id)
    return bool(bulk.select(work.session, query.limit(1)))


def _declared(work: Work, evaluation_id: UUID, person_id: UUID) -> str | None:
    member = table_of(TeamMember).c
    query = sa.select(member.id).where(member.evaluation_id == evaluation_id, member.person_id == person_id)
    declared = bulk.select(work.session, query.where(member.conflict.is_(True)))
    return "declared a conflict of interest" if declared else None


def _managed(work: Work, evaluation_id: UUID, person_id: UUID) -> str | None:
    project = table_of(Project).c
    judged = sa.or_(project.id.in_(_projects(evaluation_id)), project.office_id.in_(_programmes(evaluation_id)))
    query = sa.select(project.id, project.code, project.manager_id).where(judged)
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


def _programmes(evaluation_id: UUID) -> sa.Select[UUID]:
    """The offices an evaluation judges with all their projects: as such, or by a plan that is none of a project."""
    subject, framework = table_of(EvaluationSubject), table_of(Framework)
    parts = (subject.c.project_id, subject.c.result_id, subject.c.indicator_id, framework.c.project_id)
    query: sa.Select[UUID] = sa.select(subject.c.office_id).select_from(
        subject.outerjoin(framework, framework.c.id == subject.c.framework_id)
    )
    return query.where(subject.c.evaluation_id == evaluation_id, sa.func.coalesce(*parts).is_(None))


def _ran(work: Work, evaluation_id: UUID, person_id: UUID) -> str | None:
    office, held = table_of(Office).c, table_of(Membership).c
    roles = [role for role, permissions in PERMISSIONS.items() if permissions & RUNNING]
    query = (
        sa.select(office.code, held.role, held.office_id, held.valid_from, held.valid_to)
        .join_from(table_of(Membership), table_of(Office), office.id == held.office_id)
        .where(held.person_id == person_id, held.role.in_(roles))
        .order_by(held.valid_from, office.code)
    )
    found = bulk.select(work.session, query)
    judged, wholes = _judged(work, evaluation_id) if found else ((), ())
    over = _placements(work) if found else {}
    for row in found:
        span = (row.valid_from, row.valid_to or date.max)
        if row.office_id in judged:
            return f"is or was {_word(row.role)} in {row.code}, which the evaluation judges"
        if any(row.office_id in _above(over, one, span) for one in judged):
            return f"is or was {_word(row.role)} in {row.code}, over what the evaluation judges"
        if any(one in _above(over, row.office_id, span) for one in wholes):
            return f"is or was {_word(row.role)} in {row.code}, a part of what the evaluation judges"
    return None


def _judged(work: Work, evaluation_id: UUID) -> tuple[Sequence[UUID], Sequence[UUID]]:
    """The offices an evaluation judges, and the regions it judges as a whole."""
    subject, office = table_of(EvaluationSubject).c, table_of(Office).c
    named = sa.func.coalesce(subject.framework_id, subject.project_id, subject.result_id, subject.indicator_id)
    query = (
        sa.select(subject.office_id, office.kind, named.label("named"))
        .join_from(table_of(EvaluationSubject), table_of(Office), office.id == subject.office_id)
        .where(subject.evaluation_id == evaluation_id)
    )
    found = bulk.select(work.session, query)
    wholes = [row.office_id for row in found if row.kind == OfficeKind.REGIONAL and row.named is None]
    return [row.office_id for row in found], wholes


def _placements(work: Work) -> Placements:
    placement = table_of(OfficePlacement).c
    query = sa.select(placement.office_id, placement.parent_id, placement.valid_from, placement.valid_to)
    over: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in bulk.select(work.session, query):
        over[row.office_id].append(row)
    return over


def _above(over: Placements, office_id: UUID, span: tuple[date, date]) -> Iterator[UUID]:
    """The offices that stood over an office, on one of the days of a span."""
    for row in over.get(office_id, ()):
        first, last = max(span[0], row.valid_from), min(span[1], row.valid_to or date.max)
        if first <= last:
            yield row.parent_id
            yield from _above(over, row.parent_id, (first, last))


def _word(role: str) -> str:
    return role.replace("_", " ")
