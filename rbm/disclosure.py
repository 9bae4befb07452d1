"""Disclosure: who sees what an evaluation finds and what is answered, by role, by stage and by date alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Actor, Permission, reach
from rbm.db import Row
from rbm.terms.responses import ResponseStage

WITHIN = (Permission.SEE, Permission.GOVERN)
"""Who works in the organisation or governs it."""
AUTHORING = (Permission.RECORD_FINDINGS, Permission.MANAGE_EVALUATION)
RUNNING = frozenset(
    {
        Permission.PLAN,
        Permission.REPORT,
        Permission.APPROVE,
        Permission.RESPOND,
        Permission.SUBMIT_RESPONSE,
        Permission.ENDORSE,
    }
)
"""What whoever runs an office may do in it; a role with one of them, held now or ever, is an interest."""
INDEPENDENT = (Permission.OVERSEE_EVALUATION, Permission.CONFIRM_ACTION, Permission.ASSESS_QUALITY)
"""The evaluation unit, oversight and the assessors of quality, in a central office: they see every evaluation."""
FOLLOWING_UP = (Permission.OVERSEE_EVALUATION, Permission.CONFIRM_ACTION, Permission.GOVERN)


@dataclass(frozen=True)
class Internal:
    """Rows for everyone within the organisation and its governing body; a date of the row may open it to the public.

    `path` leads to the row with the office; `opened` names the column with the day from which everyone sees it, of the
    row at the end of `at`; `own` the column with the person whose row it is, who sees it whatever the role; `team`
    leads to the evaluation whose team sees it, working in the organisation or not.
    """

    path: str | None = ""
    opened: str | None = None
    at: str = ""
    own: str | None = None
    team: str | None = None

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """All within; others from the day on."""
        return sa.true() if within(actor) else sa.or_(sa.false(), *self._opened(cls, actor))

    def _opened(self, cls: type[Row], actor: Actor) -> Iterator[sa.ColumnElement[bool]]:
        if self.own and actor.person_id:
            yield cls.__table__.c[self.own] == actor.person_id
        if self.team is not None and actor.person_id:
            yield reach(cls, self.team, lambda end: _in_team(end, actor))
        if self.opened and actor.day:
            column, day = self.opened, actor.day
            yield reach(cls, self.at, lambda end: end.__table__.c[column] <= day)

    def told(self, cls: type[Row]) -> str:
        """Who."""
        own = ", and the person it is about" if self.own else ""
        team = "" if self.team is None else ", and its team"
        public = "; everyone from the day it is opened" if self.opened else ""
        return f"everyone who works in the organisation or governs it{own}{team}{public}"


@dataclass(frozen=True)
class Content:
    """What an evaluation says. Authors, team and evaluation unit see it always; `path` leads to the evaluation.

    Management of the offices concerned sees it from the comment stage, all within from the final on, and everyone from
    the day of disclosure unless the head of evaluation withheld it. `issued` names a date without which only authors
    and the evaluation unit see the row, `shared` a mark that opens it to all within at any stage, `public` a column
    without which, at the value of `when`, the public never sees it. What is not `disclosed` the public never sees at
    all. Whoever runs an office that is judged is management of it before anything else.
    """

    path: str = "evaluation"
    issued: str | None = None
    shared: str | None = None
    public: str | None = None
    when: Any = True
    disclosed: bool = True

    def predicate(self, cls: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
        """By role, stage and date."""
        running = _running(actor)
        independent = any(actor.may(permission, None) for permission in INDEPENDENT)
        if independent and not running:
            return sa.true()
        judging = sa.true() if independent else reach(cls, self.path, lambda end: _own(end, actor))
        apart = reach(cls, self.path, lambda end: _apart(end, running)) if running else sa.true()
        return sa.or_(sa.and_(judging, apart), *self._opened(cls, actor))

    def _opened(self, cls: type[Row], actor: Actor) -> Iterator[sa.ColumnElement[bool]]:
        columns = cls.__table__.c
        issued = columns[self.issued].is_not(None) if self.issued else sa.true()
        public = columns[self.public] == self.when if self.public else sa.true()
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
    published, and the public when the evaluation is disclosed as well. `edition` names the column of the edition of the
    response that brought the row, of the row before the response on the path there: of a revision others see nothing
    before it is published itself, nor the moves of the response since the last publication.
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
        before, _, last = self.response.rpartition(".")
        column = self.edition
        stands = reach(cls, before, lambda end: _standing(end, last, column)) if column else sa.true()
        return sa.or_(mine, sa.and_(published, stands))

    def moves(self, cls: type[Row], columns: Any, actor: Actor) -> sa.ColumnElement[bool]:
        """Which moves of a response others than those who see it written are told: up to its last publication."""
        if self.response or any(actor.may(permission, None) for permission in FOLLOWING_UP):
            return sa.true()
        rows, earlier = cls.__table__.c, columns.id.table.alias().c
        last = sa.select(sa.func.max(earlier.id)).where(
            earlier.entity == cls.__tablename__,
            earlier.entity_id == columns.entity_id,
            earlier.to_stage == ResponseStage.PUBLISHED.value,
        )
        mine = rows.office_id.in_(actor.offices(Permission.SEE))
        told = sa.select(rows.id).where(sa.or_(mine, rows.stage == ResponseStage.PUBLISHED))
        return sa.or_(columns.entity_id.in_(told), columns.id <= last.correlate(columns.id.table).scalar_subquery())

    def told(self, cls: type[Row]) -> str:
        """Who."""
        published = "its edition of the response" if self.edition else "the response"
        return (
            "its office and the offices above, the evaluation unit, oversight and the governing body; "
            f"everyone within once {published} is published, the public once the evaluation is disclosed too"
        )


def within(actor: Actor) -> bool:
    """Whether somebody works in the organisation or governs it; to evaluate a part of it is neither."""
    return actor.system or any(actor.belonging(permission) for permission in WITHIN)


def disclosed(evaluation: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
    """The condition under which everyone sees the text of an evaluation on the day of the actor."""
    columns = evaluation.__table__.c
    withheld = columns.withheld_until >= actor.day
    return sa.and_(columns.disclosed_on <= actor.day, sa.or_(columns.withheld_until.is_(None), ~withheld))


def _own(evaluation: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
    """Commissioned by an office in which the actor writes evaluations, or with the actor in its team."""
    offices = set[Any]().union(*(actor.offices(permission) for permission in AUTHORING))
    own: sa.ColumnElement[bool] = evaluation.__table__.c.office_id.in_(offices)
    return sa.or_(own, _in_team(evaluation, actor)) if actor.person_id else own


def _in_team(evaluation: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
    """With the actor in its team, who declared to have no conflict of interest and has not left."""
    member = sa.inspect(evaluation).relationships["team"].mapper.class_.__table__.c
    team = sa.select(member.evaluation_id).where(
        member.person_id == actor.person_id, member.left_on.is_(None), member.conflict.is_(False)
    )
    joined: sa.ColumnElement[bool] = evaluation.__table__.c.id.in_(team)
    return joined


def _running(actor: Actor) -> frozenset[UUID]:
    """The offices that the actor runs."""
    return frozenset[UUID]().union(*(actor.offices(permission) for permission in RUNNING))


def _apart(evaluation: type[Row], running: frozenset[UUID]) -> sa.ColumnElement[bool]:
    """Judges none of the offices that the actor runs."""
    subjects = sa.inspect(evaluation).relationships["subjects"].mapper.class_.__table__.c
    judged = sa.select(subjects.evaluation_id).where(subjects.office_id.in_(running))
    return evaluation.__table__.c.id.not_in(judged)


def _commented(evaluation: type[Row], actor: Actor) -> sa.ColumnElement[bool]:
    """The comment stage has begun, and the actor works in an office the evaluation is about."""
    subjects = sa.inspect(evaluation).relationships["subjects"].mapper.class_.__table__.c
    concerned = sa.select(subjects.evaluation_id).where(subjects.office_id.in_(actor.belonging(Permission.SEE)))
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
