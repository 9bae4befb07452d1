"""Outsiders: who stands far enough from an evaluation to judge its quality."""

from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.errors import Forbidden, Invalid
from rbm.model.evaluation import Evaluation, TeamMember
from rbm.model.findings import Finding
from rbm.model.people import Membership, Office
from rbm.services.findings import conflict_of
from rbm.terms.people import CENTRAL
from rbm.work import Work


def refuse_insider(work: Work, evaluation: Evaluation, person_id: UUID | None = None) -> None:
    """Nothing, when a person, the acting one unless named, may judge the quality of an evaluation.

    Nobody does who is or was in its team, manages it, wrote a finding of it, holds a role in the office that
    commissioned it unless that is a central one, or ran what it judges. Forbidden for the acting person, Invalid with
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
    member, finding = table_of(TeamMember).c, table_of(Finding).c
    if _any(work, sa.select(member.id).where(member.evaluation_id == evaluation.id, member.person_id == person_id)):
        return "is or was in the team"
    written = sa.select(finding.id).where(finding.evaluation_id == evaluation.id, finding.recorded_by_id == person_id)
    if _any(work, written):
        return "wrote a finding of it"
    held, office = table_of(Membership).c, table_of(Office).c
    commissioning = (
        sa.select(held.id)
        .join_from(table_of(Membership), table_of(Office), office.id == held.office_id)
        .where(held.person_id == person_id, held.office_id == evaluation.office_id, office.kind.not_in(CENTRAL))
        .where(held.valid_from <= work.today, sa.or_(held.valid_to.is_(None), held.valid_to >= work.today))
    )
    return "holds a role in the office that commissioned it" if _any(work, commissioning) else None


def _any(work: Work, query: sa.Select[UUID]) -> bool:
    return bool(bulk.select(work.session, query.limit(1)))
