"""Who is told of what is owed: owners, those who answer for an office, those above, the evaluation unit; on any day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import table_of
from rbm.model.people import Membership, Office, OfficePlacement, Person, Post
from rbm.services.people import RESULTS_POST
from rbm.terms.people import CENTRAL, OfficeKind, Role
from rbm.work import Work

ANSWERING = (Role.MANAGEMENT_FOCAL_POINT, Role.APPROVER)
SUPERVISING = (Role.APPROVER, Role.ENDORSER)
SENIOR = (Role.SENIOR_MANAGEMENT,)
FOLLOWING_UP = (Role.EVALUATION_OFFICER,)
DIRECTING = (Role.EVALUATION_HEAD,)
OVERSEEING = (Role.OVERSIGHT,)
ROLES = (*ANSWERING, Role.ENDORSER, *SENIOR, *FOLLOWING_UP, *DIRECTING, *OVERSEEING)

Persons = tuple[UUID, ...]
Dated = Sequence[sa.Row[Any]]
"""Rows with a first day and a last day, which may be missing."""
NOBODY: Persons = ()


@dataclass(frozen=True)
class Above:
    """The office to which something is escalated, and its persons."""

    office_id: UUID | None
    persons: Persons


@dataclass(frozen=True)
class Audience:
    """Roles, tree and posts as they were loaded once; every question names the day it is asked for."""

    held: Mapping[UUID, Dated]
    placed: Mapping[UUID, Dated]
    kinds: Mapping[UUID, OfficeKind]
    posts: Mapping[UUID, UUID | None]
    results: UUID | None
    gone: frozenset[UUID]

    def owner(self, owner_id: UUID, office_id: UUID, on: date) -> Persons:
        """The owner of an action; when that one left, those who answer for the office."""
        return self.answering(office_id, on) if owner_id in self.gone else (owner_id,)

    def answering(self, office_id: UUID, on: date) -> Persons:
        """Focal points and head of an office; where it has none, whoever holds the responsible post."""
        found = self.holders([office_id], ANSWERING, on)
        if found:
            return found
        post = next((one for one in self.upward(office_id, on) if one in self.posts), None)
        holder = self.results if post is None else self.posts[post]
        return (holder,) if holder and holder not in self.gone else NOBODY

    def above(self, office_id: UUID, on: date) -> Above:
        """The head and endorsers of the nearest office above that has any; senior management where none has.

        Where nobody is senior management either it is the head of evaluation, so that nothing falls silent.
        """
        for office in self.upward(office_id, on)[1:]:
            found = self.holders([office], SUPERVISING, on)
            if found:
                return Above(office, found)
        senior, units = self.senior(on), self._of_kind(OfficeKind.EVALUATION)
        return senior if senior.persons else Above(next(iter(units), None), self.directing(on))

    def endorsing(self, office_id: UUID, on: date) -> Persons:
        """The endorsers of an office, or of the nearest one above that has any; senior management where none has."""
        found = (self.holders([office], (Role.ENDORSER,), on) for office in self.upward(office_id, on))
        return next(filter(None, found), self.senior(on).persons)

    def senior(self, on: date) -> Above:
        """Senior management at headquarters."""
        offices = self._of_kind(OfficeKind.HEADQUARTERS)
        return Above(next(iter(offices), None), self.holders(offices, SENIOR, on))

    def verifying(self, on: date) -> Persons:
        """The officers of the evaluation unit; where it has none, its head."""
        return self.holders(self._of_kind(OfficeKind.EVALUATION), FOLLOWING_UP, on) or self.directing(on)

    def directing(self, on: date) -> Persons:
        """The head of evaluation."""
        return self.holders(self._of_kind(OfficeKind.EVALUATION), DIRECTING, on)

    def overseeing(self, apart_from: UUID, on: date) -> Persons:
        """Oversight for the whole organisation, in any office but one."""
        offices = [office for office, kind in self.kinds.items() if kind in CENTRAL and office != apart_from]
        return self.holders(offices, OVERSEEING, on)

    def holders(self, offices: Iterable[UUID], roles: Sequence[Role], on: date) -> Persons:
        """Who holds one of the roles in one of the offices, in the order of their ids."""
        every = (row for office in offices for row in self.held.get(office, ()))
        return tuple(sorted({row.person_id for row in every if row.role in roles and _holds(row, on)}))

    def upward(self, office_id: UUID, on: date) -> list[UUID]:
        """An office and those above it, nearest first."""
        reached, current = list[UUID](), office_id
        while current not in reached:
            reached.append(current)
            current = next((row.parent_id for row in self.placed.get(current, ()) if _holds(row, on)), current)
        return reached

    def is_unit(self, office_id: UUID) -> bool:
        """Whether an office is an evaluation office, which verifies nothing of its own."""
        return self.kinds[office_id] is OfficeKind.EVALUATION

    def _of_kind(self, kind: OfficeKind) -> list[UUID]:
        return [office for office, found in self.kinds.items() if found is kind]


def audience(work: Work) -> Audience:
    """Roles of those who are active, tree and posts, past the caller's sight."""
    member, person, post, office = (table_of(cls) for cls in (Membership, Person, Post, Office))
    roles = sa.select(
        member.c.office_id, member.c.person_id, member.c.role, member.c.valid_from, member.c.valid_to
    ).join(person)
    roles = roles.where(member.c.role.in_(ROLES))
    held = bulk.select(work.session, roles.where(person.c.active.is_(True)))
    posts = bulk.select(work.session, sa.select(post.c.code, post.c.office_id, post.c.holder_id).order_by(post.c.code))
    kinds = bulk.select(work.session, sa.select(office.c.id, office.c.kind).order_by(office.c.code))
    left = bulk.select(work.session, sa.select(person.c.id).where(person.c.active.is_(False)))
    return Audience(
        _by_office(held),
        _by_office(bulk.select(work.session, sa.select(table_of(OfficePlacement)))),
        {row.id: row.kind for row in kinds},
        {row.office_id: row.holder_id for row in reversed(posts)},
        next((row.holder_id for row in posts if row.code == RESULTS_POST), None),
        frozenset(row.id for row in left),
    )


def _by_office(rows: Dated) -> dict[UUID, list[sa.Row[Any]]]:
    found = defaultdict[UUID, list[sa.Row[Any]]](list)
    for row in rows:
        found[row.office_id].append(row)
    return found


def _holds(row: sa.Row[Any], on: date) -> bool:
    return bool(row.valid_from <= on and (row.valid_to is None or on <= row.valid_to))
