"""Mail: a real SMTP conversation, and no header carries a second one."""

import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from rbm import mail
from rbm.errors import Invalid


class Box:
    """Keeps what a server is handed."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append((envelope.rcpt_tos, envelope.content))
        return "250 kept"


@pytest.fixture
def server() -> Iterator[tuple[Box, str]]:
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


def test_messages_arrive_in_one_conversation(server: tuple[Box, str]) -> None:
    box, url = server
    messages: list[EmailMessage] = [
        mail.compose("rbm@example.org", f"p{n}@example.org", "Due", "Déjà dû") for n in (1, 2)
    ]
    mail.send(url, messages)
    assert [recipients for recipients, _ in box.received] == [["p1@example.org"], ["p2@example.org"]]
    assert b"Subject: Due" in box.received[0][1]


@pytest.mark.parametrize("field", ["sender", "recipient", "subject"])
def test_a_line_break_in_a_header_is_refused(field: str) -> None:
    parts = {"sender": "a@example.org", "recipient": "b@example.org", "subject": "Due"}
    with pytest.raises(Invalid) as refusal:
        mail.compose(**(parts | {field: "x\r\nBcc: y@example.org"}), text="")
    assert refusal.value.field == field
