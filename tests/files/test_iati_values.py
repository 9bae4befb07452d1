"""Baselines, targets and actuals: kept, repaired or refused, and told."""

import datetime as dt
from decimal import Decimal

import pytest

from tests.files.iati_builder import indicator, only, only_indicator, only_target, period, result, told

AT = "result[1]/indicator[1]/period[1]"
BASE = "result[1]/indicator[1]/baseline[1]"


def test_a_plain_value_is_a_decimal_and_nothing_is_told() -> None:
    cell, findings = only_target("12.5")
    assert (cell.value, cell.text, findings) == (Decimal("12.5"), None, [])


def test_a_repaired_value_is_told_with_its_place_and_line() -> None:
    record = only("\n", result("\n", indicator("\n", period("<actual value='1'/>\n<actual value='198,412.00'/>"))))
    [finding] = [each for each in record.findings if each.kind == "repaired"]
    assert finding.element == f"{AT}/actual[2]/@value"
    assert (finding.activity, finding.line) == ("XX-1", 6)
    assert finding.reason == "198,412.00 read as 198412"


def test_a_missing_value_is_no_zero() -> None:
    found, findings = only_indicator(period("<target/>"))
    assert (found.periods[0].targets[0].value, found.periods[0].targets[0].text, findings) == (None, None, [])


def test_an_empty_value_is_noted() -> None:
    cell, findings = only_target("")
    assert (cell.value, cell.text) == (None, None)
    assert findings == [("noted", '"" is an empty value, read as none given')]


@pytest.mark.parametrize("value", [" 17 women owned organizations", "0 teachers.", "Yes", "N/A", "3,5", "NaN"])
def test_what_is_no_number_is_kept_as_text(value: str) -> None:
    cell, [(kind, reason)] = only_target(value)
    assert (cell.value, cell.text, kind) == (None, value, "refused")
    assert value in reason


def test_a_percent_sign_is_read_by_the_measure() -> None:
    percentage, findings = only_target("36%", measure="2")
    assert (percentage.value, findings) == (Decimal(36), [("repaired", "36% read as 36")])
    unit, [(kind, reason)] = only_target("36%", measure="1")
    assert (unit.value, unit.text, kind) == (None, "36%", "refused")
    assert reason == "36% is a percentage, which is not what is measured here; kept as text"


def test_a_qualitative_value_is_text_even_where_it_looks_like_a_number() -> None:
    words, findings = only_target("No", measure="5")
    assert (words.value, words.text) == (None, "No")
    assert findings == [("noted", "No kept as text, the indicator is qualitative")]
    cell, _ = only_target("12", measure="5")
    assert (cell.value, cell.text) == (None, "12")


@pytest.mark.parametrize("attributes", ["", "measure=''", "measure='7'"])
def test_an_indicator_without_known_measure_is_kept_as_narrative(attributes: str) -> None:
    found, findings = only_indicator(period("<target value='2026:3.5'/>"), attributes=attributes)
    assert found.measure is None
    assert (found.periods[0].targets[0].value, found.periods[0].targets[0].text) == (None, "2026:3.5")
    assert [kind for kind, _, _ in findings] == ["noted", "noted"]
    assert findings[0][1:] == ("result[1]/indicator[1]/@measure", findings[0][2])
    assert findings[0][2].endswith("the indicator is kept as narrative")
    assert "2026:3.5 read as 3.5 of the year 2026" in findings[1][2]


def test_a_year_before_the_number_is_repaired() -> None:
    cell, findings = only_target("2022:2.5")
    assert (cell.value, findings) == (Decimal("2.5"), [("repaired", "2022:2.5 read as 2.5 of the year 2022")])


def test_more_than_all_is_kept_and_noted() -> None:
    cell, findings = only_target("535.71", measure="2")
    assert (cell.value, findings) == (Decimal("535.71"), [("noted", "535.71 percent is more than 100")])


def test_a_negative_baseline_is_kept_and_noted() -> None:
    found, findings = only_indicator("<baseline year='2020' value='-20'/>")
    assert found.baselines[0].value == Decimal(-20)
    assert findings == [("noted", f"{BASE}/@value", "negative baseline -20")]


@pytest.mark.parametrize(
    ("attributes", "year", "finding"),
    [
        ("year='2020'", 2020, None),
        ("year='2024' iso-date='2024-05-01'", 2024, None),
        ("year='1900' iso-date='2024-05-01'", 2024, ("repaired", "1900")),
        ("year='1900'", 1900, ("noted", "1900")),
        ("year='2019' iso-date='2024-05-01'", 2019, ("noted", "2019")),
        ("iso-date='2024-05-01'", 2024, ("repaired", "2024")),
        ("year='0'", None, ("refused", "0 is no year")),
        ("year='about 2020'", None, ("refused", "about 2020")),
    ],
)
def test_baseline_years(attributes: str, year: int | None, finding: tuple[str, str] | None) -> None:
    found, findings = only_indicator(f"<baseline {attributes} value='1'/>")
    assert found.baselines[0].year == year
    assert [kind for kind, _, _ in findings] == ([finding[0]] if finding else [])
    assert finding is None or (findings[0][1] == f"{BASE}/@year" and finding[1] in findings[0][2])


def test_a_baseline_keeps_its_day() -> None:
    found, findings = only_indicator("<baseline year='2024' iso-date='2024-05-01+08:00' value='1'/>")
    assert found.baselines[0].date == dt.date(2024, 5, 1)
    assert findings == [("repaired", f"{BASE}/@iso-date", "2024-05-01+08:00 read as 2024-05-01")]


def test_locations_dimensions_comments_and_documents_are_kept_in_any_order() -> None:
    link = "<document-link url='https://x.example/a' format='text/html'><category code='A08'/></document-link>"
    cell = (
        f"<target value='3'>{link}<comment><narrative>c</narrative></comment><dimension name='sex' value='female'/>"
        "<location ref='L1'/><dimension name='age' value='adult'/></target>"
    )
    record = only("<location ref='L1'/>", result(indicator(period(cell))))
    target = record.results[0].indicators[0].periods[0].targets[0]
    assert target.locations == ("L1",)
    assert target.dimensions == (("sex", "female"), ("age", "adult"))
    assert target.comments == {"en": "c"}
    assert target.documents[0].categories == ("A08",)
    assert record.findings == ()


def test_unknown_locations_and_incomplete_dimensions_are_kept_and_noted() -> None:
    cell = "<target value='3'><location ref='Bolivia'/><location/><dimension name='sex' value=''/><dimension/></target>"
    found, findings = only_indicator(period(cell))
    target = found.periods[0].targets[0]
    assert target.locations == ("Bolivia",)
    assert target.dimensions == (("sex", ""), ("", ""))
    assert findings == [
        ("noted", f"{AT}/target[1]/location[1]/@ref", "Bolivia is no location of the activity"),
        ("noted", f"{AT}/target[1]/location[2]/@ref", "location without ref"),
        ("noted", f"{AT}/target[1]/dimension[1]", 'dimension sex with value "" is incomplete'),
        ("noted", f"{AT}/target[1]/dimension[2]", 'dimension "" with value "" is incomplete'),
    ]


def test_repeated_cells_are_kept_and_noted() -> None:
    women = "<dimension name='sex' value='female'/>"
    cells = f"<actual value='1'>{women}</actual><actual value='2'/><actual value='3'>{women}</actual>"
    found, findings = only_indicator(period(cells, "<target value='2'/>"))
    assert [cell.value for cell in found.periods[0].actuals] == [1, 2, 3]
    assert [(kind, place) for kind, place, _ in findings] == [("noted", f"{AT}/actual[3]")]
    assert findings[0][2].startswith("duplicate cell: 3 ")


def test_baselines_repeat_only_within_a_year() -> None:
    found, findings = only_indicator(*(f"<baseline year='{year}' value='1'/>" for year in (2020, 2021, 2020)))
    assert len(found.baselines) == 3
    assert [place for _, place, _ in findings] == ["result[1]/indicator[1]/baseline[3]"]


def test_elements_that_do_not_belong_are_told() -> None:
    record = only(result(indicator(period("<target value='1'><mood/></target>"))))
    assert told(record) == [
        ("noted", f"{AT}/target[1]", "element mood does not belong here and is kept as it is"),
    ]
