"""Disclosure and independence: final texts withheld for a while, and attempts to influence an evaluation reported."""

from datetime import date, timedelta
from uuid import UUID

from rbm.access import ANYWHERE, Permission
from rbm.errors import Conflict, Invalid
from rbm.model.appraisal import DisclosureException, InterferenceReport
from rbm.model.evaluation import Evaluation
from rbm.rules.inputs import refuse_blank
from rbm.services.deadlines import deadlines_on
from rbm.services.evaluation.standing import manage, refuse_stage
from rbm.terms.evaluation import SETTLED
from rbm.work import Work


def withhold_report(work: Work, evaluation_id: UUID, reason: str, ends_on: date) -> Evaluation:
    """Withhold a final text from the public up to a day, with the reason; what is withheld, to another day.

    One exception holds for the days of the deadlines in force at most; another one is recorded beside it. Invalid
    without a reason, or when the day is not after today or lies beyond these days; Conflict when everyone could read it
    already, or before the final.
    """
    evaluation = manage(work, evaluation_id, Permission.DIRECT_EVALUATION, central=True)
    refuse_stage(evaluation, SETTLED)
    return withhold(work, evaluation, reason, ends_on)


def withhold(work: Work, evaluation: Evaluation, reason: str, ends_on: date) -> Evaluation:
    """The same for somebody who may, of a text that is final."""
    stated = refuse_blank(reason, "reason")
    if ends_on <= work.today:
        raise Invalid(f"{ends_on} is not after today", "ends_on")
    longest = work.today + timedelta(days=deadlines_on(work, work.today).withholding_days)
    if ends_on > longest:
        raise Invalid(f"an exception made today ends by {longest}", "ends_on")
    if disclosed(work, evaluation):
        raise Conflict("everyone can read it already", "evaluation_id")
    evaluation.withheld_until = ends_on
    recorded = {"recorded_at": work.now, "recorded_by_id": work.actor.person_id}
    work.add(DisclosureException(evaluation=evaluation, reason=stated, ends_on=ends_on, **recorded))
    return evaluation


def disclosed(work: Work, evaluation: Evaluation) -> bool:
    """Whether everyone can read the final text of an evaluation today, by its dates alone."""
    opened, withheld = evaluation.disclosed_on, evaluation.withheld_until
    return opened is not None and opened <= work.today and (withheld is None or withheld < work.today)


def report_interference(work: Work, evaluation_id: UUID, text: str) -> InterferenceReport:
    """Report an attempt to influence an evaluation, for its head, oversight and the governing body alone to read.

    Invalid without words; NotFound when the evaluation is not seen.
    """
    evaluation = work.get(Evaluation, evaluation_id, "evaluation_id")
    work.require(Permission.SEE, ANYWHERE, about=evaluation)
    reported = {"reported_at": work.now, "reported_by_id": work.actor.person_id}
    return work.add(InterferenceReport(evaluation=evaluation, text=refuse_blank(text, "text"), **reported))
