"""The team of an evaluation: joined, declared to have no conflict of interest, left."""

from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.errors import Conflict, NotFound
from rbm.model.evaluation import Evaluation, TeamMember
from rbm.model.people import Person
from rbm.rules.inputs import refuse_blank
from rbm.services.evaluation.standing import manage, refuse_stage
from rbm.services.findings.interests import conflict_of, reviews_quality
from rbm.services.planning.roster import is_qualified
from rbm.terms.evaluation import TeamRole
from rbm.work import Work


def add_team_member(work: Work, evaluation_id: UUID, person_id: UUID, role: TeamRole = TeamRole.MEMBER) -> TeamMember:
    """Put a person into the team of an evaluation; whoever left it may come back and declares again.

    Conflict when the person ran what is judged or declared a conflict with it, reviews its quality, is in the team
    already, is not active, or would lead without being trained or from outside, or when the evaluation is over.
    """
    evaluation = manage(work, evaluation_id)
    refuse_stage(evaluation)
    person = work.get(Person, person_id, "person_id")
    _refuse_person(work, evaluation, person, role)
    query = sa.select(TeamMember).where(TeamMember.evaluation_id == evaluation.id, TeamMember.person_id == person.id)
    member = work.session.scalars(query).one_or_none()
    if member is None:
        return work.add(TeamMember(evaluation=evaluation, person=person, role=role, joined_on=work.today))
    if member.left_on is None:
        raise Conflict(f"{person.name} is in the team already", "person_id")
    if member.conflict:
        raise Conflict(f"{person.name} declared a conflict of interest", "person_id")
    member.role, member.joined_on, member.left_on = role, work.today, None
    member.declared_at = member.conflict = member.declaration = None
    work.flush()
    return member


def leave_team(work: Work, member_id: UUID) -> TeamMember:
    """Let a member leave the team today; what the member sees of the offices judged ends. Conflict once it is over."""
    member = work.get(TeamMember, member_id, "member_id")
    refuse_stage(manage(work, member.evaluation_id))
    if member.left_on is not None:
        raise Conflict("the member has left already", "member_id")
    member.left_on = work.today
    work.flush()
    return member


def declare_interest(work: Work, member_id: UUID, declaration: str, *, conflict: bool) -> TeamMember:
    """Declare one's own interests in what the evaluation judges; with a conflict, one takes no part.

    Only by the member: NotFound for anybody else. Conflict when the member left, the evaluation is over, or a conflict
    was declared: it stays.
    """
    member = work.get(TeamMember, member_id, "member_id")
    if not work.actor.system and member.person_id != work.actor.person_id:
        raise NotFound("no such team member", "member_id").on("team_member", member_id)
    work.asked.add(Permission.SEE)  # one's own interests need no role
    _refuse_over(work, member)
    if member.conflict and not conflict:
        raise Conflict("a declared conflict of interest stays", "conflict")
    member.declaration = refuse_blank(declaration, "declaration")
    member.conflict, member.declared_at = conflict, work.now
    work.flush()
    return member


def _refuse_over(work: Work, member: TeamMember) -> None:
    """Nothing, while the member is in the team of an evaluation under way, seen by the member or not."""
    if member.left_on is not None:
        raise Conflict("the member has left", "member_id")
    evaluation = table_of(Evaluation).c
    query = sa.select(evaluation.stage).where(evaluation.id == member.evaluation_id)
    refuse_stage(bulk.select(work.session, query)[0])


def _refuse_person(work: Work, evaluation: Evaluation, person: Person, role: TeamRole) -> None:
    if not person.active:
        raise Conflict(f"{person.name} is not active", "person_id")
    if reason := conflict_of(work, evaluation, person.id):
        raise Conflict(f"{person.name} {reason}", "person_id")
    if reviews_quality(work, evaluation, person.id):
        raise Conflict(f"{person.name} reviews the quality of the evaluation", "person_id")
    if role is TeamRole.LEAD and not is_qualified(work, person.id):
        raise Conflict(f"{person.name} is neither trained nor from outside, and so cannot lead", "role")
