"""Outsiders: who stands far enough from an evaluation to judge its quality."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.audit import AuditEntry
from rbm.db import Row, table_of
from rbm.errors import Forbidden, Invalid
from rbm.model.evaluation import Evaluation, EvaluationDocument, EvaluationReport, TeamMember
from rbm.model.findings import CriterionRating, Finding, Recommendation
from rbm.model.people import Membership, Office
from rbm.services.findings import conflict_of
from rbm.terms.people import CENTRAL
from rbm.work import Work

WRITTEN = (EvaluationReport, Finding, CriterionRating, Recommendation)


def refuse_insider(work: Work, evaluation: Evaluation, person_id: UUID | None = None) -> None:
    """Nothing, when a person, the acting one unless named, may judge the quality of an evaluation.

    Nobody does who is or was in its team, manages it, wrote anything of it (a document, a finding, a rating, a
    recommendation, what the report says of itself), holds a role in the office that commissioned it unless that is a
    central one, or ran what it judges. Forbidden for the acting person, Invalid with
    `assessor_id` for another one. It is looked up past what the actor sees.
    """
    about = person_id or work.actor.person_id
    reason = about and (_authored(work, evaluation, about) or conflict_of(work, evaluation, about))
    if not reason:
        return
    if person_id:
        raise Invalid(f"the assessor {reason}", "assessor_id")
    raise Forbidden(f"{work.actor.label} {reason}").on("evaluation", evaluation.id)


def _authored(work: Work, evaluation: Evaluation, person_id: UUID) -> str | None:
    if evaluation.manager_id == person_id:
        return "manages the evaluation"
    member = table_of(TeamMember).c
    if _any(work, sa.select(member.id).where(member.evaluation_id == evaluation.id, member.person_id == person_id)):
        return "is or was in the team"
    if _wrote(work, evaluation.id, person_id):
        return "wrote a part of it"
    held, office = table_of(Membership).c, table_of(Office).c
    commissioning = (
        sa.select(held.id)
        .join_from(table_of(Membership), table_of(Office), office.id == held.office_id)
        .where(held.person_id == person_id, held.office_id == evaluation.office_id, office.kind.not_in(CENTRAL))
        .where(held.valid_from <= work.today, sa.or_(held.valid_to.is_(None), held.valid_to >= work.today))
    )
    return "holds a role in the office that commissioned it" if _any(work, commissioning) else None


def _wrote(work: Work, evaluation_id: UUID, person_id: UUID) -> bool:
    """Whether a person attached a document of an evaluation, or wrote or changed, by the trail, what it says."""
    document, finding, entry = table_of(EvaluationDocument).c, table_of(Finding).c, table_of(AuditEntry).c
    stated = ((document.evaluation_id, document.attached_by_id), (finding.evaluation_id, finding.recorded_by_id))
    if any(_any(work, sa.select(of).where(of == evaluation_id, by == person_id)) for of, by in stated):
        return True
    parts = [
        sa.and_(entry.entity == part.__tablename__, entry.entity_id.in_(_keys(work, part, evaluation_id)))
        for part in WRITTEN
    ]
    return _any(work, sa.select(entry.id).where(entry.person_id == person_id, sa.or_(*parts)))


def _keys(work: Work, part: type[Row], evaluation_id: UUID) -> list[str]:
    columns = table_of(part).c
    found = bulk.select(work.session, sa.select(columns.id).where(columns.evaluation_id == evaluation_id))
    return [str(row.id) for row in found]


def _any(work: Work, query: sa.Select[Any]) -> bool:
    return bool(bulk.select(work.session, query.limit(1)))
