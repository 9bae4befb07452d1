"""Figures: computed from what was measured, kept in step with every cause, opened down to the measurements."""

from rbm.services.rollup.beginning import mark_days
from rbm.services.rollup.changing import change_between
from rbm.services.rollup.contributing import Contribution
from rbm.services.rollup.excluding import ExcludedCount, left_out
from rbm.services.rollup.explaining import (
    Entry,
    Explanation,
    entries,
    explain,
    explanations,
    find_measurements,
    measurements_of,
)
from rbm.services.rollup.finding import FigureQuestion, find_figures
from rbm.services.rollup.leading import Lead, VerifiedShare, lead_basis, leads, set_lead_basis, verified_shares
from rbm.services.rollup.reconciling import Difference, reconcile
from rbm.services.rollup.refreshing import is_due, refresh, refresh_due
from rbm.services.rollup.renewing import Refreshed
from rbm.services.rollup.seeing import seen_whole, stated_beside
from rbm.services.rollup.standing import stale
from rbm.services.rollup.wording import rules

__all__ = [
    "Contribution",
    "Difference",
    "Entry",
    "ExcludedCount",
    "Explanation",
    "FigureQuestion",
    "Lead",
    "Refreshed",
    "VerifiedShare",
    "change_between",
    "entries",
    "explain",
    "explanations",
    "find_figures",
    "find_measurements",
    "is_due",
    "lead_basis",
    "leads",
    "left_out",
    "mark_days",
    "measurements_of",
    "reconcile",
    "refresh",
    "refresh_due",
    "rules",
    "seen_whole",
    "set_lead_basis",
    "stale",
    "stated_beside",
    "verified_shares",
]
