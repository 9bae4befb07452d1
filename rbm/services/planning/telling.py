"""Who is told of a plan: senior management when it is approved, the governing body when it has to decide on it."""

import sqlalchemy as sa

from rbm.access import Permission
from rbm.model.people import Office
from rbm.model.planning import EvaluationPlan
from rbm.services import notices, people
from rbm.terms.notices import NoticeKind
from rbm.terms.people import CENTRAL
from rbm.work import Work


def tell_approved(work: Work, plan: EvaluationPlan) -> int:
    """Inform senior management of an approved plan, which is not theirs to approve; how many were told."""
    return _tell(work, plan, NoticeKind.PLAN_APPROVED, Permission.ENDORSE)


def tell_endorsed(work: Work, plan: EvaluationPlan) -> int:
    """Ask the governing body, and nobody before it, to decide on an endorsed plan; how many were told."""
    return _tell(work, plan, NoticeKind.PLAN_ENDORSED, Permission.GOVERN)


def _tell(work: Work, plan: EvaluationPlan, kind: NoticeKind, permission: Permission) -> int:
    """Once for each edition and day, those who hold a permission in a central office."""
    offices = work.session.scalars(sa.select(Office.id).where(Office.kind.in_(CENTRAL))).all()
    persons = {person for office in offices for person in people.holders(work, office, permission)}
    facts = {"plan": f"{plan.title} ({plan.code}, {plan.edition})", "day": work.today.isoformat()}
    return notices.tell(work, kind, persons, f"evaluation_plan:{plan.id}:{work.today}", facts)
