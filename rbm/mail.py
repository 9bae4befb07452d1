"""E-mail out, by SMTP. The only place that opens a connection to a mail server."""

import smtplib
from email.message import EmailMessage
from urllib.parse import urlsplit

from rbm.errors import Invalid


def compose(sender: str, recipient: str, subject: str, text: str) -> EmailMessage:
    """A plain-text message. Invalid when a header would carry a line break."""
    for name, value in (("sender", sender), ("recipient", recipient), ("subject", subject)):
        if "\n" in value or "\r" in value:
            raise Invalid("a header cannot hold a line break", name)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message.set_content(text)
    return message


def send(url: str, messages: list[EmailMessage]) -> None:
    """Deliver messages in one SMTP conversation.

    `url` is smtp://[user:password@]host[:port], or smtps:// for TLS from the first byte.
    """
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "localhost", parts.port or 0, timeout=30) as server:
        if parts.username:
            server.login(parts.username, parts.password or "")
        for message in messages:
            server.send_message(message)
