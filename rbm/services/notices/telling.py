"""Tell: a row in the outbox for each person, in the caller's transaction; many things at once as a few rows."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.db import table_of
from rbm.errors import Conflict
from rbm.model.notices import Notice
from rbm.model.people import Person
from rbm.services.notices import texts
from rbm.services.notices.wording import TEXTS
from rbm.terms.notices import NoticeKind, NoticeStage
from rbm.terms.people import Language
from rbm.work import Work

MOST_AT_ONCE = 20
"""How many things a run tells one person one by one; more are summed up in one notice."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Something to be told to persons. `subject` names what it is about, so that telling it again adds nothing."""

    kind: NoticeKind
    persons: tuple[UUID, ...]
    subject: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """How many notices were made, and how many of them sum up what would have been a storm."""

    told: int = 0
    summed_up: int = 0


def tell(work: Work, kind: NoticeKind, persons: Iterable[UUID], subject: str, facts: Mapping[str, str]) -> int:
    """Tell persons something, once for each kind, subject and person; the number of those who did not know it yet.

    `subject` names what it is about, so that telling it again adds nothing. Who is not active is left out. Nothing is
    asked beyond what the caller asked: whoever may do it may tell of it.
    """
    active = sa.select(Person).where(Person.id.in_(set(persons)), Person.active).order_by(Person.id)
    told = {_key(kind, subject, person.id): person for person in work.session.scalars(active)}
    try:
        return _write(work, kind, told, facts)
    except Conflict:
        return _write(work, kind, told, facts)  # another transaction told the same meanwhile; now its rows are seen


def tell_all(work: Work, tellings: Sequence[Telling]) -> Told:
    """Tell many things, in their order, by a few statements however many they are; for jobs.

    Whoever would be told more than `MOST_AT_ONCE` of them is told once that so many wait, of which kinds, and the first
    of them. Telling the same again adds nothing.
    """
    languages, listed = _languages(work), defaultdict[UUID, list[Telling]](list)
    for telling in tellings:
        for person in telling.persons:
            if person in languages:
                listed[person].append(telling)
    rows = [row for person, those in listed.items() for row in _rows(work, person, languages[person], those)]
    known = _known(work, rows)
    fresh = [row for row in rows if row["content_key"] not in known]
    bulk.insert(work.session, Notice, fresh)
    return Told(len(fresh), sum(row["kind"] is NoticeKind.SUMMED_UP for row in fresh))


def _languages(work: Work) -> dict[UUID, Language]:
    """The languages of those who are active."""
    person = table_of(Person).c
    query = sa.select(person.id, person.language).where(person.active.is_(True))
    return {row.id: row.language for row in bulk.select(work.session, query)}


def _rows(work: Work, person: UUID, language: Language, tellings: Sequence[Telling]) -> Iterator[dict[str, Any]]:
    told = tellings if len(tellings) <= MOST_AT_ONCE else [_sum(person, language, tellings)]
    for telling in told:
        yield {"id": ids.new(), "person_id": person} | _facts(
            work, telling.kind, _key(telling.kind, telling.subject, person), language, telling.facts
        )


def _sum(person: UUID, language: Language, tellings: Sequence[Telling]) -> Telling:
    """What sums up tellings for a person: the same for the same ones."""
    counts = Counter(telling.kind for telling in tellings)
    first = tellings[0]
    facts = {
        "count": str(len(tellings)),
        "kinds": "; ".join(f"{TEXTS[kind][language].subject}: {count}" for kind, count in counts.items()),
        "first": texts.line(first.kind, language, first.facts),
    }
    subjects = "\n".join(f"{telling.kind}|{telling.subject}" for telling in tellings)
    return Telling(NoticeKind.SUMMED_UP, (person,), hashlib.sha256(subjects.encode()).hexdigest(), facts)


def _known(work: Work, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Which of the content keys were told before."""
    kept, keys = table_of(Notice).c.content_key, iter([row["content_key"] for row in rows])
    known: set[str] = set()
    while some := list(islice(keys, bulk.FEW)):
        known |= {row.content_key for row in bulk.select(work.session, sa.select(kept).where(kept.in_(some)))}
    return known


def _write(work: Work, kind: NoticeKind, told: Mapping[str, Person], facts: Mapping[str, str]) -> int:
    kept = table_of(Notice).c.content_key  # past the caller's sight: others' notices are not the caller's to see
    known = {row.content_key for row in bulk.select(work.session, sa.select(kept).where(kept.in_(list(told))))}
    fresh = [
        Notice(person_id=person.id, **_facts(work, kind, key, person.language, facts))
        for key, person in told.items()
        if key not in known
    ]
    work.flush()
    with work.session.begin_nested():
        work.session.add_all(fresh)
    return len(fresh)


def _facts(work: Work, kind: NoticeKind, key: str, language: Language, facts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": kind,
        "content_key": key,
        "facts": dict(facts),
        "text": texts.line(kind, language, facts),
        "told_at": work.now,
        "due_at": work.now,
        "stage": NoticeStage.WAITING,
        "attempts": 0,
    }


def _key(kind: NoticeKind, subject: str, person_id: UUID) -> str:
    return f"{kind}|{subject}|{person_id}"
