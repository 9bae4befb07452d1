"""Engines, column kinds and pragmas: the one place that knows which database it is."""

import enum
import sqlite3
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator, TypeEngine

from rbm import ids
from rbm.errors import Busy, Invalid, Limited

LIMIT = 2**63 - 1
STEPS_BETWEEN_LOOKS = 10_000
CONNECTING = "10"
"""Seconds to wait for a database server to take a connection."""
LOCK_SECONDS = 30
LOCK_SHARE = 0.2
"""How long a transaction waits for another one: so many seconds, or this share of its time where that is limited."""
TOO_LONG = {"57014", "25P03", "25P04"}
IN_THE_WAY = {"40001", "40P01", "55P03"}
"""Codes of PostgreSQL: query cancelled, transaction idle or too long; serialization failure, deadlock, lock not had."""
AWAY = ("08", "53", "57P0")
"""How codes of PostgreSQL begin: no connection, no resources such as disk or connections, shut down."""
AWAY_FILE = {10, 13, 14}
"""Codes of SQLite: the file cannot be read or written, the disk is full, the file cannot be opened."""


class Identifier(TypeDecorator[UUID]):
    """A UUID in 16 bytes on both databases."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL has a type of its own."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(sa.LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """UUID to bytes where the database has no UUID type."""
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Bytes back to UUID."""
        return UUID(bytes=value) if isinstance(value, bytes) else value


class Fixed(TypeDecorator[Decimal]):
    """An exact decimal of `places` digits after the point, kept as a 64-bit integer."""

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """Refuse what does not fit instead of rounding it."""
        return None if value is None else to_fixed(Decimal(value), self.places)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """The integer as a decimal."""
        return None if value is None else from_fixed(value, self.places)


def to_fixed(value: Decimal, places: int = 6) -> int:
    """`value` times 10^places as an integer. Invalid when it is finer than that, not finite, or beyond 64 bits."""
    if not value.is_finite():
        raise Invalid(f"{value} is not a number", "value")
    scaled = value.scaleb(places)
    whole = int(scaled)
    if whole != scaled:
        raise Invalid(f"{value} has more than {places} decimals", "value")
    if abs(whole) > LIMIT:
        raise Invalid(f"{value} is out of range", "value")
    return whole


def from_fixed(value: int, places: int = 6) -> Decimal:
    """The decimal that `to_fixed` made `value` of."""
    return Decimal(value).scaleb(-places)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Naive moments are a bug."""
        if value is not None and value.tzinfo is None:
            raise TypeError("a moment needs a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


STRICT_TYPES: dict[type[TypeEngine[Any]], str] = {
    sa.Boolean: "INTEGER",
    sa.BigInteger: "INTEGER",
    sa.Date: "TEXT",
    sa.DateTime: "TEXT",
    sa.JSON: "TEXT",
    sa.LargeBinary: "BLOB",
}


def _compile_strictly(kind: type[TypeEngine[Any]], word: str) -> None:
    @compiles(kind, "sqlite")
    def compile_kind(*_: Any, **__: Any) -> str:
        return word


for _kind, _word in STRICT_TYPES.items():
    _compile_strictly(_kind, _word)


@compiles(sa.Enum, "sqlite")
@compiles(sa.Enum, "postgresql")
def _compile_enum(*_: Any, **__: Any) -> str:
    """Words are text: a new word needs no change of the database."""
    return "TEXT"


Key = Annotated[UUID, mapped_column(Identifier, primary_key=True, default=ids.new)]
Serial = Annotated[int, mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)]
Measured = Annotated[Decimal, mapped_column(Fixed(6))]
Money = Annotated[Decimal, mapped_column(Fixed(2))]
Code = Annotated[str, mapped_column(sa.Text, unique=True)]

CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(DeclarativeBase):
    """A mapped class: one table, one class, one place."""

    metadata = sa.MetaData(naming_convention=CONVENTION)
    type_annotation_map: ClassVar = {
        str: sa.Text(),
        UUID: Identifier(),
        date: sa.Date(),
        datetime: Moment(),
        dict[str, Any]: sa.JSON(none_as_null=True),
        list[str]: sa.JSON(none_as_null=True),
        enum.Enum: sa.Enum(enum.Enum, native_enum=False, values_callable=lambda words: [w.value for w in words]),
    }
    __table_args__: Any = {"sqlite_strict": True}  # noqa: RUF012 - SQLAlchemy declares it so


class Edited:
    """Rows that people edit carry a version: a write based on an older one is refused."""

    version: Mapped[int]

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let the mapper count and compare the version."""
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


def table(*constraints: sa.schema.SchemaItem) -> tuple[Any, ...]:
    """Table arguments: the constraints, and STRICT on SQLite."""
    return (*constraints, {"sqlite_strict": True})


def table_of(cls: type[Row]) -> sa.Table:
    """The table of a mapped class."""
    return cast("sa.Table", cls.__table__)


def open_engine(url: str) -> sa.Engine:
    """An engine with the safe settings of its database: foreign keys, WAL and full durability on SQLite.

    What is written never stands in the messages of its errors.
    """
    address = sa.make_url(url)
    server = address.get_backend_name() == "postgresql"
    if server and "connect_timeout" not in address.query:
        address = address.update_query_dict({"connect_timeout": CONNECTING})
    engine = sa.create_engine(address, pool_pre_ping=server, hide_parameters=True)
    sa.event.listen(engine, "handle_error", _translate)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    else:
        sa.event.listen(engine, "begin", _begin_postgresql)
    return engine


def lock(connection: sa.Connection, number: int) -> bool:
    """Take the lock of a number to the end of the transaction; False when somebody else has it.

    On SQLite a transaction that writes is alone already.
    """
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number))))


def hold_writers(connection: sa.Connection, cls: type[Row]) -> None:
    """Wait until nobody is writing to a table, and keep others from it to the end of the transaction.

    Whatever is written later has a higher number than all that can be read now. Busy when it takes two seconds.
    On SQLite a transaction that writes is alone already.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        connection.exec_driver_sql(f'LOCK TABLE "{cls.__tablename__}" IN SHARE ROW EXCLUSIVE MODE')


def away(error: BaseException) -> bool:
    """Whether an error says that the database is not there now: what failed may succeed later."""
    if isinstance(error, sa.exc.TimeoutError):
        return True
    if not isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.InternalError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in AWAY_FILE
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state is None or state.startswith(AWAY)


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=FULL",
        "cache_size=-131072",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    seconds = connection.get_execution_options().get("seconds")
    wait = LOCK_SECONDS if seconds is None else seconds * LOCK_SHARE
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(wait * 1000)}")
    end = None if seconds is None else time.monotonic() + seconds
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(None if end is None else lambda: time.monotonic() > end, STEPS_BETWEEN_LOOKS)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: sa.Connection) -> None:
    seconds = connection.get_execution_options().get("seconds")
    if seconds is not None:
        limits = {"statement_timeout": seconds, "idle_in_transaction_session_timeout": seconds}
        limits["lock_timeout"] = seconds * LOCK_SHARE
        calls = (f"set_config('{limit}', '{max(1, int(most * 1000))}', true)" for limit, most in limits.items())
        connection.exec_driver_sql(f"SELECT {', '.join(calls)}")


def _translate(context: sa.engine.ExceptionContext) -> Exception | None:
    """What a database says when it took too long, or when others were in the way, as refusals."""
    error = context.original_exception
    state = getattr(error, "sqlstate", None)
    if state in TOO_LONG or str(error) == "interrupted":
        return Limited("it took too long", code="timeout")
    if state in IN_THE_WAY or str(error).startswith("database is locked"):
        return Busy("others are changing the same things; try again")
    return None
