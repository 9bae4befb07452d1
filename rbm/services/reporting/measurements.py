"""Values of a report: recorded cell by cell, corrected by revisions that keep what was said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid, Refusal
from rbm.model.indicators import Indicator
from rbm.model.people import Person
from rbm.model.reporting import Evidence, Measurement, Report
from rbm.rules.inputs import refuse_blank
from rbm.services import marks
from rbm.services.reporting.reports import current_values, lock_writable
from rbm.services.reporting.splitting import refuse_gaps
from rbm.services.reporting.stating import (
    EvidenceInput,
    Facts,
    MeasurementInput,
    StatedValue,
    ValueInput,
    cell_facts,
    stated_facts,
)
from rbm.terms.reporting import CausalLink, MissingReason, ReportStage, ValueStage, Verification
from rbm.work import Work

STAGES = {ReportStage.DRAFT: ValueStage.DRAFT, ReportStage.RETURNED: ValueStage.RETURNED}
Cell = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class CorrectionInput(StatedValue):
    """What a value is to be instead. Its cell stays; causal link and evidence stay too unless others are stated."""


@dataclass(frozen=True)
class Revision:
    """A value as it was stated, by whom and when, and why it replaced the one before."""

    measurement_id: int
    current: bool
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    text: str | None
    missing_reason: MissingReason | None
    causal_link: CausalLink | None
    stage: ValueStage
    verification: Verification
    recorded_at: datetime
    recorded_by: str | None
    reason: str | None


def record_measurement(work: Work, measurement: MeasurementInput) -> Measurement:
    """Record the value of a cell in a draft or returned report; what the cell held before is kept as superseded.

    NotFound or Invalid names the field that does not fit; Conflict when the report or its period takes no values.
    """
    report = lock_writable(work, measurement.report_id)
    return _record(work, report, measurement, _by_cell(work, report))


def record_measurements(
    work: Work, report_id: UUID, values: Sequence[ValueInput], complete_by: Sequence[UUID] = ()
) -> list[Measurement]:
    """Record the values of many cells in a draft or returned report: all of them, or none.

    Dimensions in `complete_by` are those the reporter says to split by: every crossing of their categories is there and
    no other. A refusal names the row (counted from 1) and its field; Invalid too when two rows are of one cell.
    """
    report = lock_writable(work, report_id)
    if complete_by:
        refuse_gaps(work, complete_by, values)
    present = _by_cell(work, report)
    rows: dict[int, int] = {}
    made = []
    for row, value in enumerate(values, 1):
        try:
            recorded = _record(work, report, value, present)
            if recorded.supersedes_id in rows:
                raise Invalid(f"it is of the same cell as row {rows[recorded.supersedes_id]}", "indicator_id")
        except Refusal as refusal:
            field = f"values.{row}.{refusal.field}"
            raise type(refusal)(f"row {row}: {refusal.message}", field, refusal.code) from refusal
        rows[recorded.id] = row
        made.append(recorded)
    return made


def correct_measurement(work: Work, measurement_id: int, correction: CorrectionInput, reason: str) -> Measurement:
    """Put another value in the place of a recorded one, which is kept with its author, and with the reason (R058).

    Invalid without a reason; Conflict when the value is superseded, its report or period takes no changes, or it was
    published by others and belongs to no report.
    """
    before = work.get(Measurement, measurement_id, "measurement_id")
    work.require(Permission.REPORT, before)
    if before.report_id is None:
        raise Conflict("it was published and is corrected by its publisher", "measurement_id")
    report = lock_writable(work, before.report_id)
    work.session.refresh(before)
    if before.stage not in STAGES.values():
        raise Conflict(f"the value is {before.stage}", "measurement_id")
    facts = stated_facts(_measure(work, before.indicator_id), correction)
    facts["causal_link"] = correction.causal_link or before.causal_link
    facts["correction_reason"] = refuse_blank(reason, "reason")
    made = _supersede(work, report, before, _cell_of(before) | facts)
    _keep_evidence(work, made, correction.evidence or _evidence(work, before))
    marks.mark(work, [made.indicator_id], "correct_measurement")
    return made


def report_history(work: Work, measurement_id: int) -> tuple[Revision, ...]:
    """Every revision of the cell of a value, oldest first. NotFound when the value is not seen."""
    measurement = work.get(Measurement, measurement_id, "measurement_id")
    query = sa.select(Measurement, Person.name).outerjoin(Person, Person.id == Measurement.recorded_by_id)
    query = query.where(*_same_cell(measurement)).order_by(Measurement.id)
    return tuple(_revision(row, name) for row, name in work.session.execute(query))


def find_measurements(report_id: UUID | None = None, indicator_id: UUID | None = None) -> sa.Select[Measurement]:
    """Values that no correction superseded, of one report and of one indicator where these are named."""
    query = sa.select(Measurement).where(Measurement.stage != ValueStage.SUPERSEDED)
    if report_id:
        query = query.where(Measurement.report_id == report_id)
    return query.where(Measurement.indicator_id == indicator_id) if indicator_id else query


def _record(work: Work, report: Report, stated: ValueInput, present: dict[Cell, Measurement]) -> Measurement:
    cell = cell_facts(work, report, stated)
    facts = cell | stated_facts(_measure(work, stated.indicator_id), stated)
    made = _supersede(work, report, present.get(_key(cell)), facts)
    present[_key(cell)] = made
    _keep_evidence(work, made, stated.evidence)
    return made


def _supersede(work: Work, report: Report, before: Measurement | None, facts: Facts) -> Measurement:
    if before is not None:
        before.stage = ValueStage.SUPERSEDED
    return work.add(
        Measurement(
            **facts,
            report_id=report.id,
            supersedes_id=before.id if before else None,
            occurrence=1,
            stage=STAGES[report.stage],
            verification=Verification.SELF_REPORTED,
            recorded_at=work.now,
            recorded_by_id=work.actor.person_id,
        )
    )


def _keep_evidence(work: Work, measurement: Measurement, evidence: Sequence[EvidenceInput]) -> None:
    for one in evidence:
        facts = {"added_at": work.now, "added_by_id": work.actor.person_id}
        work.add(Evidence(measurement_id=measurement.id, url=one.url, note=one.note, **facts))


def _evidence(work: Work, measurement: Measurement) -> list[EvidenceInput]:
    rows = work.session.scalars(sa.select(Evidence).where(Evidence.measurement_id == measurement.id))
    return [EvidenceInput(url=row.url, note=row.note) for row in rows]


def _by_cell(work: Work, report: Report) -> dict[Cell, Measurement]:
    return {_key(_cell_of(row)): row for row in current_values(work, report)}


def _cell_of(row: Measurement) -> Facts:
    names = ("indicator_id", "period_id", "place_id", "place_stated", "disaggregation_id")
    return {name: getattr(row, name) for name in names}


def _key(cell: Facts) -> Cell:
    """What makes two values of one report the same cell: a place counts where it was stated."""
    return cell["indicator_id"], cell["place_id"] if cell["place_stated"] else None, cell["disaggregation_id"]


def _same_cell(row: Measurement) -> list[sa.ColumnElement[bool]]:
    """The condition of being a revision of one cell; the office's own place is no part of it in a report."""
    names = ["indicator_id", "period_id", "report_id", "disaggregation_id", "place_stated", "occurrence"]
    if row.place_stated or row.report_id is None:
        names += ["place_id", "place_text"]
    columns = Measurement.__table__.c
    return [columns[name].is_not_distinct_from(getattr(row, name)) for name in names]


def _measure(work: Work, indicator_id: UUID) -> Any:
    return work.session.get_one(Indicator, indicator_id).measure


def _revision(row: Measurement, by: str | None) -> Revision:
    return Revision(
        measurement_id=row.id,
        current=row.stage is not ValueStage.SUPERSEDED,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        text=row.text,
        missing_reason=row.missing_reason,
        causal_link=row.causal_link,
        stage=row.stage,
        verification=row.verification,
        recorded_at=row.recorded_at,
        recorded_by=by,
        reason=row.correction_reason,
    )
