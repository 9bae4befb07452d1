"""Commissioning: from the plan or with a reason, revised and managed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.services import evaluation, people
from rbm.services.evaluation import EvaluationBrief, EvaluationRevision
from rbm.terms.evaluation import (
    ConductedBy,
    EvaluationLevel,
    EvaluationScope,
    EvaluationStage,
    EvaluationType,
    SourceKind,
    Timing,
)
from rbm.terms.people import Role
from rbm.terms.planning import PlanStage
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.scene import TODAY, Scene

pytestmark = pytest.mark.in_turn
KIND = {
    "type": EvaluationType.PROJECT,
    "timing": Timing.FINAL,
    "conducted_by": ConductedBy.EXTERNAL,
    "scope": EvaluationScope.PROJECT,
    "planned_end": date(2026, 12, 31),
    "title": "Evaluation of a project",
}


def item_of(start: Begin, scene: Scene, stage: PlanStage = PlanStage.APPROVED, **facts: Any) -> Any:
    with start() as work:
        of = Evaluating(Make(work))
        return of.item(of.plan(stage=stage), project_id=scene.project, **facts).id


def unplanned(scene: Scene, **facts: Any) -> EvaluationBrief:
    return EvaluationBrief("E1", scene.unit, unplanned_reason="asked for by the government", **(KIND | facts))


def test_an_item_of_the_plan_says_what_is_evaluated_and_what_it_judges(scene: Scene, start: Begin) -> None:
    item_id = item_of(start, scene, title="Country programme", original_end=date(2026, 10, 31))
    with start(scene.manager) as work:
        made = evaluation.plan_evaluation(work, EvaluationBrief("E1", scene.unit, item_id))
        subject = work.session.scalars(sa.select(EvaluationSubject)).one()
        assert (made.code, made.title, made.stage) == ("E1", "Country programme", EvaluationStage.PLANNED)
        assert (made.level, made.source) == (EvaluationLevel.CENTRALIZED, SourceKind.EVALUATION)
        assert (made.planned_end, made.original_end) == (date(2026, 11, 30), date(2026, 10, 31))
        assert (made.budget, made.currency, made.planned_on) == (Decimal(100_000), "USD", TODAY)
        assert (subject.project_id, subject.office_id) == (scene.project, scene.office)


def test_of_an_item_nothing_is_said_otherwise_than_the_plan_has_it(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    brief = EvaluationBrief("E1", scene.unit, item_of(start, scene), joint=True, budget=Decimal(5), currency="CHF")
    for field, value in (KIND | {"conducted_by": ConductedBy.INTERNAL}).items():
        with refused(engine, Invalid, field, scene.manager) as work:
            evaluation.plan_evaluation(work, replace(brief, **{field: value}))
    with start(scene.manager) as work:
        made = evaluation.plan_evaluation(work, replace(brief, planned_end=date(2026, 11, 30), starts_on=TODAY))
        assert (made.planned_end, made.joint, made.budget, made.currency) == (
            *(date(2026, 11, 30), True),
            *(Decimal(5), "CHF"),
        )


def test_the_item_of_an_office_is_for_it_and_the_region_above_to_evaluate(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    with start() as work:
        top, other = Make(work).headquarters().id, Make(work).office().id
    offices = (scene.office, scene.region, top, other)
    manager = scene.actor(scene.person(*((Role.EVALUATION_MANAGER, one) for one in offices)))
    items = [item_of(start, scene, level=EvaluationLevel.DECENTRALIZED) for _ in range(2)]
    for office in (top, other):
        with refused(engine, Invalid, "office_id", manager) as work:
            evaluation.plan_evaluation(work, EvaluationBrief("E1", office, items[0]))
    for office, item_id in zip(offices, items, strict=False):
        with start(manager) as work:
            made = evaluation.plan_evaluation(work, EvaluationBrief(str(item_id), office, item_id))
            assert made.office_id == office


def test_without_an_item_the_reason_is_kept(scene: Scene, start: Begin) -> None:
    with start(scene.manager) as work:
        made = evaluation.plan_evaluation(work, unplanned(scene))
        assert (made.item_id, made.unplanned_reason) == (None, "asked for by the government")
        assert made.original_end == date(2026, 12, 31)


def test_an_office_that_commissions_makes_it_decentralized(scene: Scene, start: Begin) -> None:
    manager = scene.actor(scene.person((Role.EVALUATION_MANAGER, scene.office)))
    with start(manager) as work:
        made = evaluation.plan_evaluation(work, replace(unplanned(scene), office_id=scene.office))
        assert made.level is EvaluationLevel.DECENTRALIZED


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"unplanned_reason": " "}, "unplanned_reason"),
        ({"code": ""}, "code"),
        ({"title": None}, "title"),
        ({"timing": None}, "timing"),
        ({"planned_end": None}, "planned_end"),
        ({"starts_on": date(2027, 1, 1)}, "planned_end"),
        ({"budget": Decimal(-1), "currency": "USD"}, "budget"),
        ({"budget": Decimal(1)}, "currency"),
    ],
)
def test_what_is_missing_is_named(scene: Scene, engine: sa.Engine, facts: dict[str, Any], field: str) -> None:
    with refused(engine, Invalid, field, scene.manager) as work:
        evaluation.plan_evaluation(work, replace(unplanned(scene), **facts))


def test_only_an_approved_plan_is_carried_out_and_an_item_once(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    drafted = item_of(start, scene, PlanStage.DRAFT)
    with refused(engine, Conflict, "item_id", scene.manager) as work:
        evaluation.plan_evaluation(work, EvaluationBrief("E1", scene.unit, drafted))
    approved = item_of(start, scene)
    with start(scene.manager) as work:
        evaluation.plan_evaluation(work, EvaluationBrief("E1", scene.unit, approved))
    with refused(engine, Conflict, "item_id", scene.manager) as work:
        evaluation.plan_evaluation(work, EvaluationBrief("E2", scene.unit, approved))
    with start() as work:
        Make(work).work.find(Evaluation, "E1").stage = EvaluationStage.CANCELLED
    with start(scene.manager) as work:
        assert evaluation.plan_evaluation(work, EvaluationBrief("E2", scene.unit, approved)).item_id == approved


def test_who_commissions_it_has_the_level_the_plan_foresees(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    item_id = item_of(start, scene, level=EvaluationLevel.DECENTRALIZED)
    with refused(engine, Invalid, "office_id", scene.manager) as work:
        evaluation.plan_evaluation(work, EvaluationBrief("E1", scene.unit, item_id))


def test_management_commissions_nothing(scene: Scene, engine: sa.Engine) -> None:
    for actor in (scene.chief, scene.focal, scene.senior):
        with refused(engine, Forbidden, None, actor) as work:
            evaluation.plan_evaluation(work, replace(unplanned(scene), office_id=scene.office))
    with refused(engine, Forbidden, None, scene.board) as work:
        evaluation.plan_evaluation(work, unplanned(scene))


def test_the_planned_end_moves_with_a_reason_and_the_original_end_never(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    key, later = scene.made(EvaluationStage.TOR), EvaluationRevision(planned_end=date(2026, 6, 30))
    with refused(engine, Invalid, "end_reason", scene.manager) as work:
        evaluation.revise_evaluation(work, key, later)
    with start(scene.manager) as work:
        made = evaluation.revise_evaluation(work, key, replace(later, end_reason="floods"))
        assert (made.planned_end, made.original_end) == (date(2026, 6, 30), date(2025, 12, 31))
        assert made.end_reason == "floods"


@pytest.mark.parametrize("stage", [EvaluationStage.FINAL, EvaluationStage.PUBLISHED, EvaluationStage.CANCELLED])
def test_of_what_is_over_only_the_money_spent_is_recorded(
    scene: Scene, start: Begin, engine: sa.Engine, stage: EvaluationStage
) -> None:
    key = scene.made(stage, currency="USD")
    with refused(engine, Conflict, "stage", scene.manager) as work:
        evaluation.revise_evaluation(work, key, EvaluationRevision(title="Other"))
    with start(scene.manager) as work:
        spent = evaluation.revise_evaluation(work, key, EvaluationRevision(spent=Decimal(7)))
        assert (spent.spent, spent.title) == (Decimal(7), "Evaluation of the country programme")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": " "}, "title"),
        ({"starts_on": date(2026, 1, 1)}, "planned_end"),
        ({"spent": Decimal(1)}, "currency"),
        ({"budget": Decimal(-1), "currency": "USD"}, "budget"),
    ],
)
def test_a_revision_that_does_not_hold_together_is_refused(
    scene: Scene, engine: sa.Engine, facts: dict[str, Any], field: str
) -> None:
    key = scene.made(EvaluationStage.PLANNED)
    with refused(engine, Invalid, field, scene.manager) as work:
        evaluation.revise_evaluation(work, key, EvaluationRevision(**facts))


def test_a_manager_is_named_of_the_office_that_commissions(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.PLANNED)
    with start(scene.officer) as work:
        assert evaluation.assign_evaluation_manager(work, key, scene.manager.person_id).manager_id
        assert evaluation.assign_evaluation_manager(work, key, None).manager_id is None
    with refused(engine, Conflict, "person_id", scene.officer) as work:
        evaluation.assign_evaluation_manager(work, key, scene.chief.person_id)
    with start() as work:
        people.grant_role(work, scene.manager.person_id, scene.office, Role.REPORTER)  # type: ignore[arg-type]
    with refused(engine, Conflict, "person_id", scene.officer) as work:
        evaluation.assign_evaluation_manager(work, key, scene.manager.person_id)


def test_who_manages_an_evaluation_sees_what_it_judges(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.PLANNED)
    subject = evaluation.SubjectInput(key, project_id=scene.project)
    with refused(engine, NotFound, "project_id", scene.manager) as work:
        evaluation.add_subject(work, subject)
    with start(scene.officer) as work:
        evaluation.assign_evaluation_manager(work, key, scene.manager.person_id)
    with start(scene.actor(scene.manager)) as work:
        assert evaluation.add_subject(work, subject).office_id == scene.office


def test_an_item_is_evaluated_once_in_all_editions_of_its_plan_and_when_carried_over(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    first = item_of(start, scene)
    with start() as work:
        of = Evaluating(Make(work))
        later = of.item(of.plan(), project_id=scene.project, earlier_id=first).id
        carried = of.item(of.plan(), project_id=scene.project, carried_from_id=later).id
    with start(scene.manager) as work:
        evaluation.plan_evaluation(work, EvaluationBrief("E1", scene.unit, later))
    for key in (first, carried):
        with refused(engine, Conflict, "item_id", scene.manager) as work:
            evaluation.plan_evaluation(work, EvaluationBrief("E2", scene.unit, key))
