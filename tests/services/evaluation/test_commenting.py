"""Comments on a draft: who may, when, and that they change nothing; who reviews, by scope."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.evaluation import Evaluation
from rbm.model.people import Office
from rbm.services import evaluation
from rbm.terms.evaluation import EvaluationScope, EvaluationStage
from rbm.terms.people import Role
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.scene import OPEN, OVER, TODAY, Scene, at

pytestmark = pytest.mark.in_turn


def test_an_office_concerned_comments_and_is_answered(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.DRAFT_REPORT, **OPEN)
    for actor in (scene.chief, scene.focal, scene.senior):
        with start(actor) as work:
            made = evaluation.comment_on_draft(work, key, scene.office, " too long ")
            assert (made.text, made.made_by_id, made.answer) == ("too long", actor.person_id, None)
    with start(scene.joined(key)) as work:
        answered = evaluation.answer_comment(work, made.id, "made shorter")
        assert (answered.answer, answered.answered_by_id) == ("made shorter", scene.evaluator.person_id)
    with refused(engine, Conflict, "comment_id", scene.evaluator) as work:
        evaluation.answer_comment(work, made.id, "again")
    with refused(engine, Forbidden, None, scene.chief) as work:
        evaluation.answer_comment(work, made.id, "we disagree")


@pytest.mark.parametrize("stage", [EvaluationStage.DRAFT_REPORT, EvaluationStage.QUALITY_REVIEW])
def test_comments_are_taken_from_the_first_to_the_last_day(
    scene: Scene, start: Begin, engine: sa.Engine, stage: EvaluationStage
) -> None:
    last = date(2026, 3, 16)
    key = scene.made(stage, comments_from=TODAY, comments_until=last)
    for day in (TODAY, last):
        with start(scene.chief, now=at(day)) as work:
            assert evaluation.comment_on_draft(work, key, scene.office, "good")
    early = scene.made(stage, comments_from=date(2026, 3, 3), comments_until=last)
    late = scene.made(stage, **OVER)
    for one in (early, late):
        with refused(engine, Conflict, "evaluation_id", scene.chief) as work:
            evaluation.comment_on_draft(work, one, scene.office, "good")


@pytest.mark.parametrize(
    "stage", sorted(set(EvaluationStage) - {EvaluationStage.DRAFT_REPORT, EvaluationStage.QUALITY_REVIEW})
)
def test_at_other_stages_nothing_is_commented(scene: Scene, engine: sa.Engine, stage: EvaluationStage) -> None:
    key = scene.made(stage, **OPEN)
    with refused(engine, Conflict, "stage", scene.chief) as work:
        evaluation.comment_on_draft(work, key, scene.office, "good")


def test_an_office_that_is_not_judged_has_nothing_to_comment(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.DRAFT_REPORT, **OPEN)
    with start() as work:
        make = Make(work)
        office = make.office()
        other = make.actor(Role.APPROVER, office)
    with refused(engine, Forbidden, None, other) as work:
        evaluation.comment_on_draft(work, key, scene.office, "good")
    with refused(engine, Invalid, "office_id", other) as work:
        evaluation.comment_on_draft(work, key, office.id, "good")
    with refused(engine, Invalid, "text", scene.chief) as work:
        evaluation.comment_on_draft(work, key, scene.office, " ")
    with refused(engine, Forbidden, None, scene.evaluator) as work:
        evaluation.comment_on_draft(work, key, scene.office, "good")


def test_after_the_final_nothing_is_answered(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.DRAFT_REPORT, **OPEN)
    with start(scene.chief) as work:
        comment = evaluation.comment_on_draft(work, key, scene.office, "too long").id
    with start() as work:
        Make(work).work.get(Evaluation, key).stage = EvaluationStage.FINAL
    with refused(engine, Conflict, "stage", scene.joined(key)) as work:
        evaluation.answer_comment(work, comment, "no")


def test_r117_headquarters_and_the_region_comment_on_drafts_that_they_review(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    country, thematic, regional = (
        scene.made(EvaluationStage.DRAFT_REPORT, scope=scope, **OPEN)
        for scope in (EvaluationScope.COUNTRY, EvaluationScope.THEMATIC, EvaluationScope.REGIONAL)
    )
    director = scene.actor(scene.person((Role.APPROVER, scene.region)))
    with start() as work:
        top = Make(work).headquarters().id
    for key, actor, office in ((thematic, scene.senior, top), (regional, director, scene.region)):
        with start(actor) as work:
            assert evaluation.comment_on_draft(work, key, office, "too long").office_id == office
        with refused(engine, Invalid, "office_id", actor) as work:
            evaluation.comment_on_draft(work, country, office, "too long")


def routed(scene: Scene, start: Begin, scope: EvaluationScope, **facts: Any) -> dict[str, list[str]]:
    """The offices and names that review an evaluation of a scope."""
    key = scene.made(EvaluationStage.DRAFT_REPORT, scope=scope, **facts)
    with start(scene.officer) as work:
        return {one.office.code: [person.name for person in one.persons] for one in evaluation.reviewers(work, key)}


@pytest.mark.parametrize("scope", [EvaluationScope.COUNTRY, EvaluationScope.PROJECT])
def test_r117_a_country_evaluation_adds_the_chief_of_mission(
    scene: Scene, start: Begin, scope: EvaluationScope
) -> None:
    assert routed(scene, start, scope) == {"OFFICE": [scene.chief.label]}


def test_r117_a_regional_evaluation_adds_the_director_of_the_region(scene: Scene, start: Begin) -> None:
    director = scene.person((Role.APPROVER, scene.region))
    assert routed(scene, start, EvaluationScope.REGIONAL) == {"REGION": [director.name]}


@pytest.mark.parametrize("scope", [EvaluationScope.THEMATIC, EvaluationScope.ORGANISATION])
def test_r117_a_thematic_evaluation_adds_the_division_at_headquarters_and_the_evaluation_office(
    scene: Scene, start: Begin, scope: EvaluationScope
) -> None:
    with start() as work:
        headquarters, unit = Make(work).headquarters(), work.get(Office, scene.unit)
        codes = (headquarters.code, unit.code)
        division = Make(work).actor(Role.HQ_RESULTS, headquarters)
    unit_staff = sorted([scene.officer.label, scene.head.label])
    assert routed(scene, start, scope) == {codes[0]: [division.label], codes[1]: unit_staff}


def test_r117_a_draft_goes_to_every_office_judged(scene: Scene, start: Begin) -> None:
    key = scene.made(EvaluationStage.DRAFT_REPORT)
    with start() as work:
        make = Make(work)
        other = make.office(code="SECOND")
        Evaluating(make).subject(work.get(Evaluation, key), other)
        assert [one.office.code for one in evaluation.reviewers(work, key)] == ["OFFICE", "SECOND"]


def test_reviewers_of_what_is_not_seen_are_not_told(scene: Scene, engine: sa.Engine, start: Begin) -> None:
    key = scene.made(EvaluationStage.DRAFT_REPORT)
    with start() as work:
        donor = Make(work).actor(Role.DONOR)
    with refused(engine, NotFound, "evaluation_id", donor) as work:
        evaluation.reviewers(work, key)
