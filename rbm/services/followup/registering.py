"""Takes in the register of recommendations an office kept elsewhere: all of it, or nothing with every fault named."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import Permission
from rbm.files.registers import Answer, EntryEvaluation, EntryRecommendation, Register, group
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee, Recommendation
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.model.responses_guards import missing_answers
from rbm.services import people
from rbm.services.deadlines import deadlines_on
from rbm.services.findings import code_of
from rbm.services.followup.registers_actions import Answered, Imported, Importing, moved, noon, put_action
from rbm.services.followup.registers_known import ORIGIN, disagreements, read_known
from rbm.services.followup.scopes import scopes_on
from rbm.terms.evaluation import (
    ConductedBy,
    EvaluationLevel,
    EvaluationScope,
    EvaluationStage,
    EvaluationType,
    SourceKind,
    TextLanguage,
    Timing,
)
from rbm.terms.findings import AddresseeKind, RecommendationPriority, RecommendationStage
from rbm.terms.people import OfficeKind
from rbm.terms.responses import REASONED, ResponseReason, ResponseStage
from rbm.work import Work

PUBLISHED_ELSEWHERE = frozenset({SourceKind.EXTERNAL_ASSESSMENT, SourceKind.PEER_REVIEW})
"""What others made and published; anything else is disclosed so many days after it came in, not at once."""


def import_register(work: Work, register: Register, default_office: str | None = None) -> Imported:
    """Take in a register: evaluations at their final, issued recommendations, decisions, actions with what is claimed.

    `default_office` is the code of the office meant where a row names none. What is known already stays as it stands
    here, whatever has become of it in the file, so that importing a file again changes nothing. Nothing is verified,
    endorsed or published by an import: what is called completed waits for its verification, what is called not
    applicable for its release, and a complete response for its endorsement.

    Faulty names every row and column that is wrong, of the file or of what it says otherwise than the database.
    """
    work.require(Permission.IMPORT)
    entries, faults = group(register.rows, register.faults, work.today, default_office)
    known = read_known(work, entries)
    register.refuse_faulty([*faults, *disagreements(known, entries)])
    state = Importing(
        work,
        known,
        Imported(),
        _registrar(work),
        deadlines_on(work, work.today),
        scopes_on(work, work.today),
        {},
    )
    for entry in entries:
        _put_evaluation(state, entry)
    work.flush()
    _settle(state)
    if state.done.decisions or state.done.actions or state.done.recommendations:
        bulk.record(work.session, "register", register.name, {"sha256": register.sha256} | vars(state.done))
    return state.done


def _registrar(work: Work) -> Office:
    """The evaluation office, by which registers are kept; headquarters where there is none."""
    query = sa.select(Office).where(Office.kind == OfficeKind.EVALUATION).order_by(Office.code).limit(1)
    return work.session.scalars(query).one_or_none() or people.headquarters(work)


def _put_evaluation(state: Importing, entry: EntryEvaluation) -> None:
    row = state.known.evaluations.get(entry.code)
    if row is None:
        row = _new_evaluation(state, entry)
        state.work.session.add(row)
        state.done.evaluations += 1
    for recommendation in entry.recommendations.values():
        _put_recommendation(state, row, recommendation)


def _new_evaluation(state: Importing, entry: EntryEvaluation) -> Evaluation:
    final = entry.final_on or state.work.today
    shown = final if entry.source in PUBLISHED_ELSEWHERE else state.work.today
    return Evaluation(
        id=ids.new(),
        code=entry.code,
        title=entry.title,
        source=entry.source,
        type=entry.type or EvaluationType.CORPORATE,
        level=entry.level or EvaluationLevel.CENTRALIZED,
        timing=Timing.EX_POST,
        conducted_by=ConductedBy.EXTERNAL,
        scope=EvaluationScope.ORGANISATION,
        joint=False,
        stage=EvaluationStage.FINAL,
        office=state.office,
        unplanned_reason=ORIGIN,
        planned_on=final,
        planned_end=final,
        original_end=final,
        final_on=final,
        disclosed_on=shown + timedelta(days=state.deadlines.disclosure_days),
    )


def _put_recommendation(state: Importing, evaluation: Evaluation, stated: EntryRecommendation) -> None:
    row = state.known.recommendations.get((evaluation.id, stated.number))
    new = row is None
    if row is None:
        row = Recommendation(
            id=ids.new(),
            code=code_of(evaluation, stated.number),
            evaluation=evaluation,
            number=stated.number,
            text=stated.text,
            language=stated.language or TextLanguage.ENGLISH,
            priority=stated.priority or RecommendationPriority.MEDIUM,
            stage=RecommendationStage.ISSUED,
            depends_on_funding=False,
            edition=1,
            issued_on=evaluation.final_on,
        )
        state.work.session.add(row)
        state.done.recommendations += 1
    for place, answer in enumerate(stated.answers.values()):
        office = state.known.offices[answer.office]
        at = Answered(evaluation, row, office, _response(state, evaluation, office))
        _put_answer(state, at, answer, leads=new and place == 0)


def _put_answer(state: Importing, at: Answered, answer: Answer, *, leads: bool) -> None:
    session, row, response, office = state.work.session, at.recommendation, at.response, at.office
    if (row.id, office.id) not in state.known.addressed:
        kind = AddresseeKind.HEAD_OF_OFFICE
        session.add(Addressee(recommendation=row, kind=kind, office=office, leads=leads))
    if answer.decision and (response.id, row.id, answer.part) not in state.known.decisions:
        session.add(_decision(state, row, response, answer))
        state.done.decisions += 1
        state.touched.setdefault(response.id, (response, []))[1].append(answer.responded_on)
    for stated in answer.actions:
        if (response.id, row.id, stated.text) in state.known.actions:
            state.done.known += 1
        else:
            put_action(state, at, stated, answer)


def _response(state: Importing, evaluation: Evaluation, office: Office) -> ManagementResponse:
    found = state.known.responses.get((evaluation.id, office.id))
    if found is None:
        issued = evaluation.final_on or state.work.today
        found = ManagementResponse(
            id=ids.new(),
            evaluation=evaluation,
            office=office,
            stage=ResponseStage.DUE,
            edition=1,
            transmitted_on=issued,
            due_on=state.deadlines.response_due(issued, evaluation.level),
            rule_edition=state.deadlines.edition,
        )
        state.work.session.add(found)
        state.known.responses[evaluation.id, office.id] = found
        state.created.add(found.id)
        state.done.responses += 1
    return found


def _decision(
    state: Importing, row: Recommendation, response: ManagementResponse, answer: Answer
) -> RecommendationResponse:
    reasons = answer.reasons or ((ResponseReason.OTHER,) if answer.decision in REASONED else ())
    return RecommendationResponse(
        response=response,
        recommendation=row,
        edition=response.edition,
        decision=answer.decision,
        reasons=[reason.value for reason in reasons] or None,
        explanation=answer.explanation,
        language=row.language,
        decided_on=(_stated(state, response) and answer.responded_on) or state.work.today,
        decided_by_id=state.work.actor.person_id,
    )


def _settle(state: Importing) -> None:
    """Responses that lack nothing are submitted, others are drafts that somebody completes; who imports wrote both."""
    touched = list(state.touched.values())
    lacking: Sequence[Any] = missing_answers(state.work, [response for response, _ in touched])
    for (response, days), missing in zip(touched, lacking, strict=True):
        answered_on = state.work.today if missing else _answered_on(state, response, days)
        moment = noon(state.work, answered_on)
        if response.stage is ResponseStage.DUE:
            moved(state.work, response, ResponseStage.DUE, ResponseStage.DRAFT, moment)
            response.stage, response.drafted_by_id = ResponseStage.DRAFT, state.work.actor.person_id
        if missing:
            state.done.waiting += 1
            continue
        moved(state.work, response, ResponseStage.DRAFT, ResponseStage.SUBMITTED, moment)
        response.stage, response.submitted_on = ResponseStage.SUBMITTED, answered_on
        response.submitted_by_id = state.work.actor.person_id
    state.work.flush()


def _answered_on(state: Importing, response: ManagementResponse, days: Sequence[date | None]) -> date:
    """The last day named, when all are and the answer came in with the question; today where it was awaited here."""
    stated = [day for day in days if day]
    return max(stated) if _stated(state, response) and len(stated) == len(days) else state.work.today


def _stated(state: Importing, response: ManagementResponse) -> bool:
    """Whether the days a register names hold: the response was not awaited here before it came in."""
    return response.id in state.created
