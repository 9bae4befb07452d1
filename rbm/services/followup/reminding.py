"""Reminders of follow-up: on the ladder of the deadlines, by a ledger: a missed run heals and none is sent twice.

Of the steps that have passed only the latest is taken. What a run tells one person stands in one e-mail, and in one
notice when it is more than `notices.MOST_AT_ONCE` things.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rbm import bulk
from rbm.access import Permission
from rbm.model.notices import Reminder
from rbm.model.people import Office
from rbm.rules.deadlines import Deadlines
from rbm.services import notices
from rbm.services.deadlines import deadlines_on
from rbm.services.followup.audience import NOBODY, Audience, Persons, audience
from rbm.services.followup.bringing import Brought, brought, recorded
from rbm.services.followup.handing import (
    claims_refused,
    comments_asked,
    requests_asked,
    requests_decided,
    responses_submitted,
)
from rbm.services.followup.happening import (
    actions_without_news,
    reports_disclosed,
    responses_asked,
    responses_returned,
    rounds_missed,
    rounds_opened,
)
from rbm.services.followup.owing import (
    Ladder,
    Owed,
    actions_owed,
    responses_owed,
    rounds_closing,
    verifications_owed,
)
from rbm.services.people import headquarters
from rbm.terms.followup import EscalationLevel
from rbm.terms.notices import NoticeKind
from rbm.work import Work

Said = Iterator[tuple[NoticeKind, Persons]]
HIGHER = (EscalationLevel.SUPERVISOR, EscalationLevel.SENIOR_MANAGEMENT)


@dataclass(frozen=True)
class Hall:
    """Those who may be told, the deadlines in force and the day."""

    audience: Audience
    deadlines: Deadlines
    work: Work


def remind_follow_up(work: Work) -> Mapping[str, int]:
    """Remind of what is owed in follow-up; how many of each were reminded of, and how many notices were made.

    A job: it asks to operate headquarters and is held there, so that two runs follow one another.
    """
    work.require(Permission.OPERATE, work.get(Office, headquarters(work).id, hold=True).id)
    hall = Hall(audience(work), deadlines_on(work, work.today), work)
    found = {
        "responses": [*responses_asked(work), *responses_returned(work), *responses_owed(work, hall.deadlines)],
        "endorsements": responses_submitted(work),
        "actions": [*actions_owed(work, hall.deadlines), *claims_refused(work)],
        "requests": [*requests_asked(work), *requests_decided(work)],
        "verifications": verifications_owed(work, hall.deadlines),
        "rounds": [*rounds_opened(work), *rounds_closing(work, hall.deadlines), *rounds_missed(work)],
        "stale": actions_without_news(work, hall.deadlines),
        "drafts": comments_asked(work),
        "disclosed": reports_disclosed(work),
    }
    owed = sorted((one for those in found.values() for one in those), key=lambda one: one.due_on)
    bulk.insert(work.session, Reminder, [_entry(hall, one) for one in owed])
    told = notices.tell_all(work, [telling for one in owed for telling in _tellings(hall, one)])
    return {name: len(those) for name, those in found.items()} | vars(told)


def _entry(hall: Hall, one: Owed) -> dict[str, Any]:
    step: dict[str, Any] = {
        "ladder": one.ladder.value,
        "subject_id": one.subject_id,
        "due_on": one.due_on,
        "offset": one.step,
    }
    return step | {"sent_on": hall.work.today, "told": recorded(_brought(hall, one))}


def _tellings(hall: Hall, one: Owed) -> Iterator[notices.Telling]:
    """Who is told what of something owed; nobody twice of the same step."""
    told = set[object]()
    for kind, persons in SAID[one.ladder](hall, one):
        fresh = tuple(person for person in dict.fromkeys(persons) if person not in told)
        told.update(fresh)
        yield notices.Telling(kind, fresh, one.name, one.facts)


def _of_response(hall: Hall, one: Owed) -> Said:
    overdue = one.due_on < hall.work.today
    kind = NoticeKind.RESPONSE_OVERDUE if overdue else NoticeKind.RESPONSE_DUE
    levels = _brought(hall, one)
    yield kind, _persons(levels, EscalationLevel.OFFICE)
    yield NoticeKind.RESPONSE_ESCALATED, _persons(levels, *HIGHER)


def _of_action(hall: Hall, one: Owed) -> Said:
    """The owner; after the due day also those who answer for the office."""
    levels = _brought(hall, one)
    kind = NoticeKind.ACTION_OVERDUE if one.due_on < hall.work.today else NoticeKind.ACTION_DUE
    yield kind, _persons(levels, EscalationLevel.OWNER, EscalationLevel.OFFICE)
    yield NoticeKind.ACTION_ESCALATED, _persons(levels, *HIGHER)


def _of_verification(hall: Hall, one: Owed) -> Said:
    """The evaluation unit, later its head, at last oversight; of an action of the unit itself only oversight."""
    today, [office] = hall.work.today, one.offices
    kind = NoticeKind.VERIFICATION_OVERDUE if one.due_on < today else NoticeKind.VERIFICATION_DUE
    own = hall.audience.is_unit(office)
    if not own:
        yield kind, hall.audience.verifying(today)
    if not own and one.step >= hall.deadlines.supervisor_from:
        yield kind, hall.audience.directing(today)
    if own or one.step >= hall.deadlines.senior_from:
        yield kind, hall.audience.overseeing(office, today)


def _to_office(kind: NoticeKind) -> Callable[[Hall, Owed], Said]:
    """Those who answer for the office are told."""

    def say(hall: Hall, one: Owed) -> Said:
        yield kind, hall.audience.answering(one.offices[0], hall.work.today)

    return say


def _of_round_missed(hall: Hall, one: Owed) -> Said:
    """Those above the office, and the evaluation unit."""
    today = hall.work.today
    yield NoticeKind.ROUND_MISSED, hall.audience.above(one.offices[0], today).persons
    yield NoticeKind.ROUND_MISSED, (*hall.audience.verifying(today), *hall.audience.directing(today))


def _to_owner(kind: NoticeKind) -> Callable[[Hall, Owed], Said]:
    """The person concerned and those who answer for the office are told."""

    def say(hall: Hall, one: Owed) -> Said:
        today, [office] = hall.work.today, one.offices
        owner = hall.audience.owner(one.owner_id, office, today) if one.owner_id else NOBODY
        yield kind, (*owner, *hall.audience.answering(office, today))

    return say


def _of_submission(hall: Hall, one: Owed) -> Said:
    """The endorsers of the office, or of the nearest one above that has any."""
    yield NoticeKind.RESPONSE_SUBMITTED, hall.audience.endorsing(one.offices[0], hall.work.today)


def _of_request(hall: Hall, one: Owed) -> Said:
    """The evaluation unit; of an action of its own, oversight as well."""
    today, [office] = hall.work.today, one.offices
    yield NoticeKind.REQUEST_ASKED, hall.audience.verifying(today)
    if hall.audience.is_unit(office):
        yield NoticeKind.REQUEST_ASKED, hall.audience.overseeing(office, today)


def _of_comments(hall: Hall, one: Owed) -> Said:
    """Those who answer for the offices that are judged."""
    persons = (person for office in one.offices for person in hall.audience.answering(office, hall.work.today))
    yield NoticeKind.COMMENTS_ASKED, tuple(persons)


def _of_disclosure(hall: Hall, one: Owed) -> Said:
    """The manager of the evaluation, the evaluation unit, and those who answer for the offices addressed."""
    today = hall.work.today
    manager = (one.owner_id,) if one.owner_id else NOBODY
    unit = (*hall.audience.verifying(today), *hall.audience.directing(today))
    offices = (person for office in one.offices for person in hall.audience.answering(office, today))
    yield NoticeKind.EVALUATION_DISCLOSED, (*manager, *unit, *offices)


def _brought(hall: Hall, one: Owed) -> Brought:
    return brought(hall.audience, hall.deadlines, one, hall.work.today)


def _persons(levels: Brought, *wanted: EscalationLevel) -> Persons:
    return tuple(person for level in wanted if level in levels for person in levels[level].persons)


SAID: Mapping[Ladder, Callable[[Hall, Owed], Said]] = {
    Ladder.TRANSMITTED: _to_office(NoticeKind.RESPONSE_ASKED),
    Ladder.SUBMITTED: _of_submission,
    Ladder.RETURNED: _to_office(NoticeKind.RESPONSE_RETURNED),
    Ladder.RESPONSE: _of_response,
    Ladder.ACTION: _of_action,
    Ladder.VERIFICATION: _of_verification,
    Ladder.ROUND_OPENED: _to_office(NoticeKind.ROUND_OPENED),
    Ladder.ROUND_CLOSING: _to_office(NoticeKind.ROUND_CLOSING),
    Ladder.ROUND_MISSED: _of_round_missed,
    Ladder.STALE: _to_owner(NoticeKind.ACTION_STALE),
    Ladder.REFUSED: _to_owner(NoticeKind.CLAIM_REFUSED),
    Ladder.ASKED: _of_request,
    Ladder.GRANTED: _to_owner(NoticeKind.REQUEST_GRANTED),
    Ladder.DECLINED: _to_owner(NoticeKind.REQUEST_DECLINED),
    Ladder.COMMENTS: _of_comments,
    Ladder.DISCLOSURE: _of_disclosure,
}
"""Who is told what of each."""
