"""The way of an evaluation: every step with what it needs, and what the final sets."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.appraisal import QualityReview
from rbm.model.evaluation import Evaluation, EvaluationDocument, EvaluationReport, EvaluationSubject, TeamMember
from rbm.model.findings import Finding, Recommendation
from rbm.model.governance import GoverningDecision
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse
from rbm.services import deadlines, evaluation, people
from rbm.services.deadlines import DeadlineRevision
from rbm.stages import Transition
from rbm.terms.evaluation import DocumentKind, EvaluationStage, QualityGate, QualityStage, TeamRole
from rbm.terms.findings import RecommendationStage
from rbm.terms.people import Role
from rbm.terms.planning import DecisionKind
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.scene import OVER, TODAY, Scene, at

pytestmark = pytest.mark.in_turn
S = EvaluationStage
WAY = [S.PLANNED, S.TOR, S.TEAM_ONBOARD, S.INCEPTION, S.DATA_COLLECTION, S.DRAFT_REPORT, S.QUALITY_REVIEW]
MANAGEMENT = ("chief", "focal", "senior", "board")


def without(start: Begin, key: UUID, change: Callable[[Work, Any], None]) -> None:
    """Take away or change one of the things that an evaluation needs."""
    with start() as work:
        change(Make(work).work, work.get(Evaluation, key))


def no_document(kind: DocumentKind) -> Callable[[Work, Any], None]:
    def change(work: Work, row: Any) -> None:
        for review in work.session.scalars(sa.select(QualityReview).where(QualityReview.evaluation_id == row.id)):
            review.document_id = None
        kinds = (EvaluationDocument.evaluation_id == row.id, EvaluationDocument.kind == kind)
        work.remove(work.session.scalars(sa.select(EvaluationDocument).where(*kinds)).one())

    return change


def failed(gate: QualityGate) -> Callable[[Work, Any], None]:
    """A later review at the gate that did not pass."""
    return lambda work, row: Evaluating(Make(work)).review(row, gate, passed=False, finished_on=TODAY) and None


def replaced(kind: DocumentKind) -> Callable[[Work, Any], None]:
    """A later text than the one that passed its gate; of terms of reference, approved like the first."""
    facts = {"edition": 2, "content_hash": "2" * 64}
    return lambda work, row: (
        Evaluating(Make(work)).document(row, kind, approved_at=work.now, attached_at=work.now, **facts) and None
    )


def unreviewed(gate: QualityGate) -> Callable[[Work, Any], None]:
    def change(work: Work, row: Any) -> None:
        at_gate = (QualityReview.evaluation_id == row.id, QualityReview.gate == gate)
        work.remove(work.session.scalars(sa.select(QualityReview).where(*at_gate)).one())

    return change


def changed(cls: Any, **facts: Any) -> Callable[[Work, Any], None]:
    def change(work: Work, row: Any) -> None:
        kept = work.session.scalars(sa.select(cls).where(cls.evaluation_id == row.id)).first()
        for name, value in facts.items():
            setattr(kept, name, value)

    return change


def no_subject(work: Work, row: Any) -> None:
    work.remove(work.session.scalars(sa.select(EvaluationSubject)).one())


def newer_terms(work: Work, row: Any) -> None:
    Evaluating(Make(work)).document(row, DocumentKind.TERMS_OF_REFERENCE, edition=2)


def kept_back(work: Work, row: Any) -> None:
    reports = sa.select(EvaluationDocument).where(EvaluationDocument.kind == DocumentKind.FINAL_REPORT)
    work.session.scalars(reports.where(EvaluationDocument.evaluation_id == row.id)).one().public = False


def nothing_found(work: Work, row: Any) -> None:
    work.remove(work.session.scalars(sa.select(Finding).where(Finding.evaluation_id == row.id)).one())


def opened_again(work: Work, row: Any) -> None:
    Evaluating(Make(work)).review(row, QualityGate.FINAL, stage=QualityStage.ASSIGNED, passed=None, finished_on=None)


def second_member(work: Work, row: Any) -> None:
    Evaluating(Make(work)).member(row, role=TeamRole.MEMBER, conflict=None)


TEAM = [
    (changed(TeamMember, left_on=TODAY), "team"),
    (changed(TeamMember, role=TeamRole.MEMBER), "team"),
    (changed(TeamMember, conflict=True), "team"),
    (second_member, "team"),
]
NEEDED: dict[S, list[tuple[Callable[[Work, Any], None], str]]] = {
    S.PLANNED: [(no_document(DocumentKind.TERMS_OF_REFERENCE), "documents")],
    S.TOR: [
        (no_document(DocumentKind.TERMS_OF_REFERENCE), "documents"),
        (newer_terms, "documents"),
        (failed(QualityGate.TERMS_OF_REFERENCE), "quality_reviews"),
        (unreviewed(QualityGate.TERMS_OF_REFERENCE), "quality_reviews"),
        (replaced(DocumentKind.TERMS_OF_REFERENCE), "quality_reviews"),
        (no_subject, "subjects"),
        *TEAM,
    ],
    S.TEAM_ONBOARD: TEAM,
    S.INCEPTION: [
        (no_document(DocumentKind.INCEPTION_REPORT), "documents"),
        (failed(QualityGate.INCEPTION), "quality_reviews"),
        (replaced(DocumentKind.INCEPTION_REPORT), "quality_reviews"),
        *TEAM,
    ],
    S.DATA_COLLECTION: [(no_document(DocumentKind.DRAFT_REPORT), "documents"), *TEAM],
    S.DRAFT_REPORT: [
        (failed(QualityGate.DRAFT), "quality_reviews"),
        (replaced(DocumentKind.DRAFT_REPORT), "quality_reviews"),
        *TEAM,
    ],
    S.QUALITY_REVIEW: [
        (no_document(DocumentKind.FINAL_REPORT), "documents"),
        (kept_back, "documents"),
        (nothing_found, "findings"),
        (opened_again, "quality_reviews"),
        (failed(QualityGate.FINAL), "quality_reviews"),
        (unreviewed(QualityGate.FINAL), "quality_reviews"),
        (replaced(DocumentKind.FINAL_REPORT), "quality_reviews"),
        (changed(EvaluationReport, methods=None), "methods"),
        (changed(EvaluationReport, sources=" "), "sources"),
        (changed(EvaluationReport, limitations=""), "limitations"),
        *TEAM,
    ],
}
"""What is missing at a stage, and the field that the refusal to go on names."""
CASES = [(stage, change, field) for stage, needed in NEEDED.items() for change, field in needed]


def next_of(stage: S) -> S:
    return [*WAY, S.FINAL][WAY.index(stage) + 1]


def go(work: Work, key: UUID, stage: S) -> Evaluation:
    """Bring an evaluation from a stage to the next, by whoever may."""
    if stage is S.QUALITY_REVIEW:
        return evaluation.finalise_evaluation(work, key)
    return evaluation.advance_evaluation(work, key, next_of(stage))


@pytest.mark.parametrize("stage", WAY)
def test_with_all_it_needs_it_goes_on(scene: Scene, start: Begin, stage: S) -> None:
    key = scene.complete(stage, **OVER)
    with start(scene.officer) as work:
        assert go(work, key, stage).stage is next_of(stage)
    with start() as work:
        moved = work.session.scalars(sa.select(Transition).where(Transition.entity_id == key)).one()
        assert (moved.from_stage, moved.to_stage) == (stage, next_of(stage))
        assert moved.person_id == scene.officer.person_id


@pytest.mark.parametrize(("stage", "change", "field"), CASES)
def test_r115_r118_what_is_missing_keeps_it_where_it_is(
    scene: Scene, start: Begin, engine: sa.Engine, stage: S, change: Callable[[Work, Any], None], field: str
) -> None:
    key = scene.complete(stage, **OVER)
    without(start, key, change)
    with refused(engine, Conflict, field, scene.officer) as work:
        go(work, key, stage)
    with start(scene.officer) as work:
        told = dict(work.allowed(work.get(Evaluation, key)))
        assert told[next_of(stage)]


def test_an_earlier_failure_at_a_gate_is_made_good(scene: Scene, start: Begin) -> None:
    key = scene.complete(S.DRAFT_REPORT)
    with start() as work:
        row = work.get(Evaluation, key)
        Evaluating(Make(work)).review(row, QualityGate.DRAFT, passed=False, finished_on=date(2026, 1, 1))
    with start(scene.manager) as work:
        assert go(work, key, S.DRAFT_REPORT).stage is S.QUALITY_REVIEW


def test_a_text_that_replaces_the_one_that_passed_passes_itself(scene: Scene, start: Begin) -> None:
    key = scene.complete(S.QUALITY_REVIEW, **OVER)
    with start() as work:
        row = work.get(Evaluation, key)
        replaced(DocumentKind.FINAL_REPORT)(work, row)
        final = (EvaluationDocument.kind == DocumentKind.FINAL_REPORT, EvaluationDocument.edition == 2)
        newest = work.session.scalars(sa.select(EvaluationDocument).where(*final)).one()
        facts = {"document": newest, "content_hash": "2" * 64, "finished_on": TODAY}
        Evaluating(Make(work)).review(row, QualityGate.FINAL, **facts)
    with start(scene.officer) as work:
        assert evaluation.finalise_evaluation(work, key).report_hash == "2" * 64


@pytest.mark.parametrize("stage", WAY)
def test_r203_management_brings_no_evaluation_on(scene: Scene, engine: sa.Engine, stage: S) -> None:
    key = scene.complete(stage, **OVER)
    for name in MANAGEMENT:
        with refused(engine, Forbidden, None, getattr(scene, name)) as work:
            go(work, key, stage)
        for act in (
            lambda work: evaluation.postpone_evaluation(work, key, "wait"),
            lambda work: evaluation.cancel_evaluation(work, key, "no"),
        ):
            with pytest.raises((Forbidden, Conflict)), scene.start(getattr(scene, name)) as work:
                act(work)


def test_the_manager_does_not_decide_for_the_unit(scene: Scene, engine: sa.Engine) -> None:
    key = scene.complete(S.QUALITY_REVIEW, **OVER)
    for to in (S.FINAL, S.PUBLISHED, S.POSTPONED, S.CANCELLED, S.PLANNED):
        with refused(engine, Invalid, "to", scene.manager) as work:
            evaluation.advance_evaluation(work, key, to)
    with refused(engine, Forbidden, None, scene.manager) as work:
        evaluation.finalise_evaluation(work, key)


def test_who_came_to_run_what_is_judged_leaves_first(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    for stage in (S.INCEPTION, S.QUALITY_REVIEW):
        key = scene.complete(stage, **OVER)
        with start() as work:
            member = work.session.scalars(sa.select(TeamMember).where(TeamMember.evaluation_id == key)).one()
            people.grant_role(work, member.person_id, scene.office, Role.REPORTER)
        with refused(engine, Conflict, "team", scene.officer) as work:
            go(work, key, stage)


def test_the_draft_opens_the_days_for_comments_by_the_deadlines_in_force(scene: Scene, start: Begin) -> None:
    first, second = scene.complete(S.DATA_COLLECTION), scene.complete(S.DATA_COLLECTION)
    with start(scene.manager) as work:
        made = go(work, first, S.DATA_COLLECTION)
        assert (made.comments_from, made.comments_until) == (TODAY, date(2026, 3, 16))
    with start(scene.head) as work:
        deadlines.revise_deadlines(work, DeadlineRevision(TODAY, comment_days=21, disclosure_days=10))
    with start(scene.manager) as work:
        assert go(work, second, S.DATA_COLLECTION).comments_until == date(2026, 3, 23)


def test_the_final_waits_for_the_last_day_of_comments(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.complete(S.QUALITY_REVIEW, comments_from=date(2026, 2, 16), comments_until=TODAY)
    with refused(engine, Conflict, "comments_until", scene.officer) as work:
        evaluation.finalise_evaluation(work, key)
    with start(scene.officer, now=at(date(2026, 3, 3))) as work:
        assert evaluation.finalise_evaluation(work, key).stage is S.FINAL


def test_the_final_sets_its_days_and_hash_and_issues_what_it_recommends(scene: Scene, start: Begin) -> None:
    key = scene.complete(S.QUALITY_REVIEW, **OVER)
    with start() as work:
        office = work.get(Office, scene.office)
        drafted = {"stage": RecommendationStage.DRAFT, "issued_on": None}
        Evaluating(Make(work)).recommendation(work.get(Evaluation, key), office, **drafted)
    with start(scene.officer) as work:
        made = evaluation.finalise_evaluation(work, key)
        assert (made.final_on, made.disclosed_on) == (TODAY, date(2026, 4, 1))
        assert (made.report_hash, made.published_on) == ("1" * 64, None)
    with start() as work:
        issued = work.session.scalars(sa.select(Recommendation)).one()
        assert (issued.stage, issued.issued_on) == (RecommendationStage.ISSUED, TODAY)
        due = work.session.scalars(sa.select(ManagementResponse)).one()
        assert (due.office_id, due.transmitted_on, due.due_on) == (scene.office, TODAY, date(2026, 4, 13))


@pytest.mark.parametrize("stage", [S.FINAL, S.PUBLISHED, S.CANCELLED])
def test_there_is_no_way_back(scene: Scene, engine: sa.Engine, stage: S) -> None:
    key = scene.complete(stage, **OVER)
    for to in WAY[1:]:
        with refused(engine, Conflict, "stage", scene.manager) as work:
            evaluation.advance_evaluation(work, key, to)
    with refused(engine, Conflict, "stage", scene.head) as work:
        evaluation.cancel_evaluation(work, key, "no")
    with refused(engine, Conflict, "stage", scene.head) as work:
        evaluation.postpone_evaluation(work, key, "wait")


def test_publishing_opens_it_from_today_and_is_the_units_to_do(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(S.FINAL, final_on=TODAY, disclosed_on=date(2026, 4, 1))
    for actor in (scene.chief, scene.senior, scene.manager):
        with refused(engine, Forbidden, None, actor) as work:
            evaluation.publish_evaluation(work, key)
    with start(scene.officer) as work:
        made = evaluation.publish_evaluation(work, key)
        assert (made.stage, made.published_on, made.disclosed_on) == (S.PUBLISHED, TODAY, TODAY)
    opened = scene.made(S.FINAL, disclosed_on=date(2026, 2, 18))
    with start(scene.officer) as work:
        assert evaluation.publish_evaluation(work, opened).disclosed_on == date(2026, 2, 18)
    withheld = scene.made(S.FINAL, withheld_until=TODAY)
    with refused(engine, Conflict, "withheld_until", scene.officer) as work:
        evaluation.publish_evaluation(work, withheld)


@pytest.mark.parametrize("stage", [S.PLANNED, S.TOR])
def test_what_is_put_off_keeps_the_end_first_planned(scene: Scene, start: Begin, engine: sa.Engine, stage: S) -> None:
    key = scene.made(stage)
    with refused(engine, Invalid, "reason", scene.officer) as work:
        evaluation.postpone_evaluation(work, key, " ")
    with start(scene.officer) as work:
        assert evaluation.postpone_evaluation(work, key, "floods").stage is S.POSTPONED
    with refused(engine, Invalid, "planned_end", scene.officer) as work:
        evaluation.resume_evaluation(work, key, date(2026, 3, 1))
    with start(scene.officer) as work:
        made = evaluation.resume_evaluation(work, key, date(2026, 12, 1))
        assert (made.stage, made.planned_end, made.original_end) == (S.PLANNED, date(2026, 12, 1), date(2025, 12, 31))


def test_a_team_at_work_is_not_put_off(scene: Scene, engine: sa.Engine) -> None:
    key = scene.made(S.INCEPTION)
    with refused(engine, Conflict, "stage", scene.officer) as work:
        evaluation.postpone_evaluation(work, key, "floods")


@pytest.mark.parametrize("stage", [*WAY, S.POSTPONED])
def test_the_head_cancels_with_a_reason(scene: Scene, start: Begin, engine: sa.Engine, stage: S) -> None:
    key = scene.made(stage)
    with refused(engine, Forbidden, None, scene.officer) as work:
        evaluation.cancel_evaluation(work, key, "no money")
    with refused(engine, Invalid, "reason", scene.head) as work:
        evaluation.cancel_evaluation(work, key, " ")
    with start(scene.head) as work:
        assert evaluation.cancel_evaluation(work, key, "no money").stage is S.CANCELLED


def test_what_the_governing_body_approved_it_decides_to_cancel(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        of = Evaluating(Make(work))
        decisions = (("C/0", DecisionKind.CANCELLATION, 4), ("C/1", DecisionKind.PLAN, 5))
        for reference, kind, day in (*decisions, ("C/2", DecisionKind.CANCELLATION, 5)):
            made = {"text": "decided", "decided_on": date(2026, 1, day)}
            work.add(GoverningDecision(reference=reference, kind=kind, **made))
        decided = work.session.scalars(sa.select(GoverningDecision).where(GoverningDecision.reference == "C/1")).one()
        item_id = of.item(of.plan(decision=decided)).id
    key, other = scene.made(S.PLANNED, item_id=item_id), scene.made(S.PLANNED, item_id=item_id)
    for reference, kind in ((None, Invalid), ("C/9", Invalid), ("C/1", Conflict), ("C/0", Conflict)):
        with refused(engine, kind, "decision_reference", scene.head) as work:
            evaluation.cancel_evaluation(work, key, "no money", reference)
    with start(scene.head) as work:
        cancelled = evaluation.cancel_evaluation(work, key, "no money", "C/2")
        assert cancelled.decision_id is not None
    with refused(engine, Conflict, "decision_reference", scene.head) as work:
        evaluation.cancel_evaluation(work, other, "no money either", "C/2")
    with start() as work:
        moved = work.session.scalars(sa.select(Transition).where(Transition.entity_id == key)).one()
        assert moved.reason == "no money (C/2)"
