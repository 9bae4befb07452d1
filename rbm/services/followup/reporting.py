"""The yearly public report on the status of recommendations: locked once, and reproducible from the histories."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid, NotFound
from rbm.model.followup import StatusReport
from rbm.rules.deadlines import Deadlines
from rbm.rules.followup.measures import Definition
from rbm.services import deadlines
from rbm.services.editions import editions
from rbm.services.followup import definitions
from rbm.services.followup.histories import load
from rbm.services.followup.status_contents import ADDRESSED_TO, Basis, contents_of, digest
from rbm.work import Work

FIRST_YEAR = 1946


@dataclass(frozen=True)
class StatusReportCheck:
    """Whether a locked report is as it was locked, and whether the histories still say the same of its cut-off day.

    `differing` names the recommendations of which they do not: what was registered later with earlier days.
    """

    year: int
    content_hash: str
    unaltered: bool
    recomputed_hash: str
    reproduced: bool
    differing: list[str]


def lock_status_report(work: Work, year: int) -> StatusReport:
    """Lock the report on the status of recommendations at the end of a past year, addressed to the governing body.

    It holds what everyone may read on that day, and what is still not withheld today; later changes do not alter it.
    Invalid for a year that is not over; Conflict when it is locked already.
    """
    work.require(Permission.DIRECT_EVALUATION)
    if not FIRST_YEAR <= year < work.today.year:
        raise Invalid(f"{year} is no year that is over", "year")
    if _locked(work, year) is not None:
        raise Conflict(f"the report of {year} is locked", "year")
    cut_off = date(year, 12, 31)
    made_by = (deadlines.deadlines_on(work, cut_off), definitions.definition_on(work, cut_off))
    contents = contents_of(work, load(work), Basis(cut_off, work.now, *made_by))
    return work.add(
        StatusReport(
            year=year,
            cut_off=cut_off,
            addressed_to=ADDRESSED_TO,
            contents=contents,
            content_hash=digest(contents),
            locked_at=work.now,
            locked_by_id=work.actor.person_id,
        )
    )


def verify_status_report(work: Work, year: int) -> StatusReportCheck:
    """Compute a locked report again from the histories as of its cut-off day and compare. NotFound without one."""
    report = _locked(work, year)
    if report is None:
        raise NotFound("no such status report", "year")
    made_by = _editions(work, report.contents)
    again = contents_of(work, load(work), Basis(report.cut_off, report.locked_at, *made_by))
    found = digest(again)
    return StatusReportCheck(
        year=year,
        content_hash=report.content_hash,
        unaltered=digest(report.contents) == report.content_hash,
        recomputed_hash=found,
        reproduced=found == report.content_hash,
        differing=_differing(report.contents, again),
    )


def _locked(work: Work, year: int) -> StatusReport | None:
    return work.session.scalars(sa.select(StatusReport).where(StatusReport.year == year)).one_or_none()


def _editions(work: Work, contents: dict[str, Any]) -> tuple[Deadlines, Definition]:
    """The deadlines and the definition that a report names, whatever was put since."""
    limits, definition = Deadlines(), Definition()
    for edition in editions(work, deadlines.RULE):
        if edition.edition == contents["deadlines"]:
            limits = deadlines.deadlines_on(work, edition.effective_from)
    for edition in editions(work, definitions.RULE):
        if edition.edition == contents["definition"]:
            definition = definitions.definition_on(work, edition.effective_from)
    return limits, definition


def _differing(locked: dict[str, Any], again: dict[str, Any]) -> list[str]:
    before, after = ({row["code"]: row for row in each["recommendations"]} for each in (locked, again))
    return sorted(code for code in before.keys() | after.keys() if before.get(code) != after.get(code))
