"""Rounds: counted from the anchor, opened and missed by their days, submitted when every open action was told of."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden
from rbm.model.followup import Action, ActionUpdate, ActionVerification
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.services import responses
from rbm.terms.followup import ActionStage, Verdict
from rbm.terms.responses import ResponseDecision, RoundStage
from tests.make import Make
from tests.refusals import refused
from tests.services.responses.scene import DUE, REASONED, Scene, at

ANCHOR = at(2026, 8, 31)


def opened(scene: Scene, number: int = 1) -> FollowUpRound:
    """The round of a number, opened on its day."""
    row = scene.rounds()[number - 1]
    with scene.start(scene.actors["officer"], now=moment(row.opens_on)) as work:
        return responses.open_follow_up_round(work, row.id)


def moment(day: date) -> datetime:
    return at(day.year, day.month, day.day)


def report_on(scene: Scene, when: datetime, *actions: int) -> None:
    """An update on the actions in these places."""
    with scene.start(now=when) as work:
        make = Make(work)
        found = make.work.session.scalars(sa.select(Action).order_by(Action.id)).all()
        for place in actions:
            told = {"stage": ActionStage.IN_PROGRESS, "text": "half of it", "reported_at": when}
            work.add(ActionUpdate(action=found[place], **told))


def test_rounds_are_counted_from_the_anchor_and_never_drift(scene: Scene) -> None:
    scene.publish(ANCHOR)
    rounds = scene.rounds()
    assert [row.opens_on for row in rounds] == [
        date(2027, 2, 28),
        date(2027, 8, 31),
        date(2028, 2, 29),
        date(2028, 8, 31),
        date(2029, 2, 28),
        date(2029, 8, 31),
    ]
    assert (rounds[0].closes_on, {row.stage for row in rounds}) == (date(2027, 3, 30), {RoundStage.SCHEDULED})


def test_nothing_taken_up_needs_no_round(scene: Scene) -> None:
    scene.decide(1, ResponseDecision.NOT_RELEVANT, **REASONED)
    for part in "ab":
        scene.decide(2, ResponseDecision.REJECTED, part=part, **REASONED)
    scene.submit()
    scene.endorse()
    with scene.start(scene.actors["officer"]) as work:
        responses.publish_response(work, scene.response)
    assert (scene.rounds(), scene.standing().published_on) == ([], DUE)


def test_no_round_opens_before_its_day(engine: sa.Engine, scene: Scene) -> None:
    scene.publish()
    first = scene.rounds()[0].id
    with refused(engine, Conflict, "opens_on", scene.actors["officer"]) as work:
        responses.open_follow_up_round(work, first)
    with refused(engine, Forbidden, None, scene.actors["head"]) as work:
        responses.open_follow_up_round(work, first)


def test_a_round_closes_on_its_day_however_late_it_opened_and_never_opens_afterwards(scene: Scene) -> None:
    scene.publish(ANCHOR)
    assert opened(scene).closes_on == date(2027, 3, 30)
    second, third = (row.id for row in scene.rounds()[1:3])
    with scene.start(scene.actors["officer"], now=at(2027, 9, 30)) as work:
        row = responses.open_follow_up_round(work, second)
        assert row.closes_on == date(2027, 9, 30)
    assert (scene.rounds()[2].opens_on, scene.rounds()[2].closes_on) == (date(2028, 2, 29), date(2028, 3, 30))
    with pytest.raises(Conflict) as refusal, scene.start(scene.actors["officer"], now=at(2028, 3, 31)) as work:
        responses.open_follow_up_round(work, third)
    assert (refusal.value.field, refusal.value.message) == ("closes_on", "the round closed on 2028-03-30")
    assert run(scene, at(2028, 3, 31)) == ([], [1, 2, 3])


def test_a_round_names_the_open_actions_on_which_nothing_was_reported(scene: Scene) -> None:
    scene.publish(ANCHOR)
    report_on(scene, at(2027, 2, 27), 0, 1)
    row = opened(scene)
    with pytest.raises(Conflict) as refusal, scene.start(scene.actors["head"], now=at(2027, 3, 1)) as work:
        responses.submit_follow_up_round(work, row.id)
    assert refusal.value.message == "nothing was reported on 1.1, 2.1 since the round opened"
    report_on(scene, at(2027, 2, 28), 0)
    with pytest.raises(Conflict) as refusal, scene.start(scene.actors["head"], now=at(2027, 3, 1)) as work:
        responses.submit_follow_up_round(work, row.id)
    assert (refusal.value.message, refusal.value.field) == (
        "nothing was reported on 2.1 since the round opened",
        "actions.2.1",
    )
    report_on(scene, at(2027, 3, 1), 1)
    with scene.start(scene.actors["head"], now=at(2027, 3, 1)) as work:
        done = responses.submit_follow_up_round(work, row.id, " on the way ")
        assert (done.stage, done.submitted_on, done.note) == (RoundStage.SUBMITTED, date(2027, 3, 1), "on the way")


def test_actions_that_ended_are_not_reported_on(scene: Scene) -> None:
    scene.publish(ANCHOR)
    with scene.start() as work:
        Make(work)
        first, second = work.session.scalars(sa.select(Action).order_by(Action.id))
        first.stage, second.stage = ActionStage.VERIFIED_COMPLETE, ActionStage.REPORTED_COMPLETE
    row = opened(scene)
    with scene.start(scene.actors["head"], now=at(2027, 3, 1)) as work:
        assert responses.submit_follow_up_round(work, row.id).stage is RoundStage.SUBMITTED


def test_a_round_is_reviewed_and_closed_by_the_evaluation_unit(engine: sa.Engine, scene: Scene) -> None:
    scene.publish(ANCHOR)
    row = opened(scene)
    report_on(scene, at(2027, 3, 1), 0, 1)
    with refused(engine, Forbidden, None, scene.actors["focal"]) as work:
        responses.submit_follow_up_round(work, row.id)
    with scene.start(scene.actors["head"], now=at(2027, 3, 1)) as work:
        responses.submit_follow_up_round(work, row.id)
    with refused(engine, Forbidden, None, scene.actors["head"]) as work:
        responses.review_follow_up_round(work, row.id)
    with refused(engine, Conflict, "stage", scene.actors["officer"]) as work:
        responses.close_follow_up_round(work, row.id)
    with scene.start(scene.actors["officer"]) as work:
        responses.review_follow_up_round(work, row.id, "seen")
        assert responses.close_follow_up_round(work, row.id).stage is RoundStage.CLOSED


def run(scene: Scene, when: datetime) -> tuple[list[int], list[int]]:
    """The numbers of the rounds that the job opens, and of those it records as missed."""
    with scene.start(now=when) as work:
        return [row.number for row in responses.open_rounds(work)], [row.number for row in responses.miss_rounds(work)]


def test_the_job_opens_and_misses_each_round_once_on_its_days(scene: Scene) -> None:
    scene.publish(ANCHOR)
    days = {day: run(scene, at(*day)) for day in ((2027, 2, 27), (2027, 2, 28), (2027, 3, 1), (2027, 3, 30))}
    assert days == {
        (2027, 2, 27): ([], []),
        (2027, 2, 28): ([1], []),
        (2027, 3, 1): ([], []),
        (2027, 3, 30): ([], []),
    }
    assert (run(scene, at(2027, 3, 31)), run(scene, at(2027, 4, 1))) == (([], [1]), ([], []))
    assert [row.stage for row in scene.rounds()][:2] == [RoundStage.MISSED, RoundStage.SCHEDULED]
    assert run(scene, at(2027, 8, 31)) == ([2], [])


def test_after_an_outage_only_the_latest_round_opens(scene: Scene) -> None:
    scene.publish(ANCHOR)
    assert run(scene, at(2027, 9, 15)) == ([2], [1])
    assert run(scene, at(2027, 9, 16)) == ([], [])
    assert scene.rounds()[1].closes_on == date(2027, 9, 30)


def test_a_round_whose_days_passed_unopened_is_missed_while_something_was_followed_up(scene: Scene) -> None:
    scene.publish(ANCHOR)
    assert run(scene, at(2027, 3, 31)) == ([], [1])
    assert run(scene, at(2027, 4, 1)) == ([], [])
    with scene.start() as work:
        Make(work)
        for action in work.session.scalars(sa.select(Action)):
            action.stage, action.ended_on = ActionStage.VERIFIED_COMPLETE, date(2027, 9, 30)
    assert run(scene, at(2027, 10, 1)) == ([], [])
    with scene.start() as work:
        Make(work)
        action = work.session.scalars(sa.select(Action)).first()
        told = {"verdict": Verdict.REOPENED, "note": "it was not done", "verified_at": at(2028, 5, 1)}
        action.stage, action.ended_on = ActionStage.IN_PROGRESS, None
        work.add(ActionVerification(action=action, **told))
    assert run(scene, at(2028, 5, 2)) == ([], [])


def test_no_round_opens_when_nothing_is_followed_up_any_more(scene: Scene) -> None:
    scene.publish(ANCHOR)
    with scene.start() as work:
        Make(work)
        for action in work.session.scalars(sa.select(Action)):
            action.stage = ActionStage.VERIFIED_COMPLETE
    assert run(scene, at(2027, 2, 28)) == ([], [])


def test_the_job_of_rounds_takes_the_permission_to_operate(engine: sa.Engine, scene: Scene) -> None:
    for name in ("head", "officer", "director"):
        for job in (responses.open_rounds, responses.miss_rounds):
            with refused(engine, Forbidden, None, scene.actors[name]) as work:
                job(work)


def test_rounds_change_nothing_in_the_clock_of_the_response(scene: Scene) -> None:
    scene.publish(ANCHOR)
    run(scene, at(2027, 3, 1))
    with scene.start() as work:
        row = work.get(ManagementResponse, scene.response)
        assert (row.due_on, row.published_on) == (DUE, ANCHOR.date())
