"""Links between results: inside a framework down the chain, across frameworks upward."""

from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict
from rbm.model.strategy import Framework, Result, ResultLink
from rbm.rules import chain
from rbm.services.strategy.edges import edges_upward, queue_up, require_both
from rbm.services.strategy.frameworks import refuse_closed
from rbm.terms.strategy import NodeKind, ResultLevel
from rbm.work import Work


def link_results(work: Work, child_id: UUID, parent_id: UUID, causal_statement: str | None = None) -> ResultLink:
    """Say that a result contributes to another one, and how. A principle or an objective counts as a goal.

    Inside a framework the two are of adjacent levels; across frameworks the other framework is of a strictly higher
    level and the other result of the same or the next level. Conflict on a circle or when they are linked already.
    Forbidden to whoever may not plan in the child's office, and in the parent's unless that is the same or above.
    """
    child, parent = work.get(Result, child_id, "child_id"), work.get(Result, parent_id, "parent_id")
    require_both(work, Permission.PLAN, child, parent)
    framework = work.get(Framework, child.framework_id)
    refuse_closed(framework)
    queue_up(work)
    edges = [(edge.child_id, edge.parent_id) for edge in edges_upward(work, ResultLink, [parent.id, child.id])]
    if (child.id, parent.id) in edges:
        raise Conflict(f"{child.code} contributes to {parent.code} already", "parent_id")
    chain.refuse_cycle(edges, (child.id, parent.id), lambda key: _code(work, key))
    _refuse_levels(work, framework, child, parent)
    return work.add(ResultLink(child=child, parent=parent, causal_statement=_stated(causal_statement)))


def unlink_results(work: Work, link_id: UUID) -> ResultLink:
    """Take a link away; returns it as it was."""
    link = work.get(ResultLink, link_id, "link_id")
    work.require(Permission.PLAN, link)
    work.remove(link)
    return link


def state_cause(work: Work, link_id: UUID, causal_statement: str | None) -> ResultLink:
    """Say how the lower result brings about the higher one; nothing takes the statement away."""
    link = work.get(ResultLink, link_id, "link_id")
    work.require(Permission.PLAN, link)
    link.causal_statement = _stated(causal_statement)
    work.flush()
    return link


def _refuse_levels(work: Work, framework: Framework, child: Result, parent: Result) -> None:
    if child.framework_id != parent.framework_id:
        other = work.get(Framework, parent.framework_id)
        chain.refuse_upward(framework.level, other.level, _level(child), _level(parent))
    elif parent.kind is NodeKind.RESULT or child.level is not ResultLevel.GOAL:
        chain.refuse_level_skip(_level(parent), _level(child))


def _level(result: Result) -> ResultLevel:
    return ResultLevel.GOAL if result.kind is not NodeKind.RESULT else result.level or ResultLevel.OTHER


def _stated(causal_statement: str | None) -> str | None:
    return (causal_statement or "").strip() or None


def _code(work: Work, key: UUID) -> str:
    return work.session.scalar(sa.select(Result.code).where(Result.id == key)) or "a result that is not shown"
