"""Versions: who read a row and finds it changed is told so, with the version it has by now, and overwrites nothing."""

import inspect
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from graph_schema.derive.versions import versioned
from graph_schema.execute import execute
from graph_schema.schema import MUTATIONS
from rbm.access import SYSTEM
from rbm.audit import AuditEntry, AuditKind
from rbm.db import Row
from rbm.errors import Stale
from rbm.model.strategy import Framework
from rbm.terms.people import Role
from rbm.work import begin
from tests.conftest import NOW, Begin
from tests.graph_schema.conftest import Ask
from tests.graph_schema.world import ARGUMENTS, KEYWORDS, Keys, build
from tests.make import Make

EDITS = {name: edited for name, service in MUTATIONS.items() if (edited := versioned(service))}
PAIRS = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 100
REVISE = """mutation ($id: ID!, $title: String, $version: Int) {
  reviseFramework(frameworkId: $id, revision: {title: $title}, version: $version) {
    framework { title version } problems { code field version } } }"""


@pytest.fixture
def world(start: Begin) -> Keys:
    with start() as work:
        return build(Make(work))


@pytest.fixture
def framework(start: Begin) -> Framework:
    with start() as work:
        return Make(work).framework(title="Before")


def test_people_edit_rows_through_these_mutations() -> None:
    assert len(EDITS) >= 25
    assert EDITS["reviseFramework"] == (Framework, "framework_id")
    assert EDITS["reweighLink"].parameter == "link_id"
    assert "createFramework" not in EDITS


def test_each_of_them_looks_at_the_row_whose_version_it_is_given(engine: sa.Engine, world: Keys) -> None:
    for name, edited in EDITS.items():
        service, given = MUTATIONS[name], ARGUMENTS[name](world)
        identifier = inspect.signature(service).bind(None, *given, **KEYWORDS.get(name, {})).arguments[edited.parameter]
        found = version_of(engine, edited.row, identifier)
        with pytest.raises(Stale, match="somebody") as refusal, begin(engine, SYSTEM, name, now=NOW) as work:
            work.expected[edited.row.__tablename__, identifier] = found + 1
            service(work, *given, **KEYWORDS.get(name, {}))
        assert (name, refusal.value.version) == (name, found)
        assert version_of(engine, edited.row, identifier) == found


def version_of(engine: sa.Engine, row: type[Row], identifier: UUID) -> int:
    with begin(engine, SYSTEM, "look", writes=False) as work:
        edited: Any = work.get(row, identifier)
        found: int = edited.version
        return found


def test_the_version_that_was_read_is_taken_and_an_older_one_is_a_conflict(data: Ask, framework: Framework) -> None:
    first = data(REVISE, id=str(framework.id), title="First", version=1)["reviseFramework"]
    newer = first["framework"]["version"]
    assert (first["framework"]["title"], newer > 1, first["problems"]) == ("First", True, [])
    second = data(REVISE, id=str(framework.id), title="Second", version=1)["reviseFramework"]
    assert second == {"framework": None, "problems": [{"code": "conflict", "field": "version", "version": newer}]}
    without = data(REVISE, id=str(framework.id), title="Third")["reviseFramework"]
    assert (without["framework"]["title"], without["problems"]) == ("Third", [])


def test_a_version_tells_nothing_about_what_one_does_not_see(start: Begin, data: Ask, framework: Framework) -> None:
    with start() as work:
        make = Make(work)
        stranger = make.actor(Role.REPORTER, make.office())
    answer = data(REVISE, stranger, id=str(framework.id), title="Mine", version=99)["reviseFramework"]
    assert answer["problems"] == [{"code": "not_found", "field": "frameworkId", "version": None}]


def test_who_may_not_do_it_is_told_that_before_the_version_and_the_attempt_is_kept(
    start: Begin, data: Ask, framework: Framework
) -> None:
    with start() as work:
        viewer = Make(work).actor(Role.VIEWER)
    answer = data(REVISE, viewer, id=str(framework.id), title="Mine", version=99)["reviseFramework"]
    assert answer["problems"] == [{"code": "forbidden", "field": None, "version": None}]
    with start() as work:
        refused = work.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.REFUSED)).all()
    assert [(entry.entity, entry.entity_id) for entry in refused] == [("framework", str(framework.id))]


def test_c_01_of_two_who_race_one_wins_and_the_other_is_told_the_version(
    engine: sa.Engine, framework: Framework
) -> None:
    def revise(title: str, version: int) -> dict[str, Any]:
        variables = {"id": str(framework.id), "title": title, "version": version}
        found: dict[str, Any] = execute(engine, SYSTEM, REVISE, variables)["data"]["reviseFramework"]
        return found

    version = 1
    with ThreadPoolExecutor(2) as threads:
        for number in range(PAIRS):
            answers = list(threads.map(revise, (f"A{number}", f"B{number}"), (version, version)))
            (won,) = [each["framework"] for each in answers if each["framework"]]
            (lost,) = [each["problems"] for each in answers if each["problems"]]
            version = won["version"]
            assert lost == [{"code": "conflict", "field": "version", "version": version}]
            with begin(engine, SYSTEM, "look", writes=False) as work:
                assert work.get(Framework, framework.id).title == won["title"]
