"""Deliver: the outbox by e-mail, one digest for each person and day, outside the transactions that keep account of it.

A digest is claimed in a transaction (its notices are not due before the claim ends), sent, and recorded in another.
Whoever dies between sending and recording leaves a digest that is sent again as the very same message, Message-ID
included; what the server certainly refused is gathered anew with whatever came since.
"""

import smtplib
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from rbm import clock, mail
from rbm.access import SYSTEM, Permission
from rbm.model.notices import Notice
from rbm.model.people import Person
from rbm.services.notices import texts
from rbm.services.notices.composing import Digest, compose, digest_of
from rbm.settings import settings
from rbm.terms.notices import NoticeStage
from rbm.work import Work, begin

CLAIM = timedelta(minutes=10)
FIRST_WAIT = timedelta(minutes=5)
MOST_ATTEMPTS = 5
LONGEST_RUN = 120.0
MOST_PERSONS = 100
DIGEST_TIME = time_of_day(6)
UNSENT = (smtplib.SMTPConnectError, smtplib.SMTPHeloError, ConnectionRefusedError, socket.gaierror)


@dataclass(frozen=True)
class Mailbox:
    """Where mail goes out (an address as `rbm.mail.send` takes it; empty: nowhere) and whom it comes from."""

    url: str
    sender: str


@dataclass(frozen=True)
class Fate:
    """What became of a message. `certain`: the server has it, or surely has it not. `down`: others would fare alike."""

    error: str | None = None
    certain: bool = True
    down: bool = False


def deliver(engine: sa.Engine, now: datetime, box: Mailbox) -> dict[str, int]:
    """Send what is due; counts of e-mails sent, notices in them, notices to be tried again and given up.

    Each person has at most one e-mail a day: who had one is sent the rest on the next business date, from six o'clock.
    After a failure the next attempt waits 5 minutes, half an hour, 3 and 18 hours; the fifth failure is the last.
    Without a mail server nothing is sent, and `unsent` counts what waits.
    """
    if not box.url:
        return {"unsent": _unsent(engine, now)}
    counts, started, down = Counter[str](sent=0, notices=0, retried=0, failed=0), time.monotonic(), False
    while not down and (elapsed := time.monotonic() - started) < LONGEST_RUN:
        digest = _take(engine, now + timedelta(seconds=elapsed))
        if digest is None:
            break
        fate = _send(box, digest)
        counts += _record(engine, digest, fate, now + timedelta(seconds=time.monotonic() - started))
        down = fate.down
    return {name: counts[name] for name in ("sent", "notices", "retried", "failed")}


def _unsent(engine: sa.Engine, now: datetime) -> int:
    with begin(engine, SYSTEM, "deliver", now=now, writes=False) as work:
        waiting = sa.select(sa.func.count(Notice.id)).where(Notice.stage == NoticeStage.WAITING)
        return work.session.scalars(waiting).one()


def _take(engine: sa.Engine, now: datetime) -> Digest | None:
    """Claim the e-mail of the person who waits longest; None when nobody waits."""
    with begin(engine, SYSTEM, "take_digest", now=now) as work:
        work.require(Permission.OPERATE)
        due = sa.select(Notice.person_id).where(Notice.stage == NoticeStage.WAITING, Notice.due_at <= now)
        oldest = due.group_by(Notice.person_id).order_by(sa.func.min(Notice.told_at), Notice.person_id)
        persons = work.session.scalars(oldest.limit(MOST_PERSONS)).all()
        locked = sa.select(Person).with_for_update(key_share=True, skip_locked=True)
        for key in persons:
            person = work.session.scalars(locked.where(Person.id == key)).one_or_none()
            digest = _claim(work, person) if person else None
            if digest:
                return digest
    return None


def _claim(work: Work, person: Person) -> Digest | None:
    query = sa.select(Notice).where(Notice.person_id == person.id, Notice.stage == NoticeStage.WAITING)
    waiting = work.session.scalars(query.order_by(Notice.told_at, Notice.id)).all()
    not_before = max([_held_until(work, person), *(notice.due_at for notice in waiting)], default=work.now)
    if not person.active:
        _give_up(waiting, "the person is no longer active")
    elif not_before > work.now:
        for notice in waiting:
            notice.due_at = not_before
    elif waiting:
        begun = [notice.digest for notice in waiting if notice.digest]
        chosen = [notice for notice in waiting if notice.digest == begun[0]] if begun else waiting
        digest = digest_of(person, chosen)
        for notice in chosen:
            notice.digest, notice.due_at = digest.key, work.now + CLAIM
        return digest
    return None


def _held_until(work: Work, person: Person) -> datetime:
    """The first moment of the next e-mail to a person: the day after the last one, at the time of digests."""
    query = sa.select(sa.func.max(Notice.delivered_at)).where(Notice.person_id == person.id)
    last = work.session.scalars(query).one()
    if last is None:
        return work.now
    zone = settings().time_zone
    next_day = clock.business_date(last, zone) + timedelta(days=1)
    return datetime.combine(next_day, DIGEST_TIME, ZoneInfo(zone))


def _send(box: Mailbox, digest: Digest) -> Fate:
    try:
        mail.send(box.url, [compose(box.sender, digest)])
    except Exception as error:  # noqa: BLE001  # one bad address or message does not stop the others
        return _fate(error)
    return Fate()


def _fate(error: Exception) -> Fate:
    told = texts.flat(f"{type(error).__name__}: {error}")[:300]
    if type(error) is smtplib.SMTPResponseException:
        return Fate()  # only the farewell was answered oddly: the message had been accepted
    if isinstance(error, (*UNSENT, smtplib.SMTPAuthenticationError)):
        return Fate(told, down=True)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Fate(told, certain=False, down=True)
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return Fate(told, certain=False, down=True)
    return Fate(told)


def _record(engine: sa.Engine, digest: Digest, fate: Fate, now: datetime) -> Counter[str]:
    with begin(engine, SYSTEM, "record_digest", now=now) as work:
        work.require(Permission.OPERATE)
        query = sa.select(Notice).where(
            Notice.person_id == digest.person_id, Notice.stage == NoticeStage.WAITING, Notice.digest == digest.key
        )
        notices = work.session.scalars(query).all()
        for notice in notices:
            notice.attempts += 1
            _settle(notice, fate, now)
        failed = sum(notice.stage is NoticeStage.FAILED for notice in notices)
    if fate.error is None:
        return Counter(sent=1, notices=len(notices))
    return Counter(retried=len(notices) - failed, failed=failed)


def _settle(notice: Notice, fate: Fate, now: datetime) -> None:
    notice.error = fate.error
    if fate.error is None:
        notice.stage, notice.delivered_at = NoticeStage.DELIVERED, now
        return
    notice.due_at = now + FIRST_WAIT * 6 ** (notice.attempts - 1)
    if fate.certain:
        notice.digest = None
    if notice.attempts >= MOST_ATTEMPTS:
        _give_up([notice], fate.error)


def _give_up(notices: Sequence[Notice], error: str) -> None:
    for notice in notices:
        notice.stage, notice.error = NoticeStage.FAILED, error
