"""Offices, posts, persons and roles; tokens and the actors they stand for."""

import hashlib
import secrets
from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm.access import PERMISSIONS, PUBLIC, Actor, Grant, Permission
from rbm.errors import Conflict, Invalid, NotFound
from rbm.model.people import ApiToken, Membership, Office, OfficePlacement, Person, Place, Post
from rbm.terms.people import Language, OfficeKind, Role
from rbm.work import Work

HEADQUARTERS = "HQ"
RESULTS_POST = "HQ-RESULTS"
BEGINNING = date(1900, 1, 1)


def initialise(work: Work) -> Office:
    """Make the headquarters office and its vacant post "HQ results", once; running again changes nothing."""
    work.require(Permission.MANAGE_PEOPLE)
    present = work.session.scalars(sa.select(Office).where(Office.code == HEADQUARTERS)).one_or_none()
    if present:
        return present
    office = work.add(Office(code=HEADQUARTERS, name="Headquarters", kind=OfficeKind.HEADQUARTERS))
    work.add(Post(code=RESULTS_POST, title="HQ results", office=office))
    return office


def create_office(
    work: Work, code: str, name: str, kind: OfficeKind, parent_id: UUID, place_id: UUID | None = None
) -> Office:
    """Make an office under another one. Conflict when the code is taken."""
    parent = work.get(Office, parent_id, "parent_id")
    work.require(Permission.MANAGE_PEOPLE, parent.id)
    place = work.get(Place, place_id, "place_id") if place_id else None
    office = work.add(Office(code=code, name=name, kind=kind, place=place))
    work.add(OfficePlacement(office=office, parent=parent, valid_from=BEGINNING))
    return office


def move_office(work: Work, office_id: UUID, parent_id: UUID, on: date) -> Office:
    """Put an office under another one from a day on; where it stood before is kept. Conflict on a circle."""
    office = work.get(Office, office_id, "office_id")
    parent = work.get(Office, parent_id, "parent_id")
    work.require(Permission.MANAGE_PEOPLE, office.id)
    work.require(Permission.MANAGE_PEOPLE, parent.id)
    if parent.id in below(work, {office.id}, on):
        raise Conflict(f"{parent.code} stands under {office.code}", "parent_id")
    current = _placement(work, office.id, on)
    if current is not None:
        if current.valid_from >= on:
            raise Conflict(f"{office.code} stands where it is since {current.valid_from}", "on")
        current.valid_to = on - timedelta(days=1)
    work.add(OfficePlacement(office=office, parent=parent, valid_from=on))
    return office


def create_post(work: Work, code: str, title: str, office_id: UUID) -> Post:
    """Make a vacant post in an office."""
    office = work.get(Office, office_id, "office_id")
    work.require(Permission.MANAGE_PEOPLE, office.id)
    return work.add(Post(code=code, title=title, office=office))


def fill_post(work: Work, post_id: UUID, person_id: UUID | None = None) -> Post:
    """Put a person in a post, or leave it vacant."""
    post = work.get(Post, post_id, "post_id")
    work.require(Permission.MANAGE_PEOPLE, post.office_id)
    post.holder = work.get(Person, person_id, "person_id") if person_id else None
    post.holder_id = post.holder.id if post.holder else None
    work.flush()
    return post


def create_person(work: Work, email: str, name: str, language: Language = Language.ENGLISH) -> Person:
    """Add a person. Invalid when the e-mail address is none; Conflict when it is taken."""
    work.require(Permission.MANAGE_PEOPLE)
    if email.count("@") != 1 or any(character.isspace() for character in email):
        raise Invalid(f"{email} is not an e-mail address", "email")
    return work.add(Person(email=email, name=name, language=language, active=True))


def deactivate_person(work: Work, person_id: UUID) -> Person:
    """End what a person may do, at once."""
    work.require(Permission.MANAGE_PEOPLE)
    person = work.get(Person, person_id, "person_id")
    person.active = False
    work.flush()
    return person


def grant_role(work: Work, person_id: UUID, office_id: UUID, role: Role, valid_from: date | None = None) -> Membership:
    """Give a person a role in an office, from today unless a day is named. Conflict when it is held already."""
    office = work.get(Office, office_id, "office_id")
    work.require(Permission.MANAGE_PEOPLE, office.id)
    person = work.get(Person, person_id, "person_id")
    if work.actor.person_id == person.id:
        raise Conflict("nobody grants a role to oneself", "person_id")
    held = sa.select(Membership).where(
        Membership.person_id == person.id,
        Membership.office_id == office.id,
        Membership.role == role,
        _valid(work.today),
    )
    if work.session.scalars(held).first():
        raise Conflict(f"{person.name} is {role.replace('_', ' ')} in {office.code} already", "role")
    return work.add(Membership(person=person, office=office, role=role, valid_from=valid_from or work.today))


def revoke_role(work: Work, membership_id: UUID) -> Membership:
    """End a role with the day before today. The last administrator stays."""
    membership = work.get(Membership, membership_id, "membership_id")
    work.require(Permission.MANAGE_PEOPLE, membership.office_id)
    if membership.role is Role.ADMIN and _administrators(work) == 1:
        raise Conflict("the last administrator stays", "membership_id")
    membership.valid_to = work.today - timedelta(days=1)
    work.flush()
    return membership


def issue_token(work: Work, person_id: UUID, name: str) -> tuple[ApiToken, str]:
    """A new token of a person: its row and its secret, which is shown this once and kept only as SHA-256."""
    work.require(Permission.MANAGE_PEOPLE)
    person = work.get(Person, person_id, "person_id")
    secret = f"rbm_{secrets.token_urlsafe(32)}"
    row = ApiToken(person=person, name=name, digest=_digest(secret), issued_at=work.now)
    return work.add(row), secret


def revoke_token(work: Work, token_id: UUID) -> ApiToken:
    """End a token at once."""
    token = work.get(ApiToken, token_id, "token_id")
    work.require(Permission.MANAGE_PEOPLE)
    token.revoked_at = token.revoked_at or work.now
    work.flush()
    return token


def actor_of_token(work: Work, secret: str) -> Actor | None:
    """The actor a bearer token stands for, or None when it is unknown, expired, revoked or its person inactive."""
    query = sa.select(ApiToken, Person).join(ApiToken.person).where(ApiToken.digest == _digest(secret))
    found = work.session.execute(query).one_or_none()
    if found is None:
        return None
    token, person = found
    expired = token.expires_at is not None and token.expires_at <= work.now
    return None if token.revoked_at or expired or not person.active else actor_of_person(work, person)


def actor_of_person(work: Work, person: Person) -> Actor:
    """What a person may do today, with each role reaching the offices below its own."""
    query = sa.select(Membership).where(Membership.person_id == person.id, _valid(work.today))
    memberships = work.session.scalars(query).all()
    if not memberships:
        return Actor(person.name, person.id)
    parents = _parents(work, work.today)
    grants = tuple(Grant(row.role, row.office_id, _below(parents, {row.office_id})) for row in memberships)
    above = _above(parents, {row.office_id for row in memberships})
    return Actor(person.name, person.id, grants, above)


def actor_of(work: Work, secret: str | None) -> Actor:
    """The actor of a request: the public without a token. NotFound when the token is not good."""
    if secret is None:
        return PUBLIC
    actor = actor_of_token(work, secret)
    if actor is None:
        raise NotFound("no such token", "authorization")
    return actor


def below(work: Work, offices: set[UUID], on: date) -> frozenset[UUID]:
    """The offices and every office below them on a day."""
    return _below(_parents(work, on), offices)


def headquarters(work: Work) -> Office:
    """The headquarters office. NotFound before the database is initialised."""
    return work.find(Office, HEADQUARTERS, "office")


def upward(work: Work, office_id: UUID) -> list[UUID]:
    """An office and those above it today, nearest first."""
    parents = _parents(work, work.today)
    reached = [office_id]
    while (parent := parents.get(reached[-1])) is not None and parent not in reached:
        reached.append(parent)
    return reached


def holders(work: Work, office_id: UUID, permission: Permission) -> list[UUID]:
    """Active persons who hold a permission by a role given in this very office, in the order of their ids."""
    roles = [role for role, held in PERMISSIONS.items() if permission in held]
    query = sa.select(Membership.person_id).join(Membership.person)
    query = query.where(Membership.office_id == office_id, Membership.role.in_(roles), _valid(work.today))
    return list(work.session.scalars(query.where(Person.active.is_(True)).distinct().order_by(Membership.person_id)))


def responsible_post(work: Work, office_id: UUID) -> Post:
    """The first post (by code) of the office, or of the nearest office above that has one, or else HQ results."""
    for office in upward(work, office_id):
        posts = sa.select(Post).where(Post.office_id == office).order_by(Post.code)
        post = work.session.scalars(posts.limit(1)).first()
        if post:
            return post
    return work.find(Post, RESULTS_POST, "responsible")


def office_above(work: Work, office_id: UUID, on: date | None = None) -> UUID | None:
    """The office over an office on a day, today unless one is named; None at the top."""
    return _parents(work, on or work.today).get(office_id)


def find_offices() -> sa.Select[tuple[Office]]:
    """Every office."""
    return sa.select(Office)


def find_person(work: Work, name: str) -> Person | None:
    """The person with this e-mail address, its part before the @, or this name."""
    local = sa.func.lower(Person.email).startswith(f"{name.lower()}@", autoescape=True)
    query = sa.select(Person).where(sa.or_(sa.func.lower(Person.email) == name.lower(), Person.name == name, local))
    return work.session.scalars(query.order_by(Person.id)).first()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _valid(on: date) -> sa.ColumnElement[bool]:
    return sa.and_(Membership.valid_from <= on, sa.or_(Membership.valid_to.is_(None), Membership.valid_to >= on))


def _administrators(work: Work) -> int:
    query = sa.select(Membership.person_id).where(Membership.role == Role.ADMIN, _valid(work.today)).distinct()
    return len(work.session.scalars(query).all())


def _placement(work: Work, office_id: UUID, on: date) -> OfficePlacement | None:
    query = sa.select(OfficePlacement).where(
        OfficePlacement.office_id == office_id,
        sa.or_(OfficePlacement.valid_to.is_(None), OfficePlacement.valid_to >= on),
    )
    return work.session.scalars(query.order_by(OfficePlacement.valid_from)).first()


def _parents(work: Work, on: date) -> dict[UUID, UUID]:
    query = sa.select(OfficePlacement).where(
        OfficePlacement.valid_from <= on,
        sa.or_(OfficePlacement.valid_to.is_(None), OfficePlacement.valid_to >= on),
    )
    return {row.office_id: row.parent_id for row in work.session.scalars(query)}


def _below(parents: dict[UUID, UUID], offices: set[UUID]) -> frozenset[UUID]:
    children: dict[UUID, list[UUID]] = defaultdict(list)
    for child, parent in parents.items():
        children[parent].append(child)
    reached, waiting = set(offices), list(offices)
    while waiting:
        fresh = [child for child in children[waiting.pop()] if child not in reached]
        reached.update(fresh)
        waiting.extend(fresh)
    return frozenset(reached)


def _above(parents: dict[UUID, UUID], offices: set[UUID]) -> frozenset[UUID]:
    reached: set[UUID] = set()
    for office in offices:
        current = parents.get(office)
        while current is not None and current not in reached:
            reached.add(current)
            current = parents.get(current)
    return frozenset(reached)
