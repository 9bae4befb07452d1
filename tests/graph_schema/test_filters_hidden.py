"""Filters by the key of another row: what the caller does not see does not exist for them."""

from uuid import uuid4

import pytest

from rbm.access import PUBLIC, SYSTEM, Actor
from rbm.terms.people import Role
from tests.conftest import NOW, Begin
from tests.graph_schema.conftest import Ask
from tests.make import Make

DOCUMENT = """query ($m: ID!, $u: ID!) {
  by: projects(filter: {managerId: $m}) { totalCount }
  among: projects(filter: {managerIdIn: [$m, $u]}) { totalCount }
  through: projects(filter: {manager: {id: $m}}) { totalCount }
  none: projects(filter: {manager: null}) { totalCount }
  noKey: projects(filter: {managerId: null}) { totalCount }
  unknown: projects(filter: {managerId: $u}) { totalCount }
}"""


@pytest.mark.parametrize(("seen", "absent"), [(False, 2), (True, 1)])
def test_a_hidden_row_is_not_found_by_its_key(start: Begin, data: Ask, seen: bool, absent: int) -> None:
    with start() as work:
        make = Make(work)
        manager = make.person()
        make.project(manager=manager, released_on=NOW.date())
        make.project(released_on=NOW.date())
        viewer = make.actor(Role.VIEWER)
    actors: list[Actor] = [viewer, SYSTEM] if seen else [PUBLIC]
    for actor in actors:
        found = data(DOCUMENT, actor, m=str(manager.id), u=str(uuid4()))
        counts = {name: each["totalCount"] for name, each in found.items()}
        named = int(seen)
        assert counts == {"by": named, "among": named, "through": named, "none": absent, "noKey": absent, "unknown": 0}
