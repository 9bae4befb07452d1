"""Roles of persons in offices, by date."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm.access import PERMISSIONS, Permission
from rbm.errors import Conflict, Forbidden
from rbm.model.people import Membership, Office, Person
from rbm.services.people.trusted import entitle, refuse_unremoved
from rbm.terms.people import CENTRAL, Role
from rbm.work import Work


def grant_role(work: Work, person_id: UUID, office_id: UUID, role: Role, valid_from: date | None = None) -> Membership:
    """Give a person a role in an office, from today unless a day is named.

    Forbidden for whoever would grant one to oneself; Conflict when it is held already.
    What a role permits for the whole organisation (people, trail, jobs, imports) it permits in central offices alone:
    granted in another office it has no such effect. In a central one it takes somebody who manages people for all.
    The head of evaluation is appointed, and whoever has another trusted role there is admitted to it, by a decision of
    the governing body that somebody else recorded; otherwise Conflict or Forbidden.
    """
    office = work.get(Office, office_id, "office_id")
    _ask(work, office)
    person = work.get(Person, person_id, "person_id")
    if work.actor.person_id == person.id:
        raise Forbidden("nobody grants a role to oneself", "person_id").on("person", person.id)
    held = sa.select(Membership).where(
        Membership.person_id == person.id,
        Membership.office_id == office.id,
        Membership.role == role,
        valid(work.today),
    )
    if work.session.scalars(held).first():
        raise Conflict(f"{person.name} is {role.replace('_', ' ')} in {office.code} already", "role")
    starts_on = valid_from or work.today
    entitle(work, person, office, role, starts_on)
    return work.add(Membership(person=person, office=office, role=role, valid_from=starts_on))


def revoke_role(work: Work, membership_id: UUID) -> Membership:
    """End a role with the day before today, asked for as it is granted. The last administrator of all stays.

    Conflict for the head of evaluation, unless the governing body decided on the removal.
    """
    membership = work.get(Membership, membership_id, "membership_id")
    _ask(work, work.get(Office, membership.office_id, "office_id"))
    refuse_last_administrator(work, Membership.id == membership.id, "membership_id")
    refuse_unremoved(work, [membership], "membership_id")
    membership.valid_to = work.today - timedelta(days=1)
    work.flush()
    return membership


def holders(work: Work, office_id: UUID, permission: Permission) -> list[UUID]:
    """Active persons who hold a permission by a role given in this very office, in the order of their ids."""
    roles = [role for role, held in PERMISSIONS.items() if permission in held]
    query = sa.select(Membership.person_id).join(Membership.person)
    query = query.where(Membership.office_id == office_id, Membership.role.in_(roles), valid(work.today))
    return list(work.session.scalars(query.where(Person.active.is_(True)).distinct().order_by(Membership.person_id)))


def refuse_last_administrator(work: Work, ending: sa.ColumnElement[bool], field: str) -> None:
    """Nothing, while an active administrator of all stays beside the memberships that are ending. Conflict otherwise.

    The administrators are locked, so that two of them cannot end each other at the same moment.
    """
    query = sa.select(Membership.id, ending).join(Membership.person)
    query = query.where(Membership.role == Role.ADMIN, valid(work.today), Person.active.is_(True))
    query = query.where(Membership.office_id.in_(sa.select(Office.id).where(Office.kind.in_(CENTRAL))))
    found = work.session.execute(query.order_by(Membership.id).with_for_update(key_share=True)).all()
    if found and all(ends for _, ends in found):
        raise Conflict("the last administrator stays", field)


def _ask(work: Work, office: Office) -> None:
    """Ask to manage people in an office, and for all where its roles are for all."""
    work.require(Permission.MANAGE_PEOPLE, office.id)
    if office.kind in CENTRAL:
        work.require(Permission.MANAGE_PEOPLE)


def valid(on: date) -> sa.ColumnElement[bool]:
    """The condition under which a membership holds on a day."""
    return sa.and_(Membership.valid_from <= on, sa.or_(Membership.valid_to.is_(None), Membership.valid_to >= on))
