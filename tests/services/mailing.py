"""A real mail server on loopback that keeps what it takes."""

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from rbm.services.notices import Mailbox


class Box:
    """A mail server that keeps what it takes; it refuses some addresses, and may break off after taking."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refused: set[str] = set()
        self.breaks_off = False
        self.farewell = "221 bye"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.recipients += envelope.rcpt_tos
        if self.breaks_off:
            server.transport.abort()
        return "250 kept"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        return self.farewell


@contextmanager
def mailbox_of(box: Box) -> Iterator[Mailbox]:
    """Where mail goes out while the server of a box runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield Mailbox(f"smtp://127.0.0.1:{port}", "rbm@example.org")
    controller.stop()
