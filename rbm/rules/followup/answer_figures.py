"""Figures of responses and recommendations: answered in time, accepted, implemented, and how old what is open is."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from rbm.rules.arrays import Bools
from rbm.rules.followup.days import completed, months_after, quantile
from rbm.rules.followup.history import happened, is_any
from rbm.rules.followup.measures import Beside, Counted, Measure
from rbm.rules.followup.standing import done_by_report, implemented, stage_counts
from rbm.rules.followup.view import View
from rbm.terms.followup import CLOSED_STATUSES, FigureUnit, NoValue, RecommendationStatus

AGE_BOUNDS = (12, 18, 24, 60)
"""Months between the classes of age. Source: UNDP audits, JIU."""


def answered_in_time(view: View) -> Counted:
    """K3: responses that fell due this year, met when first submitted by the due day."""
    rows = view.histories.responses
    sent = happened(rows.submitted_on, view.day)
    fell_due = view.this_year(rows.due_on) & (sent | (rows.due_on < view.day))
    return Counted(rows.office, view.responses & fell_due, sent & (rows.submitted_on <= rows.due_on))


def answered(view: View) -> Counted:
    """K4: responses owed for evaluations that are final, met when submitted, however late."""
    rows = view.histories.responses
    return Counted(rows.office, view.responses, happened(rows.submitted_on, view.day))


def not_missing(view: View) -> Counted:
    """K5: responses owed but those still in their window, met when submitted; late ones count no more as missing."""
    rows = view.histories.responses
    sent = happened(rows.submitted_on, view.day)
    waiting = ~sent & (rows.due_on >= view.day)
    return Counted(rows.office, view.responses & ~waiting, sent)


def accepted(view: View) -> Counted:
    """K6: recommendations decided, met when accepted or partially accepted."""
    found = view.standing
    return _answers(view, found.submitted & found.decided, found.taken_up)


def wholly_accepted(view: View) -> Counted:
    """Beside K6: met when accepted as they are."""
    found = view.standing
    return _answers(view, found.submitted & found.decided, found.accepted)


def carried_out(view: View) -> Counted:
    """K7: recommendations accepted or partially accepted, met when implemented, that is verified."""
    return _answers(view, _taken_up(view), _is(view, RecommendationStatus.IMPLEMENTED))


def carried_out_beside(view: View) -> tuple[Beside, ...]:
    """K7 at fixed ages, by what was reported, and of all that were issued.

    At an age count those that have reached it, as their actions stood on the day they did.
    """
    rows = view.histories.answers
    issued = view.histories.recommendations.issued_on[rows.recommendation]
    found = []
    for months in view.definition.ages:
        reached = months_after(issued, months)
        met = implemented(stage_counts(view.histories, reached))
        counted = _answers(view, _taken_up(view) & (reached <= view.day), met)
        found.append(beside(f"within_{months}_months", counted))
    reported = _answers(view, _taken_up(view), done_by_report(view.standing.stages))
    of_all = _answers(view, view.answers, _is(view, RecommendationStatus.IMPLEMENTED))
    return (*found, beside("reported", reported), beside("of_all_issued", of_all))


def without_action(view: View) -> Counted:
    """K12: recommendations accepted or partially accepted, met when nothing is planned for one of their parts."""
    return _answers(view, _taken_up(view), view.standing.idle)


def ages(view: View) -> Measure:
    """K11: the median age in days of recommendations that are open, with the ninetieth percentile and classes."""
    rows = view.histories.answers
    closed = is_any(view.status, sorted(CLOSED_STATUSES))
    issued = view.histories.recommendations.issued_on[rows.recommendation][view.answers & ~closed]
    days = np.sort(view.day - issued.astype(np.int64))
    classes = np.bincount(completed(issued, view.day, AGE_BOUNDS), minlength=len(AGE_BOUNDS) + 1).tolist()
    named = [Beside(name, None, count, len(days)) for name, count in zip(_classes(), classes, strict=True)]
    high = Beside("ninetieth_percentile", quantile(days, 90), denominator=len(days))
    reason = None if len(days) else NoValue.NOTHING_COUNTED
    median = quantile(days, 50)
    return Measure(median, None, len(days), FigureUnit.DAYS, reason, (high, *named))


def beside(name: str, counted: Counted) -> Beside:
    """A rate as something that is told beside another."""
    share = counted.share
    return Beside(name, share.percent, share.numerator, share.denominator)


def _classes() -> Sequence[str]:
    bounds = (0, *AGE_BOUNDS)
    return [*(f"months_{low}_to_{high}" for low, high in pairwise(bounds)), f"months_from_{bounds[-1]}"]


def _taken_up(view: View) -> Bools:
    return view.standing.submitted & view.standing.taken_up


def _is(view: View, status: RecommendationStatus) -> Bools:
    return is_any(view.status, [status])


def _answers(view: View, counted: Bools, met: Bools) -> Counted:
    return Counted(view.histories.answers.office, view.answers & counted, met)
