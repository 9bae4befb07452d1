"""How ratings are distributed over regions, and how often the rules were right."""

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import numpy as np

from rbm.errors import Invalid
from rbm.model.people import Office
from rbm.model.reporting import Period
from rbm.rules.performance import RULES, HitRate, Standings, hit_rate, interventions, standings
from rbm.services import people
from rbm.services.performance.loading import Loaded, load, previous, reach
from rbm.services.performance.rulesets import parameters_on, thresholds_on
from rbm.terms.performance import FlagRule, Rating
from rbm.work import Work

RATINGS = list(Rating)


@dataclass(frozen=True)
class RatingCounts:
    """Rated cells of outcomes and outputs of the operations under an office."""

    office: str
    office_name: str
    operations: int
    on_track: int
    at_risk: int
    off_track: int
    not_rated: int


@dataclass(frozen=True)
class HitRateFigure:
    """Of what a rule flagged a period before, how much was still red, beside what it did not flag; shares 0 to 1."""

    rule: FlagRule
    flagged: int
    still_red: int
    share: Decimal | None
    unflagged: int
    red: int
    unflagged_share: Decimal | None


def rating_counts(work: Work, period_id: UUID) -> list[RatingCounts]:
    """The distribution of ratings of a period by the office above each operation, in the order of its code.

    Of operations of offices whose work the caller sees.
    """
    period = work.get(Period, period_id, "period_id")
    loaded, _ = _standings(work, period)
    table = interventions(loaded.sources, work.today)
    counted: dict[UUID, Counter[str]] = {}
    for row, each in enumerate(loaded.interventions):
        above = people.office_above(work, each.office_id, period.end) or each.office_id
        counts = {rating.value: int(getattr(table, rating.value)[row]) for rating in RATINGS}
        counted.setdefault(above, Counter()).update(counts | {"operations": 1})
    offices = {key: work.get(Office, key) for key in counted}
    ordered = sorted(offices.items(), key=lambda pair: pair[1].code)
    names = ("operations", *(rating.value for rating in RATINGS))
    return [
        RatingCounts(office.code, office.name, **{name: counted[key][name] for name in names})
        for key, office in ordered
    ]


def hit_rates(work: Work, period_id: UUID) -> list[HitRateFigure]:
    """How often each rule was right: flags of the period before against the standing of operations in this one.

    Of operations of offices whose work the caller sees. Invalid when there is no period before of the same kind.
    """
    period = work.get(Period, period_id, "period_id")
    before = previous(work, period)
    if before is None:
        raise Invalid(f"no period of the same kind ends before {period.code}", "period_id")
    earlier, _ = _standings(work, before)
    now, after = _standings(work, period)
    number = {each.subject: row for row, each in enumerate(now.interventions)}
    later = Standings(np.arange(len(now.interventions), dtype=np.int64), after.rating)
    gone = len(number)
    subjects = [number.get(each.subject, gone + row) for row, each in enumerate(earlier.interventions)]
    table = replace(interventions(earlier.sources, work.today), subject=np.array(subjects, dtype=np.int64))
    found = (rule(table, parameters_on(work, rule, work.today)) for rule in RULES)
    return [_figure(hit_rate(flags, later)) for flags in found]


def _standings(work: Work, period: Period) -> tuple[Loaded, Standings]:
    loaded = load(work, period, thresholds_on(work, work.today), reach(work))
    return loaded, standings(interventions(loaded.sources, work.today))


def _figure(rate: HitRate) -> HitRateFigure:
    shares = (_share(rate.share), _share(rate.unflagged_share))
    return HitRateFigure(rate.rule, rate.flagged, rate.still_red, shares[0], rate.unflagged, rate.red, shares[1])


def _share(share: Fraction | None) -> Decimal | None:
    return None if share is None else round(Decimal(share.numerator) / Decimal(share.denominator), 4)
