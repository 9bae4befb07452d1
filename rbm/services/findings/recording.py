"""Findings, conclusions and lessons: numbered in their evaluation, and written until it is final."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from rbm.errors import Conflict, Invalid
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Finding, RecommendationBasis
from rbm.rules.inputs import refuse_blank
from rbm.services.findings.authoring import refuse_settled, require_author
from rbm.terms.evaluation import TextLanguage
from rbm.terms.findings import Criterion, FindingKind
from rbm.work import Work


@dataclass(frozen=True)
class FindingInput:
    """What an evaluation finds, concludes or learns. Without a number it gets the next of its kind."""

    text: str
    kind: FindingKind = FindingKind.FINDING
    number: int | None = None
    language: TextLanguage = TextLanguage.ENGLISH
    criterion: Criterion | None = None


def record_finding(work: Work, evaluation_id: UUID, finding: FindingInput) -> Finding:
    """Record a finding, conclusion or lesson of an evaluation while its team is at work.

    Forbidden to whoever ran what is judged; Conflict with `number` when the number is taken, with `stage` at others.
    """
    evaluation = work.get(Evaluation, evaluation_id, "evaluation_id", hold=True)
    require_author(work, evaluation)
    refuse_settled(work, evaluation)
    number = _next(work, evaluation, finding.kind) if finding.number is None else finding.number
    _refuse_number(work, evaluation.id, finding.kind, number, None)
    return work.add(
        Finding(
            evaluation=evaluation,
            kind=finding.kind,
            number=number,
            text=refuse_blank(finding.text, "text"),
            language=finding.language,
            criterion=finding.criterion,
            recorded_at=work.now,
            recorded_by_id=work.actor.person_id,
        )
    )


def revise_finding(work: Work, finding_id: UUID, finding: FindingInput) -> Finding:
    """Write a finding, conclusion or lesson anew until the final; without a number it keeps its own.

    Conflict with `number` when the number is taken, with `stage` from the final on.
    """
    row, evaluation = _open(work, finding_id)
    number = row.number if finding.number is None else finding.number
    _refuse_number(work, evaluation.id, finding.kind, number, row)
    row.kind, row.number, row.text = finding.kind, number, refuse_blank(finding.text, "text")
    row.language, row.criterion = finding.language, finding.criterion
    work.flush()
    return row


def remove_finding(work: Work, finding_id: UUID) -> Finding:
    """Take a finding out until the final; returns it as it was. Conflict while a recommendation rests on it."""
    row, _ = _open(work, finding_id)
    resting = sa.select(RecommendationBasis.id).where(RecommendationBasis.finding_id == row.id)
    if work.session.scalars(resting.limit(1)).first():
        raise Conflict("a recommendation rests on it", "finding_id")
    work.remove(row)
    return row


def _open(work: Work, finding_id: UUID) -> tuple[Finding, Evaluation]:
    row = work.get(Finding, finding_id, "finding_id")
    evaluation = work.get(Evaluation, row.evaluation_id, "evaluation_id", hold=True)
    require_author(work, evaluation)
    refuse_settled(work, evaluation)
    return row, evaluation


def _next(work: Work, evaluation: Evaluation, kind: FindingKind) -> int:
    query = sa.select(sa.func.max(Finding.number)).where(Finding.evaluation_id == evaluation.id, Finding.kind == kind)
    return (work.session.scalar(query) or 0) + 1


def _refuse_number(work: Work, evaluation_id: UUID, kind: FindingKind, number: int, row: Finding | None) -> None:
    if number < 1:
        raise Invalid("numbers begin with 1", "number")
    taken = sa.select(Finding).where(
        Finding.evaluation_id == evaluation_id, Finding.kind == kind, Finding.number == number
    )
    if work.session.scalars(taken).one_or_none() not in (None, row):
        raise Conflict(f"{kind} {number} is there already", "number")
