"""Which truth of a figure leads in a publication: a versioned setting, whose name stands beside the number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.model.indicators import Indicator
from rbm.model.people import Office
from rbm.model.performance import RuleSet
from rbm.model.rollup import Figure
from rbm.services.editions import edition_on, put_edition
from rbm.services.people import HEADQUARTERS
from rbm.terms.indicators import Measure, OverUnits
from rbm.terms.rollup import LeadBasis
from rbm.work import Work

RULE = "lead_basis"
MILLIONTH = Decimal("0.000001")
COUNTED = {OverUnits.SUM, OverUnits.MAX_THEN_SUM, OverUnits.COUNT_YES}
"""Operators whose figures consist of the values of their units, so that a part of them can be verified."""


@dataclass(frozen=True)
class Lead:
    """The number that leads in a publication, the basis it is taken on, and the other truth beside it.

    A number that is not known is null on its basis; the other one never takes its place.
    """

    value: Decimal | None
    basis: LeadBasis
    beside: Decimal | None
    beside_basis: LeadBasis


@dataclass(frozen=True)
class VerifiedShare:
    """How much of a figure is verified: of its value where it is a count, and of the units that entered it.

    0 where nothing of it is verified; null where there is nothing to take a share of.
    """

    by_value: Decimal | None
    by_unit: Decimal | None


def set_lead_basis(work: Work, basis: LeadBasis, effective_from: date) -> RuleSet:
    """Say which truth of figures leads in publications from a day on.

    Conflict when the day is not after the start of the edition before.
    """
    work.require(Permission.OPERATE, work.find(Office, HEADQUARTERS).id)
    return put_edition(work, RULE, {"basis": basis}, effective_from)


def lead_basis(work: Work, on: date | None = None) -> LeadBasis:
    """The basis in force on a day, today unless one is named; verified values lead until it is set otherwise."""
    edition = edition_on(work, RULE, on or work.today)
    return LeadBasis(edition.parameters["basis"]) if edition else LeadBasis.VERIFIED_ONLY


def leads(work: Work, figures: Sequence[Figure]) -> list[Lead]:
    """What leads of each figure today, and what stands beside it."""
    basis = lead_basis(work)
    [other] = set(LeadBasis) - {basis}
    return [Lead(_on(figure, basis), basis, _on(figure, other), other) for figure in figures]


def verified_shares(work: Work, figures: Sequence[Figure]) -> list[VerifiedShare]:
    """How much of each figure is verified, rounded half to even to six decimals."""
    keys = {figure.indicator_id for figure in figures}
    columns = (Indicator.id, Indicator.measure, Indicator.over_units)
    rows = work.session.execute(sa.select(*columns).where(Indicator.id.in_(keys)))
    counted = {key for key, measure, operator in rows if _is_count(measure, operator)}
    return [_share(figure, counted) for figure in figures]


def _on(figure: Figure, basis: LeadBasis) -> Decimal | None:
    return figure.verified if basis is LeadBasis.VERIFIED_ONLY else figure.value


def _is_count(measure: Measure, operator: OverUnits) -> bool:
    return measure in {Measure.NUMBER, Measure.YES_NO} and operator in COUNTED


def _share(figure: Figure, counted: set[UUID]) -> VerifiedShare:
    nothing = figure.verified is None and not figure.verified_units
    verified = Decimal(0) if nothing else figure.verified
    by_value = _quotient(verified, figure.value) if figure.indicator_id in counted else None
    return VerifiedShare(by_value, _quotient(Decimal(figure.verified_units), Decimal(figure.reported)))


def _quotient(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return (part / whole).quantize(MILLIONTH, ROUND_HALF_EVEN) if part is not None and whole else None
