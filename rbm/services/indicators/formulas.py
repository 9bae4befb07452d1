"""Indicators made by a formula over the figures of others: set, changed, cleared."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.errors import Conflict, Invalid
from rbm.model.indicators import ContributionLink, FormulaTerm, Indicator
from rbm.model.reporting import Measurement
from rbm.rules import chain
from rbm.rules.cell import WITH_TEXT
from rbm.rules.formula import parse, refuse_terms
from rbm.rules.inputs import refuse_blank
from rbm.services import marks
from rbm.services.indicators.naming import code_of, office_of
from rbm.services.people import below, upward
from rbm.services.strategy.edges import queue_up
from rbm.terms.indicators import Composition
from rbm.terms.reporting import ValueStage
from rbm.work import Work

STANDING = (ValueStage.DRAFT, ValueStage.SUBMITTED, ValueStage.RETURNED, ValueStage.APPROVED)


@dataclass(frozen=True)
class FormulaPart:
    """A name in a formula, and the indicator whose figures it stands for."""

    name: str
    indicator_id: UUID


def set_formula(work: Work, indicator_id: UUID, formula: str, terms: Sequence[FormulaPart]) -> Indicator:
    """Make the figures of an indicator by a formula over those of others, in the place of one it had.

    Invalid names the place where the formula cannot be read, and terms that are unknown, unused, no numbers, or of an
    office neither above nor below the formula's; Conflict names all codes of a circle, and is raised for an indicator
    with values or contribution links of its own. Targets and baselines stay its own.
    """
    indicator = work.get(Indicator, indicator_id, "indicator_id", hold=True)
    work.require(Permission.DEFINE, indicator)
    stated = refuse_blank(formula, "formula")
    sources = _sources(work, terms)
    _refuse_foreign(work, indicator, sources)
    refuse_terms(parse(stated), sources)
    _refuse_text(indicator, "indicator_id")
    _refuse_own(work, indicator)
    queue_up(work)
    _refuse_circle(work, indicator, sources.values())
    _remove_terms(work, indicator)
    for name, source in sources.items():
        work.add(FormulaTerm(indicator_id=indicator.id, name=name, source_id=source.id))
    indicator.composition = Composition.OWN_ONLY
    return _changed(work, indicator, stated, "set_formula")


def clear_formula(work: Work, indicator_id: UUID) -> Indicator:
    """Let an indicator be reported on, or be made of contributions, again. Conflict when it has no formula."""
    indicator = work.get(Indicator, indicator_id, "indicator_id", hold=True)
    work.require(Permission.DEFINE, indicator)
    if indicator.formula is None:
        raise Conflict(f"{indicator.code} is not made by a formula", "indicator_id")
    _remove_terms(work, indicator)
    return _changed(work, indicator, None, "clear_formula")


def _changed(work: Work, indicator: Indicator, formula: str | None, operation: str) -> Indicator:
    indicator.formula = formula
    work.flush()
    marks.mark(work, [indicator.id], operation)
    return indicator


def _sources(work: Work, terms: Sequence[FormulaPart]) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for term in terms:
        if term.name in found:
            raise Invalid(f"'{term.name}' is stated twice", "terms")
        source = work.get(Indicator, term.indicator_id, "terms")
        _refuse_text(source, "terms")
        found[term.name] = source
    return found


def _refuse_foreign(work: Work, indicator: Indicator, sources: dict[str, Indicator]) -> None:
    """A person's formula stays in its line of offices: who sees its figures is to see what they are made of."""
    if work.actor.system:
        return
    home, *others = (office_of(work, each.id) for each in (indicator, *sources.values()))
    reach = {home, *below(work, {home}, work.today), *upward(work, home)}
    for (name, source), office in zip(sources.items(), others, strict=True):
        if office not in reach:
            raise Invalid(f"'{name}': {source.code} is of an office neither above nor below this one", "terms")


def _refuse_text(indicator: Indicator, field: str) -> None:
    if indicator.measure in WITH_TEXT:
        raise Invalid(f"{indicator.code} is a {indicator.measure} and has no number", field)


def _refuse_own(work: Work, indicator: Indicator) -> None:
    """An indicator has figures of one origin: what it would report or receive as well is refused, not left out."""
    value, link = table_of(Measurement).c, table_of(ContributionLink).c
    stated = sa.select(value.id).where(value.indicator_id == indicator.id, value.stage.in_(STANDING)).limit(1)
    if bulk.select(work.session, stated):
        raise Conflict(f"{indicator.code} has values of its own, and a formula would replace them", "indicator_id")
    joined = sa.or_(link.child_id == indicator.id, link.parent_id == indicator.id)
    if bulk.select(work.session, sa.select(link.id).where(joined).limit(1)):
        raise Conflict(f"{indicator.code} has contribution links, and a formula adds to no sum", "indicator_id")


def _refuse_circle(work: Work, indicator: Indicator, sources: Collection[Indicator]) -> None:
    table = table_of(FormulaTerm).c
    query = sa.select(table.source_id, table.indicator_id).where(table.indicator_id != indicator.id)
    edges = [(row.source_id, row.indicator_id) for row in bulk.select(work.session, query)]
    for source in sources:
        chain.refuse_cycle(edges, (source.id, indicator.id), partial(code_of, work), "formula", "terms")


def _remove_terms(work: Work, indicator: Indicator) -> None:
    for term in work.session.scalars(sa.select(FormulaTerm).where(FormulaTerm.indicator_id == indicator.id)):
        work.remove(term)
