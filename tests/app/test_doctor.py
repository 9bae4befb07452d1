"""`rbm doctor`: each check passes on a sound installation and has a fixture on which it does not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.doctor import examining, inside, outside
from app.doctor.examining import examine
from app.doctor.finding import Finding, Health
from jobs.schedule import JOBS
from rbm import clock
from rbm.access import SYSTEM
from rbm.db import open_engine
from rbm.model.jobs import JobRun
from rbm.model.notices import Notice
from rbm.model.people import ApiToken, SignIn
from rbm.model.rollup import DirtyMark
from rbm.production import Surroundings
from rbm.services import people
from rbm.settings import Mode, Settings
from rbm.terms.jobs import JobOutcome
from rbm.terms.notices import NoticeKind, NoticeStage
from rbm.terms.people import Role
from rbm.work import Work, begin
from tests import databases
from tests.app.commands import rbm
from tests.app.issuer import running
from tests.conftest import NOW, Begin
from tests.make import Make

DAY = timedelta(days=1)
OK, WARN, FAIL = Health.OK, Health.WARN, Health.FAIL
NOWHERE = Surroundings({})


def told(finding: Finding) -> tuple[Health, str]:
    """How it ended and what it found; what is not well comes with advice."""
    assert bool(finding.advice) is (finding.health is not OK)
    return finding.health, finding.told


def change(engine: sa.Engine, statement: str) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql(statement)


def look(engine: sa.Engine, check: Callable[[Work], Finding], now: datetime = NOW) -> tuple[Health, str]:
    return told(examining.look(engine, check, now))


def test_settings() -> None:
    production = Settings(mode=Mode.PRODUCTION)
    assert told(outside.safe_settings(production, NOWHERE)) == (FAIL, "3 not safe for production")
    assert told(outside.safe_settings(Settings(), NOWHERE))[0] is WARN
    safe = {"introspection": "none", "allowed_hosts": ("a.org",), "metrics_token": "x" * 16}
    assert told(outside.safe_settings(Settings(**safe), NOWHERE)) == (OK, "safe for production")


def test_variables() -> None:
    mistaken = Surroundings({"RBM_PROT": "1"})
    assert told(outside.known_variables(Settings(), NOWHERE)) == (OK, "all are settings")
    assert told(outside.known_variables(Settings(), mistaken)) == (WARN, "RBM_PROT")
    assert told(outside.known_variables(Settings(mode=Mode.PRODUCTION), mistaken)) == (FAIL, "RBM_PROT")


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/rbm.sqlite3", "postgresql+psycopg://u:secret@127.0.0.1:1/x", "nonsense", "oracle://x"]
)
def test_a_database_that_is_not_there(url: str) -> None:
    (finding,) = [each for each in examine(Settings(database_url=url), NOWHERE) if each.check == "database"]
    assert finding.health is FAIL
    assert "secret" not in finding.told


def test_an_older_form_is_told_and_nothing_more_is_looked_at(engine: sa.Engine) -> None:
    assert told(outside.newest_form(engine)) == (OK, "the newest form")
    change(engine, "UPDATE alembic_version SET version_num = '0001'")
    chosen = Settings(database_url=engine.url.render_as_string(hide_password=False))
    found = {each.check: each.health for each in examine(chosen, NOWHERE)}
    assert found["migrations"] is FAIL
    assert not set(found) & {"jobs", "tokens", "audit_triggers"}


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    path.write_bytes(b"this is no database at all" * 100)
    found = {each.check: each.health for each in examine(Settings(database_url=f"sqlite:///{path}"), NOWHERE)}
    assert FAIL in {found["database"], found.get("migrations")}


@pytest.mark.parametrize(
    ("free", "size", "health"),
    [(10**10, 10**9, OK), (10**10, 2 * 10**10, WARN), (999 * 10**6, 1, WARN), (99 * 10**6, 1, FAIL)],
)
def test_room_on_the_disk(free: int, size: int, health: Health) -> None:
    assert told(outside.room(free, size))[0] is health


def test_keys_of_the_identity_provider() -> None:
    with running() as issuer:
        chosen = issuer.settings()
        assert told(outside.keys(chosen)) == (OK, "1 keys")
        assert told(outside.keys(issuer.settings(oidc_algorithms=("ES256",)))) == (FAIL, "0 keys")
        issuer.failing = True
        assert told(outside.keys(chosen))[0] is FAIL
    assert told(outside.keys(chosen))[0] is FAIL
    found = {each.check: each.health for each in examine(chosen, NOWHERE)}
    assert found["identity_keys"] is FAIL


def test_durability(engine: sa.Engine) -> None:
    if engine.dialect.name == "postgresql":
        assert look(engine, inside.durable) == (FAIL, "fsync=off, full_page_writes=off")
    with databases.careful(engine):
        assert look(engine, inside.durable) == (OK, "settings of the database are safe")
        assert_loose_ones_are_told(engine)


def assert_loose_ones_are_told(engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        loose = sa.create_engine(engine.url)
        with begin(loose, SYSTEM, "examine", now=NOW, writes=False) as work:
            assert told(inside.durable(work)) == (FAIL, "foreign_keys=0")
    else:
        loose = sa.create_engine(engine.url, connect_args={"options": "-c synchronous_commit=off"})
        assert look(loose, inside.durable) == (FAIL, "synchronous_commit=off")
    loose.dispose()


def test_integrity(engine: sa.Engine) -> None:
    assert look(engine, inside.whole) == (OK, "nothing is broken")


def test_d_06_a_damaged_file(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.sqlite3"
    content = bytearray(sqlite_template.read_bytes())
    for start in range(4096 * 8, len(content) - 4096, 4096 * 4):
        content[start : start + 64] = b"\xff" * 64
    path.write_bytes(content)
    engine = open_engine(f"sqlite:///{path}")
    assert look(engine, inside.whole)[0] is FAIL
    engine.dispose()


def test_triggers_of_the_audit_trail(engine: sa.Engine) -> None:
    assert look(engine, inside.append_only) == (OK, "the trail is append only")
    name = {"sqlite": "audit_entry_no_update", "postgresql": "audit_entry_no_change"}[engine.dialect.name]
    gone = {"sqlite": f"DROP TRIGGER {name}", "postgresql": f"ALTER TABLE audit_entry DISABLE TRIGGER {name}"}
    change(engine, gone[engine.dialect.name])
    assert look(engine, inside.append_only) == (FAIL, f"missing: {name}")


def test_entries_that_are_not_sealed(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        Make(work).person()
    after = (timedelta(hours=1), timedelta(hours=2), timedelta(hours=25))
    assert [look(engine, inside.sealed, NOW + time)[0] for time in after] == [OK, WARN, FAIL]


def test_the_clock(engine: sa.Engine, start: Begin) -> None:
    now = clock.read()
    assert look(engine, inside.clocks, now)[0] is OK
    assert look(engine, inside.clocks, datetime(2026, 1, 1, tzinfo=UTC))[0] is (
        OK if engine.dialect.name == "sqlite" else FAIL
    )
    with start() as work:
        Make(work).person()
    assert look(engine, inside.clocks, NOW - timedelta(seconds=61))[0] is FAIL


def test_marks_that_wait(engine: sa.Engine, start: Begin) -> None:
    assert look(engine, inside.figures_follow) == (OK, "nothing waits")
    with start() as work:
        work.add(DirtyMark(indicator_id=Make(work).indicator().id, cause="test", marked_at=NOW))
    after = (timedelta(minutes=10), timedelta(minutes=11), timedelta(minutes=61))
    assert [look(engine, inside.figures_follow, NOW + time)[0] for time in after] == [OK, WARN, FAIL]


def test_marks_that_were_given_up(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        key = Make(work).indicator().id
        work.add(DirtyMark(indicator_id=key, cause="test", marked_at=NOW, attempts=5, dead=True))
    told = "1 were given up, the oldest since 0:02:00"
    assert look(engine, inside.figures_follow, NOW + timedelta(minutes=2)) == (FAIL, told)


def run(work: Work, job: str, outcome: JobOutcome, at: datetime = NOW, lease: timedelta = DAY) -> None:
    facts = {"slot": f"{job}{at}{outcome}", "by_hand": False, "attempt": 1, "holder": "h"}
    work.add(JobRun(job=job, outcome=outcome, started_at=at, lease_until=at + lease, **facts))


@pytest.mark.parametrize(
    ("outcome", "at", "lease", "health"),
    [
        (JobOutcome.DONE, NOW, DAY, OK),
        (JobOutcome.RUNNING, NOW, DAY, OK),
        (JobOutcome.FAILED, NOW, DAY, FAIL),
        (JobOutcome.RUNNING, NOW - 2 * DAY, DAY, FAIL),
        (JobOutcome.DONE, NOW - 3 * DAY, DAY, FAIL),
    ],
)
def test_jobs(work: Work, make: Make, outcome: JobOutcome, at: datetime, lease: timedelta, health: Health) -> None:
    for job in JOBS[1:]:
        run(work, job.name, JobOutcome.NOTHING_DUE)
    never = inside.jobs_ran(work)
    assert (never.health, never.told) == (WARN, f"never run: {JOBS[0].name}")
    run(work, JOBS[0].name, outcome, at, lease)
    assert told(inside.jobs_ran(work))[0] is health


def test_notices_that_were_given_up(work: Work, make: Make) -> None:
    assert told(inside.delivered(work)) == (OK, "none was given up")
    facts = {"kind": NoticeKind.REPORT_DUE, "facts": {}, "text": "t", "content_key": "k", "attempts": 5}
    moments = {"told_at": NOW, "due_at": NOW}
    work.add(Notice(person_id=make.person().id, stage=NoticeStage.FAILED, **facts, **moments))
    assert told(inside.delivered(work)) == (WARN, "1 could not be delivered")


def test_administrators(work: Work, make: Make) -> None:
    assert told(inside.administrators(work)) == (FAIL, "there is none")
    first = make.actor(Role.ADMIN)
    for _ in range(3):
        make.actor(Role.ADMIN)
    assert told(inside.administrators(work)) == (OK, "there are 4")
    make.actor(Role.ADMIN)
    assert told(inside.administrators(work)) == (WARN, "there are 5")
    people.deactivate_person(work, first.person_id or make.person().id)
    assert told(inside.administrators(work)) == (OK, "there are 4")


def test_persons_without_roles(work: Work, make: Make) -> None:
    make.actor(Role.VIEWER)
    assert told(inside.roles(work))[0] is OK
    make.person(email="idle@example.org")
    make.person(email="gone@example.org", active=False)
    assert told(inside.roles(work)) == (WARN, "without any: idle@example.org")


@pytest.mark.parametrize(
    ("person", "token", "finding"),
    [
        ({}, {}, (OK, "1 in use")),
        ({"active": False}, {}, (FAIL, "of inactive persons: a@b.org")),
        ({"active": False}, {"revoked_at": NOW}, (OK, "0 in use")),
        ({"active": False}, {"expires_at": NOW}, (OK, "0 in use")),
        ({}, {"expires_at": None}, (WARN, "that never expire: a@b.org")),
        ({}, {"issued_at": NOW - 91 * DAY}, (WARN, "unused for 90 days: a@b.org")),
    ],
)
def test_o_09_tokens(
    work: Work, make: Make, person: dict[str, Any], token: dict[str, Any], finding: tuple[Health, str]
) -> None:
    holder = make.person(email="a@b.org", **person)
    facts = {"name": "laptop", "digest": "d", "issued_at": NOW, "expires_at": NOW + DAY}
    work.add(ApiToken(person_id=holder.id, **(facts | token)))
    assert told(inside.tokens(work)) == finding


def test_an_old_token_of_somebody_who_signs_in_is_in_use(work: Work, make: Make) -> None:
    holder = make.person()
    facts = {"name": "laptop", "digest": "d", "issued_at": NOW - 91 * DAY, "expires_at": NOW + DAY}
    work.add(ApiToken(person_id=holder.id, **facts))
    work.add(SignIn(person_id=holder.id, credentials="c", at=NOW - DAY))
    assert told(inside.tokens(work)) == (OK, "1 in use")


def test_o_09_the_command_prints_every_check_and_exits_with_one_when_one_fails(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rbm.sqlite3"
    assert rbm(url, "doctor", "--json").code == 1
    assert list(tmp_path.iterdir()) == []
    assert rbm(url, "token", "Ada", "--role", "admin").code == 0
    ran = rbm(url, "doctor", "--json")
    found = {row["check"]: row["health"] for row in ran.document}
    assert len(found) == len(ran.document) >= 15
    assert {check for check, health in found.items() if health != "ok"} == {"settings", "jobs"}
    assert ran.code == 0
    assert "administrators" in rbm(url, "doctor").out
