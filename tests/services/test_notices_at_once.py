"""Telling many things at once: once each, in few rows, and more than twenty for one person as one notice."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.model.notices import Notice
from rbm.services import notices
from rbm.services.notices import MOST_AT_ONCE, Telling, Told
from rbm.terms.notices import NoticeKind
from rbm.terms.people import Language
from rbm.work import Work
from tests.make import Make

KIND = NoticeKind.REPORT_APPROVED
FACTS = {"by": "Ana", "report": "R-1", "period": "2026"}


def things(count: int, *persons: UUID, kind: NoticeKind = KIND) -> list[Telling]:
    return [Telling(kind, persons, f"s{number}", FACTS | {"report": f"R-{number}"}) for number in range(count)]


def kept(work: Work) -> list[Notice]:
    return list(work.session.scalars(sa.select(Notice).order_by(Notice.told_at, Notice.id)))


def test_each_thing_is_told_once_to_each_person_who_is_active(work: Work, make: Make) -> None:
    ana, ben, gone = make.person(), make.person(language=Language.SPANISH), make.person(active=False)
    told = things(2, ana.id, ben.id, gone.id)
    assert notices.tell_all(work, told) == Told(4, 0)
    assert notices.tell_all(work, told) == Told(0, 0)
    assert notices.tell_all(work, things(3, ana.id)) == Told(1, 0)
    assert [row.text for row in kept(work) if row.person_id == ben.id] == [
        "Ana aprobó el informe R-0 (2026).",
        "Ana aprobó el informe R-1 (2026).",
    ]
    assert notices.tell_all(work, []) == Told()


def test_telling_one_and_telling_many_know_of_each_other(work: Work, make: Make) -> None:
    ana = make.person()
    assert notices.tell(work, KIND, [ana.id], "s0", FACTS) == 1
    assert notices.tell_all(work, things(2, ana.id)) == Told(1, 0)
    assert notices.tell(work, KIND, [ana.id], "s1", FACTS) == 0


@pytest.mark.parametrize(
    ("language", "says"), [(Language.ENGLISH, "wait for you"), (Language.FRENCH, "vous attendent")]
)
def test_more_than_twenty_are_one_in_the_language_of_the_person(
    work: Work, make: Make, language: Language, says: str
) -> None:
    ana, ben = make.person(language=language), make.person()
    many = [*things(MOST_AT_ONCE, ana.id), *things(1, ana.id, ben.id, kind=NoticeKind.REPORT_DUE)]
    assert notices.tell_all(work, many) == Told(2, 1)
    [summed] = [row for row in kept(work) if row.person_id == ana.id]
    assert (summed.kind, summed.facts["count"]) == (NoticeKind.SUMMED_UP, "21")
    assert says in summed.text
    assert [part.rpartition(": ")[2] for part in summed.facts["kinds"].split("; ")] == ["20", "1"]
    assert summed.facts["first"] in summed.text
    assert "R-0" in summed.facts["first"]
    assert notices.tell_all(work, many) == Told(0, 0)


def test_a_fact_cannot_start_a_new_line_in_a_sum(work: Work, make: Make) -> None:
    ana, evil = make.person(), "X\r\nBcc: y@example.org {count}"
    telling = [Telling(KIND, (ana.id,), f"s{number}", dict.fromkeys(FACTS, evil)) for number in range(21)]
    notices.tell_all(work, telling)
    [summed] = kept(work)
    assert "\n" not in summed.text
    assert "X Bcc: y@example.org {count}" in summed.text
