"""How safe the database is: its settings, its integrity, its clock, and what keeps the audit trail append only."""

import re
from datetime import datetime, timedelta

import sqlalchemy as sa

from rbm.audit import TRIGGERS, AuditEntry
from rbm.work import Work

OLDEST_SERVER = 15
SAFE = {
    "sqlite": {"foreign_keys": {"1"}, "journal_mode": {"wal"}, "synchronous": {"2", "3"}},
    "postgresql": {
        "fsync": {"on"},
        "full_page_writes": {"on"},
        "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
    },
}
"""Settings of each database with the values under which what was committed is never lost or inconsistent."""
MADE = re.compile(r"CREATE TRIGGER (\w+)")


def unsafe_settings(work: Work) -> list[str]:
    """Settings of the database under which it may lose what was committed, each as `name=value`."""
    connection = work.session.connection()
    ask = "PRAGMA" if connection.dialect.name == "sqlite" else "SHOW"
    found = []
    for name, safe in SAFE[connection.dialect.name].items():
        value = str(connection.exec_driver_sql(f"{ask} {name}").scalar()).lower()
        if value not in safe:
            found.append(f"{name}={value}")
    version = connection.dialect.server_version_info or (0,)
    if connection.dialect.name == "postgresql" and int(version[0]) < OLDEST_SERVER:
        found.append(f"server_version={version[0]}")
    return found


def damage(work: Work) -> list[str]:
    """What is broken in a SQLite file; nothing on PostgreSQL, which has tools of its own for this."""
    connection = work.session.connection()
    if connection.dialect.name != "sqlite":
        return []
    try:
        told = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(5)")]
    except sa.exc.DatabaseError as error:
        return [str(error.orig)]
    return [] if told == ["ok"] else told


def missing_triggers(work: Work) -> set[str]:
    """Triggers of the audit trail that are not there or switched off: without them entries can be changed."""
    connection = work.session.connection()
    present = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
    }[connection.dialect.name]
    expected = {name for text in TRIGGERS[connection.dialect.name] for name in MADE.findall(text)}
    return expected - {str(row[0]) for row in connection.exec_driver_sql(present)}


def clock_difference(work: Work) -> timedelta:
    """How far the clock of this process is from that of the database, or behind the newest entry of the audit trail."""
    connection = work.session.connection()
    newest = work.session.scalars(sa.select(sa.func.max(AuditEntry.at))).one() or work.now
    behind = max(newest - work.now, timedelta())
    if connection.dialect.name != "postgresql":
        return behind
    told: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return max(abs(told - work.now), behind)
