"""How offices stand: reports due and overdue, values to verify, open flags, each with the offices below."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from rbm.model.indicators import Indicator
from rbm.model.people import Office
from rbm.model.performance import Flag
from rbm.model.reporting import Measurement
from rbm.model.strategy import Framework, Result
from rbm.services import people, quality, reporting
from rbm.services.portfolio.following import MOST
from rbm.services.portfolio.waiting import OPEN
from rbm.services.reporting import Obligation, Timeliness
from rbm.work import Work

T = TypeVar("T")


def due_reports(work: Work, offices: Sequence[Office]) -> list[list[Obligation]]:
    """Reports due soon and not yet delivered, of each office and the offices below."""
    return _owed(work, offices, Timeliness.DUE)


def overdue_reports(work: Work, offices: Sequence[Office]) -> list[list[Obligation]]:
    """Reports whose due day has passed and that are not delivered, of each office and the offices below."""
    return _owed(work, offices, Timeliness.OVERDUE)


def values_to_verify(work: Work, offices: Sequence[Office]) -> list[list[Measurement]]:
    """Values that wait for a verdict the caller may give, of each office and the offices below; at most 200 in all."""
    query = quality.find_to_verify(work).limit(MOST)
    rows = list(work.session.scalars(query))
    owner = _owners(work, [row.indicator_id for row in rows])
    return _spread(work, offices, rows, lambda row: owner[row.indicator_id])


def open_flags(work: Work, offices: Sequence[Office]) -> list[list[Flag]]:
    """Flags that are neither watched nor ended, of each office and the offices below."""
    query = sa.select(Flag, Framework.office_id).join(Flag.framework).where(Flag.stage.in_(OPEN))
    rows = work.session.execute(query.order_by(Flag.escalation.desc(), Flag.plan_due_on, Flag.id)).all()
    owner = {flag.id: office for flag, office in rows}
    return _spread(work, offices, [flag for flag, _ in rows], lambda flag: owner[flag.id])


def _owed(work: Work, offices: Sequence[Office], wanted: Timeliness) -> list[list[Obligation]]:
    owed = [each for each in reporting.obligations(work, work.today) if each.timeliness is wanted]
    return _spread(work, offices, owed, lambda each: each.framework.office_id)


def _spread(work: Work, offices: Sequence[Office], rows: Sequence[T], owner: Callable[[T], UUID]) -> list[list[T]]:
    reaches = [people.below(work, {office.id}, work.today) for office in offices]
    return [[row for row in rows if owner(row) in reach] for reach in reaches]


def _owners(work: Work, indicators: Sequence[UUID]) -> dict[UUID, UUID]:
    query = sa.select(Indicator.id, Framework.office_id).join(Indicator.result).join(Result.framework)
    rows = work.session.execute(query.where(Indicator.id.in_(indicators)))
    return {indicator: office for indicator, office in rows}  # noqa: C416 - rows are no pairs for dict()
