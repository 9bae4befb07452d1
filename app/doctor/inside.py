"""What a doctor sees inside of the database: its safety, the audit trail, jobs, notices, persons and tokens."""

from collections.abc import Callable
from datetime import timedelta

from app.doctor.finding import Finding, Health
from jobs.schedule import JOBS
from rbm.services import operations
from rbm.terms.jobs import JobOutcome
from rbm.work import Work

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CLOCK = timedelta(seconds=60)
UNUSED = timedelta(days=90)
MOST_ADMINISTRATORS = 4
MOST_NAMED = 5
MARKS = {"warn": 10 * MINUTE, "fail": HOUR}
SEALING = {"warn": HOUR, "fail": DAY}


def durable(work: Work) -> Finding:
    """The database keeps what it was given, whole."""
    found = operations.unsafe_settings(work)
    if found:
        return Finding("durability", Health.FAIL, ", ".join(found), "set these back in the database")
    return Finding("durability", Health.OK, "settings of the database are safe")


def whole(work: Work) -> Finding:
    """The file of a SQLite database is not damaged."""
    broken = operations.damage(work)
    if broken:
        return Finding("integrity", Health.FAIL, "; ".join(broken), "stop the service and restore a backup")
    return Finding("integrity", Health.OK, "nothing is broken")


def append_only(work: Work) -> Finding:
    """The audit trail cannot be changed."""
    missing = operations.missing_triggers(work)
    if missing:
        told = f"missing: {', '.join(sorted(missing))}"
        return Finding("audit_triggers", Health.FAIL, told, "find out who took them away; `rbm audit verify` the trail")
    return Finding("audit_triggers", Health.OK, "the trail is append only")


def sealed(work: Work) -> Finding:
    """The audit trail is sealed regularly."""
    advice = "let `rbm work` run; `rbm jobs history` says why sealing fails"
    return _waiting("audit_sealed", operations.unsealed_entries(work), work, SEALING, advice)


def clocks(work: Work) -> Finding:
    """The clock agrees with the database."""
    apart = operations.clock_difference(work)
    if apart > CLOCK:
        told = f"{apart.total_seconds():,.0f} seconds apart from the database"
        return Finding("clock", Health.FAIL, told, "synchronise the clocks of the machines")
    return Finding("clock", Health.OK, f"agrees with the database; business date {work.today}")


def figures_follow(work: Work) -> Finding:
    """Figures follow changes soon."""
    dead = operations.dead_marks(work)
    if dead.count:
        told = f"{dead.count:,} were given up, the oldest since {dead.age(work.now)}"
        return Finding("rollup", Health.FAIL, told, "mend what the notices name, then `rbm rollup --full`")
    advice = "let `rbm work` run; `rbm rollup` brings the figures up to date at once"
    return _waiting("rollup", operations.dirty_marks(work), work, MARKS, advice)


def _waiting(check: str, backlog: operations.Backlog, work: Work, limits: dict[str, timedelta], advice: str) -> Finding:
    age = backlog.age(work.now)
    told = f"{backlog.count:,} wait, the oldest since {age}" if backlog.count else "nothing waits"
    health = next((Health(name) for name in ("fail", "warn") if age > limits[name]), Health.OK)
    return Finding(check, health, told, advice if health is not Health.OK else None)


def jobs_ran(work: Work) -> Finding:
    """Every job ran lately and ended well."""
    newest, stuck = operations.newest_runs(work), operations.stuck_runs(work)
    broken = {run.job for run in stuck}
    broken |= {name for name, run in newest.items() if run.outcome is JobOutcome.FAILED}
    names = {job.name for job in JOBS}
    late = {name for name, run in newest.items() if name in names and work.now - run.started_at > 2 * DAY}
    never = names - set(newest)
    parts = (("failed or broke off", broken), ("not run for two days", late), ("never run", never))
    told = "; ".join(f"{words}: {', '.join(sorted(found))}" for words, found in parts if found)
    if not told:
        return Finding("jobs", Health.OK, f"{len(names)} jobs ran")
    advice = "let `rbm work` run; `rbm jobs history` says why a job failed"
    return Finding("jobs", Health.FAIL if broken or late else Health.WARN, told, advice)


def delivered(work: Work) -> Finding:
    """No notice was given up."""
    dead = operations.dead_notices(work)
    if dead.count:
        advice = "check RBM_SMTP_URL, and the e-mail addresses of those concerned"
        return Finding("notices", Health.WARN, f"{dead.count:,} could not be delivered", advice)
    return Finding("notices", Health.OK, "none was given up")


def administrators(work: Work) -> Finding:
    """Somebody manages persons and roles, and not too many do."""
    count = len(operations.administrators(work))
    if not count:
        advice = "run `rbm token NAME --role admin` for a person who shall manage persons and roles"
        return Finding("administrators", Health.FAIL, "there is none", advice)
    if count > MOST_ADMINISTRATORS:
        return Finding("administrators", Health.WARN, f"there are {count}", "revoke the role of those who need it not")
    return Finding("administrators", Health.OK, f"there are {count}")


def roles(work: Work) -> Finding:
    """Every active person holds a role."""
    idle = [person.email for person in operations.without_roles(work)]
    if idle:
        return Finding("roles", Health.WARN, f"without any: {_named(idle)}", "grant a role, or deactivate the person")
    return Finding("roles", Health.OK, "every active person holds one")


def tokens(work: Work) -> Finding:
    """Tokens end, belong to active persons, and are used."""
    live = operations.live_tokens(work)
    ended = [each.email for each in live if not each.active]
    endless = [each.email for each in live if each.expires_at is None]
    since = work.now - UNUSED
    unused = [each.email for each in live if max(each.issued_at, each.signed_in_at or each.issued_at) < since]
    parts = (("of inactive persons", ended), ("that never expire", endless), (f"unused for {UNUSED.days} days", unused))
    told = "; ".join(f"{words}: {_named(found)}" for words, found in parts if found)
    if not told:
        return Finding("tokens", Health.OK, f"{len(live)} in use")
    return Finding("tokens", Health.FAIL if ended else Health.WARN, told, "revoke them (revokeToken)")


def _named(emails: list[str]) -> str:
    distinct = sorted(set(emails))
    more = len(distinct) - MOST_NAMED
    return ", ".join(distinct[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


CHECKS: tuple[Callable[[Work], Finding], ...] = (
    *(durable, whole, append_only, sealed, clocks),
    *(figures_follow, jobs_ran, delivered),
    *(administrators, roles, tokens),
)
