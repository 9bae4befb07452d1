"""Bulk statements: exact on both databases, one entry in the audit trail for each batch."""

from decimal import Decimal

import numpy as np
import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import Permission
from rbm.audit import AuditEntry, AuditKind
from rbm.binding import MANY
from rbm.copying import AT_ONCE, Column, Picked
from rbm.db import table_of
from rbm.model.people import Office
from rbm.model.reporting import Measurement
from rbm.model.rollup import DirtyMark, Figure
from rbm.model.strategy import Framework
from rbm.services import marks
from rbm.terms.people import OfficeKind
from rbm.terms.rollup import Reason
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make


def offices(count: int) -> list[dict[str, object]]:
    facts = {"kind": OfficeKind.COUNTRY, "version": 1, "place_id": None}
    return [{"id": ids.new(), "code": f"B{number}", "name": "ü\t\\N\n", **facts} for number in range(count)]


def test_rows_arrive_as_they_were_sent(start: Begin) -> None:
    rows = offices(1000)
    with start() as work:
        work.require(Permission.IMPORT)
        assert bulk.insert(work.session, Office, rows) == 1000
    with start() as work:
        kept = {office.code: office for office in work.session.scalars(sa.select(Office))}
        assert len(kept) == 1000
        assert {(office.name, office.kind) for office in kept.values()} == {("ü\t\\N\n", OfficeKind.COUNTRY)}
        assert kept["B7"].id == rows[7]["id"]


def test_json_dates_numbers_and_nothing_arrive_too(work: Work, make: Make) -> None:
    framework = make.framework()
    bulk.update(
        work.session,
        Framework,
        [
            {
                "id": framework.id,
                "translations": {"title": {"fr": "Cadre"}},
                "period_end": None,
                "approved_on": work.today,
            }
        ],
    )
    work.session.expire_all()
    kept = work.get(Framework, framework.id)
    assert (kept.translations, kept.period_end, kept.approved_on) == ({"title": {"fr": "Cadre"}}, None, work.today)


def test_a_batch_has_one_entry(start: Begin) -> None:
    with start(operation="import_offices") as work:
        work.require(Permission.IMPORT)
        bulk.insert(work.session, Office, offices(3))
        bulk.record(work.session, "office", "file.csv", {"sha256": "abc", "offices": 3})
    with start() as work:
        (entry,) = work.session.scalars(sa.select(AuditEntry)).all()
        assert (entry.kind, entry.operation, entry.entity_id) == (AuditKind.BATCH, "import_offices", "file.csv")
        assert entry.changes == {"sha256": "abc", "offices": 3}


def test_nothing_to_write_writes_nothing(work: Work) -> None:
    assert bulk.insert(work.session, Office, []) == 0
    assert bulk.update(work.session, Office, []) == 0
    bulk.delete(work.session, Office, "id", [])


def test_marks_are_gone_with_the_transaction_that_failed(start: Begin) -> None:
    with start() as work:
        key = Make(work).indicator().id
    try:
        with start() as work:
            marks.mark(work, [key, key], "test")
            assert len(bulk.select(work.session, sa.select(DirtyMark.__table__))) == 1
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    with start() as work:
        assert bulk.select(work.session, sa.select(DirtyMark.__table__)) == []


def test_exact_numbers_arrive_exactly(work: Work, make: Make) -> None:
    link = make.contribution(make.indicator(), make.indicator(), weight=Decimal("0.333333"))
    work.session.expire(link)
    work.session.refresh(link)
    assert link.weight == Decimal("0.333333")


def test_columns_hold_numbers_truths_and_keys_and_nothing_as_zero(work: Work, make: Make) -> None:
    year, indicator = make.year(), make.indicator()
    for value in (Decimal("-1.5"), None, Decimal("9223372036854.775807")):
        make.measurement(indicator, year, value)
    table = table_of(Measurement).c
    names = (table.id, table.indicator_id, table.disaggregation_id, table.value, table.place_stated)
    query = sa.select(*names, table.value.is_(None).label("null")).order_by(table.id)
    found = bulk.columns(work.session, query)
    assert found["value"].tolist() == [-1_500_000, 0, 2**63 - 1]
    assert found["null"].tolist() == [False, True, False]
    assert found["place_stated"].dtype == bool
    assert found["indicator_id"].view("V16").tolist() == [indicator.id.bytes] * 3
    assert (found["disaggregation_id"] == b"").all()
    assert found["id"].tolist() == sorted(found["id"].tolist())


def test_columns_of_nothing_are_empty(work: Work) -> None:
    table = table_of(Measurement).c
    found = bulk.columns(work.session, sa.select(table.id, table.indicator_id, table.place_stated))
    assert {name: (len(column), column.dtype.str) for name, column in found.items()} == {
        "id": (0, "<i8"),
        "indicator_id": (0, "|S16"),
        "place_stated": (0, "|b1"),
    }


def test_more_rows_than_are_read_at_once_arrive_in_order(work: Work) -> None:
    count = AT_ONCE + 7
    marked = np.array([b"k" * 15 + b"\0"] * count, dtype="S16")
    numbers = np.arange(count, dtype=np.int64)
    columns = {
        "indicator_id": marked,
        "attempts": numbers,
        "cause": Picked(numbers % 2, ["ü\t", "b"]),
        "fault": Picked(numbers % 3 - 1, ["", "c"]),
        "marked_at": Picked(numbers * 0, [work.now]),
        "dead": Picked(numbers % 2, [False, True]),
    }
    assert bulk.put(work.session, DirtyMark, columns) == count
    table = table_of(DirtyMark).c
    found = bulk.columns(work.session, sa.select(table.attempts, table.indicator_id).order_by(table.attempts))
    assert (found["attempts"] == numbers).all()
    assert (found["indicator_id"] == marked).all()
    rows = work.session.scalars(sa.select(DirtyMark).where(DirtyMark.attempts < 3).order_by(DirtyMark.attempts)).all()
    assert [(row.cause, row.fault, row.dead) for row in rows] == [
        ("ü\t", None, False),
        ("b", "", True),
        ("ü\t", "c", False),
    ]
    assert {row.marked_at for row in rows} == {work.now}


def test_rows_are_put_and_changed_by_columns_with_nothing_where_masked(work: Work, make: Make) -> None:
    year, first, second = make.year(), make.indicator(), make.indicator()
    work.session.flush()
    two = np.zeros(2, dtype=np.int64)
    counts = dict.fromkeys(("targets", "baselines", "reported", "expected", "verified_units"), two)
    columns = counts | {
        "indicator_id": np.array([first.id.bytes, second.id.bytes], dtype="S16"),
        "period_id": np.array([year.id.bytes] * 2, dtype="S16"),
        "category_id": np.array([b"", b""], dtype="S16"),
        "value": np.ma.masked_array(np.array([-(2**63) + 1, 5]), [False, True]),
        "released_on": Picked(np.array([-1, 0]), [work.today]),
        "stale": Picked(two, [False]),
        "computed_at": Picked(two, [work.now]),
    }
    bulk.put(work.session, Figure, columns)
    query = sa.select(Figure).order_by(Figure.id)
    rows = {row.indicator_id: row for row in work.session.scalars(query)}
    assert (rows[first.id].value, rows[second.id].value) == (Decimal("-9223372036854.775807"), None)
    assert (rows[first.id].released_on, rows[second.id].released_on) == (None, work.today)
    assert (rows[first.id].category_id, rows[first.id].computed_at) == (None, work.now)
    ids = np.array([rows[second.id].id, rows[first.id].id])
    changed = {
        "id": ids,
        "value": np.ma.masked_array(np.array([7, 0]), [False, True]),
        "reason": Picked(two, ["unfit"]),
    }
    assert bulk.change(work.session, Figure, changed) == 2
    work.session.expire_all()
    kept = {row.indicator_id: (row.value, row.reason) for row in work.session.scalars(query)}
    assert kept == {first.id: (None, Reason.UNFIT), second.id: (Decimal("0.000007"), Reason.UNFIT)}
    assert bulk.put(work.session, Figure, {"id": ids[:0]}) == bulk.change(work.session, Figure, {"id": ids[:0]}) == 0


def test_what_all_rows_have_alike_arrives_in_every_row(work: Work) -> None:
    count = MANY
    same, marked = np.zeros(count, dtype=np.int64), np.array([b"k" * 15 + b"\0"] * count, dtype="S16")
    columns = {
        "attempts": np.arange(count, dtype=np.int64),
        "indicator_id": marked,
        "cause": Picked(same, ['it\'s "so"']),
        "fault": Picked(same - 1, [""]),
        "marked_at": Picked(same, [work.now]),
        "dead": Picked(same, [True]),
    }
    assert bulk.put(work.session, DirtyMark, columns) == count
    rows = work.session.scalars(sa.select(DirtyMark)).all()
    assert {row.attempts for row in rows} == set(range(count))
    facts = {(row.indicator_id.bytes, row.cause, row.fault, row.marked_at, row.dead) for row in rows}
    assert facts == {(b"k" * 15 + b"\0", 'it\'s "so"', None, work.now, True)}
    alike = {name: column for name, column in columns.items() if name != "attempts"} | {"attempts": same - 7}
    assert bulk.put(work.session, DirtyMark, alike) == count
    assert len(work.session.scalars(sa.select(DirtyMark).where(DirtyMark.attempts == -7)).all()) == count


def test_numbers_taken_for_rows_are_given_to_no_other(work: Work) -> None:
    def put(rows: dict[str, Column]) -> None:
        nothing = np.zeros(2, dtype=np.int64)
        facts = {"cause": Picked(nothing, ["x"]), "marked_at": Picked(nothing, [work.now])}
        facts |= {"attempts": nothing, "dead": Picked(nothing, [False])}
        bulk.put(work.session, DirtyMark, rows | facts | {"indicator_id": np.array([b"k" * 16] * 2, dtype="S16")})

    taken = bulk.numbers(work.session, DirtyMark, 2)
    put({"id": taken})
    put({})
    more = bulk.numbers(work.session, DirtyMark, AT_ONCE + 1)
    kept = set(work.session.scalars(sa.select(DirtyMark.id)))
    assert (len(kept), kept > set(taken.tolist())) == (4, True)
    assert len(set(more.tolist()) - kept) == AT_ONCE + 1
    assert len(bulk.numbers(work.session, DirtyMark, 0)) == 0
