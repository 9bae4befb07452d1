"""How good evaluations are: averages of their final quality reviews, and how far they integrate gender."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from rbm.model.appraisal import QualityReview
from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.model.people import Office
from rbm.rules.appraisal import GENDER_NOW
from rbm.rules.coverage import Share
from rbm.rules.scales import GOOD, level_points
from rbm.services.findings import FinalYears, final_evaluations, shown
from rbm.services.people import tree
from rbm.terms.evaluation import (
    GenderBand,
    QualityGate,
    QualityGrouping,
    QualityLevel,
    QualityStage,
    SourceKind,
)
from rbm.terms.people import OfficeKind
from rbm.work import Work

SEVERAL, NO_REGION = "several", "none"
Reviews = Mapping[UUID, QualityReview]


@dataclass(frozen=True)
class LevelCount:
    """How many reports are of a level."""

    level: QualityLevel
    count: int


@dataclass(frozen=True)
class QualityAverage:
    """The quality of final evaluations together: how many there are, how many were assessed, and what came of it.

    `score` is the mean of scores, 0 to 100, `points` that of levels (100 for the best, 50 for the worst); both are null
    when none was assessed. `good` is the share that is satisfactory or better.
    """

    group: str
    evaluations: int
    assessed: int
    score: Decimal | None
    points: Decimal | None
    good: Share
    distribution: tuple[LevelCount, ...]


@dataclass(frozen=True)
class QualityFigures:
    """Averages of each group, in their order, and of all together."""

    by: QualityGrouping
    groups: tuple[QualityAverage, ...]
    total: QualityAverage


@dataclass(frozen=True)
class GenderCount:
    """How many reports are in a band."""

    band: GenderBand
    count: int


@dataclass(frozen=True)
class GenderIntegration:
    """The mean of the points that final evaluations get for integrating gender, its band, and that of each report.

    `edition` is the year of the scoring, `most` its highest points. Mean and band are null when none was scored.
    """

    edition: int
    most: int
    evaluations: int
    scored: int
    mean: Decimal | None
    band: GenderBand | None
    distribution: tuple[GenderCount, ...]


def quality_averages(
    work: Work,
    by: QualityGrouping,
    from_year: int,
    to_year: int | None = None,
    source: SourceKind = SourceKind.EVALUATION,
) -> QualityFigures:
    """The average quality of evaluations that became final in certain years, by type, region or year.

    By the newest finished review of each at the final gate. The region is that of the offices it judges at the end of
    its year; one that judges several stands apart.
    """
    rows = final_evaluations(work, FinalYears(from_year, to_year, source))
    reviews = _reviews(work, rows)
    name = _names(work, by, rows)
    groups: defaultdict[str, list[Evaluation]] = defaultdict(list)
    for row in rows:
        groups[name(row)].append(row)
    averages = tuple(_average(group, groups[group], reviews) for group in sorted(groups))
    return QualityFigures(by, averages, _average("all", rows, reviews))


def gender_integration(
    work: Work, from_year: int, to_year: int | None = None, source: SourceKind = SourceKind.EVALUATION
) -> GenderIntegration:
    """How far evaluations that became final in certain years integrate gender, by the UN-SWAP indicator."""
    rows = final_evaluations(work, FinalYears(from_year, to_year, source))
    reviews = _reviews(work, rows).values()
    points = [review.gender_points for review in reviews if review.gender_points is not None]
    mean = Fraction(sum(points), len(points)) if points else None
    counts = Counter(GENDER_NOW.band(one) for one in points)
    return GenderIntegration(
        edition=GENDER_NOW.edition,
        most=GENDER_NOW.most,
        evaluations=len(rows),
        scored=len(points),
        mean=shown(mean),
        band=None if mean is None else GENDER_NOW.band(mean),
        distribution=tuple(GenderCount(band, counts[band]) for _, band in GENDER_NOW.bands),
    )


def _reviews(work: Work, rows: Iterable[Evaluation]) -> Reviews:
    """The newest finished review of each evaluation at the final gate, by evaluation."""
    query = sa.select(QualityReview).where(
        QualityReview.gate == QualityGate.FINAL,
        QualityReview.stage == QualityStage.FINAL,
        QualityReview.evaluation_id.in_([row.id for row in rows]),
    )
    newest = query.order_by(QualityReview.finished_on, QualityReview.assigned_at, QualityReview.id)
    return {review.evaluation_id: review for review in work.session.scalars(newest)}


def _average(group: str, rows: list[Evaluation], reviews: Reviews) -> QualityAverage:
    found = [reviews[row.id] for row in rows if row.id in reviews]
    scores = [Fraction(review.score) for review in found if review.score is not None]
    levels = [review.level for review in found if review.level is not None]
    counts = Counter(levels)
    return QualityAverage(
        group=group,
        evaluations=len(rows),
        assessed=len(found),
        score=shown(sum(scores, Fraction()) / len(scores) if scores else None),
        points=shown(level_points(levels)),
        good=Share(sum(counts[level] for level in GOOD), len(levels)),
        distribution=tuple(LevelCount(level, counts[level]) for level in QualityLevel),
    )


def _names(work: Work, by: QualityGrouping, rows: Iterable[Evaluation]) -> Callable[[Evaluation], str]:
    if by is QualityGrouping.TYPE:
        return lambda row: row.type
    if by is QualityGrouping.YEAR:
        return lambda row: str(_final(row).year)
    regions = _regions(work, rows)
    return lambda row: regions[row.id]


def _regions(work: Work, rows: Iterable[Evaluation]) -> dict[UUID, str]:
    """The code of the region of each evaluation: of what it judges, else of the office that commissioned it."""
    regional = {row.id: row.code for row in work.session.scalars(sa.select(Office)) if row.kind is OfficeKind.REGIONAL}
    judged = _judged(work)
    trees: dict[int, Mapping[UUID, UUID]] = {}
    found: dict[UUID, str] = {}
    for row in rows:
        year = _final(row).year
        if year not in trees:
            trees[year] = tree.parents(work, min(date(year, 12, 31), work.today))
        offices = judged.get(row.id) or {row.office_id}
        codes = {_region(trees[year], office, regional) for office in offices}
        found[row.id] = codes.pop() if len(codes) == 1 else SEVERAL
    return found


def _judged(work: Work) -> dict[UUID, set[UUID]]:
    offices: defaultdict[UUID, set[UUID]] = defaultdict(set)
    query = sa.select(EvaluationSubject.evaluation_id, EvaluationSubject.office_id)
    for evaluation_id, office_id in work.session.execute(query):
        offices[evaluation_id].add(office_id)
    return offices


def _region(over: Mapping[UUID, UUID], office: UUID, regional: Mapping[UUID, str]) -> str:
    current: UUID | None = office
    while current is not None and current not in regional:
        current = over.get(current)
    return NO_REGION if current is None else regional[current]


def _final(row: Evaluation) -> date:
    if row.final_on is None:
        raise RuntimeError(f"{row.code} is final without a day")
    return row.final_on
