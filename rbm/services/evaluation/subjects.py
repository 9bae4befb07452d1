"""What an evaluation judges, and with whom it is done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.errors import Conflict, Invalid
from rbm.model.evaluation import Evaluation, EvaluationDocument, EvaluationSubject, JointPartner, TeamMember
from rbm.model.findings import Finding
from rbm.model.indicators import Indicator
from rbm.model.people import Office, Person
from rbm.model.projects import Project
from rbm.model.strategy import Framework, Result
from rbm.rules.inputs import refuse_blank
from rbm.services.evaluation.documents import PREPARING
from rbm.services.evaluation.standing import manage, refuse_stage
from rbm.services.findings.interests import conflict_of
from rbm.terms.evaluation import REGISTERED, EvaluationStage
from rbm.work import Work

WIDENED = (EvaluationStage.TEAM_ONBOARD, EvaluationStage.INCEPTION, EvaluationStage.DATA_COLLECTION)
KINDS: dict[str, Any] = {
    "office_id": Office,
    "framework_id": Framework,
    "project_id": Project,
    "result_id": Result,
    "indicator_id": Indicator,
}


@dataclass(frozen=True)
class SubjectInput:
    """What an evaluation judges: exactly one office, plan, project, result or indicator."""

    evaluation_id: UUID
    office_id: UUID | None = None
    framework_id: UUID | None = None
    project_id: UUID | None = None
    result_id: UUID | None = None
    indicator_id: UUID | None = None


def add_subject(work: Work, subject: SubjectInput) -> EvaluationSubject:
    """Name what an evaluation judges, before its team is at work; of a registered source at any time.

    Invalid unless exactly one thing is named; Conflict when it is named already, or when somebody ran it who is or was
    in the team, manages the evaluation or wrote of it.
    """
    evaluation = manage(work, subject.evaluation_id)
    if evaluation.source not in REGISTERED:
        refuse_stage(evaluation, PREPARING)
    return _name(work, evaluation, subject)


def widen_evaluation(work: Work, subject: SubjectInput) -> EvaluationSubject:
    """Name, for the evaluation unit, something more that an evaluation judges while its team collects data.

    Refused as with `add_subject`; Conflict from the draft of the report on, which whoever is judged reads.
    """
    evaluation = manage(work, subject.evaluation_id, Permission.OVERSEE_EVALUATION, central=True)
    refuse_stage(evaluation, WIDENED)
    return _name(work, evaluation, subject)


def _name(work: Work, evaluation: Evaluation, subject: SubjectInput) -> EvaluationSubject:
    named = {name: key for name in KINDS if (key := getattr(subject, name)) is not None}
    if len(named) != 1:
        last = next(reversed(named), "office_id")
        raise Invalid("exactly one office, plan, project, result or indicator is named", last)
    ((field, key),) = named.items()
    facts = dict.fromkeys(KINDS) | named | {"office_id": _office_of(work, work.get(KINDS[field], key, field))}
    _refuse_again(work, evaluation, facts)
    made = work.add(EvaluationSubject(evaluation=evaluation, **facts))
    _refuse_conflicts(work, evaluation, _took_part(work, evaluation), field)
    return made


def remove_subject(work: Work, subject_id: UUID) -> Evaluation:
    """Take back what an evaluation judges, before its team is at work. Conflict after that: it stays judged."""
    subject = work.get(EvaluationSubject, subject_id, "subject_id")
    evaluation = manage(work, subject.evaluation_id)
    refuse_stage(evaluation, PREPARING)
    work.remove(subject)
    return evaluation


@dataclass(frozen=True)
class PartnerInput:
    """Another organisation in an evaluation, and what it does in planning and delivering it."""

    evaluation_id: UUID
    name: str
    leads: bool = False
    planning_role: str | None = None
    delivery_role: str | None = None


def add_partner(work: Work, partner: PartnerInput) -> JointPartner:
    """Add an organisation to an evaluation, which is joint from then on.

    Conflict when it is there already, another one leads, or the evaluation is over.
    """
    evaluation = manage(work, partner.evaluation_id)
    refuse_stage(evaluation)
    name = refuse_blank(partner.name, "name")
    query = sa.select(JointPartner).where(JointPartner.evaluation_id == evaluation.id)
    for other in work.session.scalars(query):
        if other.name == name:
            raise Conflict(f"{name} takes part already", "name")
        if other.leads and partner.leads:
            raise Conflict(f"{other.name} leads it", "leads")
    evaluation.joint = True
    roles = {"planning_role": partner.planning_role, "delivery_role": partner.delivery_role}
    return work.add(JointPartner(evaluation=evaluation, name=name, leads=partner.leads, **roles))


def refuse_conflicted(work: Work, evaluation: Evaluation, field: str = "team") -> None:
    """Nothing, when nobody of the team or managing the evaluation ran what it judges. Conflict names who did."""
    team = sa.select(TeamMember.person_id).where(TeamMember.evaluation_id == evaluation.id)
    persons = [*work.session.scalars(team.where(TeamMember.left_on.is_(None))), evaluation.manager_id]
    _refuse_conflicts(work, evaluation, persons, field)


def _took_part(work: Work, evaluation: Evaluation) -> Iterator[UUID | None]:
    """Who is or was in the team without a conflict declared, manages the evaluation, or wrote of it."""
    yield evaluation.manager_id
    member, document, finding = table_of(TeamMember).c, table_of(EvaluationDocument).c, table_of(Finding).c
    declared = member.conflict.is_not(True)
    for of, person, part in (
        (member.evaluation_id, member.person_id, declared),
        (document.evaluation_id, document.attached_by_id, sa.true()),
        (finding.evaluation_id, finding.recorded_by_id, sa.true()),
    ):
        query = sa.select(person.label("person")).where(of == evaluation.id, part).order_by(person)
        yield from (row.person for row in bulk.select(work.session, query))


def _refuse_conflicts(work: Work, evaluation: Evaluation, persons: Iterable[UUID | None], field: str) -> None:
    for person_id in filter(None, dict.fromkeys(persons)):
        if reason := conflict_of(work, evaluation, person_id):
            raise Conflict(f"{work.get(Person, person_id).name} {reason}", field)


def _office_of(work: Work, thing: Any) -> UUID:
    """The office of what is judged: its own, or that of the plan it stands in."""
    if isinstance(thing, Indicator):
        thing = work.get(Result, thing.result_id)
    if isinstance(thing, Result):
        thing = work.get(Framework, thing.framework_id)
    office_id: UUID = thing.id if isinstance(thing, Office) else thing.office_id
    return office_id


def _refuse_again(work: Work, evaluation: Evaluation, facts: dict[str, Any]) -> None:
    columns = EvaluationSubject.__table__.c
    same = [columns[name].is_(None) if value is None else columns[name] == value for name, value in facts.items()]
    query = sa.select(EvaluationSubject).where(EvaluationSubject.evaluation_id == evaluation.id, *same)
    if work.session.scalars(query).first():
        raise Conflict("the evaluation judges this already", "evaluation_id")
