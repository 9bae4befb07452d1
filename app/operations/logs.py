"""Log lines: one JSON document for each event, whatever a client sends, and no secret in any of them."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from rbm.settings import LogLevel, settings

Event = MutableMapping[str, Any]
HANDLER = "rbm"
OURS = ("app", "audit", "graph_schema", "identity", "jobs", "rbm")
HIDDEN = "[hidden]"
SECRET = re.compile(
    r"\brbm_[\w-]{20,}"  # an API token
    r"|\beyJ[\w-]+(?:\.[\w-]*){1,4}"  # an access token
    r"|\b(?:bearer|basic)\s+[^\s\"',;]+"
    r"|(?<=://)[^/\s:@]*:[^/\s@]*(?=@)",  # user and password in an address
    re.IGNORECASE,
)
DEEPEST = 6


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to the standard error stream of the moment, not to the one there was when it was made."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        """Where lines go."""
        return sys.stderr


def log_as_json(level: LogLevel | None = None) -> None:
    """Every event of the program, and warnings of its libraries, is one line of JSON on standard error.

    A traceback carries no local variables. What looks like a secret is hidden. Without a level, that of the settings.
    """
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = _StandardError()
    handler.set_name(HANDLER)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    _put_in_place(handler, level or settings().log_level)


def _put_in_place(handler: logging.Handler, level: LogLevel) -> None:
    root = logging.getLogger()
    root.handlers = [*(other for other in root.handlers if other.get_name() != HANDLER), handler]
    root.setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())


def hide_secrets(_logger: object, _method: str, event: Event) -> Event:
    """Processor: tokens and passwords are replaced, wherever in an event they stand."""
    return {name: value if name.startswith("_") else hidden(value) for name, value in event.items()}


def hidden(value: Any, depth: int = 0) -> Any:
    """A value with every secret in it replaced."""
    if isinstance(value, str):
        return SECRET.sub(HIDDEN, value)
    if isinstance(value, dict) and depth < DEEPEST:
        return {hidden(key, depth + 1): hidden(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple)) and depth < DEEPEST:
        return [hidden(inner, depth + 1) for inner in value]
    return value if value is None or isinstance(value, (bool, int, float)) else SECRET.sub(HIDDEN, str(value))
