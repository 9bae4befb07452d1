"""Ratings of cells by versioned thresholds, compared unrounded."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Bools, Codes, Days
from rbm.rules.exact import ONE
from rbm.rules.performance.achievements import UNKNOWN, Achievements, refuse_uneven
from rbm.rules.performance.shares import reaches
from rbm.rules.rollup.words import NO_REASON, code
from rbm.terms.performance import Rating, RatingGap

_WORST = code(Rating.OFF_TRACK)
"""Ratings stand in order: one step up is at risk, two are on track."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Lowest shares of the target, in micros and inclusive, that are on track and at risk; below is off track.

    Invalid unless 0 < at_risk <= on_track <= one: what is met is on track and what is missed off track.
    Source: UNDP results scorecards, 80 and 60 percent.
    """

    on_track: int = 800_000
    at_risk: int = 600_000
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no threshold."""
        if not 0 < self.on_track <= ONE:
            raise Invalid("on track begins above 0 and at most at the target", "on_track")
        if not 0 < self.at_risk <= self.on_track:
            raise Invalid("at risk begins above 0 and at most where on track begins", "at_risk")


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """N cells: last day of the period of the target (ordinal), and whether the target is a milestone for the date."""

    period_end: Days
    milestone: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """N rows. rating: position in Rating; reason: position in RatingGap where it is not rated, else -1."""

    rating: Codes
    reason: Codes
    thresholds: Thresholds


def rate(found: Achievements, windows: Windows, as_of: date, thresholds: Thresholds | None = None) -> Ratings:
    """The rating of each cell on a day; met is on track, missed off track.

    Rated is what has a share or a verdict and whose period has ended (its last day counts) or has a milestone.
    Invalid when columns differ in length. Source: design section 7.
    """
    refuse_uneven(windows, "windows")
    if len(windows.milestone) != len(found.met):
        raise Invalid("windows and achievements differ in length", "windows")
    bounds = thresholds or Thresholds()
    steps = [reaches(found.covered, found.distance, bound) for bound in (bounds.at_risk, bounds.on_track)]
    rating = _WORST - steps[0].view(np.int8) - steps[1].view(np.int8)
    unknown = found.met == UNKNOWN
    running = (windows.period_end > as_of.toordinal()) & ~windows.milestone
    reason = np.where(running, code(RatingGap.WINDOW_OPEN), NO_REASON)
    reason = np.where(unknown, code(RatingGap.NO_ACHIEVEMENT), reason)
    return Ratings(np.where(unknown | running, code(Rating.NOT_RATED), rating), reason, bounds)
