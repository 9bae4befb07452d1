"""Actors: what a person may do today, under the limits of the credentials that were shown."""

from collections.abc import Collection

import sqlalchemy as sa

from rbm.access import PERMISSIONS, Actor, Grant, Permission
from rbm.model.people import Membership, Office, Person
from rbm.services.people import tree
from rbm.services.people.roles import valid
from rbm.services.people.tokens import find_token
from rbm.terms.people import CENTRAL
from rbm.work import Work


def actor_of_person(work: Work, person: Person, scopes: Collection[str] | None = None) -> Actor:
    """What a person may do today, each role reaching the offices below its own; of that `scopes`, when they are given.

    What is approved in the offices above a role is shown to those alone that see their own, by role and by scopes. A
    scope that is no permission any more opens nothing.
    """
    limits = None if scopes is None else frozenset(one for one in Permission if one in scopes)
    query = sa.select(Membership.role, Membership.office_id, Office.kind).join(Membership.office)
    roles = work.session.execute(query.where(Membership.person_id == person.id, valid(work.today))).all()
    if not roles:
        return Actor(person.name, person.id, scopes=limits)
    over = tree.parents(work, work.today)
    grants = tuple(Grant(role, key, tree.lower(over, {key}), kind in CENTRAL) for role, key, kind in roles)
    seeing = limits is None or Permission.SEE in limits
    above = tree.higher(over, {key for role, key, _ in roles if seeing and Permission.SEE in PERMISSIONS[role]})
    return Actor(person.name, person.id, grants, above, scopes=limits)


def actor_of_token(work: Work, secret: str) -> Actor | None:
    """The actor an API token stands for, or None when it is unknown, expired, revoked or its person inactive."""
    token = find_token(work, secret)
    return None if token is None else actor_of_person(work, token.person, token.scopes)
