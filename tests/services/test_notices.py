"""Notices: told once, read at once, one e-mail a person and day over real SMTP, never another message."""

import email
import email.policy
import socket
import string
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import Actor, Permission
from rbm.errors import Invalid, NotFound
from rbm.model.notices import Notice
from rbm.model.people import Person
from rbm.services import notices
from rbm.services.notices import Mailbox, composing, delivering, texts
from rbm.services.people import actor_of_person
from rbm.terms.notices import NoticeKind, NoticeStage
from rbm.terms.people import Language, Role
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.services.mailing import Box, mailbox_of

KIND = NoticeKind.REPORT_RETURNED
FACTS = {"by": "Ana", "report": "R-1", "period": "2026", "reason": "no evidence"}
DAY = timedelta(days=1)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def mailbox(box: Box) -> Iterator[Mailbox]:
    with mailbox_of(box) as made:
        yield made


def tell(start: Begin, *facts: dict[str, Any], subject: str = "s", now: datetime = NOW) -> list[UUID]:
    """A person for each set of facts, told something."""
    with start(now=now) as work:
        keys = [Make(work).person(**each).id for each in facts]
        notices.tell(work, KIND, keys, subject, FACTS)
    return keys


def tell_again(start: Begin, person: UUID, subject: str, now: datetime = NOW) -> None:
    with start(now=now) as work:
        work.require(Permission.OPERATE)
        notices.tell(work, KIND, [person], subject, FACTS)


def kept(start: Begin) -> list[Notice]:
    with start() as work:
        return list(work.session.scalars(sa.select(Notice).order_by(Notice.told_at, Notice.id)))


def signed(start: Begin, person: UUID) -> Actor:
    with start() as work:
        return actor_of_person(work, work.get(Person, person))


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("language", Language)
def test_every_kind_has_a_text_in_every_language(kind: NoticeKind, language: Language) -> None:
    asked = {name for _, name, _, _ in string.Formatter().parse(texts.TEXTS[kind][language].line) if name}
    line = texts.line(kind, language, {name: f"<{name}>" for name in asked})
    assert all(f"<{name}>" in line for name in asked)
    assert asked == {n for _, n, _, _ in string.Formatter().parse(texts.TEXTS[kind][Language.ENGLISH].line) if n}
    assert "{" not in texts.subject([kind], language) + texts.subject([kind, kind], language)
    assert "Zoë" in texts.body("Zoë", language, [line])


def test_texts_differ_by_language() -> None:
    for each in texts.TEXTS.values():
        assert len({text.line for text in each.values()}) == len({text.subject for text in each.values()}) == 3


def test_telling_twice_is_once(work: Work, make: Make) -> None:
    active, gone = make.person(), make.person(active=False)
    assert notices.tell(work, KIND, [active.id, active.id, gone.id], "r", FACTS) == 1
    assert notices.tell(work, KIND, [active.id], "r", FACTS | {"reason": "other"}) == 0
    assert notices.tell(work, KIND, [active.id], "r2", FACTS) == 1
    assert notices.tell(work, NoticeKind.REPORT_APPROVED, [active.id], "r", FACTS) == 1
    assert notices.tell(work, KIND, [], "r", FACTS) == 0


def test_two_who_tell_the_same_at_once_tell_it_once(start: Begin) -> None:
    (person,) = tell(start, {}, subject="before")
    threads = [Thread(target=tell_again, args=(start, person, "same")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(start)) == 2


def test_whoever_asked_for_nothing_tells_nothing(start: Begin) -> None:
    (person,) = tell(start, {})
    with pytest.raises(RuntimeError, match="asked for no permission"), start() as work:
        notices.tell(work, KIND, [person], "other", FACTS)


def test_what_is_rolled_back_was_not_told(start: Begin) -> None:
    with pytest.raises(Invalid), start() as work:
        notices.tell(work, KIND, [Make(work).person().id], "r", FACTS)
        raise Invalid("no")
    assert kept(start) == []


def test_notifications_are_one_s_own_and_the_newest_comes_first(start: Begin) -> None:
    mine, _other = tell(start, {}, {})
    tell_again(start, mine, "later", NOW + DAY)
    with start(signed(start, mine)) as work:
        found = work.session.scalars(notices.find_notifications(work)).all()
    assert [notice.told_at for notice in found] == [NOW + DAY, NOW]
    assert found[0].text == "Ana returned report R-1 for 2026: no evidence"
    with start(Actor("public")) as work:
        assert work.session.scalars(notices.find_notifications(work)).all() == []


def test_reading_needs_no_role_and_is_for_one_s_own(start: Begin) -> None:
    mine, other = tell(start, {}, {})
    key = next(notice.id for notice in kept(start) if notice.person_id == mine)
    with start(signed(start, mine)) as work:
        assert notices.read_notification(work, key).read_at == NOW
    with start(signed(start, mine), now=NOW + DAY) as work:
        assert notices.read_notification(work, key).read_at == NOW
    with pytest.raises(NotFound), start(signed(start, other)) as work:
        notices.read_notification(work, key)


def test_all_that_waits_for_a_person_is_one_e_mail_in_the_language_of_the_person(
    engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox
) -> None:
    keys = tell(start, {"language": Language.FRENCH, "name": "Zoë"}, {"language": Language.SPANISH})
    tell_again(start, keys[0], "second")
    counts = notices.deliver(engine, NOW, mailbox)
    assert counts == {"sent": 2, "notices": 3, "retried": 0, "failed": 0}
    assert sorted(str(message["Subject"]) for message in box.taken) == ["2 notifications", "Se devolvió un informe"]
    french = next(message for message in box.taken if message["Subject"] == "2 notifications")
    assert french.get_content().startswith("Bonjour Zoë,")
    assert french.get_content().count("Ana a renvoyé le rapport R-1 (2026) : no evidence") == 2
    assert {notice.stage for notice in kept(start)} == {NoticeStage.DELIVERED}
    assert notices.deliver(engine, NOW, mailbox)["sent"] == 0


def test_a_person_has_one_e_mail_a_day(engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox) -> None:
    (person,) = tell(start, {})
    notices.deliver(engine, NOW, mailbox)
    for number in range(3):
        tell_again(start, person, f"later {number}", NOW + timedelta(hours=1))
    six = datetime(2026, 3, 3, 6, tzinfo=UTC)
    for now in (NOW + timedelta(hours=2), NOW + timedelta(hours=20), six - timedelta(minutes=1)):
        assert notices.deliver(engine, now, mailbox)["sent"] == 0
    assert notices.deliver(engine, six, mailbox) == {"sent": 1, "notices": 3, "retried": 0, "failed": 0}
    assert len(box.taken) == 2


def test_one_bad_recipient_stops_nobody_and_ends_as_failed(
    engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox
) -> None:
    box.refused = {"bad@example.org"}
    tell(start, {"email": "bad@example.org"}, {"email": "good@example.org"})
    now = NOW
    assert notices.deliver(engine, now, mailbox) == {"sent": 1, "notices": 1, "retried": 1, "failed": 0}
    for wait in (5, 30, 180, 1080):
        now += timedelta(minutes=wait)
        assert sum(notices.deliver(engine, now - timedelta(seconds=9), mailbox).values()) == 0
        now += timedelta(minutes=1)
        last = notices.deliver(engine, now, mailbox)
    assert last == {"sent": 0, "notices": 0, "retried": 0, "failed": 1}
    (bad,) = [notice for notice in kept(start) if notice.stage is NoticeStage.FAILED]
    assert bad.attempts == delivering.MOST_ATTEMPTS
    assert "550" in (bad.error or "")
    assert sum(notices.deliver(engine, now + 9 * DAY, mailbox).values()) == 0
    assert box.recipients == ["good@example.org"]


def test_what_the_server_refused_is_gathered_anew(engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox) -> None:
    box.refused = {"p@example.org"}
    (person,) = tell(start, {"email": "p@example.org"})
    notices.deliver(engine, NOW, mailbox)
    tell_again(start, person, "later")
    box.refused = set()
    assert notices.deliver(engine, NOW + timedelta(minutes=6), mailbox)["notices"] == 2


def test_nothing_is_lost_while_no_server_answers(engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox) -> None:
    tell(start, {}, {}, {})
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = Mailbox(f"smtp://127.0.0.1:{free.getsockname()[1]}", mailbox.sender)
    assert notices.deliver(engine, NOW, nowhere)["retried"] == 1, "the others are not tried in vain"
    assert notices.deliver(engine, NOW + timedelta(minutes=6), mailbox)["sent"] == 3


def test_when_the_connection_breaks_after_the_server_took_it_the_same_message_is_sent_again(
    engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox
) -> None:
    box.breaks_off = True
    (person,) = tell(start, {})
    assert notices.deliver(engine, NOW, mailbox)["retried"] == 1
    box.breaks_off = False
    tell_again(start, person, "later")
    notices.deliver(engine, NOW + timedelta(minutes=6), mailbox)
    first, second = box.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()


def test_whoever_died_before_recording_leaves_the_same_message(
    engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox
) -> None:
    (person,) = tell(start, {})
    taken = delivering._take(engine, NOW)  # noqa: SLF001  # and then the process dies
    assert taken
    tell_again(start, person, "later")
    assert notices.deliver(engine, NOW + delivering.CLAIM - timedelta(seconds=1), mailbox)["sent"] == 0
    notices.deliver(engine, NOW + delivering.CLAIM, mailbox)
    (sent,) = box.taken
    assert (
        sent.as_bytes()
        == email.message_from_bytes(
            composing.compose(mailbox.sender, taken).as_bytes(), policy=email.policy.default
        ).as_bytes()
    )


def test_an_odd_farewell_does_not_send_it_twice(engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox) -> None:
    box.farewell = "421 too busy"
    tell(start, {})
    assert notices.deliver(engine, NOW, mailbox)["sent"] == 1
    assert [notice.stage for notice in kept(start)] == [NoticeStage.DELIVERED]


def test_two_deliverers_at_once_send_each_e_mail_once(
    engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox
) -> None:
    tell(start, *({} for _ in range(20)))
    threads = [Thread(target=notices.deliver, args=(engine, NOW, mailbox)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.taken) == len(set(box.recipients)) == 20
    assert {notice.stage for notice in kept(start)} == {NoticeStage.DELIVERED}


def test_without_a_server_nothing_is_sent_and_all_stays_readable(engine: sa.Engine, start: Begin) -> None:
    tell(start, {}, {})
    assert notices.deliver(engine, NOW, Mailbox("", "rbm@example.org")) == {"unsent": 2}
    assert {notice.stage for notice in kept(start)} == {NoticeStage.WAITING}


def test_whoever_left_meanwhile_is_not_written_to(engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox) -> None:
    (person,) = tell(start, {})
    with start() as work:
        work.require(Permission.MANAGE_PEOPLE)
        work.get(Person, person).active = False
    assert notices.deliver(engine, NOW, mailbox)["sent"] == 0
    assert [(notice.stage, notice.error) for notice in kept(start)] == [("failed", "the person is no longer active")]
    assert box.taken == []


@pytest.mark.parametrize(
    "address", ["a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", "nobody", "<a@example.org>", ""]
)
def test_an_address_that_is_more_than_one_is_not_written_to(
    engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox, address: str
) -> None:
    tell(start, {"email": address})
    assert notices.deliver(engine, NOW, mailbox)["sent"] == 0
    assert box.recipients == []


def test_no_fact_and_no_name_makes_a_header_or_a_line(
    engine: sa.Engine, start: Begin, box: Box, mailbox: Mailbox
) -> None:
    evil = "X\r\nBcc: y@example.org\r\n\r\n<script>{{7*7}}</script>{by}\u202e\u2028"
    with start() as work:
        person = Make(work).person(name=evil)
        notices.tell(work, KIND, [person.id], evil, dict.fromkeys(FACTS, evil))
    assert notices.deliver(engine, NOW, mailbox)["sent"] == 1
    (sent,) = box.taken
    assert sent["Bcc"] is None
    assert len(box.recipients) == 1
    assert len(sent.get_content().strip().splitlines()) == 5
    assert "X Bcc: y@example.org <script>{{7*7}}</script>{by} returned" in sent.get_content()
    assert sent.get_content_type() == "text/plain"


def test_a_fact_nobody_gave_is_a_question_mark() -> None:
    assert texts.line(KIND, Language.ENGLISH, {}) == "? returned report ? for ?: ?"


def test_whoever_may_not_see_a_notice_still_tells_it_only_once(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        person, reporter = make.person().id, make.actor(Role.REPORTER)
    for _ in range(2):
        with start(reporter) as work:
            work.require(Permission.SEE)
            notices.tell(work, KIND, [person], "the same", dict.fromkeys(FACTS, "x"))
    with start() as work:
        assert len(work.session.scalars(sa.select(Notice)).all()) == 1
