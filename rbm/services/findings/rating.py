"""Ratings of an evaluation by criterion on declared scales, and what they amount to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from rbm.model.evaluation import Evaluation
from rbm.model.findings import CriterionRating
from rbm.rules.inputs import refuse_blank
from rbm.rules.scales import PROGRAMME_CRITERIA, programme_score, scale_named, summary
from rbm.services.findings.authoring import refuse_settled, require_author
from rbm.terms.findings import Criterion, RatingScaleName
from rbm.work import Work

PLACES = 4


@dataclass(frozen=True)
class RatingInput:
    """How an evaluation rates by a criterion: a rating of a scale in its short form (HS … HU, UA), and why."""

    criterion: Criterion
    scale: RatingScaleName
    rating: str
    justification: str


@dataclass(frozen=True)
class RatingCount:
    """How often a rating was given; `points` are null when it was unable to assess."""

    rating: str
    label: str
    points: int | None
    count: int


@dataclass(frozen=True)
class RatingMean:
    """Ratings on one edition of a scale: their mean, of how many it is made, and how often each was given.

    `mean` is null when none could be assessed. `score` is that of a country programme, 40 to 100, null on other scales.
    """

    scale: RatingScaleName
    scale_edition: int
    mean: Decimal | None
    assessed: int
    unable: int
    distribution: tuple[RatingCount, ...]
    score: Decimal | None


def rate_criterion(work: Work, evaluation_id: UUID, rating: RatingInput) -> CriterionRating:
    """Rate what an evaluation judges by a criterion; rating it again replaces the rating, until the final.

    Invalid with `rating` when the scale does not know it; Conflict with `stage` when the team is not at work.
    """
    evaluation = work.get(Evaluation, evaluation_id, "evaluation_id", hold=True)
    require_author(work, evaluation)
    refuse_settled(work, evaluation)
    scale = scale_named(rating.scale)
    points = scale.points_of(rating.rating)
    row = _rating(work, evaluation.id, rating.criterion) or CriterionRating(
        evaluation=evaluation, criterion=rating.criterion
    )
    row.scale, row.scale_edition, row.rating = scale.name, scale.edition, rating.rating
    row.points = None if points is None else Decimal(points)
    row.justification = refuse_blank(rating.justification, "justification")
    return work.add(row)


def withdraw_rating(work: Work, rating_id: UUID) -> CriterionRating:
    """Take a rating back until the final; returns it as it was."""
    row = work.get(CriterionRating, rating_id, "rating_id")
    evaluation = work.get(Evaluation, row.evaluation_id, "evaluation_id", hold=True)
    require_author(work, evaluation)
    refuse_settled(work, evaluation)
    work.remove(row)
    return row


def evaluation_ratings(work: Work, evaluation_id: UUID) -> tuple[RatingMean, ...]:
    """The mean of the ratings of an evaluation on each scale it used, beside their distribution."""
    evaluation = work.get(Evaluation, evaluation_id, "evaluation_id")
    return means(work.session.scalars(sa.select(CriterionRating).where(CriterionRating.evaluation_id == evaluation.id)))


def means(rows: Iterable[CriterionRating]) -> tuple[RatingMean, ...]:
    """The mean of ratings on each edition of each scale: scales are never mixed."""
    groups: defaultdict[tuple[RatingScaleName, int], list[CriterionRating]] = defaultdict(list)
    for row in rows:
        groups[row.scale, row.scale_edition].append(row)
    return tuple(_mean(*key, groups[key]) for key in sorted(groups))


def shown(value: Fraction | None) -> Decimal | None:
    """A figure as it is shown, to four decimals."""
    return None if value is None else round(Decimal(value.numerator) / Decimal(value.denominator), PLACES)


def _mean(name: RatingScaleName, edition: int, rows: list[CriterionRating]) -> RatingMean:
    scale = scale_named(name, edition)
    found = summary(scale, [row.rating for row in rows])
    counts = (
        RatingCount(rating, scale.labels[rating], scale.points.get(rating), count)
        for rating, count in found.distribution
    )
    return RatingMean(name, edition, shown(found.mean), found.assessed, found.unable, tuple(counts), _score(rows))


def _score(rows: list[CriterionRating]) -> Decimal | None:
    """The score of a country programme: of means by criterion, so that each criterion counts the same."""
    given: defaultdict[Criterion, list[Fraction]] = defaultdict(list)
    for row in rows:
        if row.scale is RatingScaleName.COUNTRY_PROGRAMME and row.criterion in PROGRAMME_CRITERIA:
            given[row.criterion].append(Fraction(row.points or 0))
    scored = programme_score({criterion: sum(points) / Fraction(len(points)) for criterion, points in given.items()})
    return shown(scored[1]) if scored else None


def _rating(work: Work, evaluation_id: UUID, criterion: Criterion) -> CriterionRating | None:
    query = sa.select(CriterionRating).where(
        CriterionRating.evaluation_id == evaluation_id, CriterionRating.criterion == criterion
    )
    return work.session.scalars(query).one_or_none()
