"""The real files: counts, the figures that are known, and every total worked out again by other means."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.model.indicators import Indicator
from rbm.model.people import Office
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework
from rbm.services import rollup
from rbm.terms.indicators import Additivity, Measure
from rbm.terms.rollup import Reason
from rbm.terms.strategy import FrameworkLevel
from rbm.work import begin
from tests.conftest import NOW
from tests.services.iati import recomputed, stored
from tests.services.iati.conftest import bring, real

pytestmark = [pytest.mark.long, pytest.mark.in_turn]
COUNTS = {
    "unhcr-2020": (128, 1720, 3021, 2192, 4450, 4353),
    "unhcr-2021": (133, 1805, 3227, 2241, 4718, 4646),
    "unhcr-2022": (131, 686, 1522, 1871, 1318, 2036),
    "unhcr-2023": (134, 743, 1722, 2082, 1554, 2385),
}
REGIONS = {"AME": 6792, "ASO": 2065, "EHGL": 27985, "EUR": 13924, "MENA": 26007, "SAO": 2935, "WCA": 2964}
LEAD = "4.2a"


@pytest.mark.parametrize("name", ["unhcr-2022", "unhcr-2023"])
def test_a_file_is_counted_element_by_element(ready: sa.Engine, shared: Path, name: str) -> None:
    [report] = bring(ready, *real(shared, name), consolidate=False)
    assert tuple(vars(report.counts).values()) == COUNTS[name]
    assert report.created == COUNTS[name][0] + sum(COUNTS[name][1:])
    assert report.refused == []


@pytest.mark.parametrize(
    ("year", "number", "value"),
    [("2022", "4.2a", 51005), ("2023", "4.2a", 82672), ("2022", "15.1", 92079), ("2023", "15.1", 119542)],
)
def test_corporate_totals_are_as_known(published: sa.Engine, year: str, number: str, value: int) -> None:
    figure = stored.corporate(published, year, number)
    assert (figure.value, figure.reason, figure.verified) == (value, None, None)


def test_the_lead_indicator_of_2023_by_region(published: sa.Engine) -> None:
    conditions = (Framework.level == FrameworkLevel.REGIONAL, Period.code == "2023", Figure.whole())
    found = stored.figures(published, *conditions, Indicator.title.startswith("4.2a "))
    assert {row.plan.rpartition("-")[2]: row.value for row in found if row.reported} == REGIONS
    assert sum(REGIONS.values()) == 82672


def test_a_corporate_total_opens_to_the_operations_that_made_it(published: sa.Engine) -> None:
    figure = stored.corporate(published, "2023", LEAD)
    with begin(published, SYSTEM, "explain", now=NOW, writes=False) as work:
        opened = rollup.explain(work, figure.id)
    assert (opened.units, opened.measurements, opened.measured) == (47, 61, 82672)
    assert sorted(each.value for each in opened.contributions) == sorted(REGIONS.values())


def test_a_cell_published_twice_counts_twice_and_is_told(ready: sa.Engine, shared: Path) -> None:
    [report] = bring(ready, *real(shared, "unhcr-2022"), consolidate=False)
    told = [each for each in report.noted if each.reason.startswith("duplicate cell: 237")]
    assert [(each.activity, each.element) for each in told] == [
        ("XM-DAC-41121-2022-SA-ZAFMCO", "result[11]/indicator[1]/period[1]/actual[9]")
    ]


def test_nothing_is_verified_yet(published: sa.Engine) -> None:
    assert {row.verified for row in stored.figures(published)} == {None}


@pytest.mark.parametrize("year", ["2022", "2023"])
def test_what_does_not_add_up_says_why(published: sa.Engine, year: str) -> None:
    conditions = (Framework.level == FrameworkLevel.CORPORATE, Period.code == year, Figure.whole())
    found = [row for row in stored.figures(published, *conditions) if row.value is None]
    percentages = {row.reason for row in found if row.measure is Measure.PERCENTAGE}
    assert percentages == {Reason.PERCENTAGE_WITHOUT_PARTS}
    assert stored.corporate(published, year, "15.2").reason is Reason.NOT_ADDITIVE
    assert all(row.reason for row in found)
    assert Counter(row.measure for row in found)[Measure.PERCENTAGE] > 20
    summed = [row for row in stored.figures(published, *conditions) if row.value is not None]
    assert {row.measure for row in summed} == {Measure.NUMBER}


@pytest.mark.parametrize("year", ["2020", "2021"])
def test_without_aggregation_status_no_total_is_guessed(published: sa.Engine, year: str) -> None:
    found = stored.figures(published, Indicator.derived, Period.code == year, Figure.whole())
    assert {row.additivity for row in found} == {Additivity.UNDECLARED}
    assert {row.value for row in found} == {None}
    assert {row.level for row in found} == {FrameworkLevel.CORPORATE, FrameworkLevel.REGIONAL}
    assert {row.reason for row in found} == {Reason.ADDITIVITY_UNDECLARED}


@pytest.mark.parametrize("year", ["2022", "2023"])
def test_every_total_on_every_level_equals_its_recomputation(published: sa.Engine, shared: Path, year: str) -> None:
    wanted = recomputed.totals(*real(shared, f"unhcr-{year}"))
    summed = (Indicator.additivity == Additivity.YES, Indicator.measure == Measure.NUMBER, Period.code == year)
    found: dict[Any, Decimal] = {}
    for place, rows in stored.by_category(stored.figures(published, *summed)).items():
        values = [row.value for row in rows if row.value is not None]
        if values:
            found[place] = sum(values)
    assert found == wanted
    assert {place[0].count("-") for place in wanted} == {3, 4, 5}
    assert len([place for place in wanted if place[2] is None]) > 250


@pytest.mark.parametrize("year", ["2022", "2023"])
@pytest.mark.parametrize("counted", ["targets", "baselines"])
def test_every_target_and_baseline_equals_its_recomputation_where_all_have_one(
    published: sa.Engine, shared: Path, year: str, counted: str
) -> None:
    stated = recomputed.stated(*real(shared, f"unhcr-{year}"), counted)
    summed = (Indicator.additivity == Additivity.YES, Indicator.measure == Measure.NUMBER, Period.code == year)
    counts: Counter[Any] = Counter()
    for (plan, key, part), rows in stored.by_category(stored.figures(published, *summed)).items():
        wanted = Counter(unit.get(part) for unit in stated[plan, key])
        found = Counter(getattr(row, counted.removesuffix("s")) for row in rows)
        assert found <= wanted, (plan, key, part)
        for row in rows:
            complete = getattr(row, counted) == row.expected
            assert complete is (getattr(row, counted.removesuffix("s")) is not None)
            counts[row.level, complete] += 1
    assert min(counts[level, True] for level in (FrameworkLevel.REGIONAL, FrameworkLevel.COUNTRY)) > 10
    assert counts[FrameworkLevel.CORPORATE, False] > 5


@pytest.mark.parametrize("year", ["2020", "2021"])
def test_every_published_value_equals_its_recomputation(published: sa.Engine, shared: Path, year: str) -> None:
    """An operation's own value stands where it is one cell; several undeclared cells are not added."""
    _, indicators = recomputed.read(*real(shared, f"unhcr-{year}"))
    wanted: Counter[Any] = Counter()
    for indicator in indicators:
        values = [value for _, value in indicator.cells if value is not None]
        if indicator.cells and indicator.key[3] != "5":
            wanted[indicator.activity, indicator.key, values[0] if len(values) == 1 else None] += 1
    own = stored.figures(published, ~Indicator.derived, Period.code == year, Figure.whole())
    found = Counter((row.plan, stored.key_of(row), row.value) for row in own if row.measure is not Measure.NARRATIVE)
    assert found == wanted


def test_the_change_of_the_lead_indicator_is_decomposed_by_operation(published: sa.Engine) -> None:
    before, after = (stored.corporate(published, year, LEAD).id for year in ("2022", "2023"))
    with begin(published, SYSTEM, "change", now=NOW, writes=False) as work:
        change = rollup.change_between(work, before, after)
    assert (change.same_units, change.same_before, change.same_after) == (42, 50_741 * 10**6, 78_967 * 10**6)
    assert round(change.same_percent or 0, 1) == Decimal("55.6")
    assert (change.new_units, change.new_total) == (5, 3_705 * 10**6)
    assert (change.gone_units, change.gone_total) == (4, 264 * 10**6)


def test_an_office_stands_for_an_operation_over_the_years(published: sa.Engine) -> None:
    with begin(published, SYSTEM, "read", now=NOW, writes=False) as work:
        office = work.session.scalars(sa.select(Office).where(Office.code == "XM-DAC-41121-2020-MENA-JOR")).one()
        plans = work.session.scalars(sa.select(Framework.code).where(Framework.office_id == office.id)).all()
    assert sorted(plans) == [f"XM-DAC-41121-{year}-MENA-JOR" for year in (2020, 2021, 2022, 2023)]


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("unicef-albania-invalid", (1, 1, 10, 10, 10, 10)),
        ("worldbank-el-salvador", (13, 251, 251, 251, 251, 251)),
        ("adb-armenia", (43, 43, 252, 27, 27, 0)),
        ("wri-strategic-plan", (1, 16, 24, 0, 0, 24)),
    ],
)
def test_faulty_files_are_kept_whole_and_told(
    ready: sa.Engine, shared: Path, name: str, counts: tuple[int, ...]
) -> None:
    [report] = bring(ready, *real(shared, name))
    assert tuple(vars(report.counts).values()) == counts
    assert len(stored.rows(ready, Indicator, "id")) == counts[2]
    assert all(each.line > 0 for each in (*report.repaired, *report.refused, *report.noted))


def test_the_same_figures_come_out_of_either_order(shared: Path, ready: sa.Engine, published: sa.Engine) -> None:
    bring(ready, *real(shared, "unhcr-2023", "unhcr-2022"))
    wanted = {(row.code, row.period, row.category): row.value for row in stored.figures(published)}
    found = {(row.code, row.period, row.category): row.value for row in stored.figures(ready)}
    assert len(found) == 9790
    assert found == {place: value for place, value in wanted.items() if place[1] in {"2022", "2023"}}
