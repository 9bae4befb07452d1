"""Projects: made, put under themes, found, and what their design lacks."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.people import Office, Person, Place
from rbm.model.planning import CoverageRule, EvaluationPolicy
from rbm.model.projects import Project, ProjectPlace, ProjectTheme, Theme
from rbm.model.strategy import ExternalPlan, ExternalPlanLink, Framework, NormativeLink, NormativeTarget, Result
from rbm.rules.inputs import refuse_blank
from rbm.rules.spans import refuse_reversed
from rbm.services.strategy import reaching_corporate
from rbm.terms.planning import CoverageKind, PolicyStage
from rbm.terms.projects import DesignGap, ProjectStage
from rbm.terms.strategy import ExternalPlanKind, FrameworkStage, NormativeFramework, ResultLevel
from rbm.work import Work

LOOSE = (ProjectStage.PIPELINE, ProjectStage.CANCELLED)
"""The stages in which a project is not, or not any more, one that has to be evaluated."""


@dataclass(frozen=True)
class OutcomeGap:
    """What an outcome of a project lacks: the rule, the code of the outcome and the reason in words."""

    rule: DesignGap
    outcome_code: str
    explanation: str


@dataclass(frozen=True)
class ProjectFilter:
    """Which projects to find. A plan of others belongs to a country or region; places are M49 codes."""

    external_plan_kind: ExternalPlanKind | None = None
    external_plan_place: str | None = None
    external_plan_code: str | None = None
    place_code: str | None = None
    theme_code: str | None = None


def create_project(
    work: Work, code: str, title: str, office_id: UUID, starts_on: date | None = None, ends_on: date | None = None
) -> Project:
    """Start a project of an office, in the pipeline; its plan is a framework of its own. Conflict on a taken code."""
    office = work.get(Office, office_id, "office_id")
    work.require(Permission.PLAN, office.id)
    refuse_reversed((starts_on, ends_on), "ends_on")
    return work.add(
        Project(
            code=refuse_blank(code, "code"),
            title=refuse_blank(title, "title"),
            stage=ProjectStage.PIPELINE,
            office=office,
            starts_on=starts_on,
            ends_on=ends_on,
        )
    )


def assign_manager(work: Work, project_id: UUID, person_id: UUID | None) -> Project:
    """Name the person who manages a project, or nobody. Invalid when the person is not active."""
    project = work.get(Project, project_id, "project_id")
    work.require(Permission.PLAN, project)
    manager = work.get(Person, person_id, "person_id") if person_id else None
    if manager and not manager.active:
        raise Invalid(f"{manager.name} is not active", "person_id")
    project.manager, project.manager_id = manager, manager.id if manager else None
    work.flush()
    return project


def add_theme(work: Work, project_id: UUID, theme_id: UUID) -> ProjectTheme:
    """Put a project under a theme; it may carry several. Conflict when it carries this one already."""
    project = work.get(Project, project_id, "project_id")
    work.require(Permission.PLAN, project)
    theme = work.get(Theme, theme_id, "theme_id")
    carried = sa.select(ProjectTheme).where(ProjectTheme.project_id == project.id, ProjectTheme.theme_id == theme.id)
    if work.session.scalars(carried).first():
        raise Conflict(f"{project.code} carries {theme.code} already", "theme_id")
    return work.add(ProjectTheme(project=project, theme=theme))


def remove_theme(work: Work, project_id: UUID, theme_id: UUID) -> Project:
    """Take a theme from a project. Conflict when it does not carry it.

    Conflict as well when it is a fund whose projects have to be evaluated, from the project's beginning on: what has to
    be done before the project closes would be undone.
    """
    project = work.get(Project, project_id, "project_id")
    work.require(Permission.PLAN, project)
    carried = sa.select(ProjectTheme).where(ProjectTheme.project_id == project.id, ProjectTheme.theme_id == theme_id)
    row = work.session.scalars(carried).one_or_none()
    if row is None:
        raise Conflict(f"{project.code} does not carry this theme", "theme_id")
    if project.stage not in LOOSE and (label := _rule_of(work, theme_id)):
        raise Conflict(f"{project.code} has begun, and the policy wants it evaluated: {label}", "theme_id")
    work.remove(row)
    return project


def _rule_of(work: Work, theme_id: UUID) -> str | None:
    """The rule of the active policy by which all projects of a fund are evaluated."""
    query = sa.select(CoverageRule.label).join(CoverageRule.policy)
    wanted = (CoverageRule.kind == CoverageKind.FUND, CoverageRule.theme_id == theme_id)
    return work.session.scalars(query.where(*wanted, EvaluationPolicy.stage == PolicyStage.ACTIVE)).first()


def find_projects(wanted: ProjectFilter | None = None) -> sa.Select[Project]:
    """Projects, narrowed to those that meet every condition named."""
    query, stated = sa.select(Project), wanted or ProjectFilter()
    if stated.external_plan_kind or stated.external_plan_place or stated.external_plan_code:
        query = query.where(Project.id.in_(_of_plan(stated)))
    if stated.place_code:
        there = sa.select(ProjectPlace.project_id).join(ProjectPlace.place).where(Place.code == stated.place_code)
        query = query.where(Project.id.in_(there))
    if stated.theme_code:
        under = sa.select(ProjectTheme.project_id).join(ProjectTheme.theme).where(Theme.code == stated.theme_code)
        query = query.where(Project.id.in_(under))
    return query


def find_themes(kind: str | None = None) -> sa.Select[Theme]:
    """Themes, of one kind (focus_area or operational_field) where it is named."""
    return sa.select(Theme).where(Theme.kind == kind) if kind else sa.select(Theme)


def design_gaps(work: Work, project_id: UUID) -> tuple[OutcomeGap, ...]:
    """Outcomes of a project that contribute to no corporate result or to no SDG target, by code and rule."""
    project = work.get(Project, project_id, "project_id")
    query = (
        sa.select(Result.id, Result.code)
        .join(Result.framework)
        .where(
            Framework.project_id == project.id,
            Framework.stage != FrameworkStage.CLOSED,
            Result.level == ResultLevel.OUTCOME,
        )
        .order_by(Result.code)
    )
    outcomes = work.session.execute(query).all()
    corporate = reaching_corporate(work, [key for key, _ in outcomes])
    sustainable = set(work.session.scalars(_with_sdg_target()))
    gaps = []
    for key, code in outcomes:
        if key not in corporate:
            gaps.append(OutcomeGap(DesignGap.NO_CORPORATE_LINK, code, "it contributes to no corporate result"))
        if key not in sustainable:
            gaps.append(OutcomeGap(DesignGap.NO_SDG_TARGET, code, "it contributes to no target of the SDGs"))
    return tuple(gaps)


def _of_plan(stated: ProjectFilter) -> sa.Select[UUID | None]:
    query = (
        sa.select(Framework.project_id)
        .join(ExternalPlanLink, ExternalPlanLink.framework_id == Framework.id)
        .join(ExternalPlanLink.external_plan)
        .outerjoin(ExternalPlan.place)
    )
    if stated.external_plan_kind:
        query = query.where(ExternalPlan.kind == stated.external_plan_kind)
    if stated.external_plan_place:
        query = query.where(Place.code == stated.external_plan_place)
    return query.where(ExternalPlan.code == stated.external_plan_code) if stated.external_plan_code else query


def _with_sdg_target() -> sa.Select[UUID]:
    """Results that contribute to a target of the SDGs; a goal alone is not a target."""
    query = sa.select(NormativeLink.result_id).join(NormativeLink.target)
    return query.where(NormativeTarget.framework == NormativeFramework.SDG, NormativeTarget.parent_id.is_not(None))
