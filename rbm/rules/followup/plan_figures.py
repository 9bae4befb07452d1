"""Figures of evaluations themselves: on time, done, good, covering, published, joint."""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from rbm.rules.arrays import Bools, Ints
from rbm.rules.followup.days import quantile
from rbm.rules.followup.foreseen import Foreseen, foreseen, without_item
from rbm.rules.followup.history import happened, is_any
from rbm.rules.followup.measures import POINTS, Beside, Counted, Measure
from rbm.rules.followup.view import View
from rbm.terms.evaluation import QualityLevel
from rbm.terms.followup import FigureUnit, NoValue

GOOD = (QualityLevel.HIGHLY_SATISFACTORY, QualityLevel.SATISFACTORY)
HUNDREDTHS = 100
SCORES = np.array([POINTS[level] for level in QualityLevel], dtype=np.int64)


def on_time(view: View) -> Counted:
    """K1: evaluations that are planned and not ended, met until the end they were first planned with has passed.

    What a plan in force foresees and nobody began is among them.
    """
    rows, plans = view.histories.evaluations, foreseen(view)
    ended = happened(rows.final_on, view.day) | happened(rows.cancelled_on, view.day)
    waiting = plans.chosen & plans.standing & ~plans.begun
    ends = np.concatenate([rows.original_end, plans.original_end])
    running = view.evaluations & rows.planned & ~ended
    return _with_plans(view, plans, np.concatenate([running, waiting]), ends >= view.day)


def completed(view: View) -> Counted:
    """K2: evaluations that plans foresaw for the year, met when final; what was cancelled or dropped counts too."""
    plans = foreseen(view)
    final = happened(view.histories.evaluations.final_on, view.day)
    return _with_plans(view, plans, _of_year(view, plans), np.concatenate([final, plans.done]))


def joint(view: View) -> Counted:
    """K21: evaluations that plans foresaw for the year, met when joint or system-wide."""
    plans = foreseen(view)
    met = np.concatenate([view.histories.evaluations.joint, plans.joint])
    return _with_plans(view, plans, _of_year(view, plans), met)


def published(view: View) -> Counted:
    """K20: evaluations that became final this year, met when published in time with every response published.

    One whose days are not over counts from the day on which it is.
    """
    rows, responses = view.histories.evaluations, view.histories.responses
    last = np.minimum(rows.final_on + view.deadlines.disclosure_days, view.day)
    waiting = ~happened(responses.published_on, last[responses.evaluation])
    whole = np.bincount(responses.evaluation[waiting], minlength=len(rows.office)) == 0
    final = view.evaluations & view.this_year(rows.final_on)
    met = happened(rows.published_on, last) & whole
    over = rows.final_on + view.deadlines.disclosure_days < view.day
    return Counted(rows.office, final & (met | over), met)


def publication_delay(view: View) -> tuple[Beside, ...]:
    """The median of days from final to published, of those that became final this year."""
    rows = view.histories.evaluations
    chosen = view.evaluations & view.this_year(rows.final_on) & happened(rows.published_on, view.day)
    days = np.sort((rows.published_on - rows.final_on)[chosen].astype(np.int64))
    return (Beside("median_delay", quantile(days, 50), denominator=len(days)),)


def good(view: View) -> Counted:
    """K15: final reports assessed in the last calendar years, met when satisfactory or highly so."""
    rows = view.histories.reviews
    office = view.histories.evaluations.office[rows.evaluation]
    return Counted(office, _assessed(view), is_any(rows.level, GOOD))


def quality_scores(view: View) -> tuple[Ints, Ints]:
    """The office and the points of each report assessed in the last calendar years."""
    rows, chosen = view.histories.reviews, _assessed(view)
    return view.histories.evaluations.office[rows.evaluation[chosen]], SCORES[rows.level[chosen]]


def average_score(view: View) -> tuple[Beside, ...]:
    """The mean of the points of the same reports."""
    _, scores = quality_scores(view)
    return (Beside("average_score", mean(scores), int(scores.sum()), len(scores)),)


def gender(view: View) -> Measure:
    """K16: the mean of the 0 to 9 points of the UN-SWAP indicator, of the same reports that were given any."""
    rows = view.histories.reviews
    points = rows.gender_points[_assessed(view) & (rows.gender_points >= 0)]
    value = mean(points)
    reason = NoValue.NOTHING_COUNTED if value is None else None
    return Measure(value, int(points.sum()), len(points), FigureUnit.POINTS, reason)


def covered(view: View, countries: Bools) -> Counted:
    """K17: country offices in the scope, met when an evaluation of them became final in the last years."""
    rows, evaluations = view.histories.subjects, view.histories.evaluations
    start = view.years_back(view.definition.coverage_years)
    recent = view.sourced & happened(evaluations.final_on, view.day) & (evaluations.final_on >= start)
    offices = np.arange(len(view.scope.offices), dtype=np.int64)
    held = np.isin(offices, rows.office[recent[rows.evaluation]])
    return Counted(offices, view.scope.offices & countries, held)


def money(part: Iterable[tuple[str, int]], whole: Iterable[tuple[str, int]]) -> Measure:
    """K18, K19: amounts in hundredths by currency over others, in percent; both beside, as they are.

    Null where no expenditure is known, and where there is more than one currency.
    """
    above, below = dict(part), dict(whole)
    if not sum(below.values()):
        return Measure(None, reason=NoValue.NO_EXPENDITURE_KNOWN)
    if len({*above, *below}) > 1:
        return Measure(None, reason=NoValue.SEVERAL_CURRENCIES)
    counted, whole_amount = (Fraction(sum(each.values()), HUNDREDTHS) for each in (above, below))
    told = (Beside("counted_expenditure", counted), Beside("expenditure", whole_amount))
    return Measure(100 * counted / whole_amount, beside=told)


def mean(values: Ints) -> Fraction | None:
    """The mean of whole numbers, exact; None of none."""
    return Fraction(int(values.sum()), len(values)) if len(values) else None


def _with_plans(view: View, plans: Foreseen, counted: Bools, met: Bools) -> Counted:
    """Evaluations, followed by what plans foresaw."""
    return Counted(np.concatenate([view.histories.evaluations.office, plans.office]), counted, met)


def _of_year(view: View, plans: Foreseen) -> Bools:
    """What plans foresaw for the year: the items, and planned evaluations that no item is known of."""
    rows = view.histories.evaluations
    chosen = np.concatenate([without_item(view) & rows.planned, plans.chosen])
    ends = np.concatenate([rows.original_end, plans.original_end])
    return chosen & (ends >= view.year_start) & (ends <= view.year_end)


def _assessed(view: View) -> Bools:
    """The newest review of each report that was finished by the day, where that falls in the last calendar years."""
    rows, evaluations = view.histories.reviews, view.histories.evaluations
    start = view.years_back(view.definition.quality_years)
    final = view.evaluations & happened(evaluations.final_on, view.day)
    done = np.flatnonzero(happened(rows.finished_on, view.day))
    ordered = done[np.argsort(rows.finished_on[done], kind="stable")]
    newest = np.full(len(final), -1, dtype=np.int64)
    newest[rows.evaluation[ordered]] = ordered
    chosen = np.zeros(len(rows.evaluation), dtype=np.bool_)
    chosen[newest[newest >= 0]] = True
    return final[rows.evaluation] & chosen & (rows.finished_on >= start)
