"""The unit of work: session, actor and time in one thing, and the only commit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, UOWTransaction

from rbm import access, audit, clock
from rbm.access import Actor, Permission, Reach
from rbm.db import LIMIT, Row
from rbm.errors import Busy, Forbidden, Limited, NotFound, Refusal, Stale
from rbm.session import CHANGED, Session
from rbm.settings import settings
from rbm.stages import Step, Transition, refuse_move, step_to

T = TypeVar("T", bound=Row)
A = TypeVar("A")
PAUSES = (0.05, 0.1, 0.2)
"""Seconds to wait before each further attempt of a unit of work that others were in the way of."""


@dataclass
class Work:
    """What a service is handed. `now` is fixed once; `today` is its date in the organisation's time zone.

    `expected` are the versions of rows the caller has read, by table and key.
    """

    session: Session
    actor: Actor
    now: datetime
    operation: str
    asked: set[Permission] = field(default_factory=set)
    expected: dict[tuple[str, object], int] = field(default_factory=dict)
    stale: Stale | None = None
    end: float | None = None

    @property
    def today(self) -> date:
        """The business date."""
        return clock.business_date(self.now, settings().time_zone)

    def get(self, cls: type[T], key: UUID | int, field: str = "id", *, hold: bool = False) -> T:
        """The row, or NotFound when it does not exist or the actor does not see it.

        When it has another version than was expected, it is Stale as soon as a permission was asked or it is sent to
        the database: who may not do it at all is told that first.

        With `hold` it is read as it stands now and held to the end, so that changes of it follow one another.
        """
        if isinstance(key, int) and abs(key) > LIMIT:
            raise _unseen(cls, key, field)
        query = sa.select(cls).where(sa.inspect(cls).primary_key[0] == key)
        if hold:
            query = query.with_for_update(of=cls, key_share=True).execution_options(populate_existing=True)
        found = self._found(self.session.scalars(query).one_or_none(), cls, field, key)
        version = self.expected.pop((cls.__tablename__, key), None)
        if version is not None and found.version != version:  # type: ignore[attr-defined]
            self.stale = Stale(CHANGED, found.version)  # type: ignore[attr-defined]
        return found

    def find(self, cls: type[T], code: str, field: str = "code") -> T:
        """The row with this code, or NotFound."""
        row = self.session.scalars(sa.select(cls).where(cls.__table__.c.code == code)).one_or_none()
        return self._found(row, cls, field, code)

    def add(self, row: T) -> T:
        """Put a new row into the transaction and give it its key; a taken unique value is a Conflict."""
        self.session.add(row)
        self.flush()
        return row

    def remove(self, row: Row) -> None:
        """Take a row out."""
        self.session.delete(row)
        self.flush()

    def flush(self) -> None:
        """Send what changed to the database; a broken constraint or stale version becomes a Conflict."""
        self._refuse_stale()
        self.session.flush()

    def require(
        self, permission: Permission, where: Row | UUID | Reach | None = None, *, about: Row | None = None
    ) -> None:
        """Ask for a permission in the office of a row, an office, ANYWHERE, or else for all. Forbidden without it.

        `about` is the row that is told of in the trail where the permission is not asked for in its office.
        """
        self.asked.add(permission)
        office_id = self._office(where) if isinstance(where, Row) else where
        if not self.actor.may(permission, office_id):
            name = getattr(where, "__tablename__", "office" if isinstance(where, UUID) else "organisation")
            refusal = Forbidden(f"{self.actor.label} may not {permission.replace('_', ' ')} in this {name}")
            concerned = where if isinstance(where, Row | UUID) else about
            if concerned is not None:
                refusal.on(getattr(concerned, "__tablename__", name), getattr(concerned, "id", concerned))
            raise refusal
        self._refuse_stale()

    def move(self, row: T, to: StrEnum, reason: str | None = None, *, following: Permission | None = None) -> T:
        """Move a staged row along its FLOW. Conflict, Forbidden or Invalid say why not.

        `following`: the permission for all of another move, of which this one is nothing but the consequence.
        """
        step = step_to(row, to)
        self.require(following or step.permission, None if following or step.central else row, about=row)
        refuse_move(self, row, step, reason)
        moved = Transition(
            entity=row.__tablename__,
            entity_id=row.id,  # type: ignore[attr-defined]
            from_stage=row.stage,  # type: ignore[attr-defined]
            to_stage=to,
            at=self.now,
            person_id=self.actor.person_id,
            reason=reason,
        )
        row.stage = to  # type: ignore[attr-defined]
        self.session.add(moved)
        self.flush()
        return row

    def allowed(self, row: Any) -> list[tuple[StrEnum, str | None]]:
        """Every stage the row could go to next, with the reason why not for this actor, or None when allowed."""
        return [(to, self._denial(row, step)) for to, step in row.FLOW.get(row.stage, {}).items()]

    def _office(self, row: Row) -> UUID | None:
        """The office of a row. NotFound when the row is seen, being released, and what it belongs to is not."""
        try:
            return access.office_of(self.session, row)
        except sa.exc.NoResultFound:
            raise _unseen(type(row), row.id, "id") from None  # type: ignore[attr-defined]

    def _refuse_stale(self) -> None:
        if self.stale is not None:
            raise self.stale

    def _denial(self, row: Any, step: Step) -> str | None:
        try:
            permitted = self.actor.may(step.permission, None if step.central else self._office(row))
        except NotFound:
            permitted = False
        if not permitted:
            return f"needs the permission to {step.permission.replace('_', ' ')}"
        try:
            refuse_move(self, row, step, "asked")
        except Refusal as refusal:
            return refusal.message
        return None

    def _found(self, row: T | None, cls: type[Row], field: str, key: object) -> T:
        if row is None:
            raise _unseen(cls, key, field)
        return row


def _unseen(cls: type[Row], key: object, field: str) -> NotFound:
    return NotFound(f"no such {cls.__tablename__.replace('_', ' ')}", field).on(cls.__tablename__, key)


def _refuse_unasked(session: Session, _: UOWTransaction, __: object) -> None:
    work: Work = session.info["work"]
    touched = [*session.new, *session.dirty, *session.deleted]
    if not work.asked and any(session.is_modified(row) or row in session.deleted for row in touched):
        raise RuntimeError(f"{work.operation} changes rows and asked for no permission")


def _refuse_late(state: ORMExecuteState) -> None:
    work: Work = state.session.info["work"]
    if work.end is not None and time.monotonic() > work.end:
        raise Limited("it took too long", code="timeout")


def make_session(engine: sa.Engine) -> Session:
    """A session with the cross-cutting listeners: narrowing, asking, audit."""
    session = Session(engine, expire_on_commit=False)
    session.info |= {"notes": [], "criteria": ()}
    sa.event.listen(session, "do_orm_execute", _refuse_late)
    sa.event.listen(session, "do_orm_execute", access.narrow)
    sa.event.listen(session, "before_flush", _refuse_unasked)
    sa.event.listen(session, "after_flush", audit.gather)
    return session


@contextmanager
def begin(
    engine: sa.Engine,
    actor: Actor,
    operation: str,
    *,
    now: datetime | None = None,
    writes: bool = True,
    seconds: float | None = None,
) -> Iterator[Work]:
    """One transaction: committed when the block ends, rolled back when it raises. The only commit of the program.

    With `seconds` it is Limited when it takes longer: each statement, each wait for a lock, and all of it.
    An attempt that was refused as forbidden or not found leaves one entry in the audit trail.
    """
    session = make_session(engine)
    work = Work(session, actor, now or clock.read(), operation)
    work.actor = actor.on(work.today)
    work.end = None if seconds is None else time.monotonic() + seconds
    session.info |= {"work": work, "criteria": access.criteria(work.actor)}
    stamp = {"at": work.now, "person_id": actor.person_id, "actor": actor.label, "operation": operation}
    try:
        session.connection(execution_options=_transaction_options(engine, writes=writes) | {"seconds": seconds})
        yield work
        work.flush()
        audit.write(session, session.info["notes"], stamp)
        session.commit()
    except (Forbidden, NotFound) as refusal:
        session.rollback()
        if writes and not actor.system:
            _record_refusal(engine, stamp, refusal)
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


def perform(
    engine: sa.Engine,
    actor: Actor,
    operation: str,
    act: Callable[[Work], A],
    *,
    now: datetime | None = None,
    seconds: float | None = None,
) -> A:
    """What `act` returns, done in a unit of work of its own; tried again up to three times when others are in the way.

    Busy or Stale when they still are. `act` may run several times and keeps nothing outside of the unit of work.
    """
    for pause in PAUSES:
        try:
            with begin(engine, actor, operation, now=now, seconds=seconds) as work:
                return act(work)
        except (Busy, Stale) as refusal:
            if isinstance(refusal, Stale) and refusal.version is not None:
                raise
            time.sleep(pause)
    with begin(engine, actor, operation, now=now, seconds=seconds) as work:
        return act(work)


def _transaction_options(engine: sa.Engine, *, writes: bool) -> dict[str, Any]:
    """Writers queue on SQLite; readers see one snapshot on PostgreSQL, as they always do on SQLite."""
    snapshot = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" and not writes else {}
    return {"writes": writes} | snapshot


def _record_refusal(engine: sa.Engine, stamp: dict[str, Any], refusal: Refusal) -> None:
    entity, key = refusal.about or ("operation", None)
    note = {"kind": audit.AuditKind.REFUSED, "entity": entity, "entity_id": key}
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.insert(audit.AuditEntry), [stamp | note | {"changes": {"refusal": refusal.message}}])
