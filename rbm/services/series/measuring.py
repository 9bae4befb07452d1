"""What figures do not say by a sum: the distribution over reporting units, and achievement over matched units."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.rules.achievement import Case
from rbm.rules.distribution import Distribution, distribution
from rbm.rules.matched import MatchedAchievement, matched_achievement
from rbm.services.series.own import Own, own_figures
from rbm.services.series.units import Chain, all_units, chain_below
from rbm.terms.rollup import Reason
from rbm.work import Work

SPREAD = {Reason.NOT_ADDITIVE, Reason.ADDITIVITY_UNDECLARED, Reason.PERCENTAGE_WITHOUT_PARTS}
"""Reasons for which a figure is no number but a distribution."""


@dataclass(frozen=True)
class Behind:
    """The units behind a figure, each with the share with which it enters, and whether it is their sum."""

    cases: list[tuple[Case, Fraction]]
    adds_up: bool


def distributions(work: Work, figures: Sequence[Figure]) -> list[Distribution | None]:
    """The distribution of each figure over its reporting units; None where it adds up or nothing is linked.

    A unit stands with its own figure of the period and slice, and with its own target and baseline.
    """
    chain = chain_below(work, {figure.indicator_id for figure in figures})
    spread = [figure for figure in figures if _is_spread(chain, figure)]
    found = {
        figure.id: distribution([case for case, _ in behind.cases])
        for figure, behind in zip(spread, _behind(work, chain, spread), strict=True)
    }
    return [found.get(figure.id) for figure in figures]


def matched_achievements(work: Work, figures: Sequence[Figure]) -> list[MatchedAchievement]:
    """The achievement of each figure over the units behind it that have actual, target and, where needed, baseline.

    A unit stands with its own figure of the period and slice, and with its own target and baseline, none where it has
    none.
    """
    chain = chain_below(work, {figure.indicator_id for figure in figures})
    return [
        matched_achievement(behind.cases, adds_up=behind.adds_up and figure.value is not None)
        for figure, behind in zip(figures, _behind(work, chain, figures), strict=True)
    ]


def _behind(work: Work, chain: Chain, figures: Sequence[Figure]) -> list[Behind]:
    keys = {figure.period_id for figure in figures}
    periods = {period.id: period for period in work.session.scalars(sa.select(Period).where(Period.id.in_(keys)))}
    units = all_units(chain, [(figure.indicator_id, periods[figure.period_id]) for figure in figures])
    pairs = [(figure, key) for figure, each in zip(figures, units, strict=True) for key in each.shares]
    derived = {key for key, node in chain.nodes.items() if node.derived}
    found = own_figures(work, pairs, derived)
    cases = iter([_case(chain, key, own) for (_, key), own in zip(pairs, found, strict=True)])
    return [Behind([(next(cases), share) for share in each.shares.values()], each.adds_up) for each in units]


def _is_spread(chain: Chain, figure: Figure) -> bool:
    declared = chain.nodes[figure.indicator_id].declared and figure.reason not in SPREAD
    return not declared and chain.has_children(figure.indicator_id)


def _case(chain: Chain, key: UUID, own: Own) -> Case:
    sense = chain.nodes[key].sense
    return Case(own.actual, own.target, own.baseline, sense.direction, sense.measure)
