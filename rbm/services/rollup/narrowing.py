"""Narrows figures by where their office stands and by what its project carries: region, country, theme, partner."""

from collections.abc import Iterator
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa

from rbm.errors import NotFound
from rbm.model.people import Office, Place
from rbm.model.projects import ProjectParticipation, ProjectTheme, Theme
from rbm.model.strategy import Framework
from rbm.services import people
from rbm.work import Work


class Narrow(Protocol):
    """What narrows a question; None does not."""

    @property
    def region(self) -> str | None:
        """Code of an office above, or of the office itself."""

    @property
    def country(self) -> str | None:
        """Code or name of a country."""

    @property
    def theme(self) -> str | None:
        """Code of a theme."""

    @property
    def partner(self) -> str | None:
        """Part of the name or reference of an organisation."""


def narrowed(work: Work, question: Narrow) -> Iterator[sa.ColumnElement[bool]]:
    """The conditions on Framework and Office, joined, that a question states. NotFound names what there is not."""
    if question.region:
        top = work.find(Office, question.region, "region")
        yield Framework.office_id.in_(people.below(work, {top.id}, work.today))
    if question.country:
        yield Office.place_id == _country(work, question.country)
    if question.theme:
        theme = work.find(Theme, question.theme, "theme")
        yield Framework.project_id.in_(sa.select(ProjectTheme.project_id).where(ProjectTheme.theme_id == theme.id))
    if question.partner:
        yield Framework.project_id.in_(_projects_with(question.partner))


def _country(work: Work, wanted: str) -> UUID:
    lower = wanted.lower()
    names = (Place.code, Place.iso2, Place.iso3, Place.name)
    matches = sa.or_(*(sa.func.lower(name) == lower for name in names))
    found = work.session.scalars(sa.select(Place.id).where(matches).order_by(Place.code)).first()
    if found is None:
        raise NotFound(f"no place has the code or name {wanted}", "country")
    return found


def _projects_with(partner: str) -> sa.Select[UUID]:
    names = (ProjectParticipation.name, ProjectParticipation.reference)
    matches = sa.or_(*(name.icontains(partner, autoescape=True) for name in names))
    return sa.select(ProjectParticipation.project_id).where(matches)
