"""Bulk statements: exact on both databases, one entry in the audit trail for each batch."""

from decimal import Decimal

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import Permission
from rbm.audit import AuditEntry, AuditKind
from rbm.model.people import Office
from rbm.model.rollup import DirtyMark
from rbm.model.strategy import Framework
from rbm.services import marks
from rbm.terms.people import OfficeKind
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
