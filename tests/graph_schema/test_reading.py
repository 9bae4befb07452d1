"""Reading: every noun by every way to it, as every role in every office; what is hidden is as if it were not there."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from graph_schema.derive.registry import SHAPES, key_name
from graph_schema.derive.rules import Place
from graph_schema.readings import mark
from rbm.access import PUBLIC, Actor
from rbm.db import Row
from rbm.model.people import Office
from rbm.terms.people import Role
from tests.conftest import Begin
from tests.graph_schema.questions import (
    Asker,
    Probe,
    asking,
    document,
    everything,
    figures,
    key_of,
    name_of,
    orders,
    probes,
)
from tests.graph_schema.rows import one_of_each
from tests.graph_schema.stage import CENTRAL, PLACES, Stage
from tests.graph_schema.world import build
from tests.make import Make

pytestmark = [pytest.mark.long, pytest.mark.in_turn]
PROBES = probes()
NOWHERE = UUID("01890000-0000-7000-8000-000000000000")


def seen(noun: type[Row], role: Role, office: str) -> bool:
    """Whether the matrix lets a role held in an office see a row of the office that was opened to nobody."""
    shown = mark(noun, role, central=office in CENTRAL)
    return shown == "all" or (shown == "part" and PLACES[office] is not Place.OTHER)


def variables(rows: dict[type[Row], Any], *, known: bool) -> dict[str, str]:
    """What the probes ask for: the rows, or ids and codes that nothing has."""
    found = {}
    for cls, row in rows.items():
        serial = isinstance(getattr(row, key_name(cls)), int)
        found[name_of(cls)] = key_of(row) if known else str(2**40 if serial else NOWHERE)
        if hasattr(row, "code"):
            found[f"{name_of(cls)}Code"] = row.code if known else "nothing"
    return found


def both(asker: Asker, stage: Stage) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers to all probes for the rows of the office, and for what does not exist."""
    known = variables(stage.rows, known=True)
    return asker.answers(PROBES, known, known), asker.answers(PROBES, known, variables(stage.rows, known=False))


def test_every_noun_has_a_row_and_is_asked_for(stage: Stage) -> None:
    assert set(stage.rows) == set(SHAPES) == {probe.noun for probe in PROBES.values()}


def kinds_of_readers() -> list[Role]:
    """One of the roles that the matrix shows the same, for each kind."""
    return list({tuple(mark(noun, role) for noun in SHAPES): role for role in Role}.values())


@pytest.mark.parametrize("office", ["office", "elsewhere", "under"])
def test_z_01_what_is_hidden_is_answered_as_what_does_not_exist(stage: Stage, office: str) -> None:
    """By id, by code, in a filter, in the filter of a neighbour, and in every figure that takes an id."""
    for role in kinds_of_readers() if office == "elsewhere" else (Role.VIEWER, Role.DONOR):
        with asking(stage.engine, stage.cast[office][role]) as asker:
            there, nowhere = both(asker, stage)
        for alias, probe in PROBES.items():
            who = f"{role} in {office}: {probe.text}"
            if not seen(probe.noun, role, office):
                assert there[alias] == nowhere[alias], who
            elif probe.text.startswith(f"{name_of(probe.noun)}("):
                assert there[alias] == [{"id": key_of(stage.rows[probe.noun])}], who


@pytest.mark.parametrize("office", PLACES)
def test_z_01_every_role_in_every_office_is_shown_what_the_matrix_says(stage: Stage, office: str) -> None:
    asked = {alias: one for alias, one in PROBES.items() if one.text.startswith(f"{name_of(one.noun)}(id:")}
    given = variables(stage.rows, known=True)
    for role, actor in stage.cast[office].items():
        with asking(stage.engine, actor) as asker:
            told = asker.answers(asked, given, given)
        shown = {probe.noun for alias, probe in asked.items() if told[alias] != [None]}
        assert shown == {noun for noun in SHAPES if seen(noun, role, office)}, f"{role} in {office}"


def test_z_12_the_public_is_shown_none_of_it(stage: Stage) -> None:
    with asking(stage.engine, PUBLIC) as asker:
        there, nowhere = both(asker, stage)
    hidden = [alias for alias, probe in PROBES.items() if mark(probe.noun, Role.PUBLIC) != "all"]
    assert {alias: there[alias] for alias in hidden} == {alias: nowhere[alias] for alias in hidden}


def strangers(make: Make, keys: dict[str, UUID]) -> dict[str, Actor]:
    """Who may not learn of what the office keeps to itself, one for each kind of reader."""
    people = {"viewer": (Role.VIEWER, "elsewhere"), "reporter below": (Role.REPORTER, "under")}
    return {name: make.actor(role, make.work.get(Office, keys[key])) for name, (role, key) in people.items()}


def own_work(make: Make, keys: dict[str, UUID]) -> None:
    """Something of the strangers' own, so that their lists and figures hold something."""
    for key in ("elsewhere", "under"):
        framework = make.framework(office=make.work.get(Office, keys[key]))
        make.measurement(make.indicator(make.result(framework)), make.year(2024 if key == "under" else 2023), 1)


QUESTIONS = (*everything(), *figures())
ORDERS = tuple(orders())


def told(engine: sa.Engine, actor: Actor) -> dict[str, Any]:
    """Everything an actor is told by lists, counts and figures; a viewer by orders and filters by a part of a text."""
    every = QUESTIONS + (ORDERS if actor.grants and actor.grants[0].role is Role.VIEWER else ())
    with asking(engine, actor) as asker:
        return {question: asker.answer(question) for question in every}


def open_to(role: Role) -> list[type[Row]]:
    """The nouns of which everyone with a role sees every row."""
    return [cls for cls in SHAPES if mark(cls, role, central=False) == "all"]


def test_z_08_nothing_a_stranger_is_told_depends_on_what_is_hidden(start: Begin, engine: sa.Engine) -> None:
    """Before and after the hidden rows are there: of those who see what is within, and then of the public."""
    with start() as work:
        make = Make(work)
        keys = build(make)
        own_work(make, keys)
        public_rows = one_of_each(make, keys, open_to(Role.PUBLIC), {})
        actors = strangers(make, keys)
        owner = make.actor(Role.VIEWER, work.get(Office, keys["office"]))
    publicly = told(engine, PUBLIC)
    with start() as work:
        open_rows = one_of_each(Make(work), keys, open_to(Role.VIEWER), public_rows)
    before = {name: told(engine, actor) for name, actor in actors.items()}
    known = told(engine, owner)
    with start() as work:
        one_of_each(Make(work), keys, SHAPES, public_rows | open_rows)
    assert told(engine, PUBLIC) == publicly
    for name, actor in actors.items():
        for question, answer in told(engine, actor).items():
            assert answer == before[name][question], f"{name}: {question}"
    shown = [cls for cls in SHAPES if seen(cls, Role.VIEWER, "office") and cls not in public_rows | open_rows]
    changed = [question for question, answer in told(engine, owner).items() if answer != known[question]]
    assert len(changed) > len(shown), "the owner sees the difference"


def test_a_cursor_of_another_user_shows_nothing_more(stage: Stage) -> None:
    owner, stranger = stage.cast["office"][Role.VIEWER], stage.cast["elsewhere"][Role.VIEWER]
    with asking(stage.engine, owner) as mine, asking(stage.engine, stranger) as theirs:
        for noun in [cls for cls in SHAPES if mark(cls, Role.VIEWER) == "part"]:
            probe = next(one for one in PROBES.values() if one.noun is noun and "cursor" in one.text)
            given = {probe.variable: key_of(stage.rows[noun])}
            (page,) = mine.answer(document({"p": probe}), given)["p"]
            (edge,) = page["edges"]
            assert beyond(theirs, probe, edge["cursor"], given) == []


def beyond(asker: Asker, probe: Probe, cursor: str, given: dict[str, str]) -> list[Any]:
    """The rows that are shown on either side of a cursor, of those that a probe asks for."""
    found = []
    for side in ("before", "after"):
        text = probe.text.replace("(", f'({side}: "{cursor}", ', 1)
        (page,) = asker.answer(document({"p": probe._replace(text=text)}), given)["p"]
        found += page["edges"]
    return found
