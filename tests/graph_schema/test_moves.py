"""Moves of staged rows: with their rows, for all siblings at once, and the person behind them for staff alone."""

from datetime import date

from rbm.access import PUBLIC, criteria
from rbm.model.people import Office
from rbm.model.strategy import Framework
from rbm.services import strategy
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkStage
from tests.conftest import Begin
from tests.graph_schema.conftest import Ask, Selects
from tests.make import Make

MOVES = """{ frameworks { edges { node { code transitions(orderBy: [AT_ASC]) { totalCount edges { node {
    entity entityId fromStage toStage at reason person { name } } } } } } } }"""


def closed(start: Begin, *, released: bool = False) -> Framework:
    """A framework that was approved and closed by the approver of its office."""
    with start() as work:
        make = Make(work)
        facts = {"stage": FrameworkStage.DRAFT, "approved_on": None, "released_on": date(2026, 1, 1)}
        framework = make.framework(**(facts if released else facts | {"released_on": None}))
        approver = make.actor(Role.APPROVER, work.get(Office, framework.office_id))
    with start(approver) as work:
        strategy.approve_framework(work, framework.id, date(2026, 1, 1), "Council")
        strategy.close_framework(work, framework.id, "over")
    return framework


def test_moves_are_told_with_who_when_and_why(start: Begin, data: Ask) -> None:
    framework = closed(start)
    (edge,) = data(MOVES)["frameworks"]["edges"]
    first, second = (one["node"] for one in edge["node"]["transitions"]["edges"])
    assert (first["fromStage"], first["toStage"], first["reason"]) == ("draft", "approved", None)
    assert (second["fromStage"], second["toStage"], second["reason"]) == ("approved", "closed", "over")
    assert (second["entity"], second["entityId"]) == ("framework", str(framework.id))
    assert second["person"]["name"]
    assert second["at"] == "2026-03-02T09:00:00+00:00"


def test_moves_of_all_siblings_are_read_at_once(start: Begin, data: Ask, selects: Selects) -> None:
    closed(start)
    data(MOVES)
    with selects() as one:
        data(MOVES)
    closed(start)
    closed(start)
    with selects() as three:
        assert len(data(MOVES)["frameworks"]["edges"]) == 3
    assert len(three) <= len(one) + 1


def test_the_public_is_told_of_moves_of_what_is_released_and_not_by_whom(start: Begin, data: Ask) -> None:
    framework = closed(start, released=True)
    closed(start)
    (edge,) = data(MOVES, PUBLIC)["frameworks"]["edges"]
    assert edge["node"]["code"] == framework.code
    assert [one["node"]["person"] for one in edge["node"]["transitions"]["edges"]] == [None, None]
    assert data("{ transitions { totalCount } }", PUBLIC)["transitions"]["totalCount"] == 2


def test_z_16_what_is_kept_of_an_actor_is_kept_by_all_that_decides_what_it_sees(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        one, other = make.actor(Role.VIEWER, make.office()), make.actor(Role.VIEWER, make.office())
    assert criteria(one) is criteria(one)
    assert criteria(one) is not criteria(other)


def test_people_issue_tokens_for_themselves_whatever_their_role_and_for_nobody_else(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        actors = [make.actor(role, make.office()) for role in Role if role is not Role.ADMIN]
    query = 'mutation ($p: ID!) { issueToken(personId: $p, name: "laptop") { secret problems { code } } }'
    for actor, other in zip(actors, [*actors[1:], actors[0]], strict=True):
        assert data(query, actor, p=str(actor.person_id))["issueToken"]["problems"] == []
        refused = data(query, actor, p=str(other.person_id))["issueToken"]
        assert (refused["secret"], [one["code"] for one in refused["problems"]]) == (None, ["forbidden"])
