"""What counts: an action with the edition that brought it, a round that nobody opened, a response that came back."""

from datetime import date

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict
from rbm.model.findings import Recommendation
from rbm.model.followup import Action
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse
from rbm.services import followup, responses
from rbm.services.followup.figures import FigureQuestion, key_figures
from rbm.services.responses import ResponseQuestion
from rbm.terms.followup import ActionStage, KeyFigure
from rbm.terms.people import Role
from rbm.terms.responses import Incompleteness, ResponseDecision, ResponseStage, ResponseTiming
from tests.make import Make
from tests.services.responses.scene import Scene, at

PLANNED, SENT, OUT = at(2026, 9, 1), at(2026, 9, 3), at(2026, 9, 5)


def counted(scene: Scene, on: date) -> tuple[int | None, int]:
    """How many actions K24 counts as of a day, and how many are open by where recommendation 1 stands today."""
    with scene.start(scene.actors["officer"], "read", now=at(2026, 9, 6)) as work:
        (figure,) = key_figures(work, FigureQuestion(figures=[KeyFigure.K24], as_of=on))
        first = work.get(Recommendation, scene.recommendations[1])
        return figure.denominator, followup.standings(work, [first])[0].open_actions


def give_back(scene: Scene) -> None:
    scene.complete()
    scene.submit(at(2026, 3, 2))
    with scene.start(scene.actors["officer"], now=at(2026, 3, 4)) as work:
        responses.return_response(work, scene.response, [Incompleteness.ACTION_NOT_ACTIONABLE], "vague")


def test_an_action_of_a_revision_counts_from_the_day_on_which_that_is_published(scene: Scene) -> None:
    scene.publish()
    with scene.start(scene.actors["head"], now=PLANNED) as work:
        responses.revise_response(work, scene.response, "more is done")
    key = scene.plan(1, PLANNED)
    assert counted(scene, PLANNED.date()) == (2, 1)
    with scene.start(scene.actors["focal"], now=PLANNED) as work:
        responses.remove_planned_action(work, key)
    scene.plan(1, PLANNED)
    scene.submit(SENT)
    assert counted(scene, SENT.date()) == (2, 1)
    scene.endorse(SENT)
    with scene.start(scene.actors["officer"], now=OUT) as work:
        responses.publish_response(work, scene.response)
    assert [counted(scene, day.date()) for day in (PLANNED, SENT, OUT)] == [(2, 2), (2, 2), (3, 2)]


def test_an_action_of_the_first_edition_counts_once_it_is_submitted(scene: Scene) -> None:
    scene.complete()
    assert counted(scene, date(2026, 3, 2)) == (0, 0)
    scene.submit(at(2026, 3, 4))
    assert counted(scene, date(2026, 3, 4)) == (2, 1)
    assert [counted(scene, date(2026, 3, day))[0] for day in (2, 3, 4)] == [0, 0, 2]


def test_what_was_submitted_once_keeps_its_actions(scene: Scene) -> None:
    give_back(scene)
    with scene.start() as work:
        key = work.session.scalars(sa.select(Action.id).order_by(Action.id)).first()
    with pytest.raises(Conflict) as refusal, scene.start(scene.actors["focal"], now=at(2026, 3, 5)) as work:
        responses.remove_planned_action(work, key)
    assert (refusal.value.field, counted(scene, date(2026, 3, 3))[0]) == ("stage", 2)


def test_a_response_that_came_back_is_owed_by_its_day_until_it_is_submitted_again(scene: Scene) -> None:
    give_back(scene)

    def clock() -> tuple[int, bool | None, int]:
        with scene.start(scene.actors["officer"], "read", now=at(2026, 3, 12)) as work:
            (found,) = responses.response_clocks(work, [work.get(ManagementResponse, scene.response)])
            late = work.session.scalars(
                responses.find_responses(work, ResponseQuestion(timing=ResponseTiming.OVERDUE))
            ).all()
            return found.overdue_days, found.was_late, len(late)

    assert clock() == (10, False, 1)
    scene.submit(at(2026, 3, 11))
    assert clock() == (0, False, 0)


def test_a_revision_that_came_back_owes_nothing_anew(scene: Scene) -> None:
    scene.publish()
    with scene.start() as work:
        Make(work)
        row = work.get(ManagementResponse, scene.response)
        row.edition, row.stage = 2, ResponseStage.RETURNED
    with scene.start(scene.actors["officer"], "read", now=at(2026, 9, 12)) as work:
        (found,) = responses.response_clocks(work, [work.get(ManagementResponse, scene.response)])
    assert found.overdue_days == 0


def test_an_office_below_acts_before_the_response_above_it_is_published(scene: Scene) -> None:
    scene.decide(1, ResponseDecision.ACCEPTED)
    with scene.start() as work:
        local = Make(work).actor(Role.APPROVER, work.get(Office, scene.under))
    key = scene.plan(1, responsible_office_id=scene.under, owner_id=local.person_id)
    with pytest.raises(Conflict), scene.start(local) as work:
        followup.update_action(work, key, "begun")
    with scene.start() as work:
        Make(work)
        row = work.get(ManagementResponse, scene.response)
        row.stage, row.submitted_on = ResponseStage.SUBMITTED, work.today
    with scene.start(local) as work:
        assert followup.update_action(work, key, "begun").stage is ActionStage.IN_PROGRESS
