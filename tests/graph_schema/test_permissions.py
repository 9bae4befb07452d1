"""The sweep: every mutation as every role, in the office, above it and elsewhere; a refusal changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from graph_schema.schema import MUTATIONS
from rbm.access import PERMISSIONS, PUBLIC, SYSTEM, Actor, Permission
from rbm.db import Row
from rbm.errors import Forbidden, NotFound, Refusal
from rbm.model.people import Office
from rbm.terms.people import Role
from rbm.work import Work, begin
from tests import databases
from tests.conftest import NOW
from tests.graph_schema.world import ARGUMENTS, KEYWORDS, Keys, build
from tests.make import Make

CENTRAL = {
    "createExternalPlan",
    "createPerson",
    "deactivatePerson",
    "issueToken",
    "revokeToken",
}
"""Mutations that belong to no office: the permission is needed anywhere."""

FRAME = {
    *("defineDimension", "defineCategory", "openPeriod", "closePeriod", "reopenPeriod"),
    *("reviseRule", "reviseThresholds"),
}
"""Mutations on what everyone uses: the permission is needed at headquarters."""

APART = {"openCheck", "verifyMeasurement", "rejectMeasurement"}
"""Mutations that are for another unit: not for whoever holds the permission by a role in the office itself."""

OWN = {"readNotification"}
"""Mutations on what belongs to one person: no role, and no permission, opens them to another."""


class Undone(Exception):
    """Raised after a success, so that the next role finds the world as it was."""


def call(work: Work, name: str, keys: Keys) -> Any:
    return MUTATIONS[name](work, *ARGUMENTS[name](keys), **KEYWORDS.get(name, {}))


@dataclass(frozen=True)
class Stage:
    """One world on one database, with every role played in the office, above it and elsewhere; nothing stays in it."""

    engine: sa.Engine
    keys: Keys
    here: dict[Role, Actor]
    above: dict[Role, Actor]
    elsewhere: dict[Role, Actor]

    def attempt(self, actor: Actor, name: str) -> Refusal | None:
        """The refusal, or None when the mutation succeeded; in either case nothing stays."""
        try:
            with begin(self.engine, actor, name, now=NOW) as work:
                call(work, name, self.keys)
                raise Undone
        except Undone:
            return None
        except Refusal as refusal:
            return refusal

    def permissions_of(self, name: str) -> set[Permission]:
        """What a mutation asks for, seen by letting the system do it."""
        asked: set[Permission] = set()
        try:
            with begin(self.engine, SYSTEM, name, now=NOW) as work:
                call(work, name, self.keys)
                asked |= work.asked
                raise Undone
        except Undone:
            return asked

    def contents(self) -> dict[str, int]:
        """How many rows each table holds, the audit trail left out: it keeps the refusals."""
        tables = [table for table in Row.metadata.sorted_tables if table.name != "audit_entry"]
        with self.engine.connect() as connection:
            counts = {each.name: connection.scalar(sa.select(sa.func.count()).select_from(each)) for each in tables}
        return {name: count or 0 for name, count in counts.items()}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stage on one database, set once."""
    if request.param == "sqlite":
        made = databases.sqlite(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("sweep"))
    else:
        made = databases.postgresql(request.getfixturevalue("postgresql_address"))
    with made as engine:
        with begin(engine, SYSTEM, "stage", now=NOW) as work:
            make = Make(work)
            keys = build(make)
            casts = [play(make, keys, place) for place in ("office", "headquarters", "elsewhere")]
        yield Stage(engine, keys, *casts)


def play(make: Make, keys: Keys, place: str) -> dict[Role, Actor]:
    return {role: make.actor(role, make.work.get(Office, keys[place])) for role in Role}


def test_every_mutation_has_arguments_to_be_tried_with() -> None:
    assert set(ARGUMENTS) == set(MUTATIONS)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_only_roles_with_the_permission_may_do_it(name: str, stage: Stage) -> None:
    needed = stage.permissions_of(name)
    assert needed, "a mutation asks for a permission"
    before = stage.contents()
    assert isinstance(stage.attempt(PUBLIC, name), Forbidden | NotFound)
    for role in Role:
        allowed = needed <= PERMISSIONS[role] and name not in OWN
        local = allowed and name not in FRAME | APART
        assert_outcome(stage.attempt(stage.above[role], name), f"{role} above", allowed=allowed)
        if name != "moveOffice":
            assert_outcome(stage.attempt(stage.here[role], name), f"{role} here", allowed=local)
        strange = allowed and name in CENTRAL
        assert_outcome(stage.attempt(stage.elsewhere[role], name), f"{role} elsewhere", allowed=strange)
    assert stage.contents() == before


def assert_outcome(refusal: Refusal | None, who: str, *, allowed: bool) -> None:
    if allowed:
        assert refusal is None, f"{who} was refused: {refusal}"
    else:
        assert isinstance(refusal, Forbidden | NotFound), f"{who} was let in"
