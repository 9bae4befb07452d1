"""Hints on the words of a recommendation: what a machine misses, shown with a score and never in the way."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from rbm.model.findings import (
    Addressee,
    Recommendation,
    RecommendationBasis,
    RecommendationLink,
    RecommendationPart,
)
from rbm.rules.wording import Wording, hints
from rbm.terms.findings import WordingHint
from rbm.work import Work


@dataclass(frozen=True)
class WordingHints:
    """How many of the checks a recommendation meets, of how many, and what is missed."""

    met: int
    checks: int
    missed: tuple[WordingHint, ...]


def wording_hints(work: Work, recommendation_id: UUID) -> WordingHints:
    """What a machine misses in a recommendation: who, by when, at least five words, what it rests on and is about."""
    row = work.get(Recommendation, recommendation_id, "recommendation_id")
    parts = sa.select(RecommendationPart.text).where(RecommendationPart.recommendation_id == row.id)
    missed = hints(
        Wording(
            (row.text, *work.session.scalars(parts.order_by(RecommendationPart.letter))),
            addressees=_count(work, row, Addressee.recommendation_id),
            bases=_count(work, row, RecommendationBasis.recommendation_id),
            links=_count(work, row, RecommendationLink.recommendation_id),
        )
    )
    return WordingHints(len(WordingHint) - len(missed), len(WordingHint), missed)


def _count(work: Work, row: Recommendation, column: InstrumentedAttribute[UUID]) -> int:
    return work.session.scalar(sa.select(sa.func.count(column)).where(column == row.id)) or 0
