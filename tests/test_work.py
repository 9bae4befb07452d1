"""The unit of work: one commit, asked permissions, stages, versions, audit in the same transaction."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM, Permission
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.people import Office, Person
from rbm.model.reporting import Measurement
from rbm.model.strategy import ExternalPlan, Framework
from rbm.stages import Transition
from rbm.terms.people import OfficeKind, Role
from rbm.terms.strategy import ExternalPlanKind, FrameworkStage
from rbm.work import Work, begin
from tests.conftest import NOW, Begin
from tests.make import Make


def entries(work: Work, entity: str) -> list[AuditEntry]:
    query = sa.select(AuditEntry).where(AuditEntry.entity == entity).order_by(AuditEntry.id)
    return list(work.session.scalars(query))


def test_a_write_that_asked_for_nothing_is_refused(start: Begin) -> None:
    with pytest.raises(RuntimeError, match="asked for no permission"), start() as work:
        work.add(Office(code="X", name="X", kind=OfficeKind.COUNTRY))
    with start() as work:
        assert work.session.scalars(sa.select(Office)).all() == []


def test_what_fails_leaves_nothing(start: Begin) -> None:
    with pytest.raises(ZeroDivisionError), start() as work:
        Make(work).person()
        raise ZeroDivisionError
    with start() as work:
        assert work.session.scalars(sa.select(Person)).all() == []
        assert work.session.scalars(sa.select(AuditEntry)).all() == []


def test_each_changed_row_has_one_entry_with_old_and_new(start: Begin) -> None:
    with start(operation="create_person") as work:
        key = Make(work).person(name="Before").id
    with start(operation="rename_person") as work:
        work.require(Permission.MANAGE_PEOPLE)
        work.get(Person, key).name = "After"
        work.flush()
        work.get(Person, key).active = False
    with start() as work:
        created, *changes = entries(work, "person")
        assert (created.kind, created.operation, created.changes["name"]) == (
            AuditKind.CREATED,
            "create_person",
            [None, "Before"],
        )
        assert {name: pair for each in changes for name, pair in each.changes.items() if name != "version"} == {
            "name": ["Before", "After"],
            "active": [True, False],
        }
        assert {each.at for each in changes} == {NOW}


def test_a_stale_version_is_a_conflict(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        key = Make(work).person().id
    with start() as first:
        mine = first.get(Person, key)
        kept = mine.version
    with start() as second:
        second.require(Permission.MANAGE_PEOPLE)
        second.get(Person, key).name = "Theirs"
    with pytest.raises(Conflict) as refusal, begin(engine, SYSTEM, "rename", now=NOW) as third:
        third.require(Permission.MANAGE_PEOPLE)
        row = third.get(Person, key)
        sa.orm.attributes.set_committed_value(row, "version", kept)
        row.name = "Mine"
        third.flush()
    assert refusal.value.field == "version"


def test_a_row_moves_only_along_its_stages(work: Work, make: Make) -> None:
    framework = make.framework(stage=FrameworkStage.DRAFT, approved_on=None)
    with pytest.raises(Conflict, match="draft and cannot become closed"):
        work.move(framework, FrameworkStage.CLOSED, "over")
    work.move(framework, FrameworkStage.APPROVED)
    with pytest.raises(Invalid, match="reason") as refusal:
        work.move(framework, FrameworkStage.CLOSED, "  ")
    assert refusal.value.field == "reason"
    work.move(framework, FrameworkStage.CLOSED, "the period is over")
    moved = work.session.scalars(sa.select(Transition).order_by(Transition.id)).all()
    assert [(each.from_stage, each.to_stage, each.reason, each.at) for each in moved] == [
        ("draft", "approved", None, NOW),
        ("approved", "closed", "the period is over", NOW),
    ]


def test_a_move_needs_its_permission_in_the_office_of_the_row(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        own, other = make.office(), make.office()
        actor = make.actor(Role.APPROVER, own)
        key = make.framework(
            office=other, stage=FrameworkStage.DRAFT, approved_on=None, released_on=date(2026, 1, 1)
        ).id
    with pytest.raises(Forbidden), start(actor) as work:
        work.move(work.get(Framework, key), FrameworkStage.APPROVED)


def test_allowed_moves_say_why_not(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        office = make.office()
        head, reporter = make.actor(Role.APPROVER, office), make.actor(Role.REPORTER, office)
        key = make.framework(office=office, stage=FrameworkStage.DRAFT, approved_on=None).id
    with start(head) as work:
        assert work.allowed(work.get(Framework, key)) == [(FrameworkStage.APPROVED, None)]
    with start(reporter) as work:
        ((_, reason),) = work.allowed(work.get(Framework, key))
        assert reason == "needs the permission to approve strategy"


def test_what_is_not_there_is_not_found(work: Work) -> None:
    with pytest.raises(NotFound, match="no such office"):
        work.get(Office, uuid4())
    with pytest.raises(NotFound):
        work.find(Office, "nowhere")


def test_what_is_released_but_belongs_to_something_hidden_is_not_found_when_it_is_changed(
    engine: sa.Engine, start: Begin
) -> None:
    with start() as work:
        make = Make(work)
        value = make.measurement(make.indicator(), make.year(), 1, released_on=date(2026, 1, 1))
        stranger = make.actor(Role.VERIFIER, make.office())
    with pytest.raises(NotFound), begin(engine, stranger, "verify", now=NOW) as work:
        work.require(Permission.VERIFY, work.get(Measurement, value.id))


def test_a_taken_value_names_its_field_on_both_databases(work: Work, make: Make) -> None:
    make.work.add(ExternalPlan(code="UNDAF", title="First", kind=ExternalPlanKind.UNDAF))
    with pytest.raises(Conflict) as refusal:
        make.work.add(ExternalPlan(code="UNDAF", title="Second", kind=ExternalPlanKind.UNDAF))
    assert refusal.value.field == "code"
    work.session.rollback()


def test_the_business_date_is_that_of_the_organisation(engine: sa.Engine) -> None:
    with begin(engine, SYSTEM, "look", now=datetime(2026, 1, 1, 0, 30, tzinfo=UTC), writes=False) as work:
        assert work.today == date(2026, 1, 1)


def test_a_reader_sees_one_snapshot(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        key = Make(work).person(name="Before").id
    with begin(engine, SYSTEM, "look", now=NOW, writes=False) as reader:
        assert reader.get(Person, key).name == "Before"
        with start() as writer:
            writer.require(Permission.MANAGE_PEOPLE)
            writer.get(Person, key).name = "After"
        assert reader.session.scalar(sa.select(Person.name)) == "Before"
