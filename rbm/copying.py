"""Binary COPY of PostgreSQL from and into columns: records of one width are read and made as arrays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

Array = NDArray[Any]
KEY = "S16"
AT_ONCE = 50_000
HEAD = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
END = b"\xff\xff"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""What a copy begins and ends with, and the moment from which it counts days and microseconds."""
WIRE = {"S16": "S16", "?": "?", "i8": ">i8"}
NUMBERS = {"BIGINT": ">i8", "INTEGER": ">i4"}


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """A column that holds few different values: the position of each row's value among `values`, -1 for null."""

    position: Array
    values: Sequence[Any]


Column = Array | Picked


def parse(blocks: Iterator[bytes], kinds: Mapping[str, str]) -> Iterator[dict[str, Array]]:
    """Columns of the records of a copy in which nothing is null, some thousands at once; kinds are those of numpy."""
    fields = [("fields of the record", ">i2")]
    for name, kind in kinds.items():
        fields += [(f"length of {name}", ">i4"), (name, WIRE[kind])]
    record = np.dtype(fields)
    pending, skip = b"", len(HEAD)
    while taken := list(islice(blocks, AT_ONCE)):
        data = pending + b"".join(taken)
        count = (len(data) - skip) // record.itemsize
        found = np.frombuffer(data, dtype=record, count=count, offset=skip)
        yield {name: found[name].astype(kind) for name, kind in kinds.items()}
        pending, skip = data[skip + count * record.itemsize :], 0


def compose(columns: Mapping[str, Column], kinds: Sequence[str], rows: int) -> Iterator[bytes]:
    """A copy of the rows, those with nulls and picked values in the same places together; kinds are words of SQL."""
    pattern = np.zeros(rows, dtype=np.int64)
    for column in columns.values():
        width = len(column.values) + 1 if isinstance(column, Picked) else 2
        pattern = pattern * width + (column.position + 1 if isinstance(column, Picked) else ~absent(column))
    order = np.argsort(pattern, kind="stable")
    ordered = pattern[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    yield HEAD
    for group in np.split(order, starts[1:]):
        for first in range(0, len(group), AT_ONCE):
            yield _records(columns, kinds, group[first : first + AT_ONCE])
    yield END


def absent(column: Array) -> NDArray[np.bool_]:
    """Where a column of numbers is masked, or one of keys holds the key of zeros."""
    if column.dtype == KEY:
        return np.asarray(column == b"")
    return np.ma.getmaskarray(column)


def _records(columns: Mapping[str, Column], kinds: Sequence[str], rows: Array) -> bytes:
    """Records of rows that are alike."""
    fields: list[tuple[str, str]] = [("fields of the record", ">i2")]
    filled: dict[str, Any] = {"fields of the record": len(columns)}
    for (name, column), kind in zip(columns.items(), kinds, strict=True):
        length = f"length of {name}"
        value = _value(column, kind, rows)
        fields.append((length, ">i4"))
        filled[length] = -1 if value is None else value.dtype.itemsize
        if value is not None and value.dtype.itemsize:
            fields.append((name, value.dtype.str))
            filled[name] = value
    made = np.empty(len(rows), dtype=np.dtype(fields))
    for field, value in filled.items():
        made[field] = value
    return made.tobytes()


def _value(column: Column, kind: str, rows: Array) -> Array | None:
    """The values of rows that are alike as they are sent, None for nulls."""
    if isinstance(column, Picked):
        position = column.position[rows[0]]
        return None if position < 0 else np.array(_encoded(column.values[position]))
    if absent(column[rows[:1]])[0]:
        return None
    return column[rows] if column.dtype == KEY else np.ma.getdata(column)[rows].astype(NUMBERS[kind])


def _encoded(value: Any) -> bytes | np.void:
    if isinstance(value, bool):
        return np.void(bytes([value]))
    if isinstance(value, datetime):
        return np.void(((value - EPOCH) // (datetime.resolution)).to_bytes(8, "big", signed=True))
    if isinstance(value, date):
        return np.void((value - EPOCH.date()).days.to_bytes(4, "big", signed=True))
    return np.void(str(value).encode())


def kind_of(type_: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> str:
    """The word of SQL for a type."""
    return type_.compile(dialect)
