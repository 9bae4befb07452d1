"""Sums of a chain computed the plain way: one indicator after the other, from the rows as they stand."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import Figure
from rbm.terms.indicators import Composition, Fitness
from rbm.terms.reporting import ValueStage, Verification
from rbm.work import Work

MICROS = 10**6
Totals = dict[tuple[UUID, UUID], Fraction]


def stored_totals(work: Work, indicators: Collection[UUID], periods: Collection[UUID]) -> Totals:
    """The totals that are stored and not null."""
    query = sa.select(Figure).where(Figure.indicator_id.in_(indicators), Figure.period_id.in_(periods))
    found = work.session.scalars(query.where(Figure.whole(), Figure.value.is_not(None)))
    return {
        (row.indicator_id, row.period_id): Fraction(row.value)
        for row in found
        if row.disaggregation_id is None and row.value is not None
    }


def summed_totals(work: Work, indicators: Collection[UUID], periods: Collection[UUID]) -> Totals:
    """What they should be: own approved values and what the children give, each rounded once to millionths."""
    made: Totals = {}
    for period in work.session.scalars(sa.select(Period).where(Period.id.in_(periods))):
        chain = _Chain(work, period)
        values = {key: chain.value(key) for key in indicators}
        made |= {(key, period.id): value for key, value in values.items() if value is not None}
    return made


class _Chain:
    """The chain of indicators in one period."""

    def __init__(self, work: Work, period: Period) -> None:
        self.rows = {row.id: row for row in work.session.scalars(sa.select(Indicator))}
        self.links: dict[UUID, list[ContributionLink]] = defaultdict(list)
        self.linked: set[UUID] = set()
        for link in work.session.scalars(sa.select(ContributionLink)):
            begins, ends = link.valid_from or period.start, link.valid_to or period.end
            if begins <= period.end and ends >= period.start:
                self.linked.add(link.parent_id)
                if link.included:
                    self.links[link.parent_id].append(link)
        self.own = self._own(work, period)

    def value(self, key: UUID) -> Fraction | None:
        """The value of an indicator, None when nothing makes one. Where nothing is linked, it stands by itself."""
        row = self.rows[key]
        fed = row.composition is Composition.CONTRIBUTED_ONLY and key in self.linked
        parts = [] if fed else [self.own.get(key)]
        if row.composition is not Composition.OWN_ONLY:
            parts += [self._given(link) for link in self.links[key]]
        there = [part for part in parts if part is not None]
        return Fraction(round(sum(there) * MICROS), MICROS) if there else None

    def _given(self, link: ContributionLink) -> Fraction | None:
        if self.rows[link.child_id].fitness is Fitness.UNFIT:
            return None
        value = self.value(link.child_id)
        return None if value is None else value * Fraction(link.weight) * Fraction(link.factor)

    @staticmethod
    def _own(work: Work, period: Period) -> dict[UUID, Fraction]:
        """Own values: the stated total, or without one the sum of what is stated by category."""
        counted = (Measurement.stage == ValueStage.APPROVED, Measurement.verification != Verification.REJECTED)
        query = sa.select(Measurement).where(Measurement.period_id == period.id, *counted)
        whole: dict[UUID, Decimal] = defaultdict(Decimal)
        parts: dict[UUID, Decimal] = defaultdict(Decimal)
        for row in work.session.scalars(query):
            sums = whole if row.disaggregation_id is None else parts
            sums[row.indicator_id] += row.value or 0
        return {key: Fraction(value) for key, value in (parts | whole).items()}
