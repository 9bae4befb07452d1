"""Sources made by others, registered when final: audits, assessments, donors' evaluations, reviews by peers."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from rbm.access import Permission
from rbm.errors import Forbidden, Invalid
from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.model.people import Office
from rbm.rules.inputs import refuse_blank
from rbm.services.deadlines import deadlines_on
from rbm.services.evaluation.disclosing import withhold
from rbm.terms.evaluation import (
    REGISTERED,
    ConductedBy,
    EvaluationLevel,
    EvaluationScope,
    EvaluationStage,
    EvaluationType,
    SourceKind,
    Timing,
)
from rbm.terms.people import OfficeKind
from rbm.work import Work


@dataclass(frozen=True)
class SourceBrief:
    """A source of recommendations that others made: what it is, by whom, its last day and the offices it judges.

    `office_id` is the evaluation office that registers it; `level` decides the days of the response. With a reason it
    is `withheld_until` a day from the start.
    """

    code: str
    title: str
    source: SourceKind
    office_id: UUID
    commissioned_by: str
    final_on: date
    subject_office_ids: list[UUID] | None = None
    type: EvaluationType = EvaluationType.CORPORATE
    level: EvaluationLevel = EvaluationLevel.CENTRALIZED
    timing: Timing = Timing.EX_POST
    conducted_by: ConductedBy = ConductedBy.EXTERNAL
    scope: EvaluationScope = EvaluationScope.ORGANISATION
    withheld_until: date | None = None
    withheld_reason: str | None = None


def register_source(work: Work, brief: SourceBrief) -> Evaluation:
    """Register a source of recommendations at the stage final, so that they are followed up like those of evaluations.

    Its kind stays with it. The days to its disclosure run from its registration, since nobody could read it here
    before. Invalid when the kind is our own evaluation, the day lies ahead, the office is no evaluation office, or one
    of reason and end of withholding is missing; Forbidden to withhold it for all but the head of evaluation; Conflict
    when the code is taken.
    """
    work.require(Permission.OVERSEE_EVALUATION)
    office = work.get(Office, brief.office_id, "office_id")
    _refuse(work, brief, office)
    if brief.withheld_until and not work.actor.may(Permission.DIRECT_EVALUATION, None):
        raise Forbidden("the head of evaluation alone withholds", "withheld_until").on("office", office.id)
    evaluation = work.add(
        Evaluation(
            code=refuse_blank(brief.code, "code"),
            title=refuse_blank(brief.title, "title"),
            source=brief.source,
            commissioned_by=refuse_blank(brief.commissioned_by, "commissioned_by"),
            type=brief.type,
            level=brief.level,
            timing=brief.timing,
            conducted_by=brief.conducted_by,
            scope=brief.scope,
            joint=False,
            stage=EvaluationStage.FINAL,
            office=office,
            planned_on=brief.final_on,
            planned_end=brief.final_on,
            original_end=brief.final_on,
            final_on=brief.final_on,
            disclosed_on=work.today + timedelta(days=deadlines_on(work, work.today).disclosure_days),
        )
    )
    for office_id in dict.fromkeys(brief.subject_office_ids or ()):
        judged = work.get(Office, office_id, "subject_office_ids")
        work.add(EvaluationSubject(evaluation=evaluation, office=judged))
    if brief.withheld_until:
        withhold(work, evaluation, brief.withheld_reason or "", brief.withheld_until)
    return evaluation


def _refuse(work: Work, brief: SourceBrief, office: Office) -> None:
    if brief.source not in REGISTERED:
        raise Invalid("an evaluation of our own is planned, not registered", "source")
    if brief.final_on > work.today:
        raise Invalid(f"{brief.final_on} lies ahead", "final_on")
    if brief.withheld_reason and not brief.withheld_until:
        raise Invalid("what is withheld is withheld until a day", "withheld_until")
    if office.kind is not OfficeKind.EVALUATION:
        raise Invalid(f"{office.code} is no evaluation office", "office_id")
