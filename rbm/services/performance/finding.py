"""Finds flags by year, rule, office and stage."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from rbm.errors import Invalid
from rbm.model.people import Office
from rbm.model.performance import Flag
from rbm.model.reporting import Period
from rbm.model.strategy import Framework
from rbm.terms.flags import FlagStage
from rbm.terms.performance import FlagRule

EARLIEST, LATEST = 1900, 2200


@dataclass(frozen=True)
class FlagQuestion:
    """Which flags are asked for: of periods wholly inside a year, of a rule, of the office with a code, in a stage."""

    year: int | None = None
    rule: FlagRule | None = None
    office: str | None = None
    stage: FlagStage | None = None


def find_flags(question: FlagQuestion | None = None) -> sa.Select[Flag]:
    """The flags in the order of period, rule and office. Invalid when the year is none."""
    asked = question or FlagQuestion()
    query = sa.select(Flag).join(Flag.period).join(Flag.framework).join(Framework.office)
    if asked.year is not None:
        if not EARLIEST <= asked.year <= LATEST:
            raise Invalid(f"{asked.year} is no year between {EARLIEST} and {LATEST}", "year")
        query = query.where(Period.start >= date(asked.year, 1, 1), Period.end <= date(asked.year, 12, 31))
    if asked.rule is not None:
        query = query.where(Flag.rule == asked.rule.value)
    if asked.office is not None:
        query = query.where(Office.code == asked.office)
    if asked.stage is not None:
        query = query.where(Flag.stage == asked.stage)
    return query.order_by(Period.start, Period.end, Flag.rule, Office.code, Framework.code, Flag.id)
