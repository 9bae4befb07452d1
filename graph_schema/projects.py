"""Projects and what is published of them."""

import graphene

from graph_schema.derive import figure, find, mutation, needs, node, roots
from rbm.access import Permission
from rbm.model.projects import (
    Project,
    ProjectBudget,
    ProjectDate,
    ProjectDocument,
    ProjectMarker,
    ProjectParticipation,
    ProjectPlace,
    ProjectSector,
    ProjectTag,
    ProjectText,
    ProjectTheme,
    ProjectTransaction,
    Theme,
)
from rbm.services import projects

node(
    Project,
    "code title stage starts_on ends_on released_on translations version office manager plans themes budgets "
    "transactions places sectors tags markers participations dates texts documents "
    "evaluation_subjects",
)
node(Theme, "code label kind")
node(ProjectTheme, "project theme")
node(ProjectBudget, "kind status start end amount currency value_date content project")
node(ProjectTransaction, "kind moved_on amount currency value_date content project")
node(ProjectPlace, "role code vocabulary name percentage latitude longitude content project place")
node(ProjectSector, "vocabulary code name percentage content project")
node(ProjectTag, "vocabulary code name content project")
node(ProjectMarker, "vocabulary code significance name content project")
node(ProjectParticipation, "role reference name kind content project")
node(ProjectDate, "kind day content project")
node(ProjectText, "kind language text content project")
node(ProjectDocument, "url format title categories languages dated subject content project")

ROWS = (
    Project,
    Theme,
    ProjectTheme,
    ProjectBudget,
    ProjectTransaction,
    ProjectPlace,
    ProjectSector,
    ProjectTag,
    ProjectMarker,
    ProjectParticipation,
    ProjectDate,
    ProjectText,
    ProjectDocument,
)


class Query(roots(*ROWS)):
    """What one may ask about projects."""

    design_gaps = figure(projects.design_gaps)
    projects = find(Project, projects.find_projects)


class Mutation(graphene.ObjectType):
    """What one may do with projects."""

    create_project = mutation(projects.create_project, needs(Permission.PLAN))
    assign_manager = mutation(projects.assign_manager, needs(Permission.PLAN))
    add_theme = mutation(projects.add_theme, needs(Permission.PLAN))
    remove_theme = mutation(projects.remove_theme, needs(Permission.PLAN))
