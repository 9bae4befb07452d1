"""Results, indicators and periods."""

import datetime as dt

import pytest

from rbm.files.iati import Reference
from tests.files.iati_builder import YEAR, indicator, only, only_indicator, period, result, told


def days(start: str, end: str) -> str:
    return f"<period-start iso-date='{start}'/><period-end iso-date='{end}'/>"


def test_a_result_keeps_what_it_says() -> None:
    parts = (
        "<description><narrative>D</narrative></description><reference vocabulary='99' code='X' vocabulary-uri='u'/>"
    )
    record = only(
        f"<result type='2' aggregation-status='1'><title><narrative> A  b </narrative></title>{parts}</result>"
    )
    [found] = record.results
    assert (found.type, found.aggregation_status, found.title) == ("2", True, "A b")
    assert (found.titles, found.descriptions) == ({"en": "A  b"}, {"en": "D"})
    assert found.references == (Reference("99", "X", "u"),)
    assert record.findings == ()


@pytest.mark.parametrize("attributes", ["", "type=''", "type='4'"])
def test_a_result_of_unknown_type_is_other(attributes: str) -> None:
    record = only(f"<result {attributes}><title><narrative>R</narrative></title></result>")
    assert record.results[0].type == "9"
    assert [(kind, place) for kind, place, _ in told(record)] == [("noted", "result[1]/@type")]


def test_results_and_indicators_without_title_are_kept() -> None:
    record = only("<result type='1'><indicator measure='1'/></result>")
    assert (record.results[0].title, record.results[0].indicators[0].title) == ("", "")
    assert told(record) == [
        ("noted", "result[1]/title", "no title"),
        ("noted", "result[1]/indicator[1]/title", "no title"),
    ]


@pytest.mark.parametrize(
    ("word", "flag"), [("0", False), ("1", True), ("true", True), ("false", False), (" true ", True), ("", None)]
)
def test_every_lexical_form_of_a_boolean(word: str, flag: bool | None) -> None:
    found, findings = only_indicator(attributes=f"measure='1' ascending='{word}' aggregation-status='{word}'")
    assert (found.ascending, found.aggregation_status, findings) == (flag, flag, [])


def test_other_words_are_no_boolean_and_absent_is_unknown() -> None:
    found, findings = only_indicator(attributes="measure='1' ascending='yes'")
    assert (found.ascending, found.aggregation_status) == (None, None)
    assert findings == [("refused", "result[1]/indicator[1]/@ascending", "yes is neither true nor false")]


def test_references_keep_their_codes_as_published() -> None:
    found, findings = only_indicator(
        "<reference vocabulary='9' code='SDG 8.10.2 Tier 1'/>",
        "<reference vocabulary='99' code='GCR 4.2.2' indicator-uri='u'/>",
        "<reference vocabulary='9'/>",
    )
    assert found.references == (Reference("9", "SDG 8.10.2 Tier 1", None), Reference("99", "GCR 4.2.2", "u"))
    assert [place for _, place, _ in findings] == ["result[1]/indicator[1]/reference[3]/@code"]


def test_occurrences_count_equal_keys_over_the_activity() -> None:
    record = only(
        result(indicator(title="same"), indicator(title=" same "), indicator(title="same", attributes="measure='2'")),
        result(indicator(title="same"), title=" R "),
        result(indicator(title="same"), kind="2"),
    )
    assert [found.occurrence for found in record.results] == [1, 2, 1]
    assert [[each.occurrence for each in found.indicators] for found in record.results] == [[1, 2, 1], [3], [1]]


def test_periods_are_kept_with_their_days() -> None:
    found, findings = only_indicator(period("<actual value='1'/>"), period(days=days("2027-01-01", "2027-06-30")))
    assert [(each.start, each.end) for each in found.periods] == [
        (dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        (dt.date(2027, 1, 1), dt.date(2027, 6, 30)),
    ]
    assert findings == []


def test_a_time_zone_in_a_date_is_cut_off_and_told() -> None:
    found, findings = only_indicator(period(days=days("2025-08-31+08:00", "2025-12-31Z")))
    assert found.periods[0].start == dt.date(2025, 8, 31)
    assert found.periods[0].end == dt.date(2025, 12, 31)
    place = "result[1]/indicator[1]/period[1]"
    assert findings == [
        ("repaired", f"{place}/period-start[1]/@iso-date", "2025-08-31+08:00 read as 2025-08-31"),
        ("repaired", f"{place}/period-end[1]/@iso-date", "2025-12-31Z read as 2025-12-31"),
    ]


def test_a_period_of_one_day_is_kept_and_noted() -> None:
    found, findings = only_indicator(period(days=days("2026-01-01", "2026-01-01")))
    assert len(found.periods) == 1
    assert findings == [("noted", "result[1]/indicator[1]/period[1]", "period starts and ends on 2026-01-01")]


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "<period-start/><period-end iso-date='2026-12-31'/>",
        days("2026-02-30", "2026-12-31"),
        days("20260101", "2026-12-31"),
        days("0000-01-01", "2026-12-31"),
        days("2027-01-01", "2026-12-31"),
    ],
)
def test_a_period_without_valid_days_is_refused_with_its_values(bad: str) -> None:
    cells = "<target value='5'/><actual value='6'/><actual value='7'/>"
    record = only(result(indicator(period(cells, days=bad), period("<target value='1'/>"))))
    assert len(record.results[0].indicators[0].periods) == 1
    assert (record.lost_targets, record.lost_actuals) == (1, 2)
    refused = [(place, reason) for kind, place, reason in told(record) if kind == "refused"]
    place = "result[1]/indicator[1]/period[1]"
    assert any(where == place and "is not kept, nor are its values" in reason for where, reason in refused)
    lost = [(where, reason) for where, reason in refused if "is lost with" in reason]
    assert [where for where, _ in lost] == [f"{place}/target[1]", f"{place}/actual[1]", f"{place}/actual[2]"]
    assert lost[1][1].startswith("actual 6 is lost")


def test_the_order_of_elements_does_not_matter() -> None:
    end, start = "<period-end iso-date='2026-12-31'/>", "<period-start iso-date='2026-01-01'/>"
    jumbled = f"<period><actual value='6'/>{end}<target value='5'/>{start}</period>"
    found, findings = only_indicator(jumbled, "<baseline year='2020' value='1'/>")
    assert (found.periods[0].targets[0].value, found.baselines[0].year, findings) == (5, 2020, [])


def test_a_second_start_is_told() -> None:
    found, findings = only_indicator(period(YEAR))
    assert len(found.periods) == 1
    assert [place for _, place, _ in findings] == [
        "result[1]/indicator[1]/period[1]/period-start[2]",
        "result[1]/indicator[1]/period[1]/period-end[2]",
    ]
