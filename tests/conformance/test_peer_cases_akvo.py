"""Cases of Akvo RSR that are no list of updates: marks, corrections, drill-down, reconciliation, safety."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.errors import Invalid
from rbm.model.indicators import Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import DirtyMark, Figure
from rbm.services import indicators, marks, reporting, rollup
from rbm.services.reporting import CorrectionInput, MeasurementInput
from rbm.terms.indicators import Accumulation, Measure, OverTime, OverUnits
from rbm.terms.reporting import MissingReason
from rbm.work import Work, begin
from tests.conformance.cases import Case
from tests.conformance.replay import Verdict, replay
from tests.conformance.scenes import PARTS, figure, parts, remade, value
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.iati.stored import rows
from tests.services.reporting.scene import Scene, build
from tests.services.rollup.breaking import MESSAGE, breaking

LEAD = [
    {"id": "lead"},
    {"id": "l1", "parent": "lead"},
    {"id": "l2a", "parent": "l1"},
    {"id": "l2b", "parent": "l1"},
]
BRANCHES = [
    {"id": "l2a update", "unit": "l2a", "value": 2, "disagg": {"Male": 1, "Female": 1}},
    {"id": "l2b update", "unit": "l2b", "value": 3, "disagg": {"Male": 2, "Female": 1}},
]


@pytest.fixture
def scene(start: Begin) -> Scene:
    """A country office with a plan, an indicator, a reporter and an approver."""
    return build(start)


def comes_to(engine: sa.Engine, inputs: dict[str, object], expected: dict[str, object]) -> None:
    """The inputs, replayed, come to what is expected."""
    outcome = replay(engine, Case("told otherwise", inputs, expected, deviates=False))
    assert outcome.verdict is Verdict.PASSED, outcome.differences


def split(scene: Scene, *names: str) -> dict[str, object]:
    """Categories of an additive dimension that the indicator is split by."""
    with scene.start() as work:
        dimension = indicators.define_dimension(work, "kind", "Kind", additive=True)
        indicators.split_indicator(work, scene.indicator, dimension.id)
        return {name: indicators.define_category(work, dimension.id, name, name).id for name in names}


def queued(engine: sa.Engine) -> int:
    """How many indicators wait to be computed."""
    return len(set(rows(engine, DirtyMark, "indicator_id")))


def refreshed(scene: Scene) -> None:
    with scene.start() as work:
        rollup.refresh(work)


def test_akvo_007_an_approval_and_a_deletion_queue_one_computation_each(engine: sa.Engine, scene: Scene) -> None:
    report = scene.opened()
    scene.recorded(report, 0)
    found = [queued(engine)]
    with scene.start(scene.reporter) as work:
        reporting.submit_report(work, report)
    with scene.start(scene.approver) as work:
        reporting.approve_report(work, report)
    found.append(queued(engine))
    refreshed(scene)
    found.append(queued(engine))
    with scene.start(scene.approver) as work:
        reporting.unapprove_report(work, report, "a mistake")
    with scene.start(scene.reporter) as work:
        reporting.withdraw_report(work, report)
    found.append(queued(engine))
    assert found == [0, 1, 0, 1]


def test_akvo_008_changes_of_a_split_queue_one_computation_at_most(engine: sa.Engine, scene: Scene) -> None:
    category = split(scene, "T1")["T1"]
    report, _ = scene.approved(0)
    found = [queued(engine)]
    with scene.start(scene.approver) as work:
        reporting.unapprove_report(work, report, "a split is to be added")
    cell = scene.recorded(report, 0, category_ids=(category,))
    found.append(queued(engine))
    for correction in ({"value": Decimal(1)}, {"missing_reason": MissingReason.NOT_REPORTED}):
        refreshed(scene)
        found.append(queued(engine))
        with scene.start(scene.reporter) as work:
            cell = reporting.correct_measurement(work, cell, CorrectionInput(**correction), "as counted").id
        found.append(queued(engine))
    assert found == [1, 1, 0, 1, 0, 1]


def test_akvo_009_a_value_beside_its_parts_is_not_believed(engine: sa.Engine, start: Begin, scene: Scene) -> None:
    with start() as work:
        make = Make(work)
        share, year = make.indicator(**PARTS), make.year(2024)
        make.measurement(share, year, 8000, **parts(40, 100))
        found = figure(work, share, year)
        assert found
        assert (found.value, found.numerator, found.denominator) == (40, 40, 100)
        work.get(Indicator, scene.indicator).measure = Measure.PERCENTAGE
    report = scene.opened()
    stated = MeasurementInput(report_id=report, indicator_id=scene.indicator, value=Decimal(8000), **parts(40, 100))
    with refused(engine, Invalid, "value", scene.reporter) as work:
        reporting.record_measurement(work, stated)


def test_akvo_021_an_approval_reaches_every_later_period_of_a_running_total(engine: sa.Engine, scene: Scene) -> None:
    remade(scene, accumulation=Accumulation.RUNNING_TOTAL, over_time=OverTime.LAST)
    with scene.start() as work:
        Make(work).year(2026)
    scene.approved(7)
    refreshed(scene)
    assert rows(engine, Figure, "value") == [(7,), (7,)]


def test_akvo_022_what_stands_next_is_the_latest_period_and_not_the_latest_entry(engine: sa.Engine) -> None:
    updates = [
        {"period": "2011", "value": 15, "disagg": {"Male": 5, "Female": 10}},
        {"period": "2010", "value": 10, "disagg": {"Male": 3, "Female": 7}},
    ]
    inputs = {
        "indicator": {"cumulative_mode": "running_total"},
        "periods": [{"id": f"{year}", "start": f"{year}-01-01", "end": f"{year}-12-31"} for year in (2010, 2011, 2012)],
        "updates": updates,
    }
    comes_to(engine, inputs, {"p": {"2012": 15}, "disagg": {"2012": {"Male": 5, "Female": 10}}})


def test_akvo_036_a_failure_at_the_top_leaves_every_level_empty(engine: sa.Engine) -> None:
    with begin(engine, SYSTEM, "build", now=NOW) as work:
        lead, middle, low, year = chain(work)
        marks.mark(work, [low.id], "test")
    with breaking(engine, lead.id), pytest.raises(Exception, match=MESSAGE), begin(engine, SYSTEM, "x") as work:
        rollup.refresh(work)
    assert rows(engine, Figure, "id") == []
    with begin(engine, SYSTEM, "again", now=NOW) as work:
        assert [value(work, each, year) for each in (low, middle, lead)] == [2, 2, 2]


def test_akvo_037_a_deleted_value_is_missing_and_no_zero(engine: sa.Engine) -> None:
    expected = {
        "l2a": 2,
        "l2b": None,
        "l2b_disagg": {"Male": None, "Female": None},
        "l1": 2,
        "lead": 2,
        "lead_disagg": {"Male": 1, "Female": 1},
    }
    comes_to(engine, {"units": LEAD, "updates": BRANCHES, "delete": ["l2b update"]}, expected)


def test_akvo_038_until_the_refresh_nothing_is_there_and_after_a_change_figures_are_stale(
    engine: sa.Engine, scene: Scene
) -> None:
    report, _ = scene.approved(2)
    assert rows(engine, Figure, "id") == []
    refreshed(scene)
    assert rows(engine, Figure, "value", "computed_at") == [(2, NOW)]
    with scene.start(scene.approver) as work:
        reporting.unapprove_report(work, report, "once more")
        found = work.session.scalars(sa.select(Figure)).one()
        assert rollup.stale(work, [found]) == [True]


def test_akvo_042_drafts_of_a_split_are_left_out(engine: sa.Engine) -> None:
    given = [
        ("Vanilla", "11.1", "approved"),
        ("Chocolate", "6.01", "approved"),
        ("Red", "23.45", "approved"),
        ("Vanilla", "31.57", "approved"),
        ("Chocolate", "16.32", "approved"),
        ("Vanilla", "12.34", "draft"),
        ("Chocolate", "47.11", "draft"),
    ]
    updates = [{"status": status, "disagg": {name: number}} for name, number, status in given]
    comes_to(engine, {"updates": updates}, {"disagg": {"Vanilla": "42.67", "Chocolate": "22.33", "Red": "23.45"}})


def test_akvo_043_parts_of_a_split_are_added_apart(engine: sa.Engine) -> None:
    given = [("Vanilla", "3.14", 17), ("Chocolate", "3.14", 17), ("Vanilla", "2.72", 34), ("Chocolate", "1.62", 51)]
    vanilla = {"numerator": "5.86", "denominator": "51"}
    chocolate = {"numerator": "4.76", "denominator": "68"}
    updates = [{"disagg": {name: [numerator, denominator]}} for name, numerator, denominator in given]
    comes_to(engine, {"updates": updates}, {"disagg": {"Vanilla": vanilla, "Chocolate": chocolate}})


def incomplete(scene: Scene) -> bool:
    with scene.start() as work:
        return [row.dimension_code for row in reporting.incomplete_splits(work, scene.period)] == ["kind"]


def test_akvo_044_parts_that_do_not_add_up_are_told(scene: Scene) -> None:
    categories = split(scene, "Vanilla", "Chocolate")
    report, _ = scene.submitted("17.11")
    with scene.start(scene.approver) as work:
        reporting.return_report(work, report, "the split is to be added")
    for name, number in (("Vanilla", 8), ("Chocolate", 9)):
        scene.recorded(report, number, category_ids=(categories[name],))
    assert incomplete(scene)


def test_akvo_045_it_follows_a_later_change_of_the_whole(scene: Scene) -> None:
    categories = split(scene, "Vanilla", "Chocolate")
    report = scene.opened()
    scene.recorded(report, 18)
    for key in categories.values():
        scene.recorded(report, 9, category_ids=(key,))
    found = [incomplete(scene)]
    scene.recorded(report, 20)
    assert [*found, incomplete(scene)] == [False, True]


def test_akvo_046_of_percentages_the_numerators_add_up(scene: Scene) -> None:
    remade(scene, measure=Measure.PERCENTAGE, over_units=OverUnits.RATIO_OF_SUMS)
    categories = split(scene, "Vanilla", "Chocolate")
    report = scene.opened()
    cells = [((), "17.11", 100), ((categories["Vanilla"],), 8, 50), ((categories["Chocolate"],), 9, 50)]
    with scene.start(scene.reporter) as work:
        for keys, numerator, denominator in cells:
            given = parts(numerator, denominator) | {"category_ids": keys}
            stated = MeasurementInput(report_id=report, indicator_id=scene.indicator, **given)
            reporting.record_measurement(work, stated)
    assert incomplete(scene)


def test_akvo_047_parts_are_not_more_than_the_whole(engine: sa.Engine, scene: Scene) -> None:
    categories = split(scene, "Male", "Female")
    report = scene.opened()
    scene.recorded(report, 10)
    for name, number in (("Male", 4), ("Female", 7)):
        scene.recorded(report, number, category_ids=(categories[name],))
    with refused(engine, Invalid, "value", scene.reporter) as work:
        reporting.submit_report(work, report)


def test_akvo_048_a_corrected_part_is_held_against_the_others(engine: sa.Engine, scene: Scene) -> None:
    categories = split(scene, "Male", "Female")
    report = scene.opened()
    scene.recorded(report, 10)
    male = scene.recorded(report, 3, category_ids=(categories["Male"],))
    scene.recorded(report, 7, category_ids=(categories["Female"],))
    with scene.start(scene.reporter) as work:
        reporting.correct_measurement(work, male, CorrectionInput(value=Decimal(4)), "one more came")
    with refused(engine, Invalid, "value", scene.reporter) as work:
        reporting.submit_report(work, report)


def test_akvo_049_a_denominator_of_a_part_is_not_more_than_the_whole(engine: sa.Engine, scene: Scene) -> None:
    refuses_part(engine, scene, (5, 11), "denominator")


def test_akvo_050_a_numerator_of_a_part_is_not_more_than_the_whole(engine: sa.Engine, scene: Scene) -> None:
    refuses_part(engine, scene, (11, 10), "numerator")


def refuses_part(engine: sa.Engine, scene: Scene, part: tuple[int, int], field: str) -> None:
    """A part of 10 / 10 is refused when the report is submitted."""
    remade(scene, measure=Measure.PERCENTAGE, over_units=OverUnits.RATIO_OF_SUMS)
    category = split(scene, "Male")["Male"]
    report = scene.opened()
    for keys, pair in (((), (10, 10)), ((category,), part)):
        given = parts(*pair) | {"category_ids": keys}
        with scene.start(scene.reporter) as work:
            stated = MeasurementInput(report_id=report, indicator_id=scene.indicator, **given)
            reporting.record_measurement(work, stated)
    with refused(engine, Invalid, field, scene.reporter) as work:
        reporting.submit_report(work, report)


def chain(work: Work) -> tuple[Indicator, Indicator, Indicator, Period]:
    """Three levels with the value 2 at the lowest."""
    make = Make(work)
    make.headquarters()
    lead, middle, low, year = make.indicator(), make.indicator(), make.indicator(), make.year()
    make.contribution(middle, lead)
    make.contribution(low, middle)
    make.measurement(low, year, 2)
    return lead, middle, low, year
