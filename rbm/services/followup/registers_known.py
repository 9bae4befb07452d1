"""What the database knows of the things a register names, read at once, and where the two disagree."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from rbm.access import PERMISSIONS, Permission
from rbm.files.registers import Answer, EntryEvaluation, EntryRecommendation, Fault
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee, Recommendation
from rbm.model.followup import Action
from rbm.model.people import Membership, Office, Person
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.services.people import tree
from rbm.services.people.roles import valid
from rbm.terms.evaluation import SETTLED, SourceKind
from rbm.terms.responses import ResponseStage
from rbm.work import Work

ORIGIN = "taken from a register that was kept elsewhere"
"""Why an evaluation that came in with a register stands in no plan; only to such ones registers add."""
UNANSWERED = frozenset({ResponseStage.DUE, ResponseStage.DRAFT})


@dataclass
class Known:
    """Rows by the keys under which a register names them; `reach` are the offices in which a person has a role.

    `overseeing`: whoever imports may write what evaluations of our own recommend.
    """

    overseeing: bool = False
    offices: dict[str, Office] = field(default_factory=dict)
    owners: dict[str, Person] = field(default_factory=dict)
    reach: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    evaluations: dict[str, Evaluation] = field(default_factory=dict)
    recommendations: dict[tuple[UUID, int], Recommendation] = field(default_factory=dict)
    addressed: set[tuple[UUID, UUID]] = field(default_factory=set)
    responses: dict[tuple[UUID, UUID], ManagementResponse] = field(default_factory=dict)
    decisions: dict[tuple[UUID, UUID, str | None], RecommendationResponse] = field(default_factory=dict)
    actions: set[tuple[UUID, UUID, str]] = field(default_factory=set)
    numbers: dict[tuple[UUID, UUID], int] = field(default_factory=lambda: defaultdict(int))


def read_known(work: Work, entries: Sequence[EntryEvaluation]) -> Known:
    """What is there of what the entries of a register name."""
    known = Known(work.actor.may(Permission.OVERSEE_EVALUATION, None))
    answers = [answer for entry in entries for one in entry.recommendations.values() for answer in one.answers.values()]
    codes = {answer.office for answer in answers}
    known.offices = {row.code: row for row in work.session.scalars(sa.select(Office).where(Office.code.in_(codes)))}
    _read_owners(work, known, {action.owner for answer in answers for action in answer.actions})
    query = sa.select(Evaluation).where(Evaluation.code.in_([entry.code for entry in entries]))
    known.evaluations = {row.code: row for row in work.session.scalars(query)}
    _read_findings(work, known)
    _read_answers(work, known)
    return known


def disagreements(known: Known, entries: Sequence[EntryEvaluation]) -> Iterator[Fault]:
    """What a register says otherwise than the database, what it would add where others write, and whom nobody knows."""
    for entry in entries:
        evaluation = known.evaluations.get(entry.code)
        if evaluation is not None:
            yield from _other_evaluation(entry, evaluation)
        for recommendation in entry.recommendations.values():
            row = known.recommendations.get((evaluation.id, recommendation.number)) if evaluation else None
            yield from _other_recommendation(entry, recommendation, evaluation, row)
            own = (evaluation or entry).source is SourceKind.EVALUATION
            if row is None and own and not known.overseeing:
                yield Fault(recommendation.row, "source", "the evaluation unit takes in what evaluations recommend")
            for answer in recommendation.answers.values():
                yield from _unknown(known, answer)
                yield from _other_answer(known, answer, evaluation, row)


def came_in(evaluation: Evaluation) -> bool:
    """Whether an evaluation came in with a register: final on the day it was planned, which none of here can be."""
    return evaluation.unplanned_reason == ORIGIN and evaluation.planned_on == evaluation.final_on


def _unanswered(response: ManagementResponse) -> bool:
    """Whether a response was never submitted: a register answers only what nobody has answered."""
    return response.stage in UNANSWERED and response.submitted_on is None


def _read_owners(work: Work, known: Known, emails: set[str]) -> None:
    query = sa.select(Person).where(sa.func.lower(Person.email).in_(emails), Person.active.is_(True))
    known.owners = {row.email.lower(): row for row in work.session.scalars(query)}
    seeing = [role for role, held in PERMISSIONS.items() if Permission.SEE in held]
    roles = sa.select(Membership.person_id, Membership.office_id).where(
        Membership.person_id.in_([row.id for row in known.owners.values()]),
        Membership.role.in_(seeing),
        valid(work.today),
    )
    over = tree.parents(work, work.today)
    for person_id, office_id in work.session.execute(roles).all():
        known.reach[person_id] |= tree.lower(over, {office_id})


def _read_findings(work: Work, known: Known) -> None:
    keys = [row.id for row in known.evaluations.values()]
    query = sa.select(Recommendation).where(Recommendation.evaluation_id.in_(keys))
    for row in work.session.scalars(query):
        known.recommendations[row.evaluation_id, row.number] = row
    ids = [row.id for row in known.recommendations.values()]
    addressees = work.session.scalars(sa.select(Addressee).where(Addressee.recommendation_id.in_(ids)))
    known.addressed = {(row.recommendation_id, row.office_id) for row in addressees if row.office_id is not None}


def _read_answers(work: Work, known: Known) -> None:
    keys = [row.id for row in known.evaluations.values()]
    responses = work.session.scalars(sa.select(ManagementResponse).where(ManagementResponse.evaluation_id.in_(keys)))
    known.responses = {(row.evaluation_id, row.office_id): row for row in responses}
    ids = [row.id for row in known.responses.values()]
    decisions = sa.select(RecommendationResponse).where(RecommendationResponse.response_id.in_(ids))
    ordered = decisions.order_by(RecommendationResponse.edition).options(selectinload(RecommendationResponse.part))
    for decision in work.session.scalars(ordered):
        letter = decision.part.letter if decision.part else None
        known.decisions[decision.response_id, decision.recommendation_id, letter] = decision
    for action in work.session.scalars(sa.select(Action).where(Action.response_id.in_(ids))):
        where = action.response_id, action.recommendation_id
        known.actions.add((*where, action.text.strip()))
        known.numbers[where] = max(known.numbers[where], action.number)


def _other_evaluation(entry: EntryEvaluation, row: Evaluation) -> Iterator[Fault]:
    if row.stage not in SETTLED:
        yield Fault(entry.row, "evaluation", f"{row.code} is {row.stage.replace('_', ' ')} here: its team writes it")
        return
    for name in ("title", "source", "final_on", "type", "level"):
        yield from _compared(entry.row, name, getattr(entry, name), getattr(row, name))


def _other_recommendation(
    entry: EntryEvaluation, stated: EntryRecommendation, evaluation: Evaluation | None, row: Recommendation | None
) -> Iterator[Fault]:
    if row is not None:
        for name in ("text", "priority", "language"):
            yield from _compared(stated.row, name, getattr(stated, name), getattr(row, name))
    elif evaluation is not None and not came_in(evaluation):
        reason = f"{entry.code} has no such recommendation here: the evaluation unit issues it"
        yield Fault(stated.row, "number", reason)


def _other_answer(
    known: Known, answer: Answer, evaluation: Evaluation | None, row: Recommendation | None
) -> Iterator[Fault]:
    office = known.offices.get(answer.office)
    if answer.part and not _answered(known, answer, evaluation, row):
        yield Fault(answer.row, "part", "parts are not taken in: number them as recommendations of their own")
        return
    if office is None or evaluation is None or (row is None and not came_in(evaluation)):
        return
    if row is not None and (row.id, office.id) not in known.addressed and not came_in(evaluation):
        yield Fault(answer.row, "office", f"{row.code} is not addressed to {office.code} here")
        return
    response = known.responses.get((evaluation.id, office.id))
    decision = known.decisions.get((response.id, row.id, answer.part)) if response and row else None
    if decision is not None:
        yield from _compared(answer.row, "decision", answer.decision, decision.decision)
    if came_in(evaluation) and (response is None or _unanswered(response)):
        return
    stands = f"the response of {office.code} is {response.stage if response else ResponseStage.DUE}"
    if decision is None and answer.decision is not None:
        yield Fault(answer.row, "decision", f"{stands} here: its office decides")
        return
    for action in answer.actions:
        if response is None or row is None or (response.id, row.id, action.text) not in known.actions:
            yield Fault(action.row, "action", f"{stands}: the action is planned here")


def _answered(known: Known, answer: Answer, evaluation: Evaluation | None, row: Recommendation | None) -> bool:
    """Whether a part was answered here, with all the actions a register names."""
    office = known.offices.get(answer.office)
    response = known.responses.get((evaluation.id, office.id)) if evaluation and office else None
    if response is None or row is None or (response.id, row.id, answer.part) not in known.decisions:
        return False
    return known.actions.issuperset((response.id, row.id, action.text) for action in answer.actions)


def _unknown(known: Known, answer: Answer) -> Iterator[Fault]:
    office = known.offices.get(answer.office)
    if office is None:
        yield Fault(answer.row, "office", f"there is no office {answer.office!r}")
    for action in answer.actions:
        owner = known.owners.get(action.owner)
        if action.owner and owner is None:
            yield Fault(action.row, "owner", f"there is no active person with the e-mail address {action.owner!r}")
        elif owner and office and office.id not in known.reach[owner.id]:
            yield Fault(action.row, "owner", f"{action.owner!r} has no role in {office.code}")


def _compared(row: int, name: str, stated: Any, stands: Any) -> Iterator[Fault]:
    plain = stands.strip() if isinstance(stands, str) else stands
    if stated is not None and stated != plain:
        yield Fault(row, name, f"{str(stated)!r} in the file, {str(stands)!r} here: it stands as it was issued")
