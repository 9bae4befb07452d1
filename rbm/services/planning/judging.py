"""What evaluations are about: projects, and offices as a whole."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.model.planning import PlanItem
from rbm.model.strategy import Framework
from rbm.terms.evaluation import EvaluationStage, EvaluationType, SourceKind
from rbm.work import Work

EVALUATING = (SourceKind.EVALUATION, SourceKind.DONOR_EVALUATION)
"""The sources that are evaluations; audits and assessments of others cover nothing."""


@dataclass(frozen=True)
class Judged:
    """A project or an office that an evaluation is about."""

    subject_id: UUID
    evaluation_id: UUID
    type: EvaluationType
    final_on: date | None
    published_on: date | None


def judged(work: Work) -> set[Judged]:
    """What each evaluation that was not cancelled is about: as its subject, or by the item it was planned with."""
    return _by_subject(work) | _by_item(work)


def evaluated_projects(work: Work, on: date) -> set[UUID]:
    """What has an evaluation that is final by a day, projects among it."""
    return {one.subject_id for one in judged(work) if one.final_on is not None and one.final_on <= on}


def _by_subject(work: Work) -> set[Judged]:
    """The project of a subject, or of the plan that is one; or the office, where nothing smaller is named."""
    subject = EvaluationSubject
    query = (
        sa.select(subject.project_id, Framework.project_id, subject.office_id, subject.result_id, subject.indicator_id)
        .add_columns(*_facts())
        .join(subject.evaluation)
        .outerjoin(subject.framework)
        .where(*_counted())
    )
    found = set()
    for project, planned, office, result, indicator, *facts in work.session.execute(query):
        about = project or planned or (None if result or indicator else office)
        if about is not None:
            found.add(Judged(about, *facts))
    return found


def _by_item(work: Work) -> set[Judged]:
    about = sa.func.coalesce(PlanItem.project_id, PlanItem.office_id)
    query = sa.select(about, *_facts()).join(Evaluation.item).where(about.is_not(None), *_counted())
    return {Judged(*row) for row in work.session.execute(query)}


def _facts() -> tuple[Any, ...]:
    return (Evaluation.id, Evaluation.type, Evaluation.final_on, Evaluation.published_on)


def _counted() -> tuple[sa.ColumnElement[bool], ...]:
    return (Evaluation.source.in_(EVALUATING), Evaluation.stage != EvaluationStage.CANCELLED)
