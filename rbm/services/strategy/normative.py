"""Intended contributions of results to external normative frameworks, each with its owner."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Invalid
from rbm.model.indicators import Indicator
from rbm.model.people import Person
from rbm.model.strategy import NormativeLink, NormativeTarget, Result
from rbm.rules.inputs import refuse_inexact, refuse_year
from rbm.terms.strategy import NormativeFramework
from rbm.work import Work


@dataclass(frozen=True)
class ContributionIntent:
    """What a result is to contribute to a normative target: an indicator from a baseline to an intended value."""

    result_id: UUID
    target_id: UUID
    indicator_id: UUID | None = None
    baseline: Decimal | None = None
    intended: Decimal | None = None
    year: int | None = None
    owner_id: UUID | None = None


@dataclass(frozen=True)
class NormativeContribution:
    """One line of the report on a normative framework; `owner` is the name of the accountable person."""

    target_code: str
    label: str
    result_code: str
    indicator_code: str | None
    baseline: Decimal | None
    intended: Decimal | None
    year: int | None
    owner: str | None


def intend_contribution(work: Work, intent: ContributionIntent) -> NormativeLink:
    """State what a result is to contribute to a normative target; stating it again replaces what was stated."""
    result = work.get(Result, intent.result_id, "result_id")
    work.require(Permission.PLAN, result)
    target = work.get(NormativeTarget, intent.target_id, "target_id")
    refuse_inexact(intent.baseline, "baseline")
    refuse_inexact(intent.intended, "intended")
    refuse_year(intent.year)
    indicator, owner = _indicator(work, intent), _owner(work, intent)
    stated = sa.select(NormativeLink).where(NormativeLink.result_id == result.id, NormativeLink.target_id == target.id)
    link = work.session.scalars(stated).one_or_none() or NormativeLink(result=result, target=target)
    link.indicator, link.owner = indicator, owner
    link.baseline, link.intended, link.year = intent.baseline, intent.intended, intent.year
    return work.add(link)


def withdraw_contribution(work: Work, link_id: UUID) -> NormativeLink:
    """Take back an intended contribution; returns it as it was."""
    link = work.get(NormativeLink, link_id, "link_id")
    work.require(Permission.PLAN, link)
    work.remove(link)
    return link


def normative_report(work: Work, framework: NormativeFramework) -> tuple[NormativeContribution, ...]:
    """Every contribution to a normative framework with its accountable owner, in the order of target and result."""
    query = (
        sa.select(NormativeTarget.code, NormativeTarget.label, Result.code, Indicator.code, NormativeLink, Person.name)
        .join(NormativeLink.target)
        .join(NormativeLink.result)
        .outerjoin(NormativeLink.indicator)
        .outerjoin(NormativeLink.owner)
        .where(NormativeTarget.framework == framework)
        .order_by(NormativeTarget.code, Result.code)
    )
    return tuple(
        NormativeContribution(target, label, result, indicator, link.baseline, link.intended, link.year, owner)
        for target, label, result, indicator, link, owner in work.session.execute(query)
    )


def _indicator(work: Work, intent: ContributionIntent) -> Indicator | None:
    if intent.indicator_id is None:
        return None
    indicator = work.get(Indicator, intent.indicator_id, "indicator_id")
    if indicator.result_id != intent.result_id:
        raise Invalid(f"{indicator.code} measures another result", "indicator_id")
    return indicator


def _owner(work: Work, intent: ContributionIntent) -> Person | None:
    owner = work.get(Person, intent.owner_id, "owner_id") if intent.owner_id else None
    if owner and not owner.active:
        raise Invalid(f"{owner.name} is not active", "owner_id")
    return owner
