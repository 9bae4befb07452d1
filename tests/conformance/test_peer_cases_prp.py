"""Cases of UNICEF's partner reporting: places, periods within periods, quotients, what is refused, what goes on."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from graph_schema.execute import execute
from rbm.errors import Conflict, Invalid
from rbm.model.indicators import Indicator
from rbm.model.people import Place
from rbm.model.reporting import Measurement, Period, Report
from rbm.model.rollup import Figure
from rbm.services import indicators, marks, reporting, rollup
from rbm.services.reporting import MeasurementInput, Timeliness, ValueInput
from rbm.terms.indicators import Measure, OverTime, OverUnits
from rbm.terms.people import PlaceKind
from rbm.terms.reporting import MissingReason, ReportStage, ValueStage
from rbm.work import Work
from tests.conformance.scenes import PARTS, RATIO, constant, exact, figure, first_quarter, month, parts, remade, value
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.iati.stored import rows
from tests.services.reporting.scene import DUE, Scene, build
from tests.services.rollup.breaking import breaking

NUMBER = Decimal(100)


@pytest.fixture
def scene(start: Begin) -> Scene:
    """A country office with a plan, an indicator, a reporter and an approver."""
    return build(start)


def placed(make: Make, indicator: Indicator, year: Period, amounts: list[dict[str, Decimal]]) -> None:
    """One approved value a place."""
    for amount in amounts:
        code = make.code("L")
        place = make.work.add(Place(code=code, name=code, kind=PlaceKind.COUNTRY))
        make.measurement(indicator, year, **(amount | {"place_id": place.id, "place_stated": True}))


def over_time(make: Make, operator: OverTime, accepted: list[object], **facts: object) -> tuple[Indicator, Period]:
    """An indicator with one approved value a month, and the quarter in which the months lie."""
    made = make.indicator(over_time=operator, **facts)
    for number, one in enumerate(accepted, 1):
        make.measurement(made, month(make, number), one)
    return made, first_quarter(make)


def test_prp_001_frequent_reports_come_together_in_the_quarter(work: Work, make: Make) -> None:
    assert value(work, *over_time(make, OverTime.SUM, [5, 10])) == 15


def test_prp_002_values_of_one_cell_in_two_reports_add(work: Work, make: Make) -> None:
    assert value(work, *over_time(make, OverTime.SUM, [5, 4])) == 9


def test_prp_004_places_add_up(work: Work, make: Make) -> None:
    indicator, year = make.indicator(), make.year()
    placed(make, indicator, year, [{"value": exact(101)}, {"value": exact(102)}])
    assert value(work, indicator, year) == 203


def test_prp_005_a_report_without_anything_in_it_is_refused_and_makes_no_zero(engine: sa.Engine, scene: Scene) -> None:
    report = scene.opened()
    with refused(engine, Conflict, "measurements", scene.reporter) as work:
        reporting.submit_report(work, report)
    with scene.start() as work:
        rollup.refresh(work, full=True)
    assert rows(engine, Figure, "id") == []


def test_prp_006_a_total_is_the_sum_of_its_places(work: Work, make: Make) -> None:
    indicator, year = make.indicator(), make.year()
    placed(make, indicator, year, [{"value": exact(120)}, {"value": exact(80)}])
    assert value(work, indicator, year) == 200


def test_prp_009_only_what_was_accepted_enters(work: Work, make: Make) -> None:
    indicator, quarter = over_time(make, OverTime.SUM, [200, 50])
    make.measurement(indicator, month(make, 3), 999, stage=ValueStage.SUBMITTED)
    assert value(work, indicator, quarter) == 250


def test_prp_010_the_highest_of_several_periods(work: Work, make: Make) -> None:
    assert value(work, *over_time(make, OverTime.MAX, [200, 50])) == 200


def test_prp_011_the_mean_of_several_periods(work: Work, make: Make) -> None:
    assert value(work, *over_time(make, OverTime.MEAN, [200, 50])) == 125


def test_prp_012_places_of_a_ratio_come_together_by_their_parts(work: Work, make: Make) -> None:
    indicator, year = make.indicator(**RATIO), make.year()
    placed(make, indicator, year, [parts(50, 100), parts(30, 300)])
    assert value(work, indicator, year) == exact("0.2")


def test_prp_014_the_latest_of_several_periods(work: Work, make: Make) -> None:
    indicator = make.indicator(**RATIO)
    for number, amounts in ((1, (50, 100)), (2, (30, 300))):
        make.measurement(indicator, month(make, number), **parts(*amounts))
    assert value(work, indicator, first_quarter(make)) == exact("0.1")


def test_prp_015_what_is_missing_is_null_with_a_reason_and_never_0(work: Work, make: Make) -> None:
    year = make.year()
    share, empty = make.indicator(**PARTS), make.indicator()
    make.measurement(share, year, **parts(300, 0), missing_reason=MissingReason.NOT_APPLICABLE)
    make.measurement(empty, year, missing_reason=MissingReason.NOT_REPORTED)
    found = [figure(work, each, year) for each in (share, empty)]
    assert [(each.value, each.reason is not None) for each in found if each] == [(None, True), (None, True)]


def test_prp_016_being_overdue_is_derived_and_changes_no_report(scene: Scene) -> None:
    found = [standing(scene)]
    report, _ = scene.submitted(now=NOW - timedelta(days=30))
    found.append(standing(scene))
    with scene.start() as work:
        assert work.get(Report, report).stage is ReportStage.SUBMITTED
    assert found == [Timeliness.OVERDUE, Timeliness.SUBMITTED]


def standing(scene: Scene) -> Timeliness:
    """Where the one report that is owed stands on the day after it was due."""
    with scene.start() as work:
        [owed] = reporting.obligations(work, DUE + timedelta(days=1))
        return owed.timeliness


def test_prp_018_one_record_that_fails_is_told_and_the_others_go_on(engine: sa.Engine, scene: Scene) -> None:
    with scene.start() as work:
        make = Make(work)
        year = work.get(Period, scene.period)
        broken, sound = constant(make, year, 1), constant(make, year, 2)
        marks.mark(work, [broken.id, sound.id], "test")
    with breaking(engine, broken.id), capture_logs() as logged:
        done = rollup.refresh_due(engine, NOW)
    assert (done["failed"], rows(engine, Figure, "indicator_id", "value")) == (1, [(sound.id, 2)])
    assert [entry["log_level"] for entry in logged] == ["error"]


def test_prp_019_what_is_no_number_is_refused_and_a_number_has_no_denominator(engine: sa.Engine, scene: Scene) -> None:
    report = scene.opened()
    for field in ("value", "numerator", "denominator"):
        stated = f'reportId: "{report}", indicatorId: "{scene.indicator}", {field}: "aaaa"'
        document = f"mutation {{ recordMeasurement(measurement: {{ {stated} }}) {{ measurement {{ id }} }} }}"
        assert "aaaa" in str(execute(engine, scene.reporter, document)["errors"])
    assert rows(engine, Measurement, "id") == []
    scene.recorded(report, 100)
    assert rows(engine, Measurement, "value", "denominator") == [(100, None)]


def test_prp_020_nothing_of_nothing_is_kept_and_something_of_nothing_is_refused(
    engine: sa.Engine, scene: Scene
) -> None:
    remade(scene, measure=Measure.RATIO, over_units=OverUnits.RATIO_OF_SUMS, over_time=OverTime.LAST)
    report = scene.opened()
    stated = MeasurementInput(report_id=report, indicator_id=scene.indicator, **parts(5, 0))
    with refused(engine, Invalid, "denominator", scene.reporter) as work:
        reporting.record_measurement(work, stated)
    with scene.start(scene.reporter) as work:
        stated = MeasurementInput(report_id=report, indicator_id=scene.indicator, **parts(0, 0))
        assert reporting.record_measurement(work, stated).missing_reason is MissingReason.NOT_APPLICABLE


def test_prp_021_nothing_of_nothing_does_not_disturb_the_total(work: Work, make: Make) -> None:
    indicator, year = make.indicator(**RATIO), make.year()
    placed(make, indicator, year, [parts(0, 0) | {"missing_reason": MissingReason.NOT_APPLICABLE}, parts(3, 4)])
    found = figure(work, indicator, year)
    assert found
    assert (found.numerator, found.denominator, found.value) == (3, 4, exact("0.75"))


def test_prp_022_who_reports_by_dimensions_states_every_crossing_and_no_other(engine: sa.Engine, scene: Scene) -> None:
    axes = {"sex": "MF", "age": "OY", "home": "TV"}
    with scene.start() as work:
        keys: dict[str, tuple[object, ...]] = {}
        dimensions = [indicators.define_dimension(work, code, code, additive=True).id for code in axes]
        for dimension, letters in zip(dimensions, axes.values(), strict=True):
            indicators.split_indicator(work, scene.indicator, dimension)
            keys |= {one: indicators.define_category(work, dimension, one, one).id for one in letters}
    full = [(first, second, third) for first in "MF" for second in "OY" for third in "TV"]
    report = scene.opened()
    wrong = ([*full[1:]], [*full, ("M",)], [*full[:-1], ("M", "O")])
    for crossings in wrong:
        with refused(engine, Invalid, "category_ids", scene.reporter) as work:
            reporting.record_measurements(work, report, _values(scene, keys, crossings), dimensions)
    with refused(engine, Invalid, "values.9.category_ids", scene.reporter) as work:
        reporting.record_measurements(work, report, _values(scene, keys, [*full, ("M", "F", "O")]))
    with scene.start(scene.reporter) as work:
        made = reporting.record_measurements(work, report, _values(scene, keys, full), dimensions)
    assert len(made) == 8


def _values(scene: Scene, keys: dict[str, object], crossings: list[tuple[str, ...]]) -> list[ValueInput]:
    made = [tuple(keys[one] for one in crossing) for crossing in crossings]
    return [ValueInput(indicator_id=scene.indicator, value=NUMBER, category_ids=one) for one in made]
