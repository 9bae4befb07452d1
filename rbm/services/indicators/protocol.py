"""Indicators: defined by a protocol, revised, reviewed for fitness, tagged."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.indicators import Baseline, ContributionLink, Indicator, Target
from rbm.model.reporting import Measurement
from rbm.model.strategy import Framework, Result
from rbm.rules.cell import WITH_TEXT
from rbm.rules.inputs import refuse_blank, refuse_inexact
from rbm.rules.protocol import Kind, Protocol, refuse_illegal, refuse_unlike
from rbm.services import marks
from rbm.services.indicators.overlapping import refuse_overlaps
from rbm.services.strategy import refuse_closed
from rbm.terms.indicators import (
    Accumulation,
    Additivity,
    Composition,
    Direction,
    Fitness,
    Measure,
    MissingPolicy,
    OverTime,
    OverUnits,
    Topic,
)
from rbm.work import Work

WITHOUT_UNIT = frozenset({Measure.YES_NO, Measure.MILESTONE, Measure.NARRATIVE})


@dataclass(frozen=True)
class IndicatorProtocol:
    """How an indicator is measured and combined, and why (`rationale`) it measures its result.

    `population` is how many people there are at all where people are counted: no figure counts more different ones.
    """

    definition: str
    rationale: str
    measure: Measure
    direction: Direction
    over_units: OverUnits
    over_time: OverTime
    unit: str | None = None
    accumulation: Accumulation = Accumulation.PERIODIC
    missing_policy: MissingPolicy = MissingPolicy.EXCLUDE
    composition: Composition = Composition.OWN_ONLY
    additivity: Additivity = Additivity.UNDECLARED
    counts_people: bool = False
    population: Decimal | None = None
    source: str | None = None
    method: str | None = None
    frequency: str | None = None


def define_indicator(work: Work, result_id: UUID, code: str, title: str, protocol: IndicatorProtocol) -> Indicator:
    """Define what is measured of a result. Invalid names the part of the protocol that is missing or fits no other."""
    result = work.get(Result, result_id, "result_id")
    work.require(Permission.DEFINE, result)
    refuse_closed(work.get(Framework, result.framework_id))
    return work.add(
        Indicator(
            code=refuse_blank(code, "code"),
            title=refuse_blank(title, "title"),
            result=result,
            fitness=Fitness.NOT_REVIEWED,
            derived=False,
            **_facts(protocol),
        )
    )


def revise_indicator(
    work: Work, indicator_id: UUID, protocol: IndicatorProtocol, title: str | None = None
) -> Indicator:
    """Replace the protocol. A judgement of fitness lapses, one of unfitness stays until the next review.

    Conflict when the measure would change under values that are there; Invalid when a linked indicator became unlike.
    """
    indicator = work.get(Indicator, indicator_id, "indicator_id")
    work.require(Permission.DEFINE, indicator)
    facts = _facts(protocol)
    if protocol.measure is not indicator.measure and _has_values(work, indicator):
        raise Conflict(f"{indicator.code} has values of its measure", "measure")
    _refuse_under_formula(indicator, protocol)
    kind = Kind(protocol.measure, facts["unit"] or "", protocol.accumulation, protocol.frequency)
    _refuse_unlike_links(work, indicator, kind)
    people, operator, composition = indicator.counts_people, indicator.over_units, indicator.composition
    if title is not None:
        indicator.title = refuse_blank(title, "title")
    for name, value in facts.items():
        setattr(indicator, name, value)
    if indicator.fitness is Fitness.FIT:
        indicator.fitness, indicator.fitness_note = Fitness.NOT_REVIEWED, None
    work.flush()
    counted = protocol.counts_people > people
    added = protocol.over_units is not operator or protocol.composition is not composition
    refuse_overlaps(work, indicator.id, as_child=counted, as_parent=counted or added)
    marks.mark(work, [indicator.id], "revise_indicator")
    return indicator


def review_indicator(work: Work, indicator_id: UUID, fitness: Fitness, note: str | None = None) -> Indicator:
    """Judge whether an indicator is fit to measure its result; unfit ones leave the totals and need a note."""
    indicator = work.get(Indicator, indicator_id, "indicator_id")
    work.require(Permission.REVIEW, indicator)
    if fitness is Fitness.NOT_REVIEWED:
        raise Invalid("a review finds an indicator fit or unfit", "fitness")
    stated = refuse_blank(note, "note") if fitness is Fitness.UNFIT else note
    indicator.fitness, indicator.fitness_note = fitness, stated
    work.flush()
    marks.mark(work, [indicator.id], "review_indicator")
    return indicator


def tag_indicator(work: Work, indicator_id: UUID, topics: Sequence[Topic]) -> Indicator:
    """Say which cross-cutting topics an indicator speaks to; they replace those it had."""
    indicator = work.get(Indicator, indicator_id, "indicator_id")
    work.require(Permission.DEFINE, indicator)
    indicator.topics = sorted({Topic(topic).value for topic in topics}) or None
    work.flush()
    return indicator


def find_indicators(result_id: UUID | None = None, fitness: Fitness | None = None) -> sa.Select[Indicator]:
    """Indicators, of one result and of one judgement where these are named."""
    query = sa.select(Indicator)
    if result_id:
        query = query.where(Indicator.result_id == result_id)
    return query.where(Indicator.fitness == fitness) if fitness else query


def kind_of(indicator: Indicator) -> Kind:
    """What a value of the indicator is."""
    return Kind(indicator.measure, indicator.unit or "", indicator.accumulation, indicator.frequency)


def factor_of(link: ContributionLink) -> Any:
    """The conversion a link states; a factor of 1 states none."""
    return None if link.factor == 1 else link.factor


def _facts(protocol: IndicatorProtocol) -> dict[str, Any]:
    facts = dict(vars(protocol))
    for field in ("definition", "rationale"):
        facts[field] = refuse_blank(facts[field], field)
    if protocol.measure not in WITHOUT_UNIT:
        facts["unit"] = refuse_blank(protocol.unit, "unit")
    refuse_inexact(protocol.population, "population")
    refuse_illegal(
        Protocol(
            measure=protocol.measure,
            direction=protocol.direction,
            accumulation=protocol.accumulation,
            over_units=protocol.over_units,
            over_time=protocol.over_time,
            missing_policy=protocol.missing_policy,
            counts_people=protocol.counts_people,
            population=protocol.population,
        )
    )
    return facts


def _refuse_under_formula(indicator: Indicator, protocol: IndicatorProtocol) -> None:
    if indicator.formula is None:
        return
    if protocol.measure in WITH_TEXT:
        raise Invalid(f"{indicator.code} is made by a formula and is a number", "measure")
    if protocol.composition is not Composition.OWN_ONLY:
        raise Invalid(f"{indicator.code} is made by a formula and takes no contributions", "composition")


def _has_values(work: Work, indicator: Indicator) -> bool:
    tables: tuple[Any, ...] = (Measurement, Baseline, Target)
    queries = (sa.select(cls.id).where(cls.indicator_id == indicator.id).limit(1) for cls in tables)
    return any(work.session.scalars(query).first() is not None for query in queries)


def _refuse_unlike_links(work: Work, indicator: Indicator, kind: Kind) -> None:
    above = sa.select(ContributionLink, Indicator).join(ContributionLink.parent)
    for link, parent in work.session.execute(above.where(ContributionLink.child_id == indicator.id)):
        refuse_unlike(kind, kind_of(parent), factor_of(link))
    below = sa.select(ContributionLink, Indicator).join(ContributionLink.child)
    for link, child in work.session.execute(below.where(ContributionLink.parent_id == indicator.id)):
        refuse_unlike(kind_of(child), kind, factor_of(link))
