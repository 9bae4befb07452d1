"""Replay: what a person's request with an idempotency key was answered, so that sending it again does nothing twice.

After the IETF draft "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-idempotency-key-header-07).
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk, db
from rbm.access import Permission
from rbm.errors import Conflict
from rbm.model.replay import StoredAnswer
from rbm.settings import settings
from rbm.work import Work


@dataclass(frozen=True)
class Request:
    """A request of a person: its key, and the SHA-256 of what is asked."""

    person_id: UUID
    key: UUID
    payload: str

    @property
    def lock(self) -> int:
        """A number for the lock of person and key: 63 bits of their SHA-256."""
        return int.from_bytes(hashlib.sha256(self.person_id.bytes + self.key.bytes).digest()[:8]) >> 1


def recall(work: Work, request: Request) -> bytes | None:
    """The answer stored for a request, or None when it is to be done now, by nobody else until this work ends.

    Conflict `in_progress` while somebody does it, `key_reused` when its key stands for another request.
    """
    if not db.lock(work.session.connection(), request.lock):
        raise Conflict("a request with this key is being answered", "Idempotency-Key", "in_progress")
    stored = work.session.scalars(_stored(request)).one_or_none()
    if stored is None or stored.at <= work.now - lifetime():
        return None
    if stored.payload != request.payload:
        raise Conflict("this key was used for another request", "Idempotency-Key", "key_reused")
    return stored.answer


def keep(work: Work, request: Request, answer: bytes) -> None:
    """Store an answer in the transaction of its change, in place of one that has expired."""
    expired = work.session.scalars(_stored(request)).one_or_none()
    if expired is not None:
        bulk.delete(work.session, StoredAnswer, "id", [expired.id])
    facts = {"person_id": request.person_id, "key": request.key, "payload": request.payload}
    bulk.insert(work.session, StoredAnswer, [facts | {"answer": answer, "at": work.now}])


def forget(work: Work) -> int:
    """Take out the answers that have expired; how many there were."""
    work.require(Permission.OPERATE)
    query = sa.select(StoredAnswer.id).where(StoredAnswer.at <= work.now - lifetime())
    expired = list(work.session.scalars(query))
    bulk.delete(work.session, StoredAnswer, "id", expired)
    return len(expired)


def lifetime() -> timedelta:
    """How long an answer is kept."""
    return timedelta(hours=settings().idempotency_hours)


def _stored(request: Request) -> sa.Select[StoredAnswer]:
    of_person = StoredAnswer.person_id == request.person_id
    return sa.select(StoredAnswer).where(of_person, StoredAnswer.key == request.key)
