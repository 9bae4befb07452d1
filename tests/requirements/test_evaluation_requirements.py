"""Evaluations from the plan to the public: R115, R117, R118, R120, R132, R133, R203, R205, R207 and R208."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC, Actor
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Forbidden
from rbm.model.evaluation import Evaluation, EvaluationDocument
from rbm.model.reporting import Measurement
from rbm.services import evaluation, findings
from rbm.services.evaluation import (
    ChecklistInput,
    DocumentInput,
    EvaluationBrief,
    EvaluationRevision,
    QualityAnswer,
    ReportSections,
    SourceBrief,
    SubjectInput,
)
from rbm.services.findings import FindingInput
from rbm.stages import Transition
from rbm.terms.evaluation import (
    ConductedBy,
    DocumentKind,
    EvaluationScope,
    EvaluationStage,
    EvaluationType,
    QualityGate,
    SourceKind,
    TeamRole,
    TextLanguage,
    Timing,
)
from rbm.terms.people import Role
from rbm.terms.reporting import ValueStage
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.reviewed import questions
from tests.services.evaluation.scene import OPEN, OVER, TODAY, Scene, at, build

S = EvaluationStage
COMMENTS, DISCLOSURE = timedelta(days=14), timedelta(days=30)
BRIEF = {
    "unplanned_reason": "asked for by the government",
    "title": "Country programme of Angola",
    "type": EvaluationType.COUNTRY_PROGRAMME,
    "timing": Timing.MID_TERM,
    "conducted_by": ConductedBy.EXTERNAL,
    "scope": EvaluationScope.COUNTRY,
    "planned_end": date(2026, 12, 31),
}


@pytest.fixture
def scene(start: Begin) -> Scene:
    return build(start)


class Life:
    """An evaluation brought from stage to stage through the services, by those whose part it is."""

    def __init__(self, scene: Scene, start: Begin) -> None:
        self.scene, self.start = scene, start
        self.lead = scene.person(trained=True)
        self.key = self.commissioned()
        with start() as work:
            self.assessor = Make(work).actor(Role.QUALITY_ASSESSOR)
        with start(scene.head) as work:
            for gate in QualityGate:
                asked = ChecklistInput(gate, "Checklist", TODAY, Decimal(60), questions(1, 1))
                evaluation.define_checklist(work, asked)

    def commissioned(self) -> UUID:
        with self.start(self.scene.manager) as work:
            key = evaluation.plan_evaluation(work, EvaluationBrief("E", self.scene.unit, **BRIEF)).id
            evaluation.add_subject(work, SubjectInput(key, office_id=self.scene.office))
            return key

    def attach(self, kind: DocumentKind, day: date = TODAY) -> UUID:
        stated = DocumentInput(self.key, kind, TextLanguage.ENGLISH, "Text", text=f"the {kind}")
        with self.start(self.scene.manager, now=at(day)) as work:
            return evaluation.attach_document(work, stated).id

    def reviewed(self, gate: QualityGate, points: int = 3, day: date = TODAY) -> None:
        with self.start(self.scene.officer, now=at(day)) as work:
            review = evaluation.assign_quality_review(work, self.key, gate, self.assessor.person_id)
        answers = [QualityAnswer(number, points) for number in (1, 2)]
        gender = 6 if gate is QualityGate.FINAL else None
        with self.start(self.assessor, now=at(day)) as work:
            evaluation.rate_quality(work, review.id, answers, gender)
            evaluation.finish_quality_review(work, review.id)

    def to(self, stage: S) -> None:
        with self.start(self.scene.manager) as work:
            assert evaluation.advance_evaluation(work, self.key, stage).stage is stage

    def staffed(self) -> None:
        with self.start(self.scene.manager) as work:
            member = evaluation.add_team_member(work, self.key, self.lead.id, TeamRole.LEAD).id
        with self.start(self.scene.actor(self.lead)) as work:
            evaluation.declare_interest(work, member, "none", conflict=False)

    def drafted(self) -> None:
        """From the plan to the draft, on the day of the tests."""
        terms = self.attach(DocumentKind.TERMS_OF_REFERENCE)
        self.to(S.TOR)
        with self.start(self.scene.officer) as work:
            evaluation.approve_terms_of_reference(work, terms)
        self.reviewed(QualityGate.TERMS_OF_REFERENCE)
        self.staffed()
        self.to(S.TEAM_ONBOARD)
        self.to(S.INCEPTION)
        self.attach(DocumentKind.INCEPTION_REPORT)
        self.reviewed(QualityGate.INCEPTION)
        self.to(S.DATA_COLLECTION)
        self.attach(DocumentKind.DRAFT_REPORT)
        self.to(S.DRAFT_REPORT)

    def finalised(self, day: date) -> None:
        """From the draft to the final, of which the second part on a day."""
        self.reviewed(QualityGate.DRAFT)
        self.to(S.QUALITY_REVIEW)
        self.attach(DocumentKind.FINAL_REPORT)
        with self.start(self.scene.actor(self.lead)) as work:
            stated = ReportSections(methods="interviews", sources="people", limitations="few days")
            evaluation.write_report_sections(work, self.key, stated)
            findings.record_finding(work, self.key, FindingInput("offices wait for funds"))
        self.reviewed(QualityGate.FINAL, day=day)
        with self.start(self.scene.officer, now=at(day)) as work:
            evaluation.finalise_evaluation(work, self.key)


def public_texts(start: Begin, day: date) -> set[DocumentKind]:
    with start(PUBLIC, now=at(day)) as work:
        return set(work.session.scalars(sa.select(EvaluationDocument.kind)))


def test_r205_after_the_window_the_report_is_final_and_then_public_without_management(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    life = Life(scene, start)
    life.drafted()
    last = TODAY + COMMENTS
    with start(scene.chief, now=at(last)) as work:
        evaluation.comment_on_draft(work, life.key, scene.office, "we want another finding")
    final = last + timedelta(days=1)
    life.finalised(final)
    opened = final + DISCLOSURE
    assert public_texts(start, opened - timedelta(days=1)) == set()
    assert public_texts(start, opened) == {DocumentKind.TERMS_OF_REFERENCE, DocumentKind.FINAL_REPORT}
    with start() as work:
        moves = work.session.scalars(sa.select(Transition).where(Transition.entity == "evaluation"))
        assert [move.to_stage for move in moves.all()] == [
            S.TOR,
            S.TEAM_ONBOARD,
            S.INCEPTION,
            S.DATA_COLLECTION,
            S.DRAFT_REPORT,
            S.QUALITY_REVIEW,
            S.FINAL,
        ]


def test_r115_a_failed_gate_stops_it_until_a_later_review_passes(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    life = Life(scene, start)
    life.drafted()
    life.reviewed(QualityGate.DRAFT, points=1)
    with refused(engine, Conflict, "quality_reviews", scene.manager) as work:
        evaluation.advance_evaluation(work, life.key, S.QUALITY_REVIEW)
    life.reviewed(QualityGate.DRAFT, points=2, day=TODAY + timedelta(days=1))
    life.to(S.QUALITY_REVIEW)


def test_r118_a_final_report_with_empty_limitations_is_refused(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.complete(S.QUALITY_REVIEW, **OVER)
    with start(scene.manager) as work:
        evaluation.write_report_sections(work, key, ReportSections(limitations=" "))
    with refused(engine, Conflict, "limitations", scene.officer) as work:
        evaluation.finalise_evaluation(work, key)


def test_r120_nobody_evaluates_what_they_ran(scene: Scene, engine: sa.Engine) -> None:
    key = scene.made(S.TOR)
    with refused(engine, Conflict, "person_id", scene.manager) as work:
        evaluation.add_team_member(work, key, scene.chief.person_id)


@pytest.mark.parametrize("source", [SourceKind.EXTERNAL_ASSESSMENT, SourceKind.AUDIT, SourceKind.DONOR_EVALUATION])
def test_r132_r133_assessments_audits_and_evaluations_of_donors_are_tracked_apart(
    scene: Scene, start: Begin, source: SourceKind
) -> None:
    with start(scene.officer) as work:
        brief = SourceBrief("SOURCE", "What others found", source, scene.unit, "others", TODAY)
        made = evaluation.register_source(work, brief)
        of_kind = sa.select(Evaluation).where(Evaluation.source == source)
        assert work.session.scalars(of_kind).one() is made


WRITES: list[tuple[str, Callable[[Work, UUID], object]]] = [
    ("revise", lambda work, key: evaluation.revise_evaluation(work, key, EvaluationRevision(title="Other"))),
    ("advance", lambda work, key: evaluation.advance_evaluation(work, key, S.QUALITY_REVIEW)),
    ("sections", lambda work, key: evaluation.write_report_sections(work, key, ReportSections(methods="none"))),
    ("withhold", lambda work, key: evaluation.withhold_report(work, key, "not yet", date(2027, 1, 1))),
    ("finalise", evaluation.finalise_evaluation),
    ("publish", evaluation.publish_evaluation),
    ("postpone", lambda work, key: evaluation.postpone_evaluation(work, key, "not yet")),
    ("cancel", lambda work, key: evaluation.cancel_evaluation(work, key, "not at all")),
]


@pytest.mark.parametrize("who", ["chief", "focal", "senior"])
@pytest.mark.parametrize(("name", "act"), WRITES)
def test_r203_r207_what_management_tries_is_refused_logged_and_shown_to_the_governing_body(
    scene: Scene, start: Begin, engine: sa.Engine, who: str, name: str, act: Callable[[Work, UUID], object]
) -> None:
    stages = {"postpone": S.PLANNED, "finalise": S.QUALITY_REVIEW, "publish": S.FINAL, "withhold": S.FINAL}
    key, actor = scene.complete(stages.get(name, S.DRAFT_REPORT), **OPEN), getattr(scene, who)
    with refused(engine, Forbidden, None, actor) as work:
        act(work, key)
    with start(scene.board) as work:
        (entry,) = work.session.scalars(sa.select(AuditEntry)).all()
        assert (entry.kind, entry.person_id) == (AuditKind.REFUSED, actor.person_id)


def test_r208_evaluators_see_unreleased_data_and_managers_no_drafts(scene: Scene, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        plan = make.framework(office=make.project(code="OTHER").office)
        make.measurement(make.indicator(make.result(plan)), make.year(), 7, stage=ValueStage.DRAFT)
        office_id = plan.office_id
    key, person = scene.made(S.TEAM_ONBOARD), scene.person()
    with start() as work:
        evaluation.widen_evaluation(work, SubjectInput(key, office_id=office_id))

    def seen(actor: Actor) -> int:
        with start(actor) as work:
            return len(work.session.scalars(sa.select(Measurement)).all())

    assert seen(scene.actor(person)) == 0
    scene.declared(key, person)
    assert seen(scene.actor(person)) == 1
    with start(scene.chief) as work:
        assert work.session.scalars(sa.select(EvaluationDocument)).all() == []


def test_r117_comments_of_reviewers_change_no_finding(scene: Scene, start: Begin) -> None:
    key = scene.complete(S.DRAFT_REPORT, **OPEN)
    with start() as work:
        before = {row.id: row.content_hash for row in work.session.scalars(sa.select(EvaluationDocument))}
    with start(scene.chief) as work:
        (reviewer,) = evaluation.reviewers(work, key)
        assert [person.id for person in reviewer.persons] == [scene.chief.person_id]
        evaluation.comment_on_draft(work, key, scene.office, "strike finding 1")
    with start() as work:
        assert {row.id: row.content_hash for row in work.session.scalars(sa.select(EvaluationDocument))} == before
