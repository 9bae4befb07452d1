"""Actors: what a person may do today, under the limits of the credentials that were shown."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import PERMISSIONS, Actor, Grant, Permission
from rbm.db import table_of
from rbm.model.evaluation import Evaluation, EvaluationSubject, TeamMember
from rbm.model.people import Membership, Office, Person
from rbm.services.people import tree
from rbm.services.people.roles import valid
from rbm.services.people.tokens import find_token
from rbm.terms.evaluation import BEFORE_FINAL
from rbm.terms.people import CENTRAL, OfficeKind, Role
from rbm.work import Work

INDEPENDENT = frozenset({OfficeKind.EVALUATION, OfficeKind.GOVERNING_BODY})
"""The kinds of offices that are not run from the offices above them (R204)."""


def actor_of_person(work: Work, person: Person, scopes: Collection[str] | None = None) -> Actor:
    """What a person may do today, each role reaching the offices below its own; of that `scopes`, when they are given.

    An evaluation office and that of the governing body are only seen, and their persons administered, from above. What
    is approved in the offices above a role is shown to those alone that see their own, by role and by scopes. A
    scope that is no permission any more opens nothing. Whoever evaluates sees the offices judged, and those below, as
    long as it lasts (R208).
    """
    limits = None if scopes is None else frozenset(one for one in Permission if one in scopes)
    found = bulk.select(work.session, sa.union_all(_held(person.id, work.today), _judged(person.id), _independent()))
    roles = [(row.role, row.office_id, row.kind) for row in found if row.role is not None]
    independent = {row.office_id for row in found if row.role is None}
    if not roles:
        return Actor(person.name, person.id, scopes=limits)
    over = tree.parents(work, work.today)
    grants = tuple(
        Grant(
            role,
            key,
            reached := tree.lower(over, {key}),
            kind in CENTRAL,
            evaluating=kind is None,
            apart=tree.lower(over, reached & independent - {key}),
        )
        for role, key, kind in roles
    )
    seeing = limits is None or Permission.SEE in limits
    above = tree.higher(over, {key for role, key, _ in roles if seeing and Permission.SEE in PERMISSIONS[role]})
    return Actor(person.name, person.id, grants, above, scopes=limits)


def _held(person_id: UUID, on: date) -> sa.Select[Any]:
    """The roles of a person on a day, each with its office and the kind of it."""
    held, office = table_of(Membership), table_of(Office)
    query = sa.select(held.c.role, held.c.office_id, office.c.kind)
    joined = query.join_from(held, office, office.c.id == held.c.office_id)
    return joined.where(held.c.person_id == person_id, valid(on))


def _independent() -> sa.Select[Any]:
    """The offices in which no role of another office does anything; such a row tells no role."""
    office = table_of(Office).c
    no_role = sa.cast(sa.null(), Membership.role.type).label("role")
    return sa.select(no_role, office.id.label("office_id"), office.kind).where(office.kind.in_(sorted(INDEPENDENT)))


def _judged(person_id: UUID) -> sa.Select[Any]:
    """What is judged by the evaluations under way that a person manages or, without a conflict, is in the team of.

    Seeing there is no role, least of all of the whole organisation: such a row tells no kind of office.
    """
    evaluation, subject, member = table_of(Evaluation), table_of(EvaluationSubject), table_of(TeamMember).c
    seeing = sa.literal(Role.VIEWER, Membership.role.type).label("role")
    team = sa.select(member.evaluation_id).where(
        member.person_id == person_id, member.left_on.is_(None), member.conflict.is_(False)
    )
    managed = sa.select(evaluation.c.id).where(evaluation.c.manager_id == person_id)
    query = sa.select(seeing, subject.c.office_id, sa.null().label("kind"))
    joined = query.join_from(subject, evaluation, evaluation.c.id == subject.c.evaluation_id)
    return joined.where(evaluation.c.id.in_(sa.union(team, managed)), evaluation.c.stage.in_(BEFORE_FINAL))


def actor_of_token(work: Work, secret: str) -> Actor | None:
    """The actor an API token stands for, or None when it is unknown, expired, revoked or its person inactive."""
    token = find_token(work, secret)
    return None if token is None else actor_of_person(work, token.person, token.scopes)
