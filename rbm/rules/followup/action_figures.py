"""Figures of actions: closed, overdue, verified, overturned, extended, and rounds that were kept."""

import numpy as np

from rbm.rules.arrays import Bools
from rbm.rules.followup.answer_figures import beside
from rbm.rules.followup.days import quantile
from rbm.rules.followup.history import ever_claimed, happened, is_any
from rbm.rules.followup.measures import Beside, Counted
from rbm.rules.followup.view import View
from rbm.terms.followup import ActionStage, Verdict


def closed_in_year(view: View) -> Counted:
    """K8: actions due this year, met when closed in the same year. Superseded ones count neither way.

    Source: WFP, KPI C2629.MR12.K06: only what was due and closed in one year.
    """
    standing = view.actions & ~is_any(view.stage, [ActionStage.SUPERSEDED])
    return _actions(view, standing & view.this_year(view.due), view.this_year(view.ended))


def not_overdue(view: View, *, over_all: bool = False) -> Counted:
    """K9: open actions, or all of them, met unless overdue."""
    return _actions(view, view.actions if over_all else view.open, view.late == 0)


def not_long_overdue(view: View, *, over_all: bool = False) -> Counted:
    """K10: the same, met unless overdue by more days than the deadlines say."""
    counted = view.actions if over_all else view.open
    return _actions(view, counted, view.late <= view.deadlines.long_overdue_days)


def verified(view: View) -> Counted:
    """K13: actions that were ever reported complete, met when they stand verified."""
    claimed = ever_claimed(view.histories.actions, view.histories.moves, view.day)
    done = is_any(view.stage, [ActionStage.VERIFIED_COMPLETE])
    return _actions(view, view.actions & (claimed | done), done)


def overturned(view: View) -> Counted:
    """K14: verdicts on claims, met when a claim was rejected."""
    rows = view.histories.verdicts
    judged = is_any(rows.verdict, [Verdict.CONFIRMED, Verdict.REJECTED]) & happened(rows.day, view.day)
    office = view.histories.actions.office[rows.action]
    return Counted(office, judged & view.actions[rows.action], is_any(rows.verdict, [Verdict.REJECTED]))


def rounds_kept(view: View) -> Counted:
    """K23: follow-up rounds opened this year and submitted or over, met when submitted before they closed.

    A round that was passed over since nothing was open counts neither way.
    """
    rows = view.histories.rounds
    sent = happened(rows.submitted_on, view.day)
    opened = view.responses[rows.response] & view.this_year(rows.opened_on)
    counted = opened & (sent | (rows.closes_on < view.day))
    return Counted(
        view.histories.responses.office[rows.response], counted, sent & (rows.submitted_on <= rows.closes_on)
    )


def extended(view: View) -> Counted:
    """K24: actions, met when their due day was put off."""
    return _actions(view, view.actions, view.due > view.histories.actions.original_due_on)


def extended_beside(view: View) -> tuple[Beside, ...]:
    """The median slip of actions put off, and the share closed by their original day of those it has come for."""
    rows = view.histories.actions
    slip = (view.due.astype(np.int64) - rows.original_due_on)[view.actions]
    put_off = np.sort(slip[slip > 0])
    come = view.actions & ~is_any(view.stage, [ActionStage.SUPERSEDED]) & (rows.original_due_on <= view.day)
    original = _actions(view, come, happened(view.ended, rows.original_due_on))
    median = Beside("median_slip", quantile(put_off, 50), denominator=len(put_off))
    return (median, beside("closed_by_original_day", original))


def _actions(view: View, counted: Bools, met: Bools) -> Counted:
    return Counted(view.histories.actions.office, counted, met)
