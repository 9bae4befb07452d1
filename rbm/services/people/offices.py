"""Offices and the posts in them."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict
from rbm.model.people import Office, OfficePlacement, Person, Place, Post
from rbm.services.people.tree import higher, parents, upward
from rbm.terms.people import CENTRAL, OfficeKind
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
    """Make an office under another one. Conflict when the code is taken.

    A central one, whose roles are for the whole organisation, is made by who manages people for all of it.
    """
    parent = work.get(Office, parent_id, "parent_id")
    work.require(Permission.MANAGE_PEOPLE, parent.id)
    if kind in CENTRAL:
        work.require(Permission.MANAGE_PEOPLE)
    place = work.get(Place, place_id, "place_id") if place_id else None
    office = work.add(Office(code=code, name=name, kind=kind, place=place))
    work.add(OfficePlacement(office=office, parent=parent, valid_from=BEGINNING))
    return office


def move_office(work: Work, office_id: UUID, parent_id: UUID, on: date) -> Office:
    """Put an office under another one from a day on; where it stood before is kept.

    Conflict on a circle, on that day or on a later one for which moves are planned, and on a later move of this office
    that is planned already.
    """
    office = work.get(Office, office_id, "office_id")
    parent = work.get(Office, parent_id, "parent_id")
    work.require(Permission.MANAGE_PEOPLE, office.id)
    work.require(Permission.MANAGE_PEOPLE, parent.id)
    _refuse_circle(work, office, parent, on)
    current = _placement(work, office.id, on)
    if current is not None:
        if current.valid_from >= on:
            raise Conflict(f"{office.code} stands where it is since {current.valid_from}", "on")
        if current.valid_to is not None:
            raise Conflict(f"{office.code} stands where it is until {current.valid_to}, as planned", "on")
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


def headquarters(work: Work) -> Office:
    """The headquarters office. NotFound before the database is initialised."""
    return work.find(Office, HEADQUARTERS, "office")


def responsible_post(work: Work, office_id: UUID) -> Post:
    """The first post (by code) of the office, or of the nearest office above that has one, or else HQ results."""
    for office in upward(work, office_id):
        posts = sa.select(Post).where(Post.office_id == office).order_by(Post.code)
        post = work.session.scalars(posts.limit(1)).first()
        if post:
            return post
    return work.find(Post, RESULTS_POST, "responsible")


def find_offices() -> sa.Select[tuple[Office]]:
    """Every office."""
    return sa.select(Office)


def _refuse_circle(work: Work, office: Office, parent: Office, on: date) -> None:
    """Nothing, unless an office would stand under itself on a day from `on`: any on which the tree changes."""
    later = sa.select(OfficePlacement.valid_from).where(OfficePlacement.valid_from > on).distinct()
    for day in (on, *work.session.scalars(later.order_by(OfficePlacement.valid_from))):
        over = {**parents(work, day), office.id: parent.id}
        if office.id in higher(over, {office.id}):
            raise Conflict(f"{parent.code} stands under {office.code} on {day}", "parent_id")


def _placement(work: Work, office_id: UUID, on: date) -> OfficePlacement | None:
    query = sa.select(OfficePlacement).where(
        OfficePlacement.office_id == office_id,
        sa.or_(OfficePlacement.valid_to.is_(None), OfficePlacement.valid_to >= on),
    )
    return work.session.scalars(query.order_by(OfficePlacement.valid_from)).first()
