"""Checks of a database after faults: nothing acknowledged is lost, nothing is doubled, nothing is half there."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from rbm import clock
from rbm.access import SYSTEM
from rbm.audit import AuditEntry, AuditKind, plain
from rbm.db import Row, table_of
from rbm.model.notices import Notice
from rbm.model.reporting import Measurement, Report
from rbm.model.strategy import Framework, Result, ResultEdition
from rbm.services import rollup
from rbm.stages import Transition
from rbm.terms.notices import NoticeKind
from rbm.terms.reporting import ReportStage, ValueStage
from rbm.work import begin
from tests.faults.load import Answered, Change
from tests.faults.world import CELLS

STAMPED = frozenset({"id", "version"})
VALUE_STAGES = {
    ReportStage.DRAFT: ValueStage.DRAFT,
    ReportStage.SUBMITTED: ValueStage.SUBMITTED,
    ReportStage.RETURNED: ValueStage.RETURNED,
    ReportStage.APPROVED: ValueStage.APPROVED,
    ReportStage.WITHDRAWN: ValueStage.WITHDRAWN,
}
TOLD = {
    NoticeKind.REPORT_SUBMITTED: ReportStage.SUBMITTED,
    NoticeKind.REPORT_RETURNED: ReportStage.RETURNED,
    NoticeKind.REPORT_APPROVED: ReportStage.APPROVED,
}


@dataclass
class Findings:
    """What is wrong, by kind, and how many changes without an answer turned out to be there."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    unaudited: list[str] = field(default_factory=list)
    unfounded: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    unanswered_there: int = 0

    def figures(self) -> dict[str, int]:
        """The numbers of each kind."""
        counts = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value if isinstance(value, int) else len(value) for name, value in counts.items()}

    def faults(self) -> list[str]:
        """Everything that is wrong, in a line each."""
        lists = {each.name: getattr(self, each.name) for each in fields(self)}
        return [f"{name}: {each}" for name, told in lists.items() if isinstance(told, list) for each in told]


def check(engine: sa.Engine, changes: Iterable[Change]) -> Findings:
    """All checks, with no server at work on the database; the marks that are left are drained on the way."""
    found = Findings()
    with engine.connect() as connection:
        _check_changes(connection, list(changes), found)
        _check_whole(connection, found)
        check_trail(connection, found)
        found.broken += integrity(connection)
    with begin(engine, SYSTEM, "refresh", now=clock.read()) as work:
        rollup.refresh(work)
    with begin(engine, SYSTEM, "reconcile", now=clock.read()) as work:
        found.differences += [str(each) for each in rollup.reconcile(work)]
    return found


def _check_changes(connection: sa.Connection, changes: list[Change], found: Findings) -> None:
    """Each acknowledged change is there once, each refused one is not, each unanswered one is there once or not."""
    there = {name: seen(connection) for name, seen in SEEN.items()}
    for change in changes:
        number = there[change.name][change.token] if change.name in there else 0
        if number > 1:
            found.doubled.append(f"{change.name} {change.token}: {number} times")
        if change.name in there and change.answered is Answered.DONE and number == 0:
            found.lost.append(f"{change.name} {change.token}")
        if change.answered is Answered.REFUSED and number:
            found.half.append(f"{change.name} {change.token} was refused and is there")
        found.unanswered_there += change.answered is Answered.NOTHING and number > 0
    known = {(change.name, change.token) for change in changes}
    for name, tokens in there.items():
        found.doubled += [f"{name} {token}: nobody sent it" for token in tokens if (name, token) not in known]
    _check_tokenless(connection, changes, found)


def _check_tokenless(connection: sa.Connection, changes: list[Change], found: Findings) -> None:
    """Openings and approvals carry no token: their numbers lie between the acknowledged and the sent ones."""
    approvals = sa.select(sa.func.count()).select_from(Transition).where(Transition.to_stage == ReportStage.APPROVED)
    openings = sa.select(sa.func.count()).select_from(Report)
    for name, query in (("approveReport", approvals), ("openReport", openings)):
        sent = Counter(change.answered for change in changes if change.name == name)
        number = connection.scalar(query) or 0
        if number < sent[Answered.DONE]:
            found.lost.append(f"{name}: {number} of {sent[Answered.DONE]}")
        if number > sent.total() - sent[Answered.REFUSED]:
            found.doubled.append(f"{name}: {number} of {sent.total()}")
        found.unanswered_there += max(0, number - sent[Answered.DONE])


def _tokens(statement: sa.Select[Any], prefix: str) -> Callable[[sa.Connection], "Counter[int]"]:
    def seen(connection: sa.Connection) -> "Counter[int]":
        texts = (text for (text,) in connection.execute(statement) if str(text).startswith(prefix))
        return Counter(int(text[1:]) for text in texts)

    return seen


def _recorded(connection: sa.Connection) -> "Counter[int]":
    """A recording is there once when all its values are; its parts are looked at elsewhere."""
    values = connection.scalars(sa.select(table_of(Measurement).c.value))
    parts = Counter(int(value) // 10 for value in values)
    return Counter({token: -(-number // CELLS) for token, number in parts.items()})


def _submitted(connection: sa.Connection) -> "Counter[int]":
    entry = table_of(AuditEntry).c
    entries = connection.scalars(sa.select(entry.changes).where(entry.entity == "report"))
    texts = (changes["narrative"][1] for changes in entries if "narrative" in changes)
    return Counter(int(text[1:]) for text in texts)


def _reasons(to: ReportStage, before: ReportStage | None) -> Callable[[sa.Connection], "Counter[int]"]:
    made = table_of(Transition).c
    query = sa.select(made.reason).where(made.to_stage == to, made.reason.is_not(None))
    return _tokens(query.where(made.from_stage == before) if before else query, "M")


SEEN: dict[str, Callable[[sa.Connection], "Counter[int]"]] = {
    "planResult": _tokens(sa.select(table_of(Result).c.code), "K"),
    "reviseResult": _tokens(sa.select(table_of(ResultEdition).c.title), "T"),
    "recordMeasurements": _recorded,
    "submitReport": _submitted,
    "returnReport": _reasons(ReportStage.RETURNED, ReportStage.SUBMITTED),
    "unapproveReport": _reasons(ReportStage.RETURNED, ReportStage.APPROVED),
    "withdrawReport": _reasons(ReportStage.WITHDRAWN, None),
}


def _check_whole(connection: sa.Connection, found: Findings) -> None:
    """What one transaction writes into several tables is there in all of them."""
    values = Counter(int(value) // 10 for value in connection.scalars(sa.select(table_of(Measurement).c.value)))
    found.half += [f"recording {token}: {number} values" for token, number in values.items() if number != CELLS]
    planned, edition = table_of(Result).c, table_of(ResultEdition).c
    editions = set(connection.scalars(sa.select(edition.title)))
    codes = [code for code in connection.scalars(sa.select(planned.code)) if code.startswith("K")]
    found.half += [f"result {code} without an edition" for code in codes if code not in editions]
    found.half += [*_uncounted_editions(connection), *_strayed_values(connection), *_untold_moves(connection)]
    found.half += _broken_ways(connection)


def _uncounted_editions(connection: sa.Connection) -> Iterator[str]:
    """A revision adds an edition of its result and counts it in the framework."""
    framework, result, edition = (table_of(cls) for cls in (Framework, Result, ResultEdition))
    joined = edition.join(result, result.c.id == edition.c.result_id)
    query = sa.select(result.c.framework_id, edition.c.title).select_from(joined)
    made = Counter(row.framework_id for row in connection.execute(query) if row.title.startswith("T"))
    for key, number in connection.execute(sa.select(framework.c.id, framework.c.edition)):
        if number != 1 + made[key]:
            yield f"framework {key}: edition {number} after {made[key]} revisions"


def _strayed_values(connection: sa.Connection) -> Iterator[str]:
    """The values of a report stand at its stage: five of them, or none."""
    value, report = table_of(Measurement).c, table_of(Report).c
    current = sa.select(value.report_id, value.stage).where(value.stage != ValueStage.SUPERSEDED)
    stages = defaultdict(list)
    for key, stage in connection.execute(current):
        stages[key].append(stage)
    for key, stage in connection.execute(sa.select(report.id, report.stage)):
        if stages[key] not in ([], [VALUE_STAGES[ReportStage(stage)]] * CELLS):
            yield f"report {key} is {stage}, its values {stages[key]}"


def _broken_ways(connection: sa.Connection) -> Iterator[str]:
    """The moves of a report follow one another and end where it stands."""
    made, report = table_of(Transition).c, table_of(Report).c
    ways = defaultdict(list)
    for row in connection.execute(sa.select(made.entity_id, made.from_stage, made.to_stage).order_by(made.id)):
        ways[row.entity_id].append((row.from_stage, row.to_stage))
    for key, stage in connection.execute(sa.select(report.id, report.stage)):
        way = [("", "draft"), *ways[key]]
        if way[-1][1] != stage or any(one[1] != other[0] for one, other in pairwise(way)):
            yield f"report {key} is {stage} after {way}"


def _untold_moves(connection: sa.Connection) -> Iterator[str]:
    """Every move that tells somebody has told one person."""
    notice, made = table_of(Notice).c, table_of(Transition).c
    told = Counter(connection.scalars(sa.select(notice.kind)))
    moved = Counter(connection.scalars(sa.select(made.to_stage)))
    for kind, stage in TOLD.items():
        if told[kind] != moved[stage]:
            yield f"{moved[stage]} moves to {stage}, {told[kind]} notices of them"


def check_trail(connection: sa.Connection, found: Findings) -> None:
    """The trail, played from its beginning, gives exactly the rows there are, value by value."""
    stated = _played(connection, found)
    for cls in _audited():
        rows = {str(row["id"]): row for row in connection.execute(sa.select(table_of(cls))).mappings()}
        entries = stated.pop(cls.__tablename__, {})
        found.unaudited += [f"{cls.__tablename__} {key} has no entry" for key in rows.keys() - entries.keys()]
        found.unfounded += [f"{cls.__tablename__} {key} has no row" for key in entries.keys() - rows.keys()]
        for key in rows.keys() & entries.keys():
            found.unaudited += _unlike(cls, rows[key], entries[key])
    found.unfounded += [f"{entity} is no table" for entity in stated]


def _audited() -> list[type[Row]]:
    classes = {mapper.class_ for mapper in Row.registry.mappers}
    return sorted((cls for cls in classes if getattr(cls, "AUDITED", True)), key=lambda cls: cls.__tablename__)


def _unlike(cls: type[Row], row: Any, stated: dict[str, Any]) -> Iterator[str]:
    secret = getattr(cls, "SECRET", ())
    for name, value in row.items():
        if name not in STAMPED and name not in secret and not _same(plain(value), stated.get(name)):
            yield f"{cls.__tablename__} {row['id']}: {name} is {value}, entered {stated.get(name)}"


def _played(connection: sa.Connection, found: Findings) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows as the trail tells them, by table and key; an entry that does not fit the one before is unfounded."""
    entry = table_of(AuditEntry).c
    stated: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    kinds = (AuditKind.CREATED, AuditKind.CHANGED, AuditKind.DELETED)
    columns = (entry.kind, entry.entity, entry.entity_id, entry.changes)
    for row in connection.execute(sa.select(*columns).where(entry.kind.in_(kinds)).order_by(entry.id)):
        rows, told = stated[row.entity], f"{row.entity} {row.entity_id}"
        if (row.kind == AuditKind.CREATED) is (row.entity_id in rows):
            found.unfounded.append(f"{told} was {row.kind} out of order")
        before = rows.setdefault(row.entity_id, {})
        for name, change in row.changes.items():
            old, new = (None, change) if isinstance(change, str) else change
            if old is not None and not _same(before.get(name), old):
                found.unfounded.append(f"{told}: {name} was {before.get(name)}, entered {old}")
            before[name] = new
        if row.kind == AuditKind.DELETED:
            del rows[row.entity_id]
    return stated


def _same(one: Any, other: Any) -> bool:
    if one == other:
        return True
    try:
        return Decimal(str(one)) == Decimal(str(other))
    except InvalidOperation:
        return False


def integrity(connection: sa.Connection) -> list[str]:
    """What the database finds wrong with its files, and references that lead nowhere."""
    keys = [key for table in Row.metadata.sorted_tables for key in table.foreign_keys]
    astray = [f"{key.parent} leads nowhere" for key in keys if connection.scalar(_orphans(key))]
    if connection.dialect.name == "sqlite":
        astray += [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
    return astray


def _orphans(key: sa.ForeignKey) -> sa.Select[int]:
    target = key.column.table.alias()
    there = sa.exists().where(target.c[key.column.name] == key.parent)
    return sa.select(sa.func.count()).select_from(key.parent.table).where(key.parent.is_not(None), ~there)
