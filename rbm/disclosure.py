"""Disclosure: who sees what an evaluation finds and what is answered, by role, by stage and by date alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rbm.access import ANYWHERE, Actor, Permission, reach
from rbm.db import Row
from rbm.terms.responses import ResponseStage

WITHIN = (Permission.SEE, Permission.GOVERN)
"""Who works in the organisation or governs it."""
AUTHORING = (Permission.RECORD_FINDINGS, Permission.MANAGE_EVALUATION)
INDEPENDENT = (Permission.OVERSEE_EVALUATION, Permission.CONFIRM_ACTION, Permission.ASSESS_QUALITY)
"""The evaluation unit, oversight and the assessors of quality, in a central office: they see every evaluation."""
FOLLOWING_UP = (Permission.OVERSEE_EVALUATION, Permission.CONFIRM_ACTION, Permission.GOVERN)


@dataclass(frozen=True)
class Internal:
    """Rows for everyone within the organisation and its governing body; a date of the row may open it to the public.

    `path` leads to the row with the office; `opened` names the column with the day from which everyone sees it, of the
    row at the end of `at`; `own` the column with the person whose row it is, who sees it whatever the role.
    """

    path: str | None = ""
    opened: str | None = None
    at: str = ""
    own: str | None = None

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """All within; others from the day on."""
        return sa.true() if within(actor) else sa.or_(sa.false(), *self._opened(cls, actor))

    def _opened(self, cls: type[Row], actor: Actor) -> Iterator[sa.ColumnElement[bool]]:
        if self.own and actor.person_id:
            yield cls.__table__.c[self.own] == actor.person_id
        if self.opened and actor.day:
            column, day = self.opened, actor.day
            yield reach(cls, self.at, lambda end: end.__table__.c[column] <= day)

    def told(self, cls: type[Row]) -> str:
        """Who."""
        own = ", and the person it is about" if self.own else ""
        public = "; everyone from the day it is opened" if self.opened else ""
        return f"everyone who works in the organisation or governs it{own}{public}"


@dataclass(frozen=True)
class Content:
    """What an evaluation says. Authors, team and evaluation unit see it always; `path` leads to the evaluation.

    Management of the offices concerned sees it from the comment stage, all within from the final on, and everyone from
    the day of disclosure unless the head of evaluation withheld it. `issued` names a date without which only authors
    and the evaluation unit see the row, `shared` a mark that opens it to all within at any stage, `public` a mark
    without which the public never sees it. What is not `disclosed` the public never sees at all.
    """

    path: str = "evaluation"
    issued: str | None = None
    shared: str | None = None
    public: str | None = None
    disclosed: bool = True

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """By role, stage and date."""
        if any(actor.may(permission, None) for permission in INDEPENDENT):
            return sa.true()
        return sa.or_(reach(cls, self.path, lambda end: _own(end, actor)), *self._opened(cls, actor))

    def _opened(self, cls: type[Row], actor: Actor) -> Iterator[sa.ColumnElement[bool]]:
        columns = cls.__table__.c
        issued = columns[self.issued].is_not(None) if self.issued else sa.true()
        public = columns[self.public].is_(True) if self.public else sa.true()
        if actor.day is not None and self.disclosed:
            yield sa.and_(issued, public, reach(cls, self.path, lambda end: disclosed(end, actor)))
        if actor.day is not None:
            yield sa.and_(issued, reach(cls, self.path, lambda end: _commented(end, actor)))
        if within(actor):
            yield sa.and_(issued, reach(cls, self.path, _final))
            if self.shared:
                yield columns[self.shared].is_(True)

    def told(self, cls: type[Row]) -> str:
        """Who."""
        shared = "; everyone within once shared" if self.shared else ""
        public = "; the public from its disclosure" if self.disclosed else ""
        return (
            "its authors, its team, the evaluation unit, oversight and the assessors of quality; "
            "the offices concerned from the comment stage; "
            f"everyone within from the final{public}{shared}"
        )


@dataclass(frozen=True)
class Answer:
    """What management answers and does. `path` leads to the row with the office, `response` to the response.

    The office and those above see it, and who follows up for the organisation; everyone within once the response is
    published, and the public when the evaluation is disclosed as well. `edition` names the column of a row that belongs
    to one edition of its response: of a revision others see nothing before it is published itself.
    """

    path: str = ""
    response: str = ""
    edition: str | None = None

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """By office, role and publication."""
        if any(actor.may(permission, None) for permission in FOLLOWING_UP):
            return sa.true()
        own = actor.offices(Permission.SEE)
        mine = reach(cls, self.path, lambda end: end.__table__.c.office_id.in_(own))
        if actor.day is None:
            return mine
        published = reach(cls, self.response, lambda end: _published(end, actor))
        stands = _standing(cls, self.response, self.edition) if self.edition else sa.true()
        return sa.or_(mine, sa.and_(published, stands))

    def told(self, cls: type[Row]) -> str:
        """Who."""
        published = "its edition of the response" if self.edition else "the response"
        return (
            "its office and the offices above, the evaluation unit, oversight and the governing body; "
            f"everyone within once {published} is published, the public once the evaluation is disclosed too"
        )


def within(actor: Actor) -> bool:
    """Whether somebody works in the organisation or governs it."""
    return any(actor.may(permission, ANYWHERE) for permission in WITHIN)


def disclosed(evaluation: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
    """The condition under which everyone sees the text of an evaluation on the day of the actor."""
    columns = evaluation.__table__.c
    withheld = columns.withheld_until >= actor.day
    return sa.and_(columns.disclosed_on <= actor.day, sa.or_(columns.withheld_until.is_(None), ~withheld))


def _own(evaluation: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
    """Commissioned by an office in which the actor writes evaluations, or with the actor in its team.

    A member counts who declared to have no conflict of interest and has not left.
    """
    offices = set[Any]().union(*(actor.offices(permission) for permission in AUTHORING))
    own: sa.ColumnElement[bool] = evaluation.__table__.c.office_id.in_(offices)
    if actor.person_id is None:
        return own
    member = sa.inspect(evaluation).relationships["team"].mapper.class_.__table__.c
    team = sa.select(member.evaluation_id).where(
        member.person_id == actor.person_id, member.left_on.is_(None), member.conflict.is_(False)
    )
    return sa.or_(own, evaluation.__table__.c.id.in_(team))


def _commented(evaluation: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
    """The comment stage has begun, and the actor works in an office the evaluation is about."""
    subjects = sa.inspect(evaluation).relationships["subjects"].mapper.class_.__table__.c
    concerned = sa.select(subjects.evaluation_id).where(subjects.office_id.in_(actor.offices(Permission.SEE)))
    columns = evaluation.__table__.c
    return sa.and_(columns.comments_from <= actor.day, columns.id.in_(concerned))


def _final(evaluation: type[Row]) -> sa.ColumnElement[bool]:
    ended: sa.ColumnElement[bool] = evaluation.__table__.c.final_on.is_not(None)
    return ended


def _published(response: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
    columns = response.__table__.c
    published: sa.ColumnElement[bool] = columns.published_on <= actor.day
    if within(actor):
        return published
    evaluation = sa.inspect(response).relationships["evaluation"].mapper.class_
    open_to_all = sa.select(evaluation.__table__.c.id).where(disclosed(evaluation, actor))
    return sa.and_(published, columns.evaluation_id.in_(open_to_all))


def _standing(cls: type[Row], response: str, edition: str) -> sa.ColumnElement[bool]:
    """The row belongs to an edition of its response that is not being written any more."""
    relation = sa.inspect(cls).relationships[response]
    (local, _) = relation.local_remote_pairs[0]
    written = relation.mapper.class_.__table__.c
    current = sa.select(written.id, written.edition).where(written.stage != ResponseStage.PUBLISHED)
    standing: sa.ColumnElement[bool] = sa.tuple_(local, cls.__table__.c[edition]).not_in(current)
    return standing
