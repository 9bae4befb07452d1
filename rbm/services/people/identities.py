"""Identities: under which subject an identity provider knows a person."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from rbm.access import Permission
from rbm.errors import Forbidden
from rbm.model.people import Identity, Person
from rbm.rules.inputs import refuse_blank
from rbm.services.people.trusted import refuse_impersonation
from rbm.work import Work


def link_identity(work: Work, person_id: UUID, issuer: str, subject: str) -> Identity:
    """Let a person sign in as a subject of an identity provider; both are kept exactly as they are written.

    Conflict when the subject is somebody's already; Forbidden to limited credentials, since whoever signs in so is not,
    and for a person in a trusted role, who is linked before it is given or by the e-mail address.
    """
    work.require(Permission.MANAGE_PEOPLE)
    if work.actor.scopes is not None:
        raise Forbidden("this token is limited, and a sign-in by an identity is not", "person_id")
    person = work.get(Person, person_id, "person_id")
    refuse_impersonation(work, person.id, "person_id")
    refuse_blank(issuer, "issuer")
    refuse_blank(subject, "subject")
    return work.add(Identity(person=person, issuer=issuer, subject=subject))


def unlink_identity(work: Work, identity_id: UUID) -> Identity:
    """Let nobody sign in as this subject any more, at once."""
    work.require(Permission.MANAGE_PEOPLE)
    identity = work.get(Identity, identity_id, "identity_id")
    work.remove(identity)
    return identity


def person_of(work: Work, issuer: str, subject: str) -> Person | None:
    """The person, active or not, who is this subject; None when nobody is."""
    query = sa.select(Identity).join(Identity.person).options(contains_eager(Identity.person))
    found = work.session.scalars(query.where(Identity.issuer == issuer, Identity.subject == subject)).one_or_none()
    return None if found is None else found.person


def person_to_link(work: Work, issuer: str, email: str, *, lock: bool = False) -> Person | None:
    """The one active person with this e-mail address, in any case, whom the issuer does not know by another subject.

    `lock`: until the unit of work ends nobody else links the person, so that two subjects cannot become one person.
    """
    query = sa.select(Person).where(sa.func.lower(Person.email) == email.lower(), Person.active.is_(True)).limit(2)
    persons = work.session.scalars(query.with_for_update(key_share=True) if lock else query).all()
    if len(persons) != 1:
        return None
    known = sa.select(Identity).where(Identity.person_id == persons[0].id, Identity.issuer == issuer)
    return None if work.session.scalars(known.limit(1)).first() else persons[0]


def link_by_email(work: Work, issuer: str, subject: str, email: str) -> Identity | None:
    """Link a subject nobody is to the person with its verified e-mail address; None when there is no such person."""
    work.require(Permission.MANAGE_PEOPLE)
    if person_of(work, issuer, subject):
        return None
    person = person_to_link(work, issuer, email, lock=True)
    return work.add(Identity(person=person, issuer=issuer, subject=subject)) if person else None
