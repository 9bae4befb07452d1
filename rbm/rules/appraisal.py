"""Appraisal of evaluations: the score of a checklist, the level it stands for, and the integration of gender."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rbm.errors import Invalid
from rbm.terms.evaluation import GenderBand, QualityLevel

MOST_POINTS = 3
"""What an answer may get: 0 not at all, 1 partially, 2 satisfactorily, 3 fully. Source: UN-SWAP, for every question."""
LEVELS: tuple[tuple[int, QualityLevel], ...] = (
    (90, QualityLevel.HIGHLY_SATISFACTORY),
    (75, QualityLevel.SATISFACTORY),
    (60, QualityLevel.MODERATELY_SATISFACTORY),
    (45, QualityLevel.MODERATELY_UNSATISFACTORY),
    (30, QualityLevel.UNSATISFACTORY),
    (0, QualityLevel.HIGHLY_UNSATISFACTORY),
)
"""The lowest score of each level, itself included."""


@dataclass(frozen=True, slots=True)
class GenderScoring:
    """An edition of the UN-SWAP scoring, by the year of its technical note: the most points, and where bands begin."""

    edition: int
    most: int
    bands: tuple[tuple[int, GenderBand], ...]

    def band(self, points: Decimal | Fraction | int) -> GenderBand:
        """The band of a score or a mean of scores. Invalid when it is not between 0 and the most."""
        if not 0 <= points <= self.most:
            raise Invalid(f"the scoring of {self.edition} goes from 0 to {self.most}", "gender_points")
        return next(band for lowest, band in self.bands if points >= lowest)


GENDER: tuple[GenderScoring, ...] = (
    GenderScoring(
        2014,
        12,
        ((11, GenderBand.EXCEEDS), (8, GenderBand.MEETS), (4, GenderBand.APPROACHES), (0, GenderBand.MISSING)),
    ),
    GenderScoring(2018, 9, ((7, GenderBand.MEETS), (4, GenderBand.APPROACHES), (0, GenderBand.MISSING))),
)
"""Three criteria of 0 to 3 points since 2018, four before. To exceed takes a corporate evaluation now, not a score."""
GENDER_NOW = GENDER[-1]


def score(points: Mapping[int, int], weights: Mapping[int, Decimal]) -> Fraction:
    """The weighted share of all points, 0 to 100, of the answers to the questions of a checklist by their numbers.

    Invalid when a question has no answer, an answer no question, or more or less than its points.
    """
    _refuse_unlike(points, weights)
    for number, given in sorted(points.items()):
        if not 0 <= given <= MOST_POINTS:
            raise Invalid(f"question {number} gets 0 to {MOST_POINTS} points, not {given}", "answers")
    gained = sum((Fraction(weights[number]) * given for number, given in points.items()), Fraction())
    return 100 * gained / (MOST_POINTS * sum(map(Fraction, weights.values())))


def level_of(scored: Fraction) -> QualityLevel:
    """The level a score stands for, compared unrounded."""
    return next(level for lowest, level in LEVELS if scored >= lowest)


def refuse_gender_points(points: int | None) -> None:
    """Nothing, when points are None or within the scoring of today. Invalid otherwise."""
    if points is not None:
        GENDER_NOW.band(points)


def _refuse_unlike(points: Mapping[int, int], weights: Mapping[int, Decimal]) -> None:
    if unanswered := sorted(weights.keys() - points.keys()):
        raise Invalid(f"no answer to question {_listed(unanswered)}", "answers")
    if unknown := sorted(points.keys() - weights.keys()):
        raise Invalid(f"the checklist has no question {_listed(unknown)}", "answers")


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
