"""Synthesis: what a year's evaluations say together, with counts that add up to the sample."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Invalid
from rbm.model.findings import CriterionRating, SynthesisEntry
from rbm.rules.coverage import Share
from rbm.rules.inputs import refuse_blank, refuse_year
from rbm.rules.scales import scale_named
from rbm.services.findings.rating import RatingMean, means
from rbm.services.findings.sampling import FinalYears, final_evaluations
from rbm.terms.evaluation import SourceKind
from rbm.terms.findings import Criterion
from rbm.work import Work


@dataclass(frozen=True)
class SynthesisInput:
    """How many evaluations of a year's sample are positive, negative or silent on a topic, and where that is said."""

    year: int
    topic: str
    sample: int
    positive: int
    negative: int
    not_assessed: int
    source: str


@dataclass(frozen=True)
class SynthesisLine:
    """How the evaluations of a sample rate by a criterion; positive, negative and not assessed are all of it.

    `favourable` is the share of positive ones in those assessed. Means are made on each scale by itself.
    """

    criterion: Criterion
    sample: int
    positive: int
    negative: int
    not_assessed: int
    favourable: Share
    scales: tuple[RatingMean, ...]


@dataclass(frozen=True)
class SynthesisDataset:
    """What the evaluations that became final in a year say by criterion; `codes` are those of the sample."""

    year: int
    source: SourceKind
    sample: int
    codes: tuple[str, ...]
    lines: tuple[SynthesisLine, ...]


def record_synthesis(work: Work, entry: SynthesisInput) -> SynthesisEntry:
    """Record what a synthesis says of a topic in a year; recording it again replaces the counts.

    Invalid with `sample` unless positive, negative and not assessed add up to it.
    """
    work.require(Permission.OVERSEE_EVALUATION)
    refuse_year(entry.year)
    counts = {name: getattr(entry, name) for name in ("positive", "negative", "not_assessed")}
    for name, count in (counts | {"sample": entry.sample}).items():
        if count < 0:
            raise Invalid("a count is not negative", name)
    if sum(counts.values()) != entry.sample:
        told = " and ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
        raise Invalid(f"{told} are {sum(counts.values())}, not a sample of {entry.sample}", "sample")
    topic = refuse_blank(entry.topic, "topic")
    query = sa.select(SynthesisEntry).where(SynthesisEntry.year == entry.year, SynthesisEntry.topic == topic)
    row = work.session.scalars(query).one_or_none() or SynthesisEntry(year=entry.year, topic=topic)
    row.sample, row.source = entry.sample, refuse_blank(entry.source, "source")
    row.positive, row.negative, row.not_assessed = entry.positive, entry.negative, entry.not_assessed
    return work.add(row)


def synthesis_dataset(work: Work, year: int, source: SourceKind = SourceKind.EVALUATION) -> SynthesisDataset:
    """The ratings of all evaluations that became final in a year, by criterion, with counts and denominators.

    Of evaluations whose texts the caller may read; those of other sources are never mixed in.
    """
    sample = final_evaluations(work, FinalYears(year, source=source))
    query = sa.select(CriterionRating).where(CriterionRating.evaluation_id.in_({row.id for row in sample}))
    given: defaultdict[Criterion, list[CriterionRating]] = defaultdict(list)
    for rating in work.session.scalars(query):
        given[rating.criterion].append(rating)
    lines = tuple(_line(criterion, given[criterion], len(sample)) for criterion in Criterion if given[criterion])
    return SynthesisDataset(year, source, len(sample), tuple(row.code for row in sample), lines)


def _line(criterion: Criterion, rows: list[CriterionRating], sample: int) -> SynthesisLine:
    verdicts = [scale_named(row.scale, row.scale_edition).favours(row.rating) for row in rows]
    positive, negative = verdicts.count(True), verdicts.count(False)
    assessed = positive + negative
    return SynthesisLine(
        criterion, sample, positive, negative, sample - assessed, Share(positive, assessed), means(rows)
    )
