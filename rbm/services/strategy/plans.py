"""Plans of others that strategies and projects join."""

from uuid import UUID

import sqlalchemy as sa

from rbm.access import ANYWHERE, Permission
from rbm.errors import Conflict
from rbm.model.people import Place
from rbm.model.strategy import ExternalPlan, ExternalPlanLink, Framework
from rbm.rules.inputs import refuse_blank
from rbm.terms.strategy import ExternalPlanKind
from rbm.work import Work


def create_external_plan(
    work: Work, code: str, title: str, kind: ExternalPlanKind, place_id: UUID | None = None
) -> ExternalPlan:
    """Note a plan of others, such as the UNDAF of a country. Conflict when the code is taken."""
    work.require(Permission.PLAN, ANYWHERE)
    place = work.get(Place, place_id, "place_id") if place_id else None
    code, title = refuse_blank(code, "code"), refuse_blank(title, "title")
    return work.add(ExternalPlan(code=code, title=title, kind=kind, place=place))


def join_external_plan(work: Work, framework_id: UUID, external_plan_id: UUID) -> ExternalPlanLink:
    """Say that a strategy, or the plan of a project, joins a plan of others. Conflict when it does already."""
    framework = work.get(Framework, framework_id, "framework_id")
    work.require(Permission.PLAN, framework)
    plan = work.get(ExternalPlan, external_plan_id, "external_plan_id")
    joined = sa.select(ExternalPlanLink).where(
        ExternalPlanLink.framework_id == framework.id, ExternalPlanLink.external_plan_id == plan.id
    )
    if work.session.scalars(joined).first():
        raise Conflict(f"{framework.code} joins {plan.code} already", "external_plan_id")
    return work.add(ExternalPlanLink(framework=framework, external_plan=plan))


def leave_external_plan(work: Work, link_id: UUID) -> ExternalPlanLink:
    """Take back that a framework joins a plan of others; returns the link as it was."""
    link = work.get(ExternalPlanLink, link_id, "link_id")
    work.require(Permission.PLAN, link)
    work.remove(link)
    return link


def find_external_plans(kind: ExternalPlanKind | None = None) -> sa.Select[ExternalPlan]:
    """Plans of others, of one kind where it is named."""
    query = sa.select(ExternalPlan)
    return query.where(ExternalPlan.kind == kind) if kind else query
