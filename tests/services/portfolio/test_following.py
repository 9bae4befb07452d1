"""What evaluations ask of whom: each list by what the caller may do where, and nothing of other offices."""

from dataclasses import fields
from datetime import date

import pytest

from rbm.access import PUBLIC, Actor
from rbm.model.responses import FollowUpRound
from rbm.services import portfolio
from rbm.services.portfolio import MyWork
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.followup import ActionStage, VerificationScope
from rbm.terms.people import Role
from rbm.terms.responses import ResponseStage, RoundStage
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make

NAMES = [one.name for one in fields(MyWork)][5:]
PAST, AHEAD, TODAY = date(2026, 3, 1), date(2026, 6, 1), date(2026, 3, 2)


@pytest.fixture
def actors(start: Begin) -> dict[str, Actor]:
    """An office with something in each list, and those who act for it, above it and elsewhere."""
    with start() as work:
        make = Make(work)
        evaluating = Evaluating(make)
        unit, region = evaluating.unit(), make.office()
        office = make.office(region)
        places = {
            "focal": (Role.MANAGEMENT_FOCAL_POINT, office),
            "head": (Role.APPROVER, office),
            "endorser": (Role.ENDORSER, region),
            "officer": (Role.EVALUATION_OFFICER, unit),
            "oversight": (Role.OVERSIGHT, make.headquarters()),
            "owner": (Role.VIEWER, region),
            "elsewhere": (Role.APPROVER, make.office()),
            "governor": (Role.GOVERNING_BODY, make.headquarters()),
        }
        found = {name: make.actor(*place) for name, place in places.items()}
        for due_on in (PAST, TODAY):
            evaluating.response(evaluating.evaluation(), office, due_on=due_on)
        drafted = {"drafted_by_id": found["endorser"].person_id}
        for more in ({}, drafted):
            sent = {"stage": ResponseStage.SUBMITTED, "submitted_on": PAST}
            evaluating.response(evaluating.evaluation(), office, **sent, **more)
        published = evaluating.response(
            evaluating.evaluation(EvaluationStage.PUBLISHED), office, stage=ResponseStage.PUBLISHED, submitted_on=PAST
        )
        recommendation = evaluating.recommendation(published.evaluation, office)
        owner = work.get(type(make.person()), found["owner"].person_id)
        for facts in (
            {"due_on": PAST},
            {"due_on": AHEAD, "owner": owner},
            {"stage": ActionStage.REPORTED_COMPLETE, "verify_by": AHEAD},
            {"stage": ActionStage.REPORTED_COMPLETE, "verification_scope": VerificationScope.NONE},
            {"stage": ActionStage.VERIFIED_COMPLETE, "due_on": PAST},
            {"stage": ActionStage.REPORTED_COMPLETE, "verify_by": AHEAD, "office": unit},
        ):
            evaluating.action(published, recommendation, **facts)
        for number, stage in enumerate((RoundStage.OPEN, RoundStage.SCHEDULED), 1):
            days = {"opens_on": PAST, "closes_on": AHEAD}
            work.add(FollowUpRound(response=published, number=number, stage=stage, **days))
        return found


def test_what_evaluations_ask_waits_for_those_who_may_do_it(start: Begin, actors: dict[str, Actor]) -> None:
    counts = {}
    for name, actor in actors.items() | {("public", PUBLIC)}:
        with start(actor, "read") as work:
            mine = portfolio.my_work(work)
            counts[name] = dict(zip(NAMES, (len(getattr(mine, one)) for one in NAMES), strict=True))
    nothing = dict.fromkeys(NAMES, 0)
    answering = {"responses_owed": 1, "responses_overdue": 1, "actions_due": 1, "actions_overdue": 1}
    assert counts == {
        "focal": nothing | answering,
        "head": nothing | answering | {"rounds_open": 1},
        "endorser": nothing | {"responses_to_endorse": 1},
        "officer": nothing | {"actions_to_verify": 1},
        "oversight": nothing | {"actions_to_verify": 2},
        "owner": nothing | {"actions_due": 1},
        "elsewhere": nothing,
        "governor": nothing,
        "public": nothing,
    }
