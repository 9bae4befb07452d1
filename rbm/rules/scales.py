"""Declared scales of ratings: their labels and points by edition, and means that leave out what was not assessed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from rbm.errors import Invalid
from rbm.terms.evaluation import QualityLevel
from rbm.terms.findings import Criterion, RatingScaleName

UNABLE = "UA"
"""Unable to assess: a rating that no mean takes in."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An edition of a scale: points and label of each rating, the best first; the worst come after `positive` ones.

    With `unable` it may be said that nothing could be assessed.
    """

    name: RatingScaleName
    points: Mapping[str, int]
    labels: Mapping[str, str]
    positive: int
    unable: bool = False
    edition: int = 1

    @property
    def ratings(self) -> tuple[str, ...]:
        """What may be said on it, the best first."""
        return (*self.points, UNABLE) if self.unable else tuple(self.points)

    def points_of(self, rating: str) -> int | None:
        """The points of a rating; None when it was unable to assess. Invalid when the scale does not know it."""
        if rating not in self.ratings:
            raise Invalid(f"the scale {self.name} knows {', '.join(self.ratings)}, not {rating}", "rating")
        return self.points.get(rating)

    def favours(self, rating: str) -> bool | None:
        """Whether a rating is in the better part of the scale; None when it was unable to assess."""
        return None if self.points_of(rating) is None else list(self.points).index(rating) < self.positive


@dataclass(frozen=True, slots=True)
class Summary:
    """A mean of ratings with what it was made of: how many were assessed and not, and how often each was given."""

    mean: Fraction | None
    assessed: int
    unable: int
    distribution: tuple[tuple[str, int], ...]


def _six(name: RatingScaleName, codes: str, labels: str) -> Scale:
    ratings = codes.split()
    return Scale(
        name,
        dict(zip(ratings, (6, 5, 4, 3, 2, 1), strict=True)),
        dict(zip([*ratings, UNABLE], [*labels.split(", "), "Unable to assess"], strict=True)),
        positive=3,
        unable=True,
    )


SCALES: tuple[Scale, ...] = (
    _six(
        RatingScaleName.SATISFACTION,
        "HS S MS MU U HU",
        "Highly satisfactory, Satisfactory, Moderately satisfactory, "
        "Moderately unsatisfactory, Unsatisfactory, Highly unsatisfactory",
    ),
    _six(
        RatingScaleName.LIKELIHOOD,
        "HL L ML MU U HU",
        "Highly likely, Likely, Moderately likely, Moderately unlikely, Unlikely, Highly unlikely",
    ),
    _six(
        RatingScaleName.CONTEXT,
        "HF F MF MU U HU",
        "Highly favourable, Favourable, Moderately favourable, "
        "Moderately unfavourable, Unfavourable, Highly unfavourable",
    ),
    Scale(
        RatingScaleName.SUSTAINABILITY,
        {"L": 4, "ML": 3, "MU": 2, "U": 1},
        {"L": "Likely", "ML": "Moderately likely", "MU": "Moderately unlikely", "U": "Unlikely", UNABLE: "Unable"},
        positive=2,
        unable=True,
    ),
    Scale(
        RatingScaleName.COUNTRY_PROGRAMME,
        {"4": 4, "3": 3, "2": 2, "1": 1},
        {"4": "Fully achieved", "3": "Mostly achieved", "2": "Partially achieved", "1": "Not achieved"},
        positive=2,
    ),
    Scale(
        RatingScaleName.AUDIT,
        {"FS": 100, "SI": 80, "MI": 60, "U": 0},
        {
            "FS": "Fully satisfactory",
            "SI": "Some improvement needed",
            "MI": "Major improvement needed",
            "U": "Unsatisfactory",
        },
        positive=2,
    ),
)
"""Every edition ever declared. Source: UNEP evaluation criteria and ratings; UNDP for the last two, GEF for the fourth.

An unsatisfactory audit counts nothing, so that one bad office does not vanish in a mean.
"""
PROGRAMME_CRITERIA = frozenset(
    {
        Criterion.RELEVANCE,
        Criterion.COHERENCE,
        Criterion.EFFICIENCY,
        Criterion.EFFECTIVENESS,
        Criterion.SUSTAINABILITY,
    }
)
"""The criteria of which the score of a country programme is made; impact is none of them."""
LEVEL_POINTS: Mapping[QualityLevel, int] = dict(zip(QualityLevel, (100, 90, 80, 70, 60, 50), strict=True))
"""What a level of quality counts in a mean. Source: UNDP evaluation management."""
GOOD = frozenset({QualityLevel.HIGHLY_SATISFACTORY, QualityLevel.SATISFACTORY})
"""The levels of quality that are good or better."""


def scale_named(name: RatingScaleName, edition: int | None = None) -> Scale:
    """An edition of a scale, the newest unless one is named. Invalid when there is none."""
    found = [scale for scale in SCALES if scale.name is name and edition in (None, scale.edition)]
    if not found:
        raise Invalid(f"there is no edition {edition} of the scale {name}", "scale")
    return max(found, key=lambda scale: scale.edition)


def summary(scale: Scale, ratings: Iterable[str]) -> Summary:
    """The mean of ratings on one scale, those unable to assess left out, with the whole distribution."""
    counts = Counter(ratings)
    points = {rating: scale.points_of(rating) for rating in counts}
    assessed = sum(count for rating, count in counts.items() if points[rating] is not None)
    total = sum(count * (points[rating] or 0) for rating, count in counts.items())
    mean = Fraction(total, assessed) if assessed else None
    distribution = tuple((rating, counts[rating]) for rating in scale.ratings)
    return Summary(mean, assessed, counts.total() - assessed, distribution)


def programme_score(means: Mapping[Criterion, Fraction]) -> tuple[Fraction, Fraction] | None:
    """The mean of criterion means of a country programme (1 to 4), and its score: 4, 3, 2, 1 are 100, 80, 60, 40.

    Between these anchors the score is linear, which is our reading. None without a criterion that counts; Invalid for
    a mean that is not between 1 and 4.
    """
    counted = [mean for criterion, mean in means.items() if criterion in PROGRAMME_CRITERIA]
    points = scale_named(RatingScaleName.COUNTRY_PROGRAMME).points.values()
    if any(not min(points) <= mean <= max(points) for mean in counted):
        raise Invalid("a mean of this scale is between 1 and 4", "rating")
    if not counted:
        return None
    mean = sum(counted, Fraction()) / len(counted)
    return mean, 20 + 20 * mean


def level_points(levels: Iterable[QualityLevel]) -> Fraction | None:
    """The mean of levels of quality in points, 100 for the best down to 50; None without any."""
    points = [LEVEL_POINTS[level] for level in levels]
    return Fraction(sum(points), len(points)) if points else None
