"""The packaged tables agree with one another and with the published figures."""

from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from seeds.read import demo, reference

OFFICES = {row["code"]: row for row in demo("offices")}
PLACES = {row["code"]: row for row in reference("places")}
INDICATORS = {row["code"]: row for row in demo("indicators")}
VALUES = list(demo("values"))


def actuals(indicator: str, year: str) -> dict[str, Decimal]:
    """Sum the published actuals of one indicator and year by office."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in VALUES:
        if row["indicator"] == indicator and row["year"] == year:
            sums[row["office"]] += Decimal(row["actual"])
    return sums


@pytest.mark.parametrize(
    ("table", "key", "rows"),
    [
        ("places", ("code",), 278),
        ("place_names", ("name",), 74),
        ("normative_targets", ("framework", "code"), 209),
        ("migof", ("code",), 6),
        ("focus_areas", ("number",), 12),
        ("operational_fields", ("code",), 4),
        ("code_lists", ("list", "code"), 98),
        ("quality_checklists", ("gate", "number"), 37),
    ],
)
def test_reference_tables_are_complete_and_unambiguous(table: str, key: tuple[str, ...], rows: int) -> None:
    keys = [tuple(row[name] for name in key) for row in reference(table)]
    assert len(keys) == len(set(keys)) == rows


@pytest.mark.parametrize(
    ("table", "key", "rows"),
    [
        ("offices", "code", 63),
        ("results", "code", 20),
        ("indicators", "code", 51),
        ("categories", "code", 6),
        ("strategy", "key", 9),
        ("people", "email", 11),
        ("plan_items", "number", 4),
    ],
)
def test_demo_tables_are_complete_and_unambiguous(table: str, key: str, rows: int) -> None:
    keys = [row[key] for row in demo(table)]
    assert len(keys) == len(set(keys)) == rows


@pytest.mark.parametrize("table", ["places", "place_names", "migof", "operational_fields"])
def test_reference_rows_are_sorted_by_code(table: str) -> None:
    codes = [row["code"] for row in reference(table)]
    assert codes == sorted(codes)


def test_places_form_one_tree_with_iso_codes_on_countries_only() -> None:
    kinds = Counter(row["kind"] for row in PLACES.values())
    assert kinds == {"world": 1, "region": 5, "subregion": 17, "intermediate": 7, "country": 248}
    for row in PLACES.values():
        assert len(row["code"]) == 3
        assert (row["kind"] == "world") == (row["parent_code"] == "")
        assert row["parent_code"] in PLACES or row["kind"] == "world"
        expected = (2, 3) if row["kind"] == "country" else (0, 0)
        assert (len(row["iso2"]), len(row["iso3"])) == expected


def test_alternative_names_mean_one_country() -> None:
    names = {row["name"] for row in PLACES.values()}
    for row in reference("place_names"):
        assert PLACES[row["code"]]["kind"] == "country"
        assert row["name"] not in names


def test_normative_targets_hang_under_goals_and_have_short_labels() -> None:
    rows = list(reference("normative_targets"))
    kinds = Counter((row["framework"], row["kind"]) for row in rows)
    assert kinds == {("sdg", "goal"): 17, ("sdg", "target"): 169, ("global_compact_migration", "goal"): 23}
    for row in rows:
        assert row["parent_code"] == (row["code"].split(".")[0] if row["kind"] == "target" else "")
        assert 3 <= len(row["label"].split()) <= 8


def test_offices_stand_under_existing_offices_and_places() -> None:
    kinds = Counter(row["kind"] for row in OFFICES.values())
    assert kinds == {"headquarters": 1, "evaluation": 1, "regional": 7, "country": 54}
    for row in OFFICES.values():
        above = {"headquarters": "", "evaluation": "headquarters", "regional": "headquarters", "country": "regional"}
        assert (OFFICES[row["parent_code"]]["kind"] if row["parent_code"] else "") == above[row["kind"]]
        assert not row["place"] or PLACES[row["place"]]["kind"] == "country"
        assert (row["from_year"], row["to_year"]) == ("2022", "")


def test_indicators_belong_to_results_and_begin_with_their_code() -> None:
    results = {row["code"] for row in demo("results")}
    for row in INDICATORS.values():
        assert row["result_code"] in results
        assert row["label"].startswith(row["code"] + " ")
        assert row["measure"] in {"number", "percentage", "score"}
        assert row["direction"] in {"increase", "decrease"}
        assert row["additivity"] == "no" or row["measure"] == "number"
    additive = {code for code, row in INDICATORS.items() if row["additivity"] == "yes"}
    assert additive == {"4.1-I", "4.2a", "4.2b", "4.3a", "4.3b", "15.1", "15.3"}
    assert "departed on resettlement" in INDICATORS["4.2a"]["label"]


def test_values_refer_to_existing_rows() -> None:
    populations = {row["code"] for row in demo("categories") if row["dimension"] == "population"}
    for row in VALUES:
        assert OFFICES[row["office"]]["kind"] == "country"
        assert row["indicator"] in INDICATORS
        assert not row["place"] or PLACES[row["place"]]["kind"] == "country"
        assert row["population"] in populations | {""}
        assert bool(row["baseline"]) == bool(row["baseline_year"])
        for name in ("baseline", "target", "actual"):
            assert not row[name] or Decimal(row[name]).is_finite()
    assert {row["indicator"] for row in VALUES} == set(INDICATORS)
    assert {row["office"] for row in VALUES} == {code for code, row in OFFICES.items() if row["kind"] == "country"}


@pytest.mark.parametrize(
    ("year", "offices", "baselines", "targets", "published"),
    [("2022", 50, 1871, 1318, 2036), ("2023", 51, 2082, 1554, 2385)],
)
def test_every_published_number_is_there(year: str, offices: int, baselines: int, targets: int, published: int) -> None:
    rows = [row for row in VALUES if row["year"] == year]
    assert len({row["office"] for row in rows}) == offices
    filled = [sum(bool(row[name]) for row in rows) for name in ("baseline", "target", "actual")]
    assert filled == [baselines, targets, published]


def test_only_one_cell_was_published_twice() -> None:
    cells = Counter(
        tuple(row[name] for name in ("year", "office", "indicator", "place", "population")) for row in VALUES
    )
    twice = ("2022", "SA-ZAFMCO", "4.2a", "710", "refugees_asylum_seekers")
    assert {cell: count for cell, count in cells.items() if count > 1} == {twice: 2}


@pytest.mark.parametrize(
    ("indicator", "year", "total"),
    [("4.2a", "2022", 51005), ("4.2a", "2023", 82672), ("15.1", "2022", 92079), ("15.1", "2023", 119542)],
)
def test_sums_equal_the_published_ones(indicator: str, year: str, total: int) -> None:
    assert sum(actuals(indicator, year).values()) == Decimal(total)


def test_resettlement_departures_by_region() -> None:
    regions: defaultdict[str, Decimal] = defaultdict(Decimal)
    departures = actuals("4.2a", "2023")
    for office, value in departures.items():
        regions[OFFICES[office]["parent_code"]] += value
    assert len(departures) == 47
    assert regions == {
        "AME": 6792,
        "ASO": 2065,
        "EHGL": 27985,
        "EUR": 13924,
        "MENA": 26007,
        "SA": 2935,
        "WCA": 2964,
    }


def test_resettlement_departures_between_the_years() -> None:
    before, after = actuals("4.2a", "2022"), actuals("4.2a", "2023")
    both = before.keys() & after.keys()
    assert len(both) == 42
    assert (sum(before[office] for office in both), sum(after[office] for office in both)) == (50741, 78967)
    assert sum(after[office] for office in after.keys() - both) == 3705
    assert sum(before[office] for office in before.keys() - both) == 264


def test_people_work_at_existing_offices() -> None:
    people = list(demo("people"))
    assert {(row["role"], row["office"]) for row in people} == {
        ("reporter", "MENA-JOR"),
        ("approver", "MENA-JOR"),
        ("verifier", "MENA"),
        ("evaluation_officer", "HQ-EVAL"),
        ("evaluation_head", "HQ-EVAL"),
        ("hq_results", "HQ"),
        ("approver", "HQ"),
        ("management_focal_point", "HQ"),
        ("senior_management", "HQ"),
        ("oversight", "HQ"),
        ("governing_body", "HQ"),
    }
    for row in people:
        assert row["office"] in OFFICES
        assert row["email"].endswith("@example.org")
