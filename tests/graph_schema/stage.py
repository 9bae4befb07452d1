"""The stage of the sweeps: one world on one database, every role played in six offices; nothing stays in it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from graph_schema.authorisation import staged_row
from graph_schema.derive.registry import SHAPES
from graph_schema.derive.rules import Place, Rule, Where
from graph_schema.schema import MUTATIONS
from rbm.access import SYSTEM, Actor, Permission
from rbm.db import Row
from rbm.errors import Refusal
from rbm.model.people import Office
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkStage
from rbm.work import Work, begin
from tests.conftest import NOW
from tests.graph_schema.rows import one_of_each
from tests.graph_schema.world import ARGUMENTS, KEYWORDS, TODAY, Keys, build
from tests.make import Make

PLACES = {
    "office": Place.OWN,
    "region": Place.LOWER,
    "headquarters": Place.LOWER,
    "elsewhere": Place.OTHER,
    "under": Place.OTHER,
    "evaluation": Place.OTHER,
}
"""Where each office stands, seen from the one whose rows are acted on."""
CENTRAL = {"headquarters", "evaluation"}
"""Those of them whose roles are for the whole organisation."""


class Undone(Exception):
    """Raised after a success, so that the next one finds the world as it was."""


@dataclass(frozen=True)
class Stage:
    """A world, and who plays in it: each role in each office. `rows` are one of each exposed noun of the office."""

    engine: sa.Engine
    keys: Keys
    rows: dict[type[Row], Any]
    cast: dict[str, dict[Role, Actor]]

    def begin(self, actor: Actor) -> AbstractContextManager[Work]:
        """A unit of work of an actor, which has to end in a refusal."""
        return begin(self.engine, actor, "stage", now=NOW)

    def attempt(self, actor: Actor, name: str, stage: StrEnum | None = None) -> Refusal | None:
        """The refusal, or None when the mutation succeeded, with every staged row of its kind at the stage named."""
        try:
            with begin(self.engine, actor, name, now=NOW) as work:
                put(work, stage)
                MUTATIONS[name](work, *ARGUMENTS[name](self.keys), **KEYWORDS.get(name, {}))
                raise Undone
        except Undone:
            return None
        except Refusal as refusal:
            return refusal

    def asked(self, name: str) -> set[Permission]:
        """What a mutation asks for, seen by letting the system do it."""
        try:
            with begin(self.engine, SYSTEM, name, now=NOW) as work:
                MUTATIONS[name](work, *ARGUMENTS[name](self.keys), **KEYWORDS.get(name, {}))
                raise Undone
        except Undone:
            return work.asked


def put(work: Work, stage: StrEnum | None) -> None:
    """Put every row of the kind that knows the stage at it, for the length of the transaction."""
    if stage is None:
        return
    facts: dict[str, Any] = {"stage": stage}
    if isinstance(stage, FrameworkStage):
        facts["approved_on"] = None if stage is FrameworkStage.DRAFT else TODAY
    work.session.connection().execute(sa.update(staged_row(type(stage)).__table__).values(facts))


def place(rule: Rule, office: str) -> Place:
    """Where an office stands, seen from the one that a mutation's rule asks in."""
    if rule.at is Where.HEADQUARTERS:
        return Place.OWN if office == "headquarters" else Place.OTHER
    if rule.at is Where.CENTRAL:
        return Place.OWN if office in CENTRAL else Place.OTHER
    return PLACES[office]


def play(engine: sa.Engine) -> Stage:
    """Build the world and cast every role in every office of it."""
    with begin(engine, SYSTEM, "stage", now=NOW) as work:
        make = Make(work)
        keys = build(make)
        rows = one_of_each(make, keys, SHAPES, {})
        cast = {name: {role: make.actor(role, work.get(Office, keys[name])) for role in Role} for name in PLACES}
    return Stage(engine, keys, rows, cast)
