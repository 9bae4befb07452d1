"""The checks after faults find what is planted: a check that finds nothing has to be able to."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm import clock
from rbm.access import SYSTEM, Actor
from rbm.audit import AuditEntry, AuditKind
from rbm.db import table_of
from rbm.model.notices import Notice
from rbm.model.people import Membership, Person
from rbm.model.reporting import Measurement, Report
from rbm.model.rollup import DirtyMark
from rbm.model.strategy import Framework, Result, ResultEdition
from rbm.services import people, reporting, strategy
from rbm.services.reporting import ValueInput
from rbm.services.strategy import ResultPlan
from rbm.terms.people import Role
from rbm.terms.reporting import ReportStage
from rbm.terms.strategy import ResultLevel
from rbm.work import Work, begin
from tests.faults.checking import Findings, check
from tests.faults.load import Answered, Change
from tests.faults.world import Desk, build

OPENED, RECORDED, PLANNED, REVISED, SUBMITTED, APPROVED = range(1, 7)
NAMES = ("openReport", "recordMeasurements", "planResult", "reviseResult", "submitReport", "approveReport")
Plant = Callable[[sa.Connection], object]


@pytest.fixture
def changes(engine: sa.Engine) -> list[Change]:
    """One change of each kind, made and acknowledged; the figures are not brought up to date yet."""
    (desk,) = build(engine, 1)
    with begin(engine, SYSTEM, "look", writes=False) as work:
        reporter, approver = (actor(work, role) for role in (Role.REPORTER, Role.APPROVER))
    with begin(engine, reporter, "live", now=clock.read()) as work:
        report = live(work, desk)
    with begin(engine, approver, "live", now=clock.read()) as work:
        reporting.approve_report(work, report)
    return [Change(name, token, answered=Answered.DONE) for token, name in enumerate(NAMES, 1)]


def actor(work: Work, role: Role) -> Actor:
    """The one person who holds a role."""
    held = sa.select(Person).join(Person.memberships).where(Membership.role == role)
    return people.actor_of_person(work, work.session.scalars(held).one())


def live(work: Work, desk: Desk) -> UUID:
    """A report with its values, submitted, and a result planned and one revised beside it; the key of the report."""
    report = reporting.open_report(work, desk.framework, desk.period)
    values = enumerate(desk.indicators, RECORDED * 10)
    stated = [ValueInput(indicator_id=key, value=Decimal(value)) for value, key in values]
    reporting.record_measurements(work, report.id, stated)
    strategy.plan_result(work, ResultPlan(desk.framework, f"K{PLANNED}", f"K{PLANNED}", ResultLevel.OUTCOME))
    strategy.revise_result(work, desk.result, f"T{REVISED}")
    reporting.submit_report(work, report.id, f"M{SUBMITTED}")
    return report.id


def kinds(found: Findings) -> set[str]:
    return {line.partition(":")[0] for line in found.faults()}


def planted(engine: sa.Engine, plant: Plant) -> None:
    """Something is done past the program."""
    with engine.connect() as connection, connection.begin():
        plant(connection)


def one_value(connection: sa.Connection) -> int:
    key: int | None = connection.scalar(sa.select(sa.func.max(table_of(Measurement).c.id)))
    assert key
    return key


def without_a_value(connection: sa.Connection) -> None:
    value = table_of(Measurement)
    connection.execute(sa.delete(value).where(value.c.id == one_value(connection)))


def with_another_value(connection: sa.Connection) -> None:
    value = table_of(Measurement)
    connection.execute(sa.update(value).where(value.c.id == one_value(connection)).values(value=Decimal("24.5")))


def with_a_value_again(connection: sa.Connection) -> None:
    value = table_of(Measurement)
    columns = [column for column in value.c if column.name != "id"]
    again = sa.select(*columns).where(value.c.id == one_value(connection))
    connection.execute(sa.insert(value).from_select([column.name for column in columns], again))


def with_an_entry(connection: sa.Connection) -> None:
    stamp = {"at": clock.read(), "actor": "nobody", "operation": "nothing", "kind": AuditKind.CREATED}
    connection.execute(sa.insert(AuditEntry), [stamp | {"entity": "result", "entity_id": "none", "changes": {}}])


def moved_back(connection: sa.Connection) -> None:
    connection.execute(sa.update(table_of(Report)).values(stage=ReportStage.DRAFT))


def without_marks(connection: sa.Connection) -> None:
    connection.execute(sa.delete(table_of(DirtyMark)))


def without_notices(connection: sa.Connection) -> None:
    connection.execute(sa.delete(table_of(Notice)))


def without_an_edition(connection: sa.Connection) -> None:
    edition = table_of(ResultEdition)
    connection.execute(sa.delete(edition).where(edition.c.title == f"K{PLANNED}"))


def counted_twice(connection: sa.Connection) -> None:
    connection.execute(sa.update(table_of(Framework)).values(edition=7))


def without_a_result(connection: sa.Connection) -> None:
    without_an_edition(connection)
    result = table_of(Result)
    connection.execute(sa.delete(result).where(result.c.code == f"K{PLANNED}"))


def test_a_sound_database_has_no_faults(engine: sa.Engine, changes: list[Change]) -> None:
    found = check(engine, changes)
    assert found.faults() == []
    assert found.unanswered_there == 0


@pytest.mark.parametrize(
    ("plant", "wanted"),
    [
        (without_a_result, {"lost", "unfounded"}),
        (without_a_value, {"half", "unfounded"}),
        (with_another_value, {"unaudited"}),
        (with_a_value_again, {"doubled", "half", "unaudited"}),
        (with_an_entry, {"unfounded"}),
        (moved_back, {"half", "unaudited"}),
        (without_marks, {"differences"}),
        (without_notices, {"half"}),
        (without_an_edition, {"half"}),
        (counted_twice, {"half", "unaudited"}),
    ],
)
def test_what_is_planted_is_found(engine: sa.Engine, changes: list[Change], plant: Plant, wanted: set[str]) -> None:
    planted(engine, plant)
    assert kinds(check(engine, changes)) == wanted


def test_what_was_refused_must_not_be_there(engine: sa.Engine, changes: list[Change]) -> None:
    for change in changes:
        change.answered = Answered.REFUSED
        assert kinds(check(engine, changes)) & {"half", "doubled"}
        change.answered = Answered.DONE


def test_what_nobody_sent_must_not_be_there(engine: sa.Engine, changes: list[Change]) -> None:
    for change in changes:
        assert kinds(check(engine, [each for each in changes if each is not change])) == {"doubled"}


def test_what_was_acknowledged_must_be_there(engine: sa.Engine, changes: list[Change]) -> None:
    for name in NAMES:
        assert kinds(check(engine, [*changes, Change(name, 99, answered=Answered.DONE)])) == {"lost"}


def test_what_was_not_answered_may_be_there_or_not(engine: sa.Engine, changes: list[Change]) -> None:
    found = check(engine, [Change(name, token) for token, name in enumerate(NAMES * 2, 1)])
    assert found.faults() == []
    assert found.unanswered_there == len(NAMES)
