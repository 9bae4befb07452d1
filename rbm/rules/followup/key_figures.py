"""The figures of the evaluation function by their numbers, and the composite made of some of them."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rbm.rules.arrays import Bools
from rbm.rules.followup import action_figures as actions
from rbm.rules.followup import answer_figures as answers
from rbm.rules.followup import plan_figures as plans
from rbm.rules.followup.measures import (
    Beside,
    Counted,
    Measure,
    OverOffices,
    action_score,
    mean_of,
    over_offices,
    score,
)
from rbm.rules.followup.view import View
from rbm.terms.followup import FigureUnit, KeyFigure, NoValue

Parts = tuple[Fraction | None, Fraction | None, Fraction | None]


@dataclass(frozen=True)
class Rate:
    """A figure that is a share: its rows, whether more is better (None: neither), and what is told beside it."""

    rows: Callable[[View], Counted]
    rising: bool | None = True
    beside: Callable[[View], tuple[Beside, ...]] = lambda _: ()


RATES = {
    KeyFigure.K1: Rate(plans.on_time),
    KeyFigure.K2: Rate(plans.completed),
    KeyFigure.K3: Rate(answers.answered_in_time),
    KeyFigure.K4: Rate(answers.answered),
    KeyFigure.K5: Rate(answers.not_missing),
    KeyFigure.K6: Rate(
        answers.accepted,
        rising=None,
        beside=lambda view: (answers.beside("wholly_accepted", answers.wholly_accepted(view)),),
    ),
    KeyFigure.K7: Rate(answers.carried_out, beside=answers.carried_out_beside),
    KeyFigure.K8: Rate(actions.closed_in_year),
    KeyFigure.K9: Rate(actions.not_overdue),
    KeyFigure.K10: Rate(actions.not_long_overdue),
    KeyFigure.K12: Rate(answers.without_action, rising=False),
    KeyFigure.K13: Rate(actions.verified),
    KeyFigure.K14: Rate(actions.overturned, rising=False),
    KeyFigure.K15: Rate(plans.good, beside=plans.average_score),
    KeyFigure.K20: Rate(plans.published, beside=plans.publication_delay),
    KeyFigure.K21: Rate(plans.joint, rising=None),
    KeyFigure.K23: Rate(actions.rounds_kept),
    KeyFigure.K24: Rate(actions.extended, rising=False, beside=actions.extended_beside),
}
OVER_ALL: dict[KeyFigure, Callable[[View], Counted]] = {
    KeyFigure.K9: lambda view: actions.not_overdue(view, over_all=True),
    KeyFigure.K10: lambda view: actions.not_long_overdue(view, over_all=True),
}
"""The same figures over all actions there ever were, as UNDP publishes them: they improve as history grows."""


@dataclass(frozen=True)
class Composite:
    """The score of a scope with its parts, None where a part is unknown, and the mean of the scores of its offices."""

    score: Fraction | None
    timely: Fraction | None
    responsive: Fraction | None
    quality: Fraction | None
    over_offices: OverOffices


def measure(view: View, figure: KeyFigure, countries: Bools, *, over_all: bool = False) -> Measure:
    """One figure of a view; `countries` marks the country offices. K18 and K19 are about money and made elsewhere."""
    if figure is KeyFigure.K11:
        return answers.ages(view)
    if figure is KeyFigure.K16:
        return plans.gender(view)
    if figure is KeyFigure.K17:
        return _rate(view, Rate(lambda each: plans.covered(each, countries), rising=None), plain=True)
    rate = RATES[figure]
    if over_all and figure in OVER_ALL:
        rate = Rate(OVER_ALL[figure], rate.rising)
    return _rate(view, rate)


def composite(view: View, *, over_all: bool = True) -> Composite:
    """The published composite: plans on time, responses with actions, and quality, weighed by the definition."""
    rates = [plans.on_time(view), answers.not_missing(view)]
    rates += [chosen(view, over_all=over_all) for chosen in (actions.not_overdue, actions.not_long_overdue)]
    offices, points = plans.quality_scores(view)
    whole = _parts([rate.share.percent for rate in rates], plans.mean(points))
    count = len(view.scope.offices)
    sums = np.bincount(offices, weights=points, minlength=count).astype(np.int64).tolist()
    reports = np.bincount(offices, minlength=count).tolist()
    quality = [Fraction(total, number) if number else None for total, number in zip(sums, reports, strict=True)]
    by_office = [[share.percent for share in rate.by_office(count)] for rate in rates]
    scores = [
        score(_parts([rate[office] for rate in by_office], quality[office]), view.definition)
        for office in np.flatnonzero(view.scope.offices).tolist()
    ]
    return Composite(score(whole, view.definition), *whole, over_offices(scores, view.definition, rising=True))


def _parts(rates: list[Fraction | None], quality: Fraction | None) -> Parts:
    timely, answered, *acted = rates
    return timely, mean_of([answered, action_score(*acted)]), quality


def _rate(view: View, rate: Rate, *, plain: bool = False) -> Measure:
    """A rate; a plain one has no mean over offices."""
    rows = rate.rows(view)
    share = rows.share
    reason = None if share.denominator else NoValue.NOTHING_COUNTED
    spread = None
    if not plain:
        shares = rows.by_office(len(view.scope.offices))
        looked_at = np.flatnonzero(view.scope.offices).tolist()
        values = [shares[office].percent for office in looked_at]
        spread = over_offices(values, view.definition, rising=rate.rising)
    numbers = (share.percent, share.numerator, share.denominator)
    return Measure(*numbers, FigureUnit.PERCENT, reason, rate.beside(view), spread)
