"""Both databases: the same world shows the same to the same roles, and refuses the same to them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from graph_schema.derive.registry import SHAPES
from graph_schema.schema import MUTATIONS
from rbm.access import Actor
from rbm.errors import Refusal
from rbm.terms.people import Role
from rbm.work import begin
from tests import databases
from tests.graph_schema.stage import Stage, play

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def stages(
    sqlite_template: Path, postgresql_address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Stage]]:
    """The same stage on each database."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("both")
        made = (databases.sqlite(sqlite_template, folder), databases.postgresql(postgresql_address))
        yield [play(stack.enter_context(each)) for each in made]


def seen(stage: Stage, actor: Actor) -> dict[str, int]:
    """How many rows of each exposed noun somebody sees."""
    with begin(stage.engine, actor, "count", writes=False) as work:
        counts = ((row, sa.select(sa.func.count(sa.inspect(row).primary_key[0])).select_from(row)) for row in SHAPES)
        return {row.__name__: work.session.scalar(count) or 0 for row, count in counts}


def outcome(refusal: Refusal | None) -> str:
    return "done" if refusal is None else refusal.code


@pytest.mark.parametrize("role", Role)
def test_z_15_every_role_sees_as_much_on_both(stages: list[Stage], role: Role) -> None:
    one, other = stages
    for place in one.cast:
        assert seen(one, one.cast[place][role]) == seen(other, other.cast[place][role]), place


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_z_15_every_mutation_ends_alike_on_both(stages: list[Stage], name: str) -> None:
    one, other = stages
    for place in ("office", "elsewhere"):
        for role in (Role.REPORTER, Role.APPROVER, Role.VIEWER):
            first, second = (each.attempt(each.cast[place][role], name) for each in (one, other))
            assert outcome(first) == outcome(second), (place, role)
