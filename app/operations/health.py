"""Health: whether the process lives, and whether it can answer now."""

from collections.abc import Callable
from functools import partial

import anyio
import sqlalchemy as sa
import structlog
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rbm import migrations

log = structlog.get_logger("app")
LONGEST = 2.0
MOST_PROBES = 4


async def healthy(_request: Request) -> Response:
    """The process lives."""
    return JSONResponse({"status": "ok"})


class Readiness:
    """Whether the service can answer: 200, or 503 with the name of the check that fails and nothing else.

    A probe ends after `seconds` whatever the database does; the few that still wait for it keep others from piling up.
    """

    def __init__(self, engine: sa.Engine, seconds: float = LONGEST) -> None:
        self.engine = engine
        self.seconds = seconds
        self.threads: CapacityLimiter | None = None

    async def answer(self, _request: Request) -> Response:
        """Answer a probe."""
        self.threads = self.threads or CapacityLimiter(MOST_PROBES)
        failing: str | None = "database"
        with anyio.move_on_after(self.seconds):
            check = partial(failing_check, self.engine)
            failing = await to_thread.run_sync(check, limiter=self.threads, abandon_on_cancel=True)
        if failing is None:
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "unavailable", "failing": failing}, 503, {"retry-after": "5"})


def failing_check(engine: sa.Engine) -> str | None:
    """The first check that fails: database, migrations, foreign_keys; None when all pass. Why is in the log."""
    for name, check in CHECKS.items():
        try:
            passed = check(engine)
        except Exception:
            log.exception("a check of readiness failed", check=name)
            return name
        if not passed:
            log.error("a check of readiness failed", check=name)
            return name
    return None


def answers(engine: sa.Engine) -> bool:
    """Whether the database answers."""
    with engine.connect() as connection:
        return connection.scalar(sa.select(1)) == 1


def keeps_references(engine: sa.Engine) -> bool:
    """Whether the database refuses broken references, which SQLite does only when it is told to."""
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        return connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


CHECKS: dict[str, Callable[[sa.Engine], bool]] = {
    "database": answers,
    "migrations": migrations.at_head,
    "foreign_keys": keeps_references,
}
