"""Independence: what the table of ownership forbids is refused to every role at every stage, and kept for those above.

The drafts, ratings and texts of an evaluation are nobody's of management; answers and actions are nobody's of the
evaluation unit; and the administrator writes neither.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
import sqlalchemy as sa

from graph_schema.authorisation import by_kind, room
from graph_schema.derive.rules import Place
from graph_schema.execute import execute
from graph_schema.schema import RULES
from rbm.access import PUBLIC, Actor
from rbm.audit import AuditEntry, AuditKind
from rbm.db import table_of
from rbm.errors import Forbidden, NotFound, Refusal
from rbm.terms.people import Role
from tests import databases
from tests.conftest import THOROUGH
from tests.graph_schema.stage import Stage, play
from tests.refusals import rows
from tests.services.ownership import BY, OWNERSHIP

ROOMS = {"planning", "evaluation", "findings", "responses", "followup", "deadlines"}
OFFICES = ("headquarters", "office")
"""Where the roles are held: in a central office above the one whose rows are acted on, and in that one itself."""
TRAIL = """query ($entity: String!, $id: ID!) { auditTrail(entity: $entity, id: $id, first: 5) {
  edges { node { id kind operation actor } } } }"""
ENTRIES = """query ($operation: String) { auditEntries(first: 5, orderBy: [ID_DESC],
  filter: {operation: $operation, kind: REFUSED}) { edges { node { id kind operation actor } } } }"""


@pytest.fixture(scope="module", params=databases.KINDS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stage of the sweeps on one database, set once."""
    with databases.fresh(request, tmp_path_factory.mktemp("independence")) as engine:
        yield play(engine)


def test_every_mutation_of_these_rooms_is_in_the_table_once() -> None:
    assert len(BY) == sum(len(owned.mutations.split()) for owned in OWNERSHIP)
    assert set(BY) == {name for name in RULES if room(name) in ROOMS}


def test_no_role_is_permitted_what_the_table_forbids() -> None:
    permitted = {name: {role for role in Role if any(RULES[name].allows(role, at) for at in Place)} for name in BY}
    assert {name: permitted[name] - BY[name] for name in BY if permitted[name] - BY[name]} == {}


@pytest.mark.long
@pytest.mark.in_turn
@pytest.mark.parametrize("name", sorted(BY))
def test_what_the_table_forbids_is_refused_at_every_stage_and_kept(name: str, stage: Stage) -> None:
    before, known = rows(stage.engine), last(stage.engine)
    tried = 0
    for one, fits in stages(name):
        for who, actor in forbidden(stage, name, tried_from(fits=fits)):
            refusal = stage.attempt(actor, name, one)
            assert isinstance(refusal, Forbidden | NotFound if fits else Refusal), f"{who} at {one}: {refusal}"
            tried += isinstance(refusal, Forbidden | NotFound)
    assert rows(stage.engine) == before
    kept = attempts(stage.engine, known)
    assert {(entry.kind, entry.operation) for entry in kept} == {(AuditKind.REFUSED, name)}
    assert len(kept) == tried
    assert str(kept[-1].id) in {node["id"] for node in read(stage, kept[-1])}


def tried_from(*, fits: bool) -> tuple[str, ...]:
    """The offices from which it is tried: where it could be done, that of the rows, nightly headquarters as well."""
    if not fits:
        return OFFICES[:1]
    return OFFICES if THOROUGH else OFFICES[1:]


def forbidden(stage: Stage, name: str, offices: tuple[str, ...]) -> Iterator[tuple[str, Actor]]:
    """The public, and every role that never writes it in each of the offices."""
    yield "public", PUBLIC
    for office in offices:
        yield from ((f"{role} in {office}", stage.cast[office][role]) for role in Role if role not in BY[name])


def stages(name: str) -> Iterator[tuple[StrEnum | None, bool]]:
    """Every stage of the rows that a mutation acts on, and whether it acts there; one of none where it knows none."""
    for kind, named in by_kind(RULES[name]).items():
        yield from ((one, one in named) for one in kind)
    if not RULES[name].stages:
        yield None, True


def last(engine: sa.Engine) -> int:
    """The number of the newest entry of the trail."""
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.max(table_of(AuditEntry).c.id))) or 0


def attempts(engine: sa.Engine, known: int) -> list[Any]:
    """The entries of the trail after a number."""
    entry = table_of(AuditEntry)
    with engine.connect() as connection:
        return list(connection.execute(sa.select(entry).where(entry.c.id > known).order_by(entry.c.id)))


def read(stage: Stage, entry: Any) -> list[Any]:
    """What the governing body reads of the row an attempt was about, or of the operation where it was about none."""
    if entry.entity_id is None:
        document, variables = ENTRIES, {"operation": entry.operation}
    else:
        document, variables = TRAIL, {"entity": entry.entity, "id": entry.entity_id}
    answer = execute(stage.engine, stage.cast["headquarters"][Role.GOVERNING_BODY], document, variables)
    (listed,) = answer["data"].values()
    return [edge["node"] for edge in listed["edges"]]
