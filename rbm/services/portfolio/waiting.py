"""What waits for the caller: reports, values and flags, and what evaluations ask the caller to answer and to do."""

from dataclasses import dataclass, fields

import sqlalchemy as sa

from rbm.access import Permission
from rbm.model.followup import Action
from rbm.model.performance import Flag
from rbm.model.reporting import Measurement, Report
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.model.strategy import Framework
from rbm.services import quality, reporting
from rbm.services.portfolio import following
from rbm.services.portfolio.following import MOST
from rbm.services.reporting import Obligation, Timeliness
from rbm.terms.flags import FlagStage
from rbm.terms.reporting import ReportStage
from rbm.work import Work

OPEN = (FlagStage.NEW, FlagStage.ACKNOWLEDGED, FlagStage.ACTION, FlagStage.IMPROVING)
WRITTEN = frozenset({Timeliness.DUE, Timeliness.OVERDUE})


@dataclass(frozen=True)
class MyWork:
    """Lists of what waits for the caller, the most urgent first, at most 200 of each."""

    to_report: list[Obligation]
    returned: list[Report]
    to_approve: list[Report]
    to_verify: list[Measurement]
    flags: list[Flag]
    responses_owed: list[ManagementResponse]
    responses_overdue: list[ManagementResponse]
    responses_to_endorse: list[ManagementResponse]
    actions_due: list[Action]
    actions_overdue: list[Action]
    actions_to_verify: list[Action]
    rounds_open: list[FollowUpRound]


def my_work(work: Work) -> MyWork:
    """What waits for the caller, by what the caller may do where. Nothing waits for the public."""
    if work.actor.person_id is None:
        return MyWork(*([] for _ in fields(MyWork)))
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
        responses_owed=following.responses_owed(work, overdue=False),
        responses_overdue=following.responses_owed(work, overdue=True),
        responses_to_endorse=following.responses_to_endorse(work),
        actions_due=following.actions_to_do(work, overdue=False),
        actions_overdue=following.actions_to_do(work, overdue=True),
        actions_to_verify=following.actions_to_verify(work),
        rounds_open=following.rounds_open(work),
    )


def _reports(work: Work, stage: ReportStage, permission: Permission) -> list[Report]:
    offices = work.actor.offices(permission)
    query = sa.select(Report).join(Report.framework).where(Framework.office_id.in_(offices), Report.stage == stage)
    return list(work.session.scalars(query.order_by(Report.due_on, Report.code).limit(MOST)))


def _flags(work: Work) -> list[Flag]:
    offices = work.actor.offices(Permission.IMPROVE)
    query = sa.select(Flag).join(Flag.framework).where(Framework.office_id.in_(offices), Flag.stage.in_(OPEN))
    return list(work.session.scalars(query.order_by(Flag.escalation.desc(), Flag.plan_due_on, Flag.id).limit(MOST)))
