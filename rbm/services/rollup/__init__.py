"""Figures: computed from what was measured, kept in step with every cause, opened down to the measurements."""

from rbm.services.rollup.changing import change_between
from rbm.services.rollup.explaining import Contribution, Explanation, explain, find_measurements
from rbm.services.rollup.finding import FigureQuestion, find_figures
from rbm.services.rollup.reconciling import Difference, reconcile
from rbm.services.rollup.refreshing import refresh
from rbm.services.rollup.renewing import Refreshed

__all__ = [
    "Contribution",
    "Difference",
    "Explanation",
    "FigureQuestion",
    "Refreshed",
    "change_between",
    "explain",
    "find_figures",
    "find_measurements",
    "reconcile",
    "refresh",
]
