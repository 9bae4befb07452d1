"""What is done about a flag: acknowledged, planned for, reported on, resolved, or given up."""

from datetime import date
from uuid import UUID

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.performance import Flag, FlagUpdate, ImprovementPlan
from rbm.rules.inputs import refuse_blank
from rbm.terms.flags import FlagStage
from rbm.work import Work

PLANNABLE = frozenset({FlagStage.NEW, FlagStage.ACKNOWLEDGED, FlagStage.ACTION, FlagStage.IMPROVING})
REPORTABLE = frozenset({FlagStage.ACTION, FlagStage.IMPROVING})


def acknowledge_flag(work: Work, flag_id: UUID) -> Flag:
    """Say that a new flag has been seen by those responsible. Conflict when it is not new."""
    return work.move(work.get(Flag, flag_id, "flag_id"), FlagStage.ACKNOWLEDGED)


def plan_improvement(work: Work, flag_id: UUID, measures: str, due_on: date) -> ImprovementPlan:
    """Plan what is done about a flag, and by when; an earlier plan stays beside it.

    Invalid when the day has passed or nothing is planned; Conflict when the flag is watched or ended.
    """
    flag = work.get(Flag, flag_id, "flag_id")
    work.require(Permission.IMPROVE, flag)
    planned = refuse_blank(measures, "measures")
    if due_on < work.today:
        raise Invalid(f"{due_on} has passed", "due_on")
    _refuse_stage(flag, PLANNABLE)
    if flag.stage is not FlagStage.ACTION:
        work.move(flag, FlagStage.ACTION)
    return work.add(
        ImprovementPlan(
            flag=flag, measures=planned, due_on=due_on, planned_at=work.now, planned_by_id=work.actor.person_id
        )
    )


def report_progress_on_flag(work: Work, flag_id: UUID, text: str, *, improving: bool = True) -> FlagUpdate:
    """Report on the way to improvement; reports are never changed. Conflict when nothing is planned."""
    flag = work.get(Flag, flag_id, "flag_id")
    work.require(Permission.IMPROVE, flag)
    said = refuse_blank(text, "text")
    _refuse_stage(flag, REPORTABLE)
    stage = FlagStage.IMPROVING if improving else FlagStage.ACTION
    if flag.stage is not stage:
        work.move(flag, stage)
    return work.add(FlagUpdate(flag=flag, text=said, reported_at=work.now, reported_by_id=work.actor.person_id))


def resolve_flag(work: Work, flag_id: UUID, reason: str) -> Flag:
    """Say that what a flag was raised for is settled, and how. Conflict unless improvement was planned."""
    return work.move(work.get(Flag, flag_id, "flag_id"), FlagStage.RESOLVED, reason)


def fail_flag(work: Work, flag_id: UUID, reason: str) -> Flag:
    """Close a flag whose intervention could not be improved, and say why."""
    return work.move(work.get(Flag, flag_id, "flag_id"), FlagStage.CLOSED_AS_FAILED, reason)


def _refuse_stage(flag: Flag, stages: frozenset[FlagStage]) -> None:
    if flag.stage not in stages:
        raise Conflict(f"the flag is {flag.stage.replace('_', ' ')}", "flag_id")
