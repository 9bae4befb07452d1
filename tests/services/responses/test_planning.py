"""Planning actions: an owner of the office, a day that lies ahead, a milestone for what is critical; and no more."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.findings import Recommendation
from rbm.model.followup import Action
from rbm.model.people import Office, Person
from rbm.services import people, responses
from rbm.services.responses import ActionRevision
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage, VerificationScope
from rbm.terms.people import Role
from rbm.terms.responses import ResponseDecision, ResponseStage
from rbm.work import Work
from tests.make import Make
from tests.refusals import refused
from tests.services.responses.scene import LATER, REASONED, Scene, at

pytestmark = pytest.mark.in_turn
ACCEPTED = ResponseDecision.ACCEPTED


def action(work: Work, key: object) -> Action:
    return work.get(Action, key)  # type: ignore[arg-type]


def test_an_action_is_the_answering_office_s_and_keeps_its_first_day(scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    keys = [scene.plan(1), scene.plan(1, text="Train two persons")]
    with scene.start() as work:
        first, second = (action(work, key) for key in keys)
    assert (first.number, second.number, first.office_id) == (1, 2, scene.office)
    assert (first.stage, first.planned_on) == (ActionStage.NOT_STARTED, date(2026, 3, 2))
    assert (first.original_due_on, first.due_on, first.owner_id) == (LATER, LATER, scene.owner)
    assert (first.verification_scope, first.depends_on_funding) == (VerificationScope.FULL, False)


@pytest.mark.parametrize(
    ("priority", "scope"),
    [
        (RecommendationPriority.CRITICAL, VerificationScope.FULL),
        (RecommendationPriority.MEDIUM, VerificationScope.SAMPLE),
        (RecommendationPriority.LOW, VerificationScope.NONE),
    ],
)
def test_how_far_it_is_verified_follows_from_the_priority(
    scene: Scene, priority: RecommendationPriority, scope: VerificationScope
) -> None:
    scene.decide(1, ACCEPTED)
    set_priority(scene, priority)
    key = scene.plan(1, milestone="a first draft", milestone_on=date(2026, 6, 30))
    with scene.start() as work:
        assert action(work, key).verification_scope is scope


def set_priority(scene: Scene, priority: RecommendationPriority) -> None:
    with scene.start() as work:
        Make(work)
        row = work.get(Recommendation, scene.recommendations[1])
        row.priority, row.depends_on_funding = priority, True


def test_it_depends_on_funding_as_its_recommendation_does_unless_it_says_otherwise(scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    set_priority(scene, RecommendationPriority.HIGH)
    keys = [scene.plan(1), scene.plan(1, depends_on_funding=False)]
    with scene.start() as work:
        assert [action(work, key).depends_on_funding for key in keys] == [True, False]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"text": "  "}, "text"),
        ({"due_on": date(2026, 3, 1)}, "due_on"),
        ({"milestone": "a draft"}, "milestone_on"),
        ({"milestone_on": date(2026, 6, 30)}, "milestone"),
        ({"milestone": "a draft", "milestone_on": date(2027, 1, 1)}, "milestone_on"),
        ({"milestone": "a draft", "milestone_on": date(2026, 3, 1)}, "milestone_on"),
    ],
)
def test_what_is_wrong_with_an_action_is_named(
    engine: sa.Engine, scene: Scene, facts: dict[str, Any], field: str
) -> None:
    scene.decide(1, ACCEPTED)
    with refused(engine, Invalid, field, scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1, **facts))


def test_no_action_is_due_before_its_recommendation_was_issued(engine: sa.Engine, scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    with scene.start() as work:
        Make(work)
        work.get(Recommendation, scene.recommendations[1]).issued_on = date(2026, 5, 1)
    with refused(engine, Invalid, "due_on", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1, due_on=date(2026, 4, 30)))


def test_what_is_critical_needs_a_milestone(engine: sa.Engine, scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    set_priority(scene, RecommendationPriority.CRITICAL)
    with refused(engine, Invalid, "milestone", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1))


def test_the_owner_is_somebody_of_the_office_or_above_who_is_active(engine: sa.Engine, scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    stranger = scene.actors["elsewhere"].person_id
    with refused(engine, Invalid, "owner_id", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1, owner_id=stranger))
    with scene.start() as work:
        Make(work)
        work.get(Person, scene.actors["second"].person_id).active = False  # type: ignore[arg-type]
    with refused(engine, Invalid, "owner_id", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1, owner_id=scene.actors["second"].person_id))
    with refused(engine, NotFound, "owner_id", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1, owner_id=scene.office))
    assert scene.plan(1, owner_id=scene.actors["endorser"].person_id)


def test_an_office_below_may_act_and_no_other_one(engine: sa.Engine, scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    with scene.start() as work:
        make = Make(work)
        elsewhere = make.office().id
        local = people.grant_role(work, make.person().id, scene.under, Role.VIEWER).person_id
    key = scene.plan(1, responsible_office_id=scene.under, owner_id=local)
    with scene.start() as work:
        assert action(work, key).office_id == scene.under
    with refused(engine, Invalid, "responsible_office_id", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1, responsible_office_id=elsewhere))
    with refused(engine, Invalid, "owner_id", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1, owner_id=local))


@pytest.mark.parametrize("decision", [None, ResponseDecision.UNDER_CONSIDERATION, ResponseDecision.REJECTED])
def test_what_is_not_taken_up_takes_no_action(
    engine: sa.Engine, scene: Scene, decision: ResponseDecision | None
) -> None:
    scene.decide(2, ACCEPTED, part="a")
    if decision:
        scene.decide(1, decision, **(REASONED if decision is ResponseDecision.REJECTED else {}))
    with refused(engine, Conflict, "recommendation_id", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1))


def test_the_head_of_office_plans_more_after_publication_and_nobody_while_others_have_it(
    engine: sa.Engine, scene: Scene
) -> None:
    scene.complete()
    scene.submit()
    with refused(engine, Conflict, "stage", scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1))
    scene.endorse()
    with scene.start(scene.actors["officer"]) as work:
        responses.publish_response(work, scene.response)
    with refused(engine, Forbidden, None, scene.actors["focal"]) as work:
        responses.plan_action(work, scene.planned(1))
    with scene.start(scene.actors["head"], now=at(2026, 9, 1)) as work:
        key = responses.plan_action(work, scene.planned(1)).id
    with scene.start() as work:
        assert (action(work, key).number, action(work, key).planned_on) == (2, date(2026, 9, 1))


def test_an_action_of_a_draft_is_planned_otherwise_or_removed(scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    key = scene.plan(1)
    with scene.start(scene.actors["second"]) as work:
        responses.revise_planned_action(work, key, ActionRevision(text="Write two guides", due_on=date(2026, 6, 30)))
    with scene.start() as work:
        row = action(work, key)
        assert (row.text, row.original_due_on, row.due_on) == ("Write two guides", *[date(2026, 6, 30)] * 2)
        assert row.owner_id == scene.owner
    with scene.start(scene.actors["focal"]) as work:
        responses.remove_planned_action(work, key)
    with scene.start() as work:
        assert work.session.scalars(sa.select(Action)).all() == []


@pytest.mark.parametrize(
    ("facts", "field"), [({"due_on": date(2026, 1, 1)}, "due_on"), ({"text": " "}, "text"), ({"milestone": "x"}, None)]
)
def test_a_revision_of_an_action_is_held_to_the_same(
    engine: sa.Engine, scene: Scene, facts: dict[str, Any], field: str | None
) -> None:
    scene.decide(1, ACCEPTED)
    key = scene.plan(1)
    with refused(engine, Invalid, field or "milestone_on", scene.actors["focal"]) as work:
        responses.revise_planned_action(work, key, ActionRevision(**facts))


def test_what_was_submitted_or_published_is_not_planned_otherwise(engine: sa.Engine, scene: Scene) -> None:
    scene.publish()
    with scene.start() as work:
        key = work.session.scalars(sa.select(Action.id).order_by(Action.id)).first()
    for attempt in (
        lambda work: responses.revise_planned_action(work, key, ActionRevision(text="less")),
        lambda work: responses.remove_planned_action(work, key),
    ):
        with refused(engine, Conflict, "stage", scene.actors["focal"]) as work:
            attempt(work)
    with scene.start(scene.actors["head"]) as work:
        responses.revise_response(work, scene.response, "more is done")
    assert scene.standing().stage is ResponseStage.DRAFT
    with refused(engine, Conflict, "action_id", scene.actors["focal"]) as work:
        responses.remove_planned_action(work, key)
    fresh = scene.plan(1)
    with scene.start(scene.actors["focal"]) as work:
        assert responses.remove_planned_action(work, fresh).number == 2


def test_the_office_below_that_acts_does_not_plan(engine: sa.Engine, scene: Scene) -> None:
    scene.decide(1, ACCEPTED)
    with scene.start() as work:
        make = Make(work)
        local = make.actor(Role.MANAGEMENT_FOCAL_POINT, work.get(Office, scene.under))
    key = scene.plan(1, responsible_office_id=scene.under, owner_id=local.person_id)
    with refused(engine, NotFound, "action_id", local) as work:
        responses.remove_planned_action(work, key)
    with refused(engine, Forbidden, None, scene.actors["viewer"]) as work:
        responses.remove_planned_action(work, key)
