"""What a reporter states of a cell, checked against its indicator and turned into the columns of a value."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from rbm.errors import Invalid
from rbm.model.indicators import Category, Disaggregation, Indicator
from rbm.model.people import Office, Place
from rbm.model.reporting import Report
from rbm.model.strategy import Framework, Result
from rbm.rules.cell import WITH_PARTS, Stated, settled
from rbm.rules.inputs import refuse_address, refuse_blank, refuse_inexact
from rbm.services.indicators import dimensions_of, disaggregation_of
from rbm.terms.indicators import Measure
from rbm.terms.reporting import CausalLink, MissingReason
from rbm.work import Work

Facts = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class EvidenceInput:
    """What a value rests on: an address (http or https), a note, or both."""

    url: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class StatedValue:
    """A number in the indicator's unit, or numerator and denominator, or a text; without any, the reason for it."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    text: str | None = None
    missing_reason: MissingReason | None = None
    causal_link: CausalLink | None = None
    evidence: tuple[EvidenceInput, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ValueInput(StatedValue):
    """A value of one cell. Without a place it is of the office's place, without categories of the total."""

    indicator_id: UUID
    place_id: UUID | None = None
    category_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MeasurementInput(ValueInput):
    """A value of one cell, recorded in a report."""

    report_id: UUID


def stated_facts(measure: Measure, stated: StatedValue) -> Facts:
    """The columns of a stated value; what has no number carries a reason. Invalid names the field that does not fit.

    A denominator of 0 gives no number: the parts are kept, and the reason is `not_applicable` unless one is stated. A
    numerator that is part of nothing is refused unless the reason is stated.
    """
    for one in stated.evidence:
        _refuse_evidence(one)
    value = Stated(stated.value, stated.numerator, stated.denominator, stated.text)
    found, reason = _settled(measure, value, stated.missing_reason)
    return {
        "value": found.value,
        "numerator": found.numerator,
        "denominator": found.denominator,
        "text": found.text,
        "missing_reason": reason,
        "causal_link": stated.causal_link,
    }


def cell_facts(work: Work, report: Report, stated: ValueInput) -> Facts:
    """The columns of the cell a value is for. NotFound or Invalid names the field that does not fit."""
    indicator = indicator_of(work, report, stated.indicator_id)
    place = work.get(Place, stated.place_id, "place_id") if stated.place_id else None
    crossing = _crossing(work, indicator, stated.category_ids)
    return {
        "indicator_id": indicator.id,
        "period_id": report.period_id,
        "place_id": place.id if place else _home(work, report),
        "place_stated": place is not None,
        "disaggregation_id": crossing.id if crossing else None,
    }


def indicator_of(work: Work, report: Report, indicator_id: UUID) -> Indicator:
    """The indicator, when it is one of the report's framework that takes values. NotFound or Invalid otherwise."""
    indicator = work.get(Indicator, indicator_id, "indicator_id")
    result = work.session.get_one(Result, indicator.result_id)
    if result.framework_id != report.framework_id:
        raise Invalid(f"{indicator.code} is an indicator of another framework", "indicator_id")
    if indicator.derived:
        raise Invalid(f"{indicator.code} was made by consolidation and is not reported on", "indicator_id")
    if indicator.formula:
        raise Invalid(f"{indicator.code} is made by a formula and is not reported on", "indicator_id")
    return indicator


def _settled(measure: Measure, value: Stated, reason: MissingReason | None) -> tuple[Stated, MissingReason | None]:
    if value == Stated():
        if reason is None:
            raise Invalid("a value, or the reason why there is none, is missing", "missing_reason")
        return value, reason
    if measure in WITH_PARTS and value.denominator == 0 and value.numerator is not None:
        _refuse_parts(value)
        if value.numerator and reason is None:
            raise Invalid(f"{value.numerator:f} of 0 is no share: state why there is no number", "denominator")
        return value, reason or MissingReason.NOT_APPLICABLE
    found = settled(measure, value)
    if reason is not None:
        raise Invalid("a value that is there is not missing", "missing_reason")
    return found, MissingReason.TEXT_ONLY if found.value is None else None


def _refuse_parts(value: Stated) -> None:
    refuse_inexact(value.numerator, "numerator")
    if value.value is not None:
        raise Invalid("a denominator of 0 gives no number", "value")
    if value.text is not None:
        raise Invalid("parts are numbers, not a text", "text")


def _refuse_evidence(one: EvidenceInput) -> None:
    if one.url is None:
        refuse_blank(one.note, "evidence")
        return
    refuse_address(one.url, "evidence")


def _crossing(work: Work, indicator: Indicator, category_ids: tuple[UUID, ...]) -> Disaggregation | None:
    if not category_ids:
        return None
    along = dimensions_of(work, indicator)
    for key in category_ids:
        category = work.get(Category, key, "category_ids")
        if category.dimension_id not in along:
            raise Invalid(f"{indicator.code} is not split along the dimension of {category.code}", "category_ids")
    return disaggregation_of(work, category_ids)


def _home(work: Work, report: Report) -> UUID | None:
    framework = work.session.get_one(Framework, report.framework_id)
    return work.session.get_one(Office, framework.office_id).place_id
