"""Persons: who works with the system, and who does no more."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Invalid
from rbm.model.people import Membership, Person
from rbm.services.people.roles import refuse_last_administrator, valid
from rbm.services.people.trusted import refuse_removed, refuse_unremoved
from rbm.terms.people import Language
from rbm.work import Work


def create_person(work: Work, email: str, name: str, language: Language = Language.ENGLISH) -> Person:
    """Add a person. Invalid when the e-mail address is none; Conflict when it is taken."""
    work.require(Permission.MANAGE_PEOPLE)
    if email.count("@") != 1 or any(character.isspace() for character in email):
        raise Invalid(f"{email} is not an e-mail address", "email")
    return work.add(Person(email=email, name=name, language=language, active=True))


def deactivate_person(work: Work, person_id: UUID) -> Person:
    """End what a person may do, at once. Conflict when nobody would be left who manages people.

    Conflict also for the head of evaluation, unless the governing body decided on the removal.
    """
    work.require(Permission.MANAGE_PEOPLE)
    person = work.get(Person, person_id, "person_id")
    refuse_last_administrator(work, Membership.person_id == person.id, "person_id")
    refuse_unremoved(work, _held(work, person), "person_id")
    person.active = False
    work.flush()
    return person


def reactivate_person(work: Work, person_id: UUID) -> Person:
    """Give a person back the roles and tokens that have not ended meanwhile.

    Conflict while there is a role among them that the governing body decided to end.
    """
    work.require(Permission.MANAGE_PEOPLE)
    person = work.get(Person, person_id, "person_id")
    refuse_removed(work, _held(work, person), "person_id")
    person.active = True
    work.flush()
    return person


def find_person(work: Work, name: str) -> Person | None:
    """The person with this e-mail address, its part before the @, or this name."""
    local = sa.func.lower(Person.email).startswith(f"{name.lower()}@", autoescape=True)
    query = sa.select(Person).where(sa.or_(sa.func.lower(Person.email) == name.lower(), Person.name == name, local))
    return work.session.scalars(query.order_by(Person.id)).first()


def _held(work: Work, person: Person) -> Sequence[Membership]:
    query = sa.select(Membership).where(Membership.person_id == person.id, valid(work.today))
    return work.session.scalars(query).all()
