"""How far project results and country strategies reach up to the corporate frameworks."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import networkx as nx
import sqlalchemy as sa

from rbm.model.people import Office
from rbm.model.projects import Project
from rbm.model.strategy import Framework, Result, ResultLink
from rbm.rules.coverage import Share, unbroken
from rbm.services.strategy.frameworks import current
from rbm.terms.people import OfficeKind
from rbm.terms.projects import ProjectStage
from rbm.terms.strategy import FrameworkLevel, ResultLevel
from rbm.work import Work

ENDED = (ProjectStage.CLOSED, ProjectStage.CANCELLED, ProjectStage.SUSPENDED)


@dataclass(frozen=True)
class LevelCoverage:
    """How many outcomes reach a level of frameworks."""

    level: FrameworkLevel
    share: Share


@dataclass(frozen=True)
class LinkCoverage:
    """Outcomes of active projects with an unbroken chain to the top, per level, and the codes of those without."""

    unbroken: Share
    levels: tuple[LevelCoverage, ...]
    broken: tuple[str, ...]


def link_coverage(work: Work, on: date) -> LinkCoverage:
    """Share of the outcomes of active projects linked project > country > region > corporate without a gap.

    Active: the plan is approved and its period holds the day, and the project is not closed, cancelled or suspended.
    Nodes made by consolidation neither count nor carry a chain.
    """
    outcomes = _active_outcomes(work, on)
    parents: dict[Hashable, list[UUID]] = defaultdict(list)
    nodes = _levels(work)
    for child, parent in _links(work, nodes):
        parents[child].append(parent)
    coverage = unbroken(outcomes, parents, nodes)
    levels = tuple(LevelCoverage(level, share) for level, share in coverage.reaching.items())
    return LinkCoverage(coverage.unbroken, levels, tuple(sorted(outcomes[key] for key in coverage.broken)))


def offices_on_corporate_framework(work: Work, on: date) -> Share:
    """Country offices with a current country strategy based on a corporate framework, of all country offices.

    Based on it: a framework above it is corporate, or one of its results contributes to a corporate result.
    """
    query = sa.select(Framework).join(Framework.office)
    strategies = work.session.scalars(
        query.where(current(on), Framework.level == FrameworkLevel.COUNTRY, Office.kind == OfficeKind.COUNTRY)
    ).all()
    based = _based_on_corporate(work) | _linked_to_corporate(work)
    offices = {framework.office_id for framework in strategies if framework.id in based}
    country = sa.select(sa.func.count()).select_from(Office).where(Office.kind == OfficeKind.COUNTRY)
    return Share(len(offices), work.session.scalars(country).one())


def reaching_corporate(work: Work, results: Collection[UUID]) -> set[UUID]:
    """Those of the results that contribute, directly or through others, to a corporate one."""
    nodes = _levels(work)
    graph: nx.DiGraph[UUID] = nx.DiGraph(_links(work, nodes))
    graph.add_nodes_from(results)
    corporate = {key for key, level in nodes.items() if level is FrameworkLevel.CORPORATE}
    return {key for key in results if nx.descendants(graph, key) & corporate}


def _active_outcomes(work: Work, on: date) -> dict[UUID, str]:
    query = (
        sa.select(Result.id, Result.code)
        .join(Result.framework)
        .outerjoin(Framework.project)
        .where(
            current(on),
            Framework.level == FrameworkLevel.PROJECT,
            Result.level == ResultLevel.OUTCOME,
            Result.derived.is_(False),
            sa.or_(Project.stage.is_(None), Project.stage.not_in(ENDED)),
        )
    )
    return dict(work.session.execute(query).all())


def _links(work: Work, nodes: Collection[Hashable]) -> list[tuple[UUID, UUID]]:
    rows = work.session.execute(sa.select(ResultLink.child_id, ResultLink.parent_id))
    return [(child, parent) for child, parent in rows if child in nodes and parent in nodes]


def _levels(work: Work) -> Mapping[Hashable, FrameworkLevel]:
    query = sa.select(Result.id, Framework.level).join(Result.framework).where(Result.derived.is_(False))
    levels: dict[Hashable, FrameworkLevel] = dict(work.session.execute(query).all())
    return levels


def _based_on_corporate(work: Work) -> set[UUID]:
    rows = work.session.execute(sa.select(Framework.id, Framework.parent_id, Framework.level)).all()
    graph: nx.DiGraph[UUID] = nx.DiGraph((row.parent_id, row.id) for row in rows if row.parent_id)
    based: set[UUID] = set()
    for row in rows:
        if row.level is FrameworkLevel.CORPORATE and row.id in graph:
            based |= nx.descendants(graph, row.id)
    return based


def _linked_to_corporate(work: Work) -> set[UUID]:
    rows = work.session.execute(sa.select(Result.id, Result.framework_id)).all()
    frameworks = dict(rows)
    return {frameworks[key] for key in reaching_corporate(work, frameworks)}
