"""Traps in which other systems fail: named regressions."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from graph_schema.execute import execute
from rbm.model.reporting import Measurement, Report
from rbm.model.rollup import DirtyMark, Figure
from rbm.rules.achievement import Case, achievement
from rbm.services import indicators, reporting, rollup
from rbm.services.indicators import ContributionPlan
from rbm.services.reporting import Timeliness
from rbm.services.rollup import FigureQuestion
from rbm.terms.indicators import Direction, OverUnits
from rbm.terms.reporting import ReportStage
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work
from tests.conformance.scenes import PARTS, children, exact, figure, parts, value
from tests.conftest import Begin
from tests.make import Make
from tests.services.iati.stored import rows
from tests.services.reporting.scene import DUE, Scene, build, person_of


@pytest.fixture
def scene(start: Begin) -> Scene:
    """A country office with a plan, an indicator, a reporter and an approver."""
    return build(start)


def total(scene: Scene) -> Decimal | None:
    """The figure of the scene after the next refresh."""
    with scene.start() as work:
        rollup.refresh(work)
        found = work.session.scalars(rollup.find_figures(work, FigureQuestion(FrameworkLevel.COUNTRY))).one_or_none()
        return found.value if found else None


def test_trap_003_approving_many_values_at_once_marks_and_signs_them(engine: sa.Engine, scene: Scene) -> None:
    report, _ = scene.submitted(10)
    assert total(scene) is None
    with scene.start(scene.approver) as work:
        reporting.approve_report(work, report)
    assert rows(engine, DirtyMark, "indicator_id", "cause") == [(scene.indicator, "approve_report")]
    assert rows(engine, Report, "approved_by_id") == [(person_of(scene.approver),)]
    assert total(scene) == 10


def test_trap_004_what_is_given_back_leaves_the_total(scene: Scene) -> None:
    report, _ = scene.approved(10)
    assert total(scene) == 10
    with scene.start(scene.approver) as work:
        reporting.unapprove_report(work, report, "look again")
    assert total(scene) is None


def test_trap_007_a_cap_is_a_cap() -> None:
    found = achievement(Case(exact(40), exact(80), direction=Direction.INCREASE))
    assert (found.raw, found.capped) == (exact("0.5"), exact("0.5"))


def test_trap_008_a_mean_is_over_places_that_were_filled_in(work: Work, make: Make) -> None:
    year, parent = make.year(), make.indicator(over_units=OverUnits.MEAN)
    for child, number in zip(children(make, parent, 3), (120, 80, None), strict=True):
        if number is not None:
            make.measurement(child, year, number)
    found = figure(work, parent, year)
    assert found
    assert (found.value, found.reported, found.expected) == (100, 2, 3)


def test_trap_009_a_percentage_has_no_denominator_beyond_those_of_its_children(work: Work, make: Make) -> None:
    year, parent = make.year(), make.indicator(**PARTS)
    for child, numerator in zip(children(make, parent, 2, **PARTS), (50, 30), strict=True):
        make.measurement(child, year, **parts(numerator, 100))
    found = figure(work, parent, year)
    assert found
    assert (found.numerator, found.denominator, found.value) == (80, 200, 40)


def test_trap_010_a_returned_report_stays_returned_and_is_overdue(scene: Scene) -> None:
    report, _ = scene.submitted()
    with scene.start(scene.approver) as work:
        reporting.return_report(work, report, "look again")
    with scene.start() as work:
        [owed] = reporting.obligations(work, DUE + timedelta(days=1))
        assert owed.report
        assert (owed.report.stage, owed.timeliness) == (ReportStage.RETURNED, Timeliness.OVERDUE)


def test_trap_011_half_of_the_way_down_is_half(work: Work) -> None:
    found = achievement(Case(exact(30), exact(20), exact(40), Direction.DECREASE))
    assert found.raw == exact("0.5")


def test_trap_013_a_project_that_moves_takes_its_value_along(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        left, right, child, year = make.indicator(), make.indicator(), make.indicator(), make.year()
        link = make.contribution(child, left)
        make.measurement(child, year, 10)
        before = [value(work, each, year) for each in (left, right)]
    with start() as work:
        indicators.unlink_indicators(work, link.id)
        indicators.link_indicators(work, ContributionPlan(child.id, right.id))
    assert {row[0] for row in rows(engine, DirtyMark, "indicator_id")} >= {left.id, right.id}
    with start() as work:
        rollup.refresh(work)
        kept = {row.indicator_id: row.value for row in work.session.scalars(sa.select(Figure))}
    assert (before, kept.get(left.id), kept[right.id]) == ([10, None], None, 10)


def test_trap_014_decimals_and_negative_numbers_come_in_as_text(engine: sa.Engine, scene: Scene) -> None:
    report = scene.opened()
    for text in ("12.5", "-0.25"):
        stated = f'reportId: "{report}", indicatorId: "{scene.indicator}", value: "{text}"'
        document = f"mutation {{ recordMeasurement(measurement: {{ {stated} }}) {{ measurement {{ value }} }} }}"
        answer = execute(engine, scene.reporter, document)
        assert Decimal(str(answer["data"]["recordMeasurement"]["measurement"]["value"])) == Decimal(text)
    assert sorted(rows(engine, Measurement, "value")) == [(exact("-0.25"),), (exact("12.5"),)]
