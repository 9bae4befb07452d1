"""What waits for the caller: reports to write, to correct, to approve, values to verify, flags to act on."""

from dataclasses import dataclass

import sqlalchemy as sa

from rbm.access import Permission
from rbm.model.performance import Flag
from rbm.model.reporting import Measurement, Report
from rbm.model.strategy import Framework
from rbm.services import quality, reporting
from rbm.services.reporting import Obligation, Timeliness
from rbm.terms.flags import FlagStage
from rbm.terms.reporting import ReportStage
from rbm.work import Work

OPEN = (FlagStage.NEW, FlagStage.ACKNOWLEDGED, FlagStage.ACTION, FlagStage.IMPROVING)
WRITTEN = frozenset({Timeliness.DUE, Timeliness.OVERDUE})
MOST = 200
"""So many entries of each list at the most."""


@dataclass(frozen=True)
class MyWork:
    """Lists of what waits for the caller, the most urgent first, at most 200 of each."""

    to_report: list[Obligation]
    returned: list[Report]
    to_approve: list[Report]
    to_verify: list[Measurement]
    flags: list[Flag]


def my_work(work: Work) -> MyWork:
    """What waits for the caller, by what the caller may do where. Nothing waits for the public."""
    if work.actor.person_id is None:
        return MyWork([], [], [], [], [])
    owed = reporting.obligations(work, work.today, work.actor.offices(Permission.REPORT))
    to_verify = work.session.scalars(quality.find_to_verify(work).limit(MOST)).all()
    return MyWork(
        to_report=[each for each in owed if each.timeliness in WRITTEN][:MOST],
        returned=_reports(work, ReportStage.RETURNED, Permission.REPORT),
        to_approve=[
            report
            for report in _reports(work, ReportStage.SUBMITTED, Permission.APPROVE)
            if report.submitted_by_id != work.actor.person_id
        ],
        to_verify=list(to_verify),
        flags=_flags(work),
    )


def _reports(work: Work, stage: ReportStage, permission: Permission) -> list[Report]:
    offices = work.actor.offices(permission)
    query = sa.select(Report).join(Report.framework).where(Framework.office_id.in_(offices), Report.stage == stage)
    return list(work.session.scalars(query.order_by(Report.due_on, Report.code).limit(MOST)))


def _flags(work: Work) -> list[Flag]:
    offices = work.actor.offices(Permission.IMPROVE)
    query = sa.select(Flag).join(Flag.framework).where(Framework.office_id.in_(offices), Flag.stage.in_(OPEN))
    return list(work.session.scalars(query.order_by(Flag.escalation.desc(), Flag.plan_due_on, Flag.id).limit(MOST)))
