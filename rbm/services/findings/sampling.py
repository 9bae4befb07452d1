"""The evaluations that figures are made of: final in certain years, of one source, open to whoever asks."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from rbm.disclosure import disclosed, within
from rbm.errors import Invalid
from rbm.model.evaluation import Evaluation
from rbm.rules.inputs import refuse_year
from rbm.terms.evaluation import SETTLED, SourceKind
from rbm.work import Work


@dataclass(frozen=True)
class FinalYears:
    """Evaluations that became final from the first of January of a year to the end of another, or of the same one."""

    from_year: int
    to_year: int | None = None
    source: SourceKind = SourceKind.EVALUATION


def final_evaluations(work: Work, years: FinalYears) -> list[Evaluation]:
    """The evaluations whose texts the caller may read, by the day and code; those of other sources are never mixed in.

    Invalid with `from_year` or `to_year` when a year is none, or the years are reversed.
    """
    last = years.from_year if years.to_year is None else years.to_year
    refuse_year(years.from_year, "from_year")
    refuse_year(last, "to_year")
    if last < years.from_year:
        raise Invalid("the years are reversed", "to_year")
    query = sa.select(Evaluation).where(
        Evaluation.stage.in_(SETTLED),
        Evaluation.source == years.source,
        Evaluation.final_on.between(date(years.from_year, 1, 1), date(last, 12, 31)),
    )
    if not within(work.actor):
        query = query.where(disclosed(Evaluation, work.actor))
    return list(work.session.scalars(query.order_by(Evaluation.final_on, Evaluation.code)))
