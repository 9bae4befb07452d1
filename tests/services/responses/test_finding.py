"""The clock of a response: the due day itself is not overdue, and what came late stays late."""

from datetime import datetime
from typing import Any

import pytest

from rbm.access import PUBLIC, Actor
from rbm.model.people import Office
from rbm.model.responses import ManagementResponse
from rbm.services import responses
from rbm.services.responses import ResponseQuestion
from rbm.terms.evaluation import EvaluationStage, SourceKind
from rbm.terms.responses import ResponseDecision, ResponseStage, ResponseTiming
from tests.conftest import NOW
from tests.evaluating import Evaluating
from tests.make import Make
from tests.services.responses.scene import DUE, REASONED, Scene, at

TIMES = [
    ("2026-03-02 23:59 in Geneva", at(2026, 3, 2, 22, 59), 0),
    ("2026-03-03 00:30 in Geneva", at(2026, 3, 2, 23, 30), 1),
    ("2026-01-19 in Geneva", at(2026, 1, 19), 0),
    ("2026-06-10 in Geneva", at(2026, 6, 10), 100),
]


def found(scene: Scene, now: datetime = NOW, actor: Actor | None = None, **asked: Any) -> list[ManagementResponse]:
    with scene.start(actor or scene.actors["officer"], "find", now=now) as work:
        return list(work.session.scalars(responses.find_responses(work, ResponseQuestion(**asked))))


@pytest.mark.usefixtures("geneva")
@pytest.mark.parametrize(("now", "days"), [time[1:] for time in TIMES], ids=[time[0] for time in TIMES])
def test_the_due_day_is_not_overdue_and_ends_at_midnight_in_geneva(scene: Scene, now: datetime, days: int) -> None:
    with scene.start(scene.actors["head"], "read", now=now) as work:
        (clock,) = responses.response_clocks(work, [work.get(ManagementResponse, scene.response)])
    assert (clock.overdue_days, clock.was_late) == (days, None)
    assert len(found(scene, now, timing=ResponseTiming.OVERDUE)) == (1 if days else 0)
    assert len(found(scene, now, timing=ResponseTiming.DUE)) == (0 if days else 1)


@pytest.mark.parametrize(("now", "late"), [(at(2026, 3, 2), False), (at(2026, 3, 3), True)])
def test_once_it_came_it_is_not_overdue_and_its_lateness_is_kept(scene: Scene, now: datetime, late: bool) -> None:
    scene.complete()
    scene.submit(now)
    with scene.start(scene.actors["head"], "read", now=at(2027, 1, 1)) as work:
        (clock,) = responses.response_clocks(work, [work.get(ManagementResponse, scene.response)])
    assert (clock.overdue_days, clock.was_late) == (0, late)
    timing = ResponseTiming.LATE if late else ResponseTiming.IN_TIME
    assert {one for one in ResponseTiming if found(scene, at(2027, 1, 1), timing=one)} == {timing}


def test_what_is_under_consideration_does_not_stop_the_clock(scene: Scene) -> None:
    scene.decide(1, ResponseDecision.UNDER_CONSIDERATION)
    for part in "ab":
        scene.decide(2, ResponseDecision.REJECTED, part=part, **REASONED)
    assert len(found(scene, at(2026, 3, 3), timing=ResponseTiming.OVERDUE)) == 1


def test_responses_are_found_by_office_stage_and_source(scene: Scene) -> None:
    with scene.start() as work:
        evaluating = Evaluating(Make(work))
        country = work.get(Office, scene.office)
        audit = evaluating.evaluation(EvaluationStage.FINAL, source=SourceKind.AUDIT)
        other = evaluating.response(audit, country, due_on=at(2026, 2, 1).date()).id
        evaluating.response(audit, evaluating.make.office())
    country = found(scene, office="COUNTRY")
    assert [row.id for row in country] == [other, scene.response]
    assert [row.id for row in found(scene, office="COUNTRY", source=SourceKind.AUDIT)] == [other]
    assert len(found(scene, stage=ResponseStage.DUE)) == 3
    assert found(scene, stage=ResponseStage.DRAFT) == found(scene, office="NOWHERE") == []


def test_what_one_does_not_see_is_not_found_and_not_counted(scene: Scene) -> None:
    late = at(2026, 6, 1)
    for actor in (PUBLIC, scene.actors["elsewhere"], scene.actors["administrator"]):
        assert found(scene, late, actor) == []
    assert len(found(scene, late, scene.actors["governor"])) == 1


def test_what_is_missing_is_told_to_those_who_see_what_is_written(scene: Scene) -> None:
    scene.decide(1, ResponseDecision.ACCEPTED)
    with scene.start(scene.actors["focal"], "read") as work:
        row = work.get(ManagementResponse, scene.response)
        (missing,) = responses.missing_answers(work, [row])
        assert [(one.number, one.part, one.field) for one in missing] == [
            (1, None, "actions"),
            (2, "a", "decision"),
            (2, "b", "decision"),
        ]
    shown = {}
    for name in ("focal", "officer", "governor", "elsewhere"):
        with scene.start(scene.actors[name], "read") as work:
            shown[name] = responses.may_see_written(work, [row])
    assert shown == {"focal": [True], "officer": [True], "governor": [True], "elsewhere": [False]}
    assert row.due_on == DUE
