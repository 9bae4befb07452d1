"""The end of a project: refused while a fund that pays for it wants an evaluation and there is none."""

from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict
from rbm.model.projects import Project, ProjectTheme
from rbm.services.planning.judging import evaluated_projects
from rbm.services.planning.policies import rules_in_force
from rbm.terms.planning import CoverageKind
from rbm.terms.projects import ProjectStage
from rbm.work import Work

CLOSABLE = (ProjectStage.IMPLEMENTATION, ProjectStage.FINALISATION, ProjectStage.SUSPENDED)


def close_project(work: Work, project_id: UUID) -> Project:
    """Close a project. Conflict when it was not begun or has ended, or names the rule of coverage it would break.

    A project of a fund closes once an evaluation of it is final.
    """
    project = work.get(Project, project_id, "project_id", hold=True)
    work.require(Permission.PLAN, project)
    if project.stage not in CLOSABLE:
        raise Conflict(f"{project.code} is in {project.stage}", "stage")
    carried = set(work.session.scalars(sa.select(ProjectTheme.theme_id).where(ProjectTheme.project_id == project.id)))
    funds = [one for one in rules_in_force(work) if one.kind is CoverageKind.FUND and one.theme_id in carried]
    if funds and project.id not in evaluated_projects(work, work.today):
        raise Conflict(f"no evaluation of {project.code} is final: {funds[0].label}", "project_id", "not_evaluated")
    project.stage = ProjectStage.CLOSED
    work.flush()
    return project
