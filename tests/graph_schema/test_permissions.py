"""The sweep: every mutation as every role, in the office, above it and elsewhere; a refusal changes nothing."""

from typing import Any

import pytest
import sqlalchemy as sa

from graph_schema.schema import MUTATIONS
from rbm.access import PERMISSIONS, PUBLIC, Actor, Permission
from rbm.db import Row
from rbm.errors import Forbidden, NotFound, Refusal
from rbm.model.people import Office
from rbm.terms.people import Role
from rbm.work import Work
from tests.conftest import Begin
from tests.graph_schema.world import ARGUMENTS, KEYWORDS, Keys, build
from tests.make import Make

CENTRAL = {
    "closePeriod",
    "createExternalPlan",
    "createPeriod",
    "createPerson",
    "deactivatePerson",
    "issueToken",
    "revokeToken",
}
"""Mutations that belong to no office: the permission is needed anywhere."""

FRAME = {"defineDimension", "defineCategory"}
"""Mutations on what everyone uses: the permission is needed at headquarters."""


class Undone(Exception):
    """Raised after a success, so that the next role finds the world as it was."""


def call(work: Work, name: str, keys: Keys) -> Any:
    return MUTATIONS[name](work, *ARGUMENTS[name](keys), **KEYWORDS.get(name, {}))


def attempt(start: Begin, actor: Actor, name: str, keys: Keys) -> Refusal | None:
    """The refusal, or None when the mutation succeeded; in either case nothing stays."""
    try:
        with start(actor, name) as work:
            call(work, name, keys)
            raise Undone
    except Undone:
        return None
    except Refusal as refusal:
        return refusal


def permissions_of(start: Begin, name: str, keys: Keys) -> set[Permission]:
    """What a mutation asks for, seen by letting the system do it."""
    asked: set[Permission] = set()
    try:
        with start(operation=name) as work:
            call(work, name, keys)
            asked |= work.asked
            raise Undone
    except Undone:
        return asked


def contents(start: Begin) -> dict[str, int]:
    with start() as work:
        connection = work.session.connection()
        tables = [table for table in Row.metadata.sorted_tables if table.name != "audit_entry"]
        return {table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables}


@pytest.fixture
def keys(start: Begin) -> Keys:
    with start() as work:
        return build(Make(work))


def actors(start: Begin, keys: Keys, place: str) -> dict[Role, Actor]:
    with start() as work:
        make = Make(work)
        return {role: make.actor(role, work.get(Office, keys[place])) for role in Role}


def test_every_mutation_has_arguments_to_be_tried_with() -> None:
    assert set(ARGUMENTS) == set(MUTATIONS)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_only_roles_with_the_permission_may_do_it(name: str, start: Begin, keys: Keys) -> None:
    needed = permissions_of(start, name, keys)
    assert needed, "a mutation asks for a permission"
    here, above, elsewhere = (actors(start, keys, place) for place in ("office", "headquarters", "elsewhere"))
    before = contents(start)
    assert isinstance(attempt(start, PUBLIC, name, keys), Forbidden | NotFound)
    for role in Role:
        allowed = needed <= PERMISSIONS[role]
        local = allowed and name not in FRAME
        assert_outcome(attempt(start, above[role], name, keys), f"{role} above", allowed=allowed)
        if name != "moveOffice":
            assert_outcome(attempt(start, here[role], name, keys), f"{role} here", allowed=local)
        strange = allowed and name in CENTRAL
        assert_outcome(attempt(start, elsewhere[role], name, keys), f"{role} elsewhere", allowed=strange)
    assert contents(start) == before


def assert_outcome(refusal: Refusal | None, who: str, *, allowed: bool) -> None:
    if allowed:
        assert refusal is None, f"{who} was refused: {refusal}"
    else:
        assert isinstance(refusal, Forbidden | NotFound), f"{who} was let in"
