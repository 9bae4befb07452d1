"""Authoring: who writes what an evaluation says, and until when."""

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.errors import Conflict
from rbm.model.evaluation import Evaluation, TeamMember
from rbm.services.findings.interests import refuse_assessor, refuse_conflict
from rbm.terms.evaluation import REGISTERED, SETTLED, UNDER_WAY
from rbm.work import Work


def require_author(work: Work, evaluation: Evaluation) -> None:
    """Ask to record findings of an evaluation, which its team needs no role for: it is its own.

    In the team is who declared to have no conflict of interest and did not leave. Forbidden to everybody else without
    the permission, and to whoever ran what the evaluation judges or rates it.
    """
    if _in_team(work, evaluation):
        work.asked.add(Permission.RECORD_FINDINGS)
    else:
        work.require(Permission.RECORD_FINDINGS, evaluation)
    refuse_conflict(work, evaluation)
    refuse_assessor(work, evaluation)


def _in_team(work: Work, evaluation: Evaluation) -> bool:
    scopes, member = work.actor.scopes, table_of(TeamMember).c
    if scopes is not None and Permission.RECORD_FINDINGS not in scopes:
        return False
    query = sa.select(member.id).where(member.evaluation_id == evaluation.id, member.conflict.is_(False))
    mine = query.where(member.person_id == work.actor.person_id, member.left_on.is_(None))
    return work.actor.person_id is not None and bool(bulk.select(work.session, mine.limit(1)))


def refuse_settled(work: Work, evaluation: Evaluation) -> None:
    """Nothing, while the team of an evaluation is at work. Conflict before and, with the final, for ever.

    What an audit or an assessment from outside found is registered after the fact, and so the evaluation unit writes
    it down later.
    """
    late = evaluation.stage in SETTLED and evaluation.source in REGISTERED
    if evaluation.stage in UNDER_WAY or (late and oversees(work)):
        return
    raise Conflict(
        f"{evaluation.code} is {evaluation.stage.replace('_', ' ')}: what it says is not written now", "stage"
    )


def oversees(work: Work) -> bool:
    """Whether the actor oversees evaluation for the whole organisation."""
    return work.actor.may(Permission.OVERSEE_EVALUATION, None)
