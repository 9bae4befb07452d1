"""Flows: nobody moves a row along a way that its stages do not declare, and only who holds the permission of a way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from graph_schema.schema import MUTATIONS
from rbm import access
from rbm.access import PERMISSIONS, SYSTEM, Actor
from rbm.audit import AuditKind
from rbm.db import Row
from rbm.errors import Conflict, Forbidden, Refusal
from rbm.model.people import Office
from rbm.model.quality import Check
from rbm.model.reporting import Report
from rbm.services import quality, reporting
from rbm.stages import Step, Transition
from rbm.terms.people import Role
from rbm.work import Work, begin, perform
from tests.conftest import NOW, Begin
from tests.graph_schema.world import ARGUMENTS, KEYWORDS, Keys, build
from tests.make import Make

STAGED: list[Any] = sorted(
    (mapper.class_ for mapper in Row.registry.mappers if hasattr(mapper.class_, "FLOW")), key=lambda cls: cls.__name__
)


def ways(cls: Any) -> Iterator[tuple[StrEnum, StrEnum, Step | None]]:
    """Every pair of stages, with the step between them where one is declared."""
    stages: type[StrEnum] = type(next(iter(cls.FLOW)))
    return ((one, other, cls.FLOW.get(one, {}).get(other)) for one in stages for other in stages)


def staged(work: Work, cls: Any, keys: Keys) -> Any:
    """A row of a class, as the world holds one."""
    if cls is Check:
        return quality.open_check(work, keys["approved_value"])
    return work.session.scalars(sa.select(cls).limit(1)).one()


def attempt(work: Work, row: Any, one: StrEnum, other: StrEnum) -> Refusal | None:
    """What a move is refused with; the row stands afterwards where it stood."""
    before, row.stage = row.stage, one
    try:
        work.move(row, other, "because")
    except Refusal as refusal:
        return refusal
    else:
        return None
    finally:
        row.stage = before


def test_every_staged_row_is_here() -> None:
    assert {"Report", "Framework", "Period", "Flag"} <= {cls.__name__ for cls in STAGED}


@pytest.mark.parametrize("cls", STAGED, ids=lambda cls: cls.__name__)
def test_w_05_what_is_not_declared_is_refused_to_everyone(start: Begin, cls: Any) -> None:
    with start() as work:
        row = staged(work, cls, build(Make(work)))
        for one, other, step in ways(cls):
            if step is None:
                assert isinstance(attempt(work, row, one, other), Conflict), (one, other)


@pytest.mark.parametrize("cls", STAGED, ids=lambda cls: cls.__name__)
def test_w_05_what_is_declared_is_refused_to_every_role_without_its_permission(start: Begin, cls: Any) -> None:
    with start() as work:
        make = Make(work)
        keys = build(make)
        row = staged(work, cls, keys)
        office = work.get(Office, access.office_of(work.session, row) or keys["headquarters"])
        for role in Role:
            actor = make.actor(role, office)
            for one, other, step in ways(cls):
                if step is not None and step.permission not in PERMISSIONS[role]:
                    assert refused_to(work, actor, row, (one, other)), (role, one, other)


def test_w_07_of_two_who_move_a_report_at_once_one_wins(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        report = build(make)["submitted"]
        office = make.work.find(Office, "OFFICE")
        approvers = [make.actor(Role.APPROVER, office) for _ in range(2)]
    together = Barrier(2)

    def decide(actor: Actor, act: Any) -> str:
        together.wait(20)
        try:
            return str(perform(engine, actor, "decide", act, now=NOW, seconds=20).stage)
        except Conflict as refusal:
            return refusal.code

    acts = (
        lambda work: reporting.approve_report(work, report),
        lambda work: reporting.return_report(work, report, "no"),
    )
    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(decide, approvers, acts))
    with start() as work:
        stage = str(work.get(Report, report).stage)
        moves = work.session.scalars(sa.select(Transition).where(Transition.entity_id == report)).all()
    assert sorted(outcomes) == sorted(["conflict", stage])
    assert [str(move.to_stage) for move in moves] == [stage]


def test_w_09_nothing_that_was_reported_or_approved_can_be_taken_away(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        keys = build(Make(work))
    taken = set()
    for name, service in MUTATIONS.items():
        with suppress(Undone), begin(engine, SYSTEM, name, now=NOW) as work:
            service(work, *ARGUMENTS[name](keys), **KEYWORDS.get(name, {}))
            work.flush()
            notes = work.session.info["notes"]
            taken |= {note["entity"] for note in notes if note["kind"] is AuditKind.DELETED}
            raise Undone
    links = {"contribution_link", "result_link", "normative_link", "external_plan_link", "formula_term"}
    drafted = {"action", "coverage_rule", "plan_item", "evaluation_subject"}
    drafted |= {"addressee", "criterion_rating", "finding", "recommendation"}
    assert taken == links | drafted | {"project_theme", "identity"}


class Undone(Exception):
    """Raised after a success, so that the next mutation finds the world as it was."""


def refused_to(work: Work, actor: Actor, row: Any, way: tuple[StrEnum, StrEnum]) -> bool:
    """Whether an actor is forbidden a way."""
    acting = Work(work.session, actor, work.now, "move")
    return isinstance(attempt(acting, row, *way), Forbidden)
