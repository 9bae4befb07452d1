"""Contribution links: whose values enter whose figure, with which weight, conversion and days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.errors import Conflict
from rbm.model.indicators import ContributionLink, Indicator
from rbm.rules import chain
from rbm.rules.inputs import refuse_inexact
from rbm.rules.protocol import refuse_apart, refuse_unlike, refuse_weight
from rbm.rules.spans import Span, covers, overlaps, refuse_reversed
from rbm.services import marks
from rbm.services.indicators.days import reported_days, stated_days
from rbm.services.indicators.naming import code_of, office_of
from rbm.services.indicators.overlapping import refuse_overlap
from rbm.services.indicators.protocol import kind_of
from rbm.services.strategy.edges import edges_upward, queue_up, require_both
from rbm.work import Work

ONE = Decimal(1)


@dataclass(frozen=True)
class ContributionPlan:
    """A link to be made. `weight` is the share of the child that counts, `factor` converts its unit.

    `non_overlapping` says that the child counts other people than those of its office that enter the sum already.
    """

    child_id: UUID
    parent_id: UUID
    weight: Decimal = ONE
    factor: Decimal | None = None
    included: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    non_overlapping: bool = False


def link_indicators(work: Work, plan: ContributionPlan) -> ContributionLink:
    """Let the values of an indicator enter another one's figure.

    Invalid when measures, accumulation or periods are unlike, or units without a stated factor. Conflict on a circle,
    on a second path by which something would count twice (both paths are named), on an end made by a formula, and on
    people of one office in one sum by two indicators unless the link says `non_overlapping`. Forbidden to whoever may
    not define in the child's office, and in the parent's unless that is the same or stands above it.
    """
    child, parent = work.get(Indicator, plan.child_id, "child_id"), work.get(Indicator, plan.parent_id, "parent_id")
    require_both(work, Permission.DEFINE, child, parent)
    refuse_inexact(plan.factor, "factor")
    _refuse_formula(child, "child_id")
    _refuse_formula(parent, "parent_id")
    refuse_unlike(kind_of(child), kind_of(parent), plan.factor)
    refuse_apart(reported_days(work, child.id), stated_days(work, parent.id))
    _refuse(work, plan)
    facts = vars(plan) | {"factor": ONE if plan.factor is None else plan.factor}
    link = work.add(ContributionLink(**facts))
    _mark(work, plan.child_id, parent.id, "link_indicators")
    return link


def reweigh_link(work: Work, link_id: UUID, weight: Decimal) -> ContributionLink:
    """Change the share of the child that counts. Conflict when something would count more than whole."""
    link = work.get(ContributionLink, link_id, "link_id")
    _require(work, link)
    return _change(work, link, "reweigh_link", weight=weight)


def opt_out(work: Work, link_id: UUID, *, included: bool = False) -> ContributionLink:
    """Leave the child's values out of the parent's figure, where they count as excluded, or take them in again.

    Whoever may define in the parent's office may leave them out as well.
    """
    link = work.get(ContributionLink, link_id, "link_id")
    _require(work, link, less=not included)
    return _change(work, link, "opt_out", included=included)


def end_link(work: Work, link_id: UUID, valid_to: date | None) -> ContributionLink:
    """Let a link count up to and including a day, or without end.

    Whoever may define in the parent's office may end it earlier as well.
    """
    link = work.get(ContributionLink, link_id, "link_id")
    _require(work, link, less=valid_to is not None and valid_to <= (link.valid_to or valid_to))
    return _change(work, link, "end_link", valid_to=valid_to)


def unlink_indicators(work: Work, link_id: UUID) -> ContributionLink:
    """Take a link away, in the child's office or the parent's; returns it as it was."""
    link = work.get(ContributionLink, link_id, "link_id")
    _require(work, link, less=True)
    work.remove(link)
    _mark(work, link.child_id, link.parent_id, "unlink_indicators")
    return link


def find_contributions(child_id: UUID | None = None, parent_id: UUID | None = None) -> sa.Select[ContributionLink]:
    """Links between indicators, of one child and of one parent where these are named."""
    query = sa.select(ContributionLink)
    if child_id:
        query = query.where(ContributionLink.child_id == child_id)
    return query.where(ContributionLink.parent_id == parent_id) if parent_id else query


def _require(work: Work, link: ContributionLink, *, less: bool = False) -> None:
    """Ask for the permission to change a link; for `less` to count, that of either end is enough."""
    child, parent = office_of(work, link.child_id), office_of(work, link.parent_id)
    if less:
        work.require(Permission.DEFINE, parent if work.actor.may(Permission.DEFINE, parent) else child)
    else:
        require_both(work, Permission.DEFINE, child, parent)


def _change(work: Work, link: ContributionLink, operation: str, **facts: Any) -> ContributionLink:
    stated = ContributionPlan(**{field.name: getattr(link, field.name) for field in fields(ContributionPlan)})
    _refuse(work, replace(stated, **facts), link.id)
    for name, value in facts.items():
        setattr(link, name, value)
    work.flush()
    _mark(work, link.child_id, link.parent_id, operation)
    return link


def _mark(work: Work, child_id: UUID, parent_id: UUID, operation: str) -> None:
    """Mark the parent, and others over links of the child that end: whether these count depends on all of its links."""
    link = table_of(ContributionLink).c
    ending = sa.and_(link.child_id == child_id, link.valid_to.is_not(None))
    others = bulk.select(work.session, sa.select(link.parent_id).where(ending))
    marks.mark(work, sorted({parent_id, *(row.parent_id for row in others)}), operation)


def _refuse(work: Work, plan: ContributionPlan, own: UUID | None = None) -> None:
    """Refuse a link as planned; `own` is its key when it is there already."""
    refuse_weight(plan.weight)
    refuse_inexact(plan.weight, "weight")
    refuse_reversed((plan.valid_from, plan.valid_to), "valid_to")
    queue_up(work)
    rows = edges_upward(work, ContributionLink, [plan.child_id, plan.parent_id], [plan.child_id])
    others = [row for row in rows if row.id != own]
    name = partial(code_of, work)
    chain.refuse_cycle([(row.child_id, row.parent_id) for row in others], (plan.child_id, plan.parent_id), name)
    meeting = [row for row in others if overlaps(_days(row), _days(plan))]
    if any((row.child_id, row.parent_id) == (plan.child_id, plan.parent_id) for row in meeting):
        raise Conflict(f"{name(plan.child_id)} contributes to {name(plan.parent_id)} already", "parent_id")
    if plan.included:
        _refuse_double_count(plan, [row for row in meeting if row.included], name)
        refuse_overlap(work, plan, own)


def _refuse_double_count(plan: ContributionPlan, rows: Sequence[Any], name: Callable[[UUID], str]) -> None:
    """Links count together only on days on which all of them are valid: a set of them begins with one of its links."""
    first = plan.valid_from or date.min
    begins = {first, *(row.valid_from for row in rows if row.valid_from and row.valid_from > first)}
    for day in sorted(begins):
        links = [chain.WeightedLink(row.child_id, row.parent_id, row.weight) for row in rows if covers(_days(row), day)]
        chain.refuse_second_path(links, chain.WeightedLink(plan.child_id, plan.parent_id, plan.weight), name)


def _days(link: Any) -> Span:
    return link.valid_from, link.valid_to


def _refuse_formula(indicator: Indicator, field: str) -> None:
    if indicator.formula:
        raise Conflict(f"{indicator.code} is made by a formula: it takes and adds no contributions", field)
