"""The figures of the evaluation function through the door, and who is told them."""

from datetime import timedelta
from uuid import UUID

import pytest

from rbm.access import PUBLIC, Actor
from rbm.model.people import Office
from rbm.services import followup
from rbm.terms.people import Role
from rbm.terms.responses import ResponseStage
from tests.conftest import Begin
from tests.evaluating import FINAL, Evaluating
from tests.graph_schema.conftest import Ask
from tests.make import Make

K3 = """query ($office: ID) { keyFigures(figures: [K3], officeId: $office, asOf: "2026-03-02") {
    figure value unit numerator denominator reason asOf definition deadlines
    overOffices { mean offices without red } } }"""
COMPOSITE = "{ composite(overAll: true) { score light timely responsive quality overOffices { red } } }"


@pytest.fixture
def office(start: Begin) -> str:
    """An office that answered one of two evaluations in time."""
    with start() as work:
        rows = Evaluating(Make(work))
        place = rows.make.office()
        for submitted in (FINAL, None):
            due = {"due_on": FINAL + timedelta(days=1), "stage": ResponseStage.DUE}
            rows.response(rows.evaluation(), place, submitted_on=submitted, **due)
        return str(place.id)


def test_a_figure_says_what_it_counts_and_by_which_editions(data: Ask, office: str) -> None:
    [found] = data(K3)["keyFigures"]
    told = {"figure": "K3", "value": 50, "unit": "PERCENT", "numerator": 1, "denominator": 2, "reason": None}
    assert {name: found[name] for name in told} == told
    assert (found["asOf"], found["definition"], found["deadlines"]) == ("2026-03-02", 1, 1)
    assert found["overOffices"]["mean"] == 50


def test_a_composite_without_one_of_its_parts_is_null(data: Ask, office: str) -> None:
    found = data(COMPOSITE)["composite"]
    assert (found["score"], found["light"], found["timely"], found["responsive"]) == (None, None, None, None)


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("role", [Role.EVALUATION_OFFICER, Role.OVERSIGHT, Role.GOVERNING_BODY, Role.VIEWER])
def test_who_follows_up_or_sees_every_office_is_told_of_all(start: Begin, data: Ask, role: Role) -> None:
    with start() as work:
        actor = Make(work).actor(role)
    assert data(K3, actor=actor)["keyFigures"][0]["denominator"] == 2


def strangers(start: Begin) -> list[Actor]:
    with start() as work:
        make = Make(work)
        return [PUBLIC, make.actor(Role.APPROVER, make.office()), make.actor(Role.DONOR), make.actor(Role.ADMIN)]


def test_others_are_not_even_told_how_many_there_are(start: Begin, ask: Ask, office: str) -> None:
    for actor in strangers(start):
        for given in ({}, {"office": office}):
            answer = ask(K3, actor=actor, **given)
            assert answer["data"] == {"keyFigures": None}
            assert "does not see" in answer["errors"][0]["message"]


def test_an_office_is_told_its_own_figures(start: Begin, data: Ask, office: str) -> None:
    with start() as work:
        make = Make(work)
        actor = make.actor(Role.APPROVER, work.get(Office, UUID(office)))
    assert data(K3, actor=actor, office=office)["keyFigures"][0]["denominator"] == 2


def test_everyone_reads_a_locked_report_and_computes_it_again(start: Begin, data: Ask) -> None:
    with start() as work:
        Make(work)
        kept = followup.lock_status_report(work, 2025).content_hash
    found = data("{ statusReportCheck(year: 2025) { reproduced unaltered contentHash differing } }", actor=PUBLIC)
    assert found["statusReportCheck"] == {"reproduced": True, "unaltered": True, "contentHash": kept, "differing": []}
