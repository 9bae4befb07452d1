"""Starting: what has to be right before a process serves or works."""

import os

from app import output
from app.operations.logs import log_as_json
from rbm import production
from rbm.settings import Mode, settings

PRIVATE = 0o077


def prepare(host: str | None = None) -> None:
    """Logs are JSON; in production nothing starts with unsafe settings, and files belong to their user alone.

    Conflict names every setting that is not safe and what to do. `host` is the address to serve on when it is not that
    of the settings.
    """
    log_as_json()
    chosen = settings() if host is None else settings().model_copy(update={"host": host})
    production.refuse_insecure(chosen, production.surroundings())
    if chosen.mode is Mode.PRODUCTION:
        os.umask(PRIVATE)


def warn() -> None:
    """A line for each variable of the environment that looks like a setting and is none."""
    for fault in production.unknown(os.environ):
        output.console.print(f"warning: {fault.setting}: {fault.advice}", markup=False, soft_wrap=True)
