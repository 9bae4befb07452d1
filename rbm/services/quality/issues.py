"""Issues found in data: raised with somebody responsible and a day to settle them, closed when the cause is gone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.model.indicators import Target
from rbm.model.quality import Issue
from rbm.model.reporting import Period
from rbm.services.people import headquarters, responsible_post
from rbm.services.quality.matching import MatchedCell, matched_cells
from rbm.terms.indicators import Direction
from rbm.terms.quality import IssueRule, IssueStage
from rbm.work import Work

DAYS_TO_SETTLE = 30
GONE = "the cause is gone"


@dataclass(frozen=True)
class IssuesRaised:
    """How many issues of a period were raised (or opened again), closed because their cause is gone, and stand."""

    raised: int
    resolved: int
    standing: int


def raise_issues(work: Work, period_id: UUID) -> IssuesRaised:
    """Bring the issues of a period in line with its values; running it twice changes nothing. A job.

    `target_against_direction`: a target on the other side of the baseline than the declared direction, in a cell with
    baseline, target and approved value. An issue that was accepted stays so for as long as its target stands.
    """
    work.require(Permission.OPERATE, headquarters(work).id)
    period = work.get(Period, period_id, "period_id")
    cells = [cell for cell in matched_cells(work, period) if against_direction(cell)]
    known = {issue.target_id: issue for issue in work.session.scalars(find_issues(period.id))}
    reopened = _reopen(work, [known[cell.target_id] for cell in cells if cell.target_id in known])
    fresh = _raise(work, period, [cell for cell in cells if cell.target_id not in known])
    causes = {cell.target_id for cell in cells}
    gone = [issue for key, issue in known.items() if key not in causes and issue.stage is IssueStage.OPEN]
    for issue in gone:
        work.move(issue, IssueStage.RESOLVED, GONE)
    return IssuesRaised(reopened + fresh, len(gone), len(cells))


def raise_all_issues(work: Work) -> dict[str, int]:
    """Bring the issues of every period with targets in line; how many were raised and closed. A job."""
    periods = sa.select(Period.id).where(Period.id.in_(sa.select(Target.period_id))).order_by(Period.start, Period.id)
    found = [raise_issues(work, key) for key in work.session.scalars(periods).all()]
    return {"raised": sum(each.raised for each in found), "resolved": sum(each.resolved for each in found)}


def resolve_issue(work: Work, issue_id: UUID) -> Issue:
    """Call an issue settled; it is opened again should its cause still be there. Conflict when it is not open."""
    return work.move(work.get(Issue, issue_id, "issue_id"), IssueStage.RESOLVED)


def accept_issue(work: Work, issue_id: UUID, reason: str) -> Issue:
    """Let something stand as it is. Invalid without a reason; Conflict when it is not open."""
    return work.move(work.get(Issue, issue_id, "issue_id"), IssueStage.ACCEPTED, reason)


def find_issues(
    period_id: UUID | None = None, stage: IssueStage | None = None, overdue_on: date | None = None
) -> sa.Select[Issue]:
    """Issues of a period, at a stage, and still open after their due day on a day, where these are named."""
    query = sa.select(Issue)
    if period_id:
        query = query.where(Issue.period_id == period_id)
    if overdue_on:
        query = query.where(Issue.stage == IssueStage.OPEN, Issue.due_on < overdue_on)
    return query.where(Issue.stage == stage) if stage else query


def against_direction(cell: MatchedCell) -> bool:
    """Whether the target lies on the other side of the baseline than the declared direction; equal is not against."""
    if cell.direction is Direction.INCREASE:
        return cell.target < cell.baseline
    return cell.direction is Direction.DECREASE and cell.target > cell.baseline


def explanation(cell: MatchedCell) -> str:
    """Why the target of a cell cannot be what its indicator declares, with the numbers."""
    side = "below" if cell.target < cell.baseline else "above"
    verdict = "met" if (cell.actual >= cell.target) == (cell.direction is Direction.INCREASE) else "missed"
    if cell.actual == cell.target:
        verdict = "met"
    return (
        f"{cell.indicator_code} is to {cell.direction}, but its target {_plain(cell.target)} lies {side} its baseline "
        f"{_plain(cell.baseline)}; it is read as a threshold, which {_plain(cell.actual)} has {verdict}"
    )


def _raise(work: Work, period: Period, cells: Collection[MatchedCell]) -> int:
    responsible = cache(lambda office_id: responsible_post(work, office_id).id)
    work.session.add_all(
        Issue(
            rule=IssueRule.TARGET_AGAINST_DIRECTION,
            indicator_id=cell.indicator_id,
            period_id=period.id,
            target_id=cell.target_id,
            stage=IssueStage.OPEN,
            explanation=explanation(cell),
            responsible_id=responsible(cell.office_id),
            raised_on=work.today,
            due_on=work.today + timedelta(days=DAYS_TO_SETTLE),
        )
        for cell in cells
    )
    work.flush()
    return len(cells)


def _reopen(work: Work, issues: Collection[Issue]) -> int:
    resolved = [issue for issue in issues if issue.stage is IssueStage.RESOLVED]
    for issue in resolved:
        work.move(issue, IssueStage.OPEN, "the cause is still there")
        issue.due_on = work.today + timedelta(days=DAYS_TO_SETTLE)
    return len(resolved)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():,f}"
