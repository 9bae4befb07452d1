"""Checklists of the quality gates, as numbered editions in force from a day on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.appraisal import Checklist, ChecklistQuestion
from rbm.rules.inputs import refuse_blank, refuse_inexact
from rbm.services.editions import AHEAD
from rbm.terms.evaluation import QualityGate
from rbm.work import Work

HIGHEST = 100


@dataclass(frozen=True)
class QuestionInput:
    """A question of a checklist in its section, and what it weighs beside the others."""

    section: str
    text: str
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class ChecklistInput:
    """The questions a gate asks from a day on, and the score (0 to 100) from which a review passes."""

    gate: QualityGate
    title: str
    effective_from: date
    pass_mark: Decimal
    questions: list[QuestionInput]


def define_checklist(work: Work, checklist: ChecklistInput) -> Checklist:
    """Put a new edition of the questions of a gate; reviews that were assigned keep theirs.

    Invalid names what is wrong; Conflict when an edition holds from that day or later.
    """
    work.require(Permission.DIRECT_EVALUATION)
    if not work.today <= checklist.effective_from <= work.today + AHEAD:
        raise Invalid("a checklist holds from today or a later day of the next two years", "effective_from")
    before = _newest(work, checklist.gate)
    if before and before.effective_from >= checklist.effective_from:
        raise Conflict(f"an edition holds from {before.effective_from}", "effective_from")
    return put_checklist(work, checklist, before.edition + 1 if before else 1)


def checklist_on(work: Work, gate: QualityGate, on: date) -> Checklist:
    """The edition of the questions of a gate in force on a day. Conflict when there is none."""
    query = sa.select(Checklist).where(Checklist.gate == gate, Checklist.effective_from <= on)
    found = work.session.scalars(query.order_by(Checklist.edition.desc()).limit(1)).one_or_none()
    if found is None:
        raise Conflict(f"no checklist of {gate.replace('_', ' ')} is in force", "gate")
    return found


def put_checklist(work: Work, checklist: ChecklistInput, edition: int) -> Checklist:
    """Write an edition with its questions in their order. Invalid names what is wrong."""
    _refuse_share(checklist.pass_mark)
    if not checklist.questions:
        raise Invalid("a checklist asks something", "questions")
    row = work.add(
        Checklist(
            gate=checklist.gate,
            edition=edition,
            title=refuse_blank(checklist.title, "title"),
            effective_from=checklist.effective_from,
            pass_mark=checklist.pass_mark,
        )
    )
    for number, question in enumerate(checklist.questions, 1):
        _refuse_weight(question.weight)
        texts = {"section": refuse_blank(question.section, "section"), "text": refuse_blank(question.text, "text")}
        work.session.add(ChecklistQuestion(checklist=row, number=number, weight=question.weight, **texts))
    work.flush()
    return row


def _newest(work: Work, gate: QualityGate) -> Checklist | None:
    query = sa.select(Checklist).where(Checklist.gate == gate).order_by(Checklist.edition.desc())
    return work.session.scalars(query.limit(1)).one_or_none()


def _refuse_share(pass_mark: Decimal) -> None:
    refuse_inexact(pass_mark, "pass_mark")
    if not 0 <= pass_mark <= HIGHEST:
        raise Invalid("a pass mark is between 0 and 100", "pass_mark")


def _refuse_weight(weight: Decimal) -> None:
    refuse_inexact(weight, "weight")
    if weight <= 0:
        raise Invalid("a weight is more than 0", "weight")
