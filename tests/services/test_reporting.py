"""Values that were published elsewhere: kept as they come, refused whole with the row of the first fault."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from rbm.model.indicators import Baseline, Indicator, Target
from rbm.model.people import Place
from rbm.model.reporting import Measurement
from rbm.model.rollup import DirtyMark
from rbm.services import reporting, rollup
from rbm.services.reporting import Published, PublishedCell
from rbm.terms.indicators import Measure
from rbm.terms.people import PlaceKind, Role
from rbm.terms.reporting import MissingReason, ValueStage, Verification
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.iati import stored

ORIGIN = "published by somebody"


@pytest.fixture
def cell(start: Begin) -> PublishedCell:
    """A cell of an indicator, a year and a place, with all its values."""
    with start() as work:
        make = Make(work)
        make.headquarters()
        place = work.add(Place(code="404", name="Kenya", kind=PlaceKind.COUNTRY))
        facts = {"baseline": Decimal(1), "baseline_year": 2025, "target": Decimal(9), "actual": Decimal("7.5")}
        return PublishedCell(make.indicator().id, make.year().id, place.id, **facts)  # type: ignore[arg-type]


def test_published_cells_are_approved_released_and_never_verified(
    engine: sa.Engine, start: Begin, cell: PublishedCell
) -> None:
    with start(operation="publish") as work:
        assert reporting.publish_cells(work, [cell], ORIGIN) == Published(1, 1, 1)
        day = work.today
    names = ("value", "place_id", "place_stated", "stage", "verification", "origin", "released_on", "missing_reason")
    assert stored.rows(engine, Measurement, *names) == [
        (Decimal("7.5"), cell.place_id, True, ValueStage.APPROVED, Verification.SELF_REPORTED, ORIGIN, day, None)
    ]
    assert stored.rows(engine, Target, "value", "edition", "current", "source") == [(9, 1, True, ORIGIN)]
    assert stored.rows(engine, Baseline, "value", "year", "source") == [(1, 2025, ORIGIN)]
    assert stored.rows(engine, DirtyMark, "indicator_id") == [(cell.indicator_id,)]
    entries = stored.rows(engine, AuditEntry, "operation", "kind", "entity", "entity_id")
    assert [entry for entry in entries if entry[0] == "publish"] == [
        ("publish", AuditKind.BATCH, "measurement", ORIGIN)
    ]


def test_equal_cells_of_one_publication_stand_in_parallel_and_add(
    engine: sa.Engine, start: Begin, cell: PublishedCell
) -> None:
    with start() as work:
        reporting.publish_cells(work, [cell, cell], ORIGIN)
        rollup.refresh(work)
    assert stored.rows(engine, Measurement, "occurrence") == [(1,), (2,)]
    assert [row.value for row in stored.figures(engine)] == [15]


def test_a_cell_without_an_actual_is_missing_and_not_zero(engine: sa.Engine, start: Begin, cell: PublishedCell) -> None:
    with start() as work:
        reporting.publish_cells(work, [replace(cell, actual=None)], ORIGIN)
    assert stored.rows(engine, Measurement, "value", "missing_reason") == [(None, MissingReason.NOT_REPORTED)]


@pytest.mark.parametrize(
    ("change", "kind", "field"),
    [
        ({"indicator_id": uuid4()}, NotFound, "indicator_id"),
        ({"period_id": uuid4()}, NotFound, "period_id"),
        ({"place_id": uuid4()}, NotFound, "place_id"),
        ({"disaggregation_id": uuid4()}, NotFound, "disaggregation_id"),
        ({"actual": Decimal("0.0000001")}, Invalid, "actual"),
        ({"target": Decimal(10) ** 13}, Invalid, "target"),
        ({"baseline": Decimal("NaN")}, Invalid, "baseline"),
    ],
)
def test_the_first_fault_is_named_by_row_and_field_and_nothing_is_kept(
    engine: sa.Engine, cell: PublishedCell, change: dict[str, Any], kind: type[Refusal], field: str
) -> None:
    with refused(engine, kind, f"cells.2.{field}") as work:
        reporting.publish_cells(work, [cell, replace(cell, **change)], ORIGIN)


def test_a_narrative_holds_no_number(engine: sa.Engine, start: Begin, cell: PublishedCell) -> None:
    with start() as work:
        told = Make(work).indicator(measure=Measure.NARRATIVE, code="N")
    with refused(engine, Invalid, "cells.1.baseline") as work:
        reporting.publish_cells(work, [replace(cell, indicator_id=told.id)], ORIGIN)


def test_publishing_twice_counts_once(engine: sa.Engine, start: Begin, cell: PublishedCell) -> None:
    with start() as work:
        reporting.publish_cells(work, [cell], ORIGIN)
    with refused(engine, Conflict, "cells.2") as work:
        other = work.session.scalars(sa.select(Indicator.id)).one()
        reporting.publish_cells(work, [replace(cell, indicator_id=other, place_id=None), cell], ORIGIN)


def test_only_those_who_import_publish(engine: sa.Engine, start: Begin, cell: PublishedCell) -> None:
    with start() as work:
        reporter = Make(work).actor(Role.REPORTER)
    with refused(engine, Forbidden, None, reporter) as work:
        reporting.publish_cells(work, [cell], ORIGIN)
