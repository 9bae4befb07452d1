"""Quality reviews and their checklists: by whom, answered whole, scored, and decisive at their gate."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import Actor, Permission
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.appraisal import Checklist, ChecklistQuestion, QualityReview
from rbm.model.evaluation import Evaluation
from rbm.model.people import Person
from rbm.services import evaluation, findings, people
from rbm.services.evaluation import ChecklistInput, QualityAnswer, QuestionInput
from rbm.services.evaluation.checklists import checklist_on
from rbm.services.findings import FindingInput
from rbm.stages import Transition
from rbm.terms.evaluation import DocumentKind, EvaluationStage, QualityGate, QualityLevel, QualityStage
from rbm.terms.people import Role
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.reviewed import document, questions
from tests.services.findings.scene import Scene, play

pytestmark = pytest.mark.in_turn
TODAY = date(2026, 3, 2)
GATE = QualityGate.DRAFT
ASKED = ChecklistInput(GATE, "Quality of the draft", TODAY, Decimal(60), questions(1, 2))
FULL = [QualityAnswer(1, 3), QualityAnswer(2, 3)]


def ready(work: Work, **facts: Any) -> tuple[Scene, Actor]:
    """An evaluation with a draft report and a checklist for it, and somebody outside who assesses quality."""
    scene = play(work, EvaluationStage.DRAFT_REPORT, **facts)
    document(work, scene.evaluation_id, DocumentKind.DRAFT_REPORT)
    evaluation.define_checklist(work, ASKED)
    return scene, Make(work).actor(Role.QUALITY_ASSESSOR)


def assigned(work: Work, scene: Scene, assessor: Actor) -> QualityReview:
    assert assessor.person_id
    return evaluation.assign_quality_review(work, scene.evaluation_id, GATE, assessor.person_id)


def test_a_review_is_assigned_rated_and_finished(start: Begin) -> None:
    with start() as work:
        scene, assessor = ready(work)
    with start(scene.officer) as work:
        review = assigned(work, scene, assessor)
        assert (review.stage, review.assigned_at, review.passed) == (QualityStage.ASSIGNED, NOW, None)
    with start(assessor) as work:
        rated = evaluation.rate_quality(work, review.id, [QualityAnswer(1, 3), QualityAnswer(2, 1, "thin")], 7, "fair")
        assert (rated.stage, rated.score) == (QualityStage.RATED, Decimal("55.555556"))
        assert (rated.level, rated.passed) == (QualityLevel.MODERATELY_UNSATISFACTORY, False)
        assert rated.answers == {"1": {"points": 3, "remark": None}, "2": {"points": 1, "remark": "thin"}}
        assert (rated.gender_points, rated.note) == (7, "fair")
        assert rated.document_id is not None
        assert rated.content_hash == "0" * 64
        finished = evaluation.finish_quality_review(work, review.id)
        assert (finished.stage, finished.finished_on) == (QualityStage.FINAL, TODAY)


@pytest.mark.parametrize(("mark", "answers", "passed"), [("100", (3, 3), True), ("55.555556", (3, 1), False)])
def test_a_score_passes_from_the_mark_on_compared_unrounded(
    start: Begin, mark: str, answers: tuple[int, int], *, passed: bool
) -> None:
    with start() as work:
        scene, assessor = ready(work)
        review = assigned(work, scene, assessor)
        work.get(Checklist, review.checklist_id).pass_mark = Decimal(mark)
        given = [QualityAnswer(number, points) for number, points in enumerate(answers, 1)]
        assert evaluation.rate_quality(work, review.id, given).passed is passed


def test_a_rated_review_is_given_back_and_rated_anew(start: Begin) -> None:
    with start() as work:
        scene, assessor = ready(work)
        review = assigned(work, scene, assessor)
    with start(assessor) as work:
        evaluation.rate_quality(work, review.id, [QualityAnswer(1, 0), QualityAnswer(2, 0)])
    with start(scene.officer) as work:
        given_back = evaluation.return_quality_review(work, review.id, "the annexes were not read")
        assert given_back.stage is QualityStage.ASSIGNED
    with start(assessor) as work:
        assert evaluation.rate_quality(work, review.id, FULL).level is QualityLevel.HIGHLY_SATISFACTORY
    with start() as work:
        query = sa.select(Transition.reason).where(Transition.entity_id == review.id).order_by(Transition.id)
        assert work.session.scalars(query).all() == [None, "the annexes were not read", None]


@pytest.mark.parametrize(
    "answers",
    [
        [],
        FULL[:1],
        [*FULL, QualityAnswer(3, 1)],
        [*FULL, FULL[0]],
        [QualityAnswer(1, 4), FULL[1]],
        [QualityAnswer(1, -1), FULL[1]],
    ],
)
def test_every_question_has_one_answer(engine: sa.Engine, start: Begin, answers: list[QualityAnswer]) -> None:
    with start() as work:
        scene, assessor = ready(work)
        review = assigned(work, scene, assessor)
    with refused(engine, Invalid, "answers", assessor) as work:
        evaluation.rate_quality(work, review.id, answers)


def test_gender_points_are_within_the_scoring_and_needed_for_the_final(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene, assessor = ready(work)
        review = assigned(work, scene, assessor)
        document(work, scene.evaluation_id, DocumentKind.FINAL_REPORT)
        evaluation.define_checklist(work, replace(ASKED, gate=QualityGate.FINAL))
        assert assessor.person_id
        final = evaluation.assign_quality_review(work, scene.evaluation_id, QualityGate.FINAL, assessor.person_id)
    with refused(engine, Invalid, "gender_points", assessor) as work:
        evaluation.rate_quality(work, review.id, FULL, 10)
    with refused(engine, Invalid, "gender_points", assessor) as work:
        evaluation.rate_quality(work, final.id, FULL)


def test_nothing_is_rated_that_is_not_there(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.DRAFT_REPORT)
        evaluation.define_checklist(work, ASKED)
        assessor = Make(work).actor(Role.QUALITY_ASSESSOR)
        review = assigned(work, scene, assessor)
    with refused(engine, Conflict, "gate", assessor) as work:
        evaluation.rate_quality(work, review.id, FULL)


def test_only_the_assessor_it_is_assigned_to_rates(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene, assessor = ready(work)
        review = assigned(work, scene, assessor)
        another = Make(work).actor(Role.QUALITY_ASSESSOR)
    for actor in (another, scene.officer, scene.head):
        with refused(engine, Forbidden, None, actor) as work:
            evaluation.rate_quality(work, review.id, FULL)
    with refused(engine, NotFound, "review_id", scene.chief) as work:
        evaluation.rate_quality(work, review.id, FULL)


def test_whoever_joins_the_team_later_rates_no_more(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene, assessor = ready(work)
        review = assigned(work, scene, assessor)
        member = work.get(Evaluation, scene.evaluation_id)
        Evaluating(Make(work)).member(member, person_id=assessor.person_id, person=work.get(Person, assessor.person_id))
    with refused(engine, Forbidden, None, assessor) as work:
        evaluation.rate_quality(work, review.id, FULL)


@pytest.mark.parametrize("who", ["member", "manager", "author", "commissioner", "chief", "stranger", "gone"])
def test_an_assessor_stands_outside(engine: sa.Engine, start: Begin, who: str) -> None:
    with start() as work:
        make = Make(work)
        country = make.office()
        scene, assessor = ready(work, office=country)
        row, key = work.get(Evaluation, scene.evaluation_id), assessor.person_id
        assert key
        if who == "member":
            Evaluating(make).member(row, person=work.get(Person, key), left_on=TODAY)
        if who == "manager":
            row.manager_id = key
        if who == "author":
            finding = findings.record_finding(work, row.id, FindingInput("Nothing is tracked"))
            finding.recorded_by_id = key
        if who == "commissioner":
            people.grant_role(work, key, country.id, Role.VIEWER)
        if who == "chief":
            people.grant_role(work, key, scene.country_id, Role.REPORTER)
        if who == "stranger":
            key = make.person().id
        if who == "gone":
            work.get(Person, key).active = False
    with refused(engine, Invalid, "assessor_id", scene.officer) as work:
        evaluation.assign_quality_review(work, scene.evaluation_id, GATE, key)


def test_the_evaluation_office_may_assess_what_it_commissioned(start: Begin) -> None:
    with start() as work:
        scene, _ = ready(work)
        assert assigned(work, scene, scene.officer).assessor_id == scene.officer.person_id


def test_one_review_is_open_at_a_gate(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene, assessor = ready(work)
        assigned(work, scene, assessor)
    with refused(engine, Conflict, "gate", scene.officer) as work:
        assigned(work, scene, assessor)


def test_a_gate_without_a_checklist_is_not_reviewed(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene, assessor = ready(work)
    with refused(engine, Conflict, "gate", scene.officer) as work:
        evaluation.assign_quality_review(work, scene.evaluation_id, QualityGate.INCEPTION, assessor.person_id)


def test_what_is_final_or_cancelled_is_not_assigned(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene, assessor = ready(work)
        work.get(Evaluation, scene.evaluation_id).stage = EvaluationStage.CANCELLED
    with refused(engine, Conflict, "stage", scene.officer) as work:
        assigned(work, scene, assessor)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.SENIOR_MANAGEMENT, Role.EVALUATION_MANAGER, Role.ADMIN])
def test_management_assigns_and_defines_nothing(engine: sa.Engine, start: Begin, role: Role) -> None:
    with start() as work:
        scene, assessor = ready(work)
        somebody = Make(work).actor(role)
        hidden = role is Role.ADMIN
    with refused(engine, NotFound if hidden else Forbidden, "evaluation_id" if hidden else None, somebody) as work:
        assigned(work, scene, assessor)
    with refused(engine, Forbidden, None, somebody) as work:
        evaluation.define_checklist(work, ASKED)


def test_a_new_edition_holds_from_its_day_and_reviews_keep_theirs(start: Begin) -> None:
    with start() as work:
        scene, assessor = ready(work)
        review = assigned(work, scene, assessor)
    tomorrow = TODAY + timedelta(days=1)
    with start(scene.head) as work:
        newer = evaluation.define_checklist(work, replace(ASKED, effective_from=tomorrow, questions=questions(5)))
        assert (newer.edition, newer.pass_mark) == (2, Decimal(60))
    with start(scene.officer) as work:
        other = checklist_on(work, GATE, TODAY)
        assert (other.edition, work.get(QualityReview, review.id).checklist_id) == (1, other.id)
        assert checklist_on(work, GATE, tomorrow).edition == 2
        asked = sa.select(ChecklistQuestion.weight).where(ChecklistQuestion.checklist_id == newer.id)
        assert work.session.scalars(asked).all() == [Decimal(5)]


@pytest.mark.parametrize(
    ("facts", "kind", "field"),
    [
        ({"title": " "}, Invalid, "title"),
        ({"questions": []}, Invalid, "questions"),
        ({"questions": [QuestionInput("Method", " ")]}, Invalid, "text"),
        ({"questions": [QuestionInput(" ", "Is it sound?")]}, Invalid, "section"),
        ({"questions": [QuestionInput("Method", "Is it sound?", Decimal(0))]}, Invalid, "weight"),
        ({"pass_mark": Decimal(101)}, Invalid, "pass_mark"),
        ({"pass_mark": Decimal("NaN")}, Invalid, "pass_mark"),
        ({"effective_from": TODAY - timedelta(days=1)}, Invalid, "effective_from"),
        ({"effective_from": date(2029, 1, 1)}, Invalid, "effective_from"),
        ({"effective_from": TODAY}, Conflict, "effective_from"),
    ],
)
def test_a_checklist_that_is_wrong_is_refused_by_field(
    engine: sa.Engine, start: Begin, facts: dict[str, Any], kind: Any, field: str
) -> None:
    with start() as work:
        scene, _ = ready(work)
    tomorrow = {"effective_from": TODAY + timedelta(days=1)}
    with refused(engine, kind, field, scene.head) as work:
        evaluation.define_checklist(work, replace(ASKED, **(tomorrow | facts)))


def test_what_passed_is_reviewed_again_with_a_reason_alone(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        scene, assessor = ready(work)
        review = assigned(work, scene, assessor)
    with start(assessor) as work:
        evaluation.rate_quality(work, review.id, FULL)
        evaluation.finish_quality_review(work, review.id)
    with refused(engine, Invalid, "reason", scene.officer) as work:
        assigned(work, scene, assessor)
    with start(scene.officer) as work:
        named = (scene.evaluation_id, GATE, assessor.person_id, "the assessor knew the lead")
        assert evaluation.assign_quality_review(work, *named).reason == "the assessor knew the lead"


@pytest.mark.parametrize("stage", [EvaluationStage.FINAL, EvaluationStage.PUBLISHED, EvaluationStage.CANCELLED])
def test_from_the_final_on_no_review_is_rated_given_back_or_finished(
    start: Begin, engine: sa.Engine, stage: EvaluationStage
) -> None:
    with start() as work:
        scene, assessor = ready(work)
        review = assigned(work, scene, assessor)
        work.get(Evaluation, scene.evaluation_id).stage = stage
    with refused(engine, Conflict, "stage", assessor) as work:
        evaluation.rate_quality(work, review.id, FULL)
    with start() as work:
        row = work.get(QualityReview, review.id)
        work.require(Permission.ASSESS_QUALITY)
        row.stage = QualityStage.RATED
    with refused(engine, Conflict, "stage", assessor) as work:
        evaluation.finish_quality_review(work, review.id)
    with refused(engine, Conflict, "stage", assessor) as work:
        evaluation.return_quality_review(work, review.id, "again")
