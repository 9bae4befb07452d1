"""The real files: every element is counted, and their faults are told."""

from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from rbm.files.iati import ActivityRecord, Cell, Finding, IndicatorRecord, read

COUNTS = {
    "adb-armenia": (43, 43, 252, 27, 27, 0, 267, 6444),
    "unhcr-2020": (128, 1720, 3021, 2192, 4450, 4353, 120, 0),
    "unhcr-2021": (133, 1805, 3227, 2241, 4718, 4646, 125, 0),
    "unhcr-2022": (131, 686, 1522, 1871, 1318, 2036, 123, 0),
    "unhcr-2023": (134, 743, 1722, 2082, 1554, 2385, 416, 2678),
    "unicef-albania-invalid": (1, 1, 10, 10, 10, 10, 25, 70),
    "worldbank-el-salvador": (13, 251, 251, 251, 251, 251, 2110, 632),
    "wri-strategic-plan": (1, 16, 24, 0, 0, 24, 6, 2),
}


@cache
def whole(shared: Path, name: str) -> tuple[list[ActivityRecord], list[Finding]]:
    found = list(read(shared / "data" / "iati" / f"{name}.xml.gz"))
    activities = [record for record in found if isinstance(record, ActivityRecord)]
    told = [record for record in found if isinstance(record, Finding)]
    return activities, told + [finding for record in activities for finding in record.findings]


def indicators(activities: list[ActivityRecord]) -> list[IndicatorRecord]:
    return [indicator for record in activities for result in record.results for indicator in result.indicators]


def cells(found: list[IndicatorRecord]) -> list[Cell]:
    periods = [period for indicator in found for period in indicator.periods]
    baselines = [cell for indicator in found for cell in indicator.baselines]
    return baselines + [cell for period in periods for cell in (*period.targets, *period.actuals)]


@pytest.mark.parametrize("name", COUNTS)
def test_every_element_is_kept(shared: Path, name: str) -> None:
    activities, _ = whole(shared, name)
    found = indicators(activities)
    periods = [period for indicator in found for period in indicator.periods]
    assert COUNTS[name] == (
        len(activities),
        sum(len(record.results) for record in activities),
        len(found),
        sum(len(indicator.baselines) for indicator in found),
        sum(len(period.targets) for period in periods) + sum(record.lost_targets for record in activities),
        sum(len(period.actuals) for period in periods) + sum(record.lost_actuals for record in activities),
        sum(len(record.budgets) for record in activities),
        sum(len(record.transactions) for record in activities),
    )


def test_thousands_are_repaired_in_the_world_bank_file(shared: Path) -> None:
    activities, findings = whole(shared, "worldbank-el-salvador")
    reasons = Counter((finding.kind, finding.reason) for finding in findings)
    assert reasons["repaired", "198,412.00 read as 198412"] == 5
    assert reasons["repaired", '"23,152 " read as 23152'] == 3
    assert reasons["repaired", "88.8% read as 88.8"] == 1
    assert reasons["refused", "72,0000 is no number; kept as text"] == 1
    assert reasons["refused", "8,386413 is no number; kept as text"] == 1
    values = [cell.value for cell in cells(indicators(activities))]
    assert values.count(Decimal(198412)) == 5


def test_words_stay_words_in_the_world_bank_file(shared: Path) -> None:
    activities, _ = whole(shared, "worldbank-el-salvador")
    qualitative = cells([indicator for indicator in indicators(activities) if indicator.measure == "5"])
    texts = Counter(cell.text for cell in qualitative)
    assert (texts["Yes"], texts["No"], texts["N/A"], texts["0 teachers."]) == (20, 37, 2, 1)
    assert all(cell.value is None for cell in qualitative)


def test_measures_and_years_are_told_in_the_unicef_file(shared: Path) -> None:
    activities, findings = whole(shared, "unicef-albania-invalid")
    assert len(indicators(activities)) == 10
    missing = [finding for finding in findings if finding.element.endswith("indicator[10]/@measure")]
    assert [finding.reason for finding in missing] == ["measure is missing, the indicator is kept as narrative"]
    assert sum("of the year" in finding.reason for finding in findings) == 20
    assert all(cell.value is None and cell.text for cell in cells(indicators(activities)))
    assert [finding.kind for finding in findings if finding.element == "!DOCTYPE"] == ["noted"]


def test_time_zones_are_cut_in_the_adb_file(shared: Path) -> None:
    _, findings = whole(shared, "adb-armenia")
    assert {finding.kind for finding in findings} == {"repaired"}
    assert all("+08:00 read as" in finding.reason for finding in findings)


@pytest.mark.parametrize("name", COUNTS)
def test_findings_name_their_activity_and_line(shared: Path, name: str) -> None:
    activities, findings = whole(shared, name)
    assert {finding.activity for finding in findings} <= {record.identifier for record in activities} | {None}
    assert all(finding.line >= 1 and finding.element and finding.reason for finding in findings)


def test_the_tree_and_the_extensions_of_a_year(shared: Path) -> None:
    activities, _ = whole(shared, "unhcr-2023")
    assert Counter(record.hierarchy for record in activities) == {1: 1, 2: 7, 3: 126}
    assert sum(len(record.relations) for record in activities) == 397
    assert sum(len(record.sectors) for record in activities) == 2758
    assert sum(len(record.tags) for record in activities) == 727
    extensions = [
        part["text"]
        for record in activities
        for transaction in record.transactions
        for part in transaction.content["children"]
        if part["tag"] == "{http://reporting.unhcr.org/}value-USD"
    ]
    assert len(extensions) == 2678
    assert "fr" in activities[0].titles
    assert activities[0].title == "UNHCR - The UN Refugee Agency"


@pytest.mark.parametrize("name", COUNTS)
def test_values_fit_their_columns(shared: Path, name: str) -> None:
    activities, _ = whole(shared, name)
    for cell in cells(indicators(activities)):
        assert cell.value is None or cell.value == round(cell.value, 6)
    for record in activities:
        for money in (*record.budgets, *record.transactions):
            assert money.amount == round(money.amount, 2)
