"""Figures as exact fractions: shares with what they count, means over offices, bands and the composite score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Bools, Ints
from rbm.terms.evaluation import QualityLevel
from rbm.terms.followup import FigureUnit, Light, NoValue

POINTS: Mapping[QualityLevel, int] = {level: 100 - 10 * place for place, level in enumerate(QualityLevel)}
"""Quality as points: 100 for highly satisfactory down to 50. Source: UNDP evaluation management."""
LONGEST = 100
"""The most years or months a parameter names."""


@dataclass(frozen=True)
class Definition:
    """How figures are counted, an edition of it. Weights, thresholds (lower bounds, inclusive), years and ages.

    Source: UNDP evaluation management for weights 30, 30 and 40 and for 90 and 80; quality over three calendar years.
    """

    timely: Fraction = Fraction(30, 100)
    responsive: Fraction = Fraction(30, 100)
    quality: Fraction = Fraction(40, 100)
    green: Fraction = Fraction(90)
    yellow: Fraction = Fraction(80)
    quality_years: int = 3
    coverage_years: int = 5
    ages: tuple[int, ...] = (12, 24, 36)
    edition: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no definition: Invalid names the parameter."""
        if self.timely + self.responsive + self.quality != 1 or min(self.timely, self.responsive, self.quality) < 0:
            raise Invalid("the three weights make one", "weights")
        if not 0 < self.yellow <= self.green <= LONGEST:
            raise Invalid("yellow is above 0 and at most green, which is at most 100", "yellow")
        for name in ("quality_years", "coverage_years"):
            if not 1 <= getattr(self, name) <= LONGEST:
                raise Invalid(f"between 1 and {LONGEST} years", name)

    def light(self, score: Fraction) -> Light:
        """The light of a score of 100, compared as exact as it is."""
        return Light.GREEN if score >= self.green else Light.YELLOW if score >= self.yellow else Light.RED


@dataclass(frozen=True)
class Share:
    """So many of so many; None of nothing."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Fraction | None:
        """In percent, exact; None when nothing is counted."""
        return Fraction(100 * self.numerator, self.denominator) if self.denominator else None


@dataclass(frozen=True)
class Beside:
    """What is told beside a figure: another share, or a number."""

    name: str
    value: Fraction | None
    numerator: int | None = None
    denominator: int | None = None


@dataclass(frozen=True)
class OverOffices:
    """The mean over offices, how many entered it, how many had nothing to count, how many are red (None: no light)."""

    mean: Fraction | None
    offices: int
    without: int
    red: int | None


@dataclass(frozen=True)
class Measure:
    """A figure: its value, what it counts, why it has none, what is told beside it, and the mean over offices."""

    value: Fraction | None
    numerator: int | None = None
    denominator: int | None = None
    unit: FigureUnit = FigureUnit.PERCENT
    reason: NoValue | None = None
    beside: tuple[Beside, ...] = field(default=())
    over_offices: OverOffices | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Rows of which a rate is the share that is met, with the office each belongs to."""

    office: Ints
    counted: Bools
    met: Bools

    @property
    def share(self) -> Share:
        """Of all rows."""
        return Share(int((self.counted & self.met).sum()), int(self.counted.sum()))

    def by_office(self, offices: int) -> list[Share]:
        """For each office."""
        numerators = np.bincount(self.office[self.counted & self.met], minlength=offices).tolist()
        denominators = np.bincount(self.office[self.counted], minlength=offices).tolist()
        return [Share(*pair) for pair in zip(numerators, denominators, strict=True)]


def over_offices(values: Sequence[Fraction | None], definition: Definition, *, rising: bool | None) -> OverOffices:
    """The mean of the offices that have a value, each with one vote, and how many of them are red.

    `rising`: whether more is better; None where no light says how good a value is. A falling figure is red by what is
    left to 100.
    """
    known = [value for value in values if value is not None]
    mean = sum(known, Fraction(0)) / len(known) if known else None
    scores = known if rising else [100 - value for value in known]
    red = None if rising is None else sum(definition.light(score) is Light.RED for score in scores)
    return OverOffices(mean, len(known), len(values) - len(known), red)


def action_score(not_overdue: Fraction | None, not_long_overdue: Fraction | None) -> Fraction | None:
    """The mean of both: what is long overdue counts twice on purpose. None unless both are known."""
    return mean_of([not_overdue, not_long_overdue])


def mean_of(values: Sequence[Fraction | None]) -> Fraction | None:
    """The mean of values that are all known; None otherwise, and of none."""
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) / len(known) if known and len(known) == len(values) else None


def score(parts: Sequence[Fraction | None], definition: Definition) -> Fraction | None:
    """The composite of three parts: plans on time, responses and actions, quality. None unless all are known."""
    weights = (definition.timely, definition.responsive, definition.quality)
    known = [weight * part for weight, part in zip(weights, parts, strict=True) if part is not None]
    return sum(known, Fraction(0)) if len(known) == len(weights) else None
