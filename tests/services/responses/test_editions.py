"""Editions: what is being written is not acted on, seen by others or endorsed by its writers, and stated days stay."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC, Actor
from rbm.errors import Conflict, Forbidden
from rbm.model.findings import Recommendation
from rbm.model.followup import Action, ActionUpdate
from rbm.model.responses import ManagementResponse, ResponseEdition
from rbm.services import followup, people, responses
from rbm.services.responses import ActionRevision
from rbm.stages import Transition
from rbm.terms.followup import ActionStage, RecommendationStatus
from rbm.terms.people import Role
from rbm.terms.responses import Incompleteness, ResponseDecision, ResponseStage
from tests.make import Make
from tests.refusals import refused
from tests.services.responses.scene import LATER, REASONED, Scene, at

ACCEPTED, REJECTED = ResponseDecision.ACCEPTED, ResponseDecision.REJECTED
JUDGED = [Incompleteness.ACTION_NOT_ACTIONABLE]
REVISED, SENT = at(2026, 9, 1), at(2026, 9, 2)
OUTSIDE = ("public", "elsewhere")


def revise(scene: Scene) -> UUID:
    """A published response is revised, for a secret reason and with another action; the action."""
    scene.publish()
    with scene.start(scene.actors["head"], now=REVISED) as work:
        responses.revise_response(work, scene.response, "secret")
    return scene.plan(1, REVISED, text="secret")


def actor(scene: Scene, name: str) -> Actor:
    return PUBLIC if name == "public" else scene.actors[name]


def seen(scene: Scene, name: str) -> dict[str, Any]:
    """What somebody reads of the response: its actions, reports and moves, and where recommendation 1 stands."""
    with scene.start(actor(scene, name), now=SENT) as work:
        first = work.get(Recommendation, scene.recommendations[1])
        moves = sa.select(Transition.to_stage, Transition.reason).where(Transition.entity_id == scene.response)
        told = work.session.execute(moves.order_by(Transition.id)).all()
        return {
            "actions": len(work.session.scalars(sa.select(Action)).all()),
            "updates": len(work.session.scalars(sa.select(ActionUpdate)).all()),
            "editions": len(work.session.scalars(sa.select(ResponseEdition)).all()),
            "moves": [stage for stage, _ in told],
            "reasons": [reason for _, reason in told if reason],
            "status": followup.standings(work, [first])[0].status,
        }


WAY = ["draft", "submitted", "endorsed", "published"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_of_a_revision_others_read_nothing_until_it_is_published(scene: Scene, name: str) -> None:
    key = revise(scene)
    nothing = {"updates": 0, "editions": 0, "moves": WAY, "reasons": []}
    expected = nothing | {"actions": 2, "status": RecommendationStatus.NOT_STARTED}
    assert seen(scene, name) == expected
    scene.submit(SENT)
    with scene.start(scene.actors["head"], now=SENT) as work:
        followup.update_action(work, key, "secret")
    assert seen(scene, name) == expected
    scene.endorse(SENT)
    assert seen(scene, name) == expected
    with scene.start(scene.actors["officer"], now=SENT) as work:
        responses.publish_response(work, scene.response)
    assert seen(scene, name) == {
        "actions": 3,
        "updates": 1,
        "editions": 1,
        "moves": [*WAY, *WAY],
        "reasons": ["secret"],
        "status": RecommendationStatus.IN_PROGRESS,
    }


@pytest.mark.parametrize("name", ["focal", "officer", "governor"])
def test_the_office_and_who_follows_up_read_a_revision_as_it_is_written(scene: Scene, name: str) -> None:
    revise(scene)
    told = seen(scene, name)
    assert (told["actions"], told["editions"], told["moves"], told["reasons"]) == (3, 1, [*WAY, "draft"], ["secret"])
    assert told["status"] is RecommendationStatus.NOT_STARTED


def test_where_a_recommendation_stands_follows_what_was_published_for_everyone(scene: Scene) -> None:
    key = revise(scene)
    scene.submit(SENT)
    with scene.start(scene.actors["head"], now=SENT) as work:
        followup.update_action(work, key, "begun")
    for name in (*OUTSIDE, "focal", "officer"):
        assert seen(scene, name)["status"] is RecommendationStatus.NOT_STARTED
        with scene.start(actor(scene, name), now=SENT) as work:
            question = followup.RecommendationQuestion(status=RecommendationStatus.NOT_STARTED)
            found = work.session.scalars(followup.find_recommendations(work, question)).all()
            assert len(found) == 2


def test_nothing_of_an_edition_that_is_being_written_is_begun(scene: Scene) -> None:
    key = revise(scene)
    words = "the edition of the response that brought it is still being written"
    with pytest.raises(Conflict) as refusal, scene.start(scene.actors["head"], now=SENT) as work:
        followup.update_action(work, key, "begun")
    assert (refusal.value.message, refusal.value.field) == (words, "stage")
    with pytest.raises(Conflict), scene.start(scene.actors["head"], now=SENT) as work:
        followup.add_evidence(work, key, "A guide", "https://example.org/guide")
    with scene.start(scene.actors["head"], now=SENT) as work:
        earlier = work.session.scalars(sa.select(Action).where(Action.edition == 1)).first()
        assert followup.update_action(work, earlier.id, "begun").stage is ActionStage.IN_PROGRESS
    scene.submit(SENT)
    with scene.start(scene.actors["head"], now=SENT) as work:
        assert followup.update_action(work, key, "begun").stage is ActionStage.IN_PROGRESS


def give_back(scene: Scene, *begun: int) -> list[UUID]:
    """A submitted response, of which some actions are begun, is returned; its actions."""
    scene.complete()
    scene.submit(at(2026, 3, 3))
    with scene.start() as work:
        keys = list(work.session.scalars(sa.select(Action.id).order_by(Action.id)))
    for place in begun:
        with scene.start(scene.actors["head"], now=at(2026, 3, 3)) as work:
            followup.update_action(work, keys[place], "begun")
    with scene.start(scene.actors["officer"], now=at(2026, 3, 4)) as work:
        responses.return_response(work, scene.response, JUDGED, "vague")
    return keys


def test_an_action_that_was_begun_is_neither_planned_otherwise_nor_removed(scene: Scene) -> None:
    keys = give_back(scene, 0)
    for change in (
        lambda work: responses.revise_planned_action(work, keys[0], ActionRevision(text="another")),
        lambda work: responses.remove_planned_action(work, keys[0]),
        lambda work: followup.add_evidence(work, keys[0], "A guide", "https://example.org/guide"),
    ):
        with pytest.raises(Conflict), scene.start(scene.actors["focal"], now=at(2026, 3, 5)) as work:
            change(work)


def test_a_day_that_was_submitted_stays_and_other_terms_are_mended(scene: Scene) -> None:
    keys = give_back(scene)
    with pytest.raises(Conflict) as refusal, scene.start(scene.actors["focal"], now=at(2026, 3, 5)) as work:
        responses.revise_planned_action(work, keys[0], ActionRevision(due_on=date(2029, 1, 1)))
    assert refusal.value.field == "due_on"
    with scene.start(scene.actors["focal"], now=at(2026, 3, 5)) as work:
        row = responses.revise_planned_action(work, keys[0], ActionRevision(text="clearer", due_on=LATER))
        assert (row.text, row.original_due_on) == ("clearer", LATER)
    with pytest.raises(Conflict), scene.start(scene.actors["focal"], now=at(2027, 1, 1)) as work:
        responses.remove_planned_action(work, keys[1])
    new = scene.plan(1, at(2026, 3, 5))
    with scene.start(scene.actors["focal"], now=at(2026, 3, 6)) as work:
        later = responses.revise_planned_action(work, new, ActionRevision(due_on=date(2027, 1, 31)))
        assert later.original_due_on == date(2027, 1, 31)


def endorsing(scene: Scene, role: Role) -> None:
    """Somebody who has a role in the office and endorses for it as well, as `both`."""
    with scene.start() as work:
        person = Make(work).person()
        for held in (role, Role.ENDORSER):
            people.grant_role(work, person.id, scene.office, held)
        scene.actors["both"] = people.actor_of_person(work, person)


@pytest.mark.parametrize("wrote", ["overall", "action", "another action", "decision"])
def test_whoever_wrote_in_an_edition_does_not_endorse_it(engine: sa.Engine, scene: Scene, wrote: str) -> None:
    endorsing(scene, Role.MANAGEMENT_FOCAL_POINT)
    scene.complete()
    if wrote == "decision":  # which a colleague then takes again: who decided last is another
        scene.decide(2, REJECTED, "both", part="a", **REASONED)
        scene.decide(2, REJECTED, part="a", **REASONED)
    with scene.start(scene.actors["both"]) as work:
        if wrote == "overall":
            responses.write_overall_response(work, scene.response, "We agree.")
        if wrote == "action":
            responses.plan_action(work, scene.planned(1))
        if wrote == "another action":
            key = work.session.scalars(sa.select(Action.id)).first()
            responses.revise_planned_action(work, key, ActionRevision(text="another"))
    scene.submit()
    with refused(engine, Forbidden, None, scene.actors["both"]) as work:
        responses.endorse_response(work, scene.response)
    scene.endorse()


def test_whoever_submitted_it_once_does_not_endorse_it_nor_hinders_the_next_edition(
    engine: sa.Engine, scene: Scene
) -> None:
    endorsing(scene, Role.APPROVER)
    scene.complete()
    with scene.start(scene.actors["both"]) as work:
        responses.submit_response(work, scene.response)
    with scene.start(scene.actors["officer"]) as work:
        responses.return_response(work, scene.response, JUDGED, "vague")
    scene.submit()
    with refused(engine, Forbidden, None, scene.actors["both"]) as work:
        responses.endorse_response(work, scene.response)
    scene.endorse()
    with scene.start(scene.actors["officer"]) as work:
        responses.publish_response(work, scene.response)
    with scene.start(scene.actors["head"], now=REVISED) as work:
        responses.revise_response(work, scene.response, "the budget changed")
    scene.submit(SENT)
    with scene.start(scene.actors["both"], now=SENT) as work:
        followed = work.session.scalars(sa.select(Action.id)).first()
        followup.update_action(work, followed, "begun")
    with scene.start(scene.actors["both"], now=SENT) as work:
        assert responses.endorse_response(work, scene.response).stage is ResponseStage.ENDORSED


def test_what_is_verified_is_not_rejected_afterwards(scene: Scene) -> None:
    scene.publish()
    with scene.start() as work:
        Make(work)
        for row in work.session.scalars(sa.select(Action)):
            row.stage = ActionStage.VERIFIED_COMPLETE
    with scene.start(scene.actors["head"], now=REVISED) as work:
        responses.revise_response(work, scene.response, "the budget changed")
    with pytest.raises(Conflict) as refusal:
        scene.decide(1, REJECTED, **REASONED)
    assert refusal.value.field == "decision"
    with scene.start() as work:
        assert work.get(ManagementResponse, scene.response).edition == 2
