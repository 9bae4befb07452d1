"""Serving: the process that answers HTTP. Only it imports the application, so that other commands are quick."""

import structlog
import uvicorn

from rbm.settings import settings

APPLICATION = "app.server:application"
GRACE = 30
log = structlog.get_logger("app")


def configuration(host: str, port: int) -> uvicorn.Config:
    """How the server runs: no banner, no log lines but ours, and what is being answered is answered to its end."""
    return uvicorn.Config(
        APPLICATION,
        factory=True,
        host=host,
        port=port,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE,
    )


def serve(host: str, port: int) -> None:
    """Answer requests until the process is told to end."""
    log.info("serving", host=host, port=port, mode=settings().mode)
    uvicorn.Server(configuration(host, port)).run()
