"""The portfolio: every intervention in reach with its ratings of the last ended year, its flags and its reports."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from rbm.model.people import Office
from rbm.model.performance import Flag
from rbm.model.projects import Project
from rbm.model.reporting import Measurement, Period
from rbm.model.strategy import Framework
from rbm.rules.performance import Interventions, interventions
from rbm.services import performance, reporting
from rbm.services.portfolio.waiting import OPEN
from rbm.services.reporting import Timeliness
from rbm.terms.portfolio import PortfolioScope
from rbm.terms.reporting import PeriodKind
from rbm.work import Work


@dataclass(frozen=True)
class PortfolioRow:
    """An intervention: rated cells of outcomes and outputs in `period`, open flags, and reports overdue."""

    framework: Framework
    office: Office
    period: str
    rated: int
    on_track: int
    at_risk: int
    off_track: int
    not_rated: int
    flags: int
    overdue: int


def portfolio(work: Work, scope: PortfolioScope) -> list[PortfolioRow]:
    """The interventions in reach of the caller, those with most flags first.

    Only plans of offices whose work the caller sees, since ratings tell of hidden values. `project`: plans of
    projects the caller manages; `office`: of offices in which the caller holds a role; `region`: those and the
    offices below; `organisation`: everything the caller sees as a member. Ratings are those of the last year that has
    ended and has values.
    """
    frameworks = {row.id: row for row in work.session.scalars(_frameworks(work, scope))}
    period = _last_year(work)
    if period is None or not frameworks:
        return []
    offices = {row.id: row for row in work.session.scalars(sa.select(Office))}
    loaded = performance.load(work, period, performance.thresholds_on(work, work.today), performance.reach(work))
    table = interventions(loaded.sources, work.today)
    flags, overdue = _flags(work), _overdue(work)
    rows = [
        _row(frameworks[each.framework_id], offices[each.office_id], period, (table, position), (flags, overdue))
        for position, each in enumerate(loaded.interventions)
        if each.framework_id in frameworks
    ]
    return sorted(rows, key=lambda row: (-row.flags, -row.off_track, row.framework.code))


def _frameworks(work: Work, scope: PortfolioScope) -> sa.Select[Framework]:
    person, seen = work.actor.person_id, performance.reach(work)
    query = sa.select(Framework) if seen is None else sa.select(Framework).where(Framework.office_id.in_(seen))
    if scope is PortfolioScope.PROJECT:
        return query.join(Framework.project).where(Project.manager_id == person if person else sa.false())
    if scope is PortfolioScope.OFFICE and not work.actor.system:
        return query.where(Framework.office_id.in_({grant.office_id for grant in work.actor.grants}))
    return query


def _last_year(work: Work) -> Period | None:
    held = sa.select(Measurement.period_id).distinct()
    query = sa.select(Period).where(Period.kind == PeriodKind.YEAR, Period.end < work.today, Period.id.in_(held))
    return work.session.scalars(query.order_by(Period.end.desc()).limit(1)).one_or_none()


def _flags(work: Work) -> Counter[UUID]:
    query = sa.select(Flag.framework_id).where(Flag.stage.in_(OPEN))
    return Counter(work.session.scalars(query))


def _overdue(work: Work) -> Counter[UUID]:
    owed = reporting.obligations(work, work.today)
    return Counter(each.framework.id for each in owed if each.timeliness is Timeliness.OVERDUE)


def _row(
    framework: Framework,
    office: Office,
    period: Period,
    place: tuple[Interventions, int],
    counts: tuple[Counter[UUID], Counter[UUID]],
) -> PortfolioRow:
    table, position = place
    flags, overdue = counts
    names = ("rated", "on_track", "at_risk", "off_track", "not_rated")
    ratings = {name: int(getattr(table, name)[position]) for name in names}
    return PortfolioRow(
        framework, office, period.code, **ratings, flags=flags[framework.id], overdue=overdue[framework.id]
    )
