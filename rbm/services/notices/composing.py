"""The e-mail of a digest: the same words, date and Message-ID however often it has to be sent."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.utils import format_datetime
from typing import cast
from uuid import UUID

from rbm import mail
from rbm.errors import Invalid
from rbm.model.notices import Notice
from rbm.model.people import Person
from rbm.services.notices import texts
from rbm.terms.notices import NoticeKind
from rbm.terms.people import Language

NO_HOST = re.compile(r"[^A-Za-z0-9.-]")


@dataclass(frozen=True)
class Digest:
    """What one person is told in one e-mail. `key` stands for its content."""

    key: str
    person_id: UUID
    address: str
    name: str
    language: Language
    kinds: list[NoticeKind]
    lines: list[str]
    told_at: datetime


def digest_of(person: Person, notices: Sequence[Notice]) -> Digest:
    """Notices of a person as one e-mail, in the order in which they were told."""
    return Digest(
        key=notices[0].digest or key_of(notices),
        person_id=person.id,
        address=person.email,
        name=person.name,
        language=person.language,
        kinds=[notice.kind for notice in notices],
        lines=[notice.text for notice in notices],
        told_at=max(notice.told_at for notice in notices),
    )


def key_of(notices: Sequence[Notice]) -> str:
    """The same for the same notices, in whatever order."""
    keys = "\n".join(sorted(notice.content_key for notice in notices))
    return hashlib.sha256(keys.encode()).hexdigest()[:40]


def compose(sender: str, digest: Digest) -> EmailMessage:
    """The message. Invalid when the person's address is not exactly one address."""
    text = texts.body(digest.name, digest.language, digest.lines)
    message = mail.compose(sender, digest.address, texts.subject(digest.kinds, digest.language), text)
    addresses = cast("AddressHeader", message["To"]).addresses
    if [f"{each.username}@{each.domain}" for each in addresses if each.domain] != [digest.address]:
        raise Invalid("this is not one e-mail address", "email")
    host = NO_HOST.sub("", sender.rpartition("@")[2]) or "localhost"
    message["Message-ID"] = f"<{digest.key}@{host}>"
    message["Date"] = format_datetime(digest.told_at)
    message["Auto-Submitted"] = "auto-generated"
    return message
