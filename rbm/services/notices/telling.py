"""Tell: a row in the outbox for each person, in the caller's transaction."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.errors import Conflict
from rbm.model.notices import Notice
from rbm.model.people import Person
from rbm.services.notices import texts
from rbm.terms.notices import NoticeKind, NoticeStage
from rbm.work import Work


def tell(work: Work, kind: NoticeKind, persons: Iterable[UUID], subject: str, facts: Mapping[str, str]) -> int:
    """Tell persons something, once for each kind, subject and person; the number of those who did not know it yet.

    `subject` names what it is about, so that telling it again adds nothing. Who is not active is left out. Nothing is
    asked beyond what the caller asked: whoever may do it may tell of it.
    """
    active = sa.select(Person).where(Person.id.in_(set(persons)), Person.active).order_by(Person.id)
    told = {_key(kind, subject, person): person for person in work.session.scalars(active)}
    try:
        return _write(work, kind, told, facts)
    except Conflict:
        return _write(work, kind, told, facts)  # another transaction told the same meanwhile; now its rows are seen


def _write(work: Work, kind: NoticeKind, told: Mapping[str, Person], facts: Mapping[str, str]) -> int:
    kept = table_of(Notice).c.content_key  # past the caller's sight: others' notices are not the caller's to see
    known = {row.content_key for row in bulk.select(work.session, sa.select(kept).where(kept.in_(list(told))))}
    fresh = [_notice(work, kind, key, told[key], facts) for key in told if key not in known]
    work.flush()
    with work.session.begin_nested():
        work.session.add_all(fresh)
    return len(fresh)


def _notice(work: Work, kind: NoticeKind, key: str, person: Person, facts: Mapping[str, str]) -> Notice:
    return Notice(
        person_id=person.id,
        kind=kind,
        content_key=key,
        facts=dict(facts),
        text=texts.line(kind, person.language, facts),
        told_at=work.now,
        due_at=work.now,
        stage=NoticeStage.WAITING,
        attempts=0,
    )


def _key(kind: NoticeKind, subject: str, person: Person) -> str:
    return f"{kind}|{subject}|{person.id}"
