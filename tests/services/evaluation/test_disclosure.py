"""Who sees what of an evaluation, by stage and by date alone; what is withheld, and who tried to interfere."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC, Actor
from rbm.db import Row
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.appraisal import DisclosureException, EvaluationComment, InterferenceReport, QualityReview
from rbm.model.evaluation import Evaluation, EvaluationDocument, EvaluationReport, EvaluationSubject, TeamMember
from rbm.model.findings import (
    Addressee,
    CriterionRating,
    Finding,
    Recommendation,
)
from rbm.model.people import Office
from rbm.services import evaluation
from rbm.stages import Transition
from rbm.terms.evaluation import DocumentKind, EvaluationStage
from rbm.terms.findings import Criterion, RatingScaleName, RecommendationStage
from rbm.terms.people import Role
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import FINAL, Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.scene import OVER, TODAY, Scene, at

S = EvaluationStage
HIDDEN: tuple[type[Row], ...] = (
    Finding,
    CriterionRating,
    Recommendation,
    Addressee,
    EvaluationReport,
    EvaluationComment,
    QualityReview,
)
"""What an evaluation says, and what is said of it."""
OPENED = FINAL + timedelta(days=30)


def counts(work: Work) -> dict[str, int]:
    """How many rows of what an evaluation says an actor sees, of those of which there are any."""
    found = {cls.__name__: work.session.scalar(sa.select(sa.func.count()).select_from(cls)) or 0 for cls in HIDDEN}
    return {name: count for name, count in found.items() if count}


def documents(work: Work) -> set[DocumentKind]:
    return set(work.session.scalars(sa.select(EvaluationDocument.kind)))


def written(start: Begin, scene: Scene, stage: S, **facts: Any) -> UUID:
    """An evaluation with something of everything it says; its recommendation is issued with the final."""
    key = scene.complete(stage, **facts)
    issued = stage in {S.FINAL, S.PUBLISHED}
    with start() as work:
        of = Evaluating(Make(work))
        row, office = work.get(Evaluation, key), work.get(Office, scene.office)
        stood = {"stage": RecommendationStage.ISSUED} if issued else {"stage": RecommendationStage.DRAFT}
        of.recommendation(row, office, issued_on=FINAL if issued else None, **stood)
        scale = {"scale": RatingScaleName.SATISFACTION, "scale_edition": 1, "rating": "satisfactory"}
        work.add(CriterionRating(evaluation=row, criterion=Criterion.IMPACT, justification="seen", **scale))
        work.add(EvaluationComment(evaluation=row, office=office, text="too long", made_at=work.now))
    return key


EVERYTHING = {cls.__name__: 1 for cls in HIDDEN} | {"QualityReview": 4}
UNISSUED = {name: count for name, count in EVERYTHING.items() if name not in {"Recommendation", "Addressee"}}


@pytest.mark.parametrize("stage", [S.PLANNED, S.TOR, S.TEAM_ONBOARD, S.INCEPTION, S.DATA_COLLECTION])
def test_before_the_comment_stage_management_sees_the_record_and_the_terms_alone(
    scene: Scene, start: Begin, stage: S
) -> None:
    key = written(start, scene, stage)
    for name in ("chief", "focal", "senior", "board"):
        with start(getattr(scene, name)) as work:
            row = work.get(Evaluation, key)
            assert (row.title, row.stage) == ("Evaluation of the country programme", stage)
            assert work.session.scalars(sa.select(EvaluationSubject)).one()
            assert work.session.scalars(sa.select(TeamMember)).one()
            assert documents(work) == {DocumentKind.TERMS_OF_REFERENCE}
            assert counts(work) == {}


@pytest.mark.parametrize("stage", [S.PLANNED, S.DATA_COLLECTION, S.DRAFT_REPORT])
def test_those_who_evaluate_see_it_all(scene: Scene, start: Begin, stage: S) -> None:
    written(start, scene, stage)
    for name in ("manager", "officer", "head"):
        with start(getattr(scene, name)) as work:
            assert counts(work) == EVERYTHING
    with start(scene.evaluator) as work:
        assert counts(work) == {}


def test_a_member_of_the_team_sees_it_all_from_the_declaration_until_leaving(scene: Scene, start: Begin) -> None:
    key, person = written(start, scene, S.DATA_COLLECTION), scene.person((Role.VIEWER, scene.region))
    with start(scene.manager) as work:
        member = evaluation.add_team_member(work, key, person.id).id
    for conflict, left, seen in ((None, False, {}), (False, False, EVERYTHING), (True, False, {}), (True, True, {})):
        if conflict is not None and not left:
            with start(scene.actor(person)) as work:
                evaluation.declare_interest(work, member, "stated", conflict=conflict)
        if left:
            with start(scene.manager) as work:
                evaluation.leave_team(work, member)
        with start(scene.actor(person)) as work:
            assert counts(work) == seen


@pytest.mark.parametrize("cls", HIDDEN)
def test_what_is_hidden_is_not_there_by_id_in_lists_or_through_others(
    scene: Scene, start: Begin, engine: sa.Engine, cls: type[Row]
) -> None:
    written(start, scene, S.DATA_COLLECTION)
    with start() as work:
        key = work.session.scalars(sa.select(cls)).first().id  # type: ignore[union-attr,attr-defined]
    with refused(engine, NotFound, "id", scene.chief) as work:
        work.get(cls, key)
    with start(scene.chief) as work:
        assert work.session.scalars(sa.select(cls)).all() == []
        through = sa.select(Evaluation).join(Finding, Finding.evaluation_id == Evaluation.id)
        assert work.session.scalars(through).all() == []
        told = sa.select(Transition).where(Transition.entity.in_(["recommendation", "quality_review"]))
        assert work.session.scalars(told).all() == []


def test_the_offices_concerned_see_the_draft_from_the_first_day_of_comments(scene: Scene, start: Begin) -> None:
    written(start, scene, S.DRAFT_REPORT, comments_from=TODAY, comments_until=TODAY)
    with start(scene.chief, now=at(TODAY - timedelta(days=1))) as work:
        assert counts(work) == {}
    with start(scene.chief) as work:
        assert counts(work) == UNISSUED
        assert DocumentKind.DRAFT_REPORT in documents(work)


def test_the_number_of_draft_recommendations_is_told_to_nobody_before_they_are_issued(
    scene: Scene, start: Begin
) -> None:
    written(start, scene, S.QUALITY_REVIEW, **OVER)
    for name in ("chief", "focal", "senior", "board"):
        with start(getattr(scene, name)) as work:
            assert not {"Recommendation", "Addressee"} & set(counts(work))


def test_other_offices_wait_for_the_final(scene: Scene, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        other = make.actor(Role.APPROVER, make.office())
    key = written(start, scene, S.QUALITY_REVIEW, **OVER)
    with start(other) as work:
        assert counts(work) == {}
    with start(scene.officer) as work:
        evaluation.finalise_evaluation(work, key)
    for actor in (other, scene.board, scene.senior):
        with start(actor) as work:
            assert counts(work) == EVERYTHING


def seen_by(start: Begin, actor: Actor, day: date) -> tuple[set[DocumentKind], dict[str, int], bool]:
    """The documents, texts and record that somebody sees on a day."""
    with start(actor, now=at(day)) as work:
        record = work.session.scalars(sa.select(Evaluation)).one_or_none()
        return documents(work), counts(work), record is not None


PUBLISHED = {DocumentKind.TERMS_OF_REFERENCE, DocumentKind.FINAL_REPORT}
TO_ALL = {name: count for name, count in EVERYTHING.items() if name != "EvaluationComment"} | {"QualityReview": 1}
"""Of what is said of its quality, that of the final text alone."""


def test_r205_the_final_text_and_no_draft_is_public_from_its_day_by_itself(scene: Scene, start: Begin) -> None:
    written(start, scene, S.FINAL, **OVER)
    assert seen_by(start, PUBLIC, OPENED - timedelta(days=1)) == (set(), {}, False)
    for stage in (S.FINAL, S.PUBLISHED):
        with start() as work:
            Make(work).work.session.scalars(sa.select(Evaluation)).one().stage = stage
        assert seen_by(start, PUBLIC, OPENED) == (PUBLISHED, TO_ALL, True)


def test_r205_an_exception_holds_it_back_to_its_last_day_and_no_longer(scene: Scene, start: Begin) -> None:
    key, last = written(start, scene, S.FINAL, **OVER), OPENED + timedelta(days=60)
    with start(scene.head, now=at(OPENED - timedelta(days=1))) as work:
        assert evaluation.withhold_report(work, key, "persons at risk", last).withheld_until == last
    for day in (OPENED, last):
        assert seen_by(start, PUBLIC, day) == (set(), {}, True)
    assert seen_by(start, PUBLIC, last + timedelta(days=1)) == (PUBLISHED, TO_ALL, True)
    with start(scene.chief) as work:
        recorded = work.session.scalars(sa.select(DisclosureException)).one()
        assert (recorded.reason, recorded.ends_on) == ("persons at risk", last)


@pytest.mark.parametrize("stage", [S.PLANNED, S.DRAFT_REPORT, S.QUALITY_REVIEW, S.CANCELLED])
def test_what_is_not_final_is_never_public(scene: Scene, start: Begin, stage: S) -> None:
    written(start, scene, stage, **OVER)
    assert seen_by(start, PUBLIC, date(2030, 1, 1)) == (set(), {}, False)


def test_only_the_head_withholds_and_only_before_everyone_reads_it(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    key, ends = scene.made(S.FINAL, disclosed_on=date(2026, 4, 1)), date(2026, 6, 30)
    for name in ("chief", "focal", "senior", "board", "manager", "officer", "evaluator"):
        with refused(engine, Forbidden, None, getattr(scene, name)) as work:
            evaluation.withhold_report(work, key, "persons at risk", ends)
    with refused(engine, Invalid, "reason", scene.head) as work:
        evaluation.withhold_report(work, key, " ", ends)
    with refused(engine, Invalid, "ends_on", scene.head) as work:
        evaluation.withhold_report(work, key, "persons at risk", TODAY)
    with refused(engine, Invalid, "ends_on", scene.head) as work:
        evaluation.withhold_report(work, key, "persons at risk", date(2027, 3, 3))
    for other, field in ((scene.made(S.DRAFT_REPORT), "stage"), (scene.made(S.FINAL), "evaluation_id")):
        with refused(engine, Conflict, field, scene.head) as work:
            evaluation.withhold_report(work, other, "persons at risk", ends)
    for ending in (ends, date(2026, 5, 1), date(2027, 3, 2)):
        with start(scene.head) as work:
            assert evaluation.withhold_report(work, key, "persons at risk", ending).withheld_until == ending


def test_r120_interference_is_told_to_who_watches_and_to_nobody_else(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    key = scene.made(S.DRAFT_REPORT)
    with start(scene.evaluator) as work:
        made = evaluation.report_interference(work, key, "asked to leave a finding out")
        assert made.reported_by_id == scene.evaluator.person_id
    with start() as work:
        oversight = Make(work).actor(Role.OVERSIGHT)
    for actor in (scene.evaluator, scene.head, scene.board, oversight):
        with start(actor) as work:
            assert work.session.scalars(sa.select(InterferenceReport)).one()
    for actor in (scene.chief, scene.senior, scene.officer, PUBLIC):
        with start(actor) as work:
            assert work.session.scalars(sa.select(InterferenceReport)).all() == []
    with refused(engine, Invalid, "text", scene.focal) as work:
        evaluation.report_interference(work, key, " ")
