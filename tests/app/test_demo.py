"""The demo: loaded once, its figures as known, readable, and refused where something else is."""

from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import database, output
from app import demo as door
from rbm.db import open_engine
from tests.app.commands import Ran, rbm
from tests.files.iati_builder import document
from tests.services.iati import stored
from tests.services.iati.written import plan

REGIONS = {
    "Americas": 6792,
    "Asia and the Pacific": 2065,
    "East and Horn of Africa and the Great Lakes": 27985,
    "Europe": 13924,
    "Middle East and North Africa": 26007,
    "Southern Africa": 2935,
    "West and Central Africa": 2964,
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that is not there yet."""
    return f"sqlite:///{tmp_path_factory.mktemp('demo')}/demo.sqlite3"


@pytest.fixture(scope="module")
def demo(url: str) -> Ran:
    """The first run, as JSON."""
    return rbm(url, "demo", "--no-serve", "--json")


def everything(url: str) -> dict[str, list[str]]:
    """Every row of every table."""
    engine = open_engine(url)
    try:
        return stored.everything(engine)
    finally:
        engine.dispose()


def test_the_demo_reaches_the_known_figures(demo: Ran) -> None:
    assert (demo.code, demo.err) == (0, "")
    rows = {row["code"].rpartition("/")[2]: row for row in demo.document["corporate"]}
    lead, change = rows["4.2a"], rows["4.2a"]["change"]
    assert "4.2a" in lead["title"]
    assert "departed on resettlement" in lead["title"]
    assert (lead["2022"]["value"], lead["2023"]["value"], lead["2023"]["verified"]) == (51005, 82672, None)
    assert (rows["15.1"]["2022"]["value"], rows["15.1"]["2023"]["value"]) == (92079, 119542)
    assert (change["same_operations"], change["same_before"], change["same_after"]) == (42, 50741, 78967)
    assert change["same_percent"] == Decimal("55.627599")
    assert (change["new_total"], change["gone_total"]) == (3705, 264)
    assert {row["name"]: row["2023"] for row in demo.document["regions"]} == REGIONS


def test_what_does_not_add_up_says_why(demo: Ran) -> None:
    figures = [row[year] for row in demo.document["corporate"] for year in ("2022", "2023") if row[year]]
    empty = [figure for figure in figures if figure["value"] is None]
    assert {figure["reason"] for figure in empty} == {"not_additive", "percentage_without_parts"}
    assert [figure for figure in figures if figure["value"] is not None and figure["reason"]] == []


def test_some_of_what_was_recommended_is_overdue_on_any_day(demo: Ran) -> None:
    facts = demo.document["follow_up"]
    assert (facts["recommendations"], facts["open_actions"], facts["overdue_actions"]) == (14, 8, 5)
    assert facts["status"] == {
        "not_accepted": 3,
        "not_started": 3,
        "in_progress": 4,
        "awaiting_verification": 2,
        "implemented": 2,
    }
    late = [(row["recommendation"], row["overdue_days"], row["owner"]) for row in facts["overdue"]]
    assert late == [
        ("MOPAN-2019/2", 150, "Nadia Karim"),
        ("MOPAN-2019/11", 110, "Jonas Weber"),
        ("MOPAN-2019/3", 75, "Jonas Weber"),
        ("MOPAN-2019/5", 9, "Jonas Weber"),
        ("MOPAN-2019/6", 3, "Amina Diallo"),
    ]
    levels = [row["escalated_to"][-1]["level"] for row in facts["overdue"]]
    assert levels == ["senior_management", "senior_management", "senior_management", "office", "owner"]
    assert all("(illustrative)" in row["text"] for row in facts["overdue"])


def test_running_it_again_changes_nothing(demo: Ran, url: str) -> None:
    before = everything(url)
    assert rbm(url, "demo", "--no-serve", "--json") == demo
    assert rbm(url, "demo", "--no-serve").code == 0
    assert everything(url) == before


@pytest.mark.parametrize("columns", [80, 120])
def test_its_tables_are_readable(demo: Ran, url: str, columns: int) -> None:
    lines = rbm(url, "demo", "--no-serve", COLUMNS=str(columns)).out.splitlines()
    assert max(map(len, lines)) <= columns
    assert not any("…" in line for line in lines)
    [total] = [line for line in lines if line.startswith("4.2a People") and "7/7" in line]
    assert total.split()[-4:] == ["51,005", "7/7", "82,672", "7/7"]
    [change] = [line.split() for line in lines if line.startswith("4.2a ") and line.endswith("(4)")]
    assert change == ["4.2a", "42", "50,741", "78,967", "+55.6", "%", "3,705", "(5)", "-264", "(4)"]
    text = " ".join(" ".join(lines).split())
    assert "went from 50,741 to 78,967 (+55.6 %); 5 new ones add 3,705, 4 that left take 264." in text
    assert "CC BY 4.0" in text
    assert "14 recommendations of an external assessment: 3 not accepted, 3 not started, 4 in progress, " in text
    assert "the words are ours; answers, owners and dates are illustrative." in text


def test_it_is_refused_where_something_else_is(tmp_path: Path) -> None:
    url, path = f"sqlite:///{tmp_path}/other.sqlite3", tmp_path / "other.xml"
    path.write_bytes(document(plan("P")))
    assert rbm(url, "import", "iati", path).code == 0
    before = everything(url)
    ran = rbm(url, "demo", "--no-serve", "--json")
    [problem] = ran.document["problems"]
    assert (ran.code, problem["code"], problem["field"]) == (1, "conflict", "RBM_DATABASE_URL")
    assert everything(url) == before


def test_the_door_shows_a_query_and_a_token_that_can_be_copied(
    engine: sa.Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database.initialise(engine)
    monkeypatch.setattr(output.paper, "width", 20)
    people = [{"role": "hq_results", "email": "amina@example.org"}, {"role": "reporter", "email": "lina@example.org"}]
    door.show_door({"people": people}, engine, 8123)
    lines = capsys.readouterr().out.splitlines()
    assert "A query for http://127.0.0.1:8123/graphql:" in lines
    assert "  figures(year: 2023, level: CORPORATE, first: 5) {" in lines
    assert "  actions(overdue: true) {" in lines
    [token] = [line for line in lines if line.startswith("Token of amina@example.org (headquarters): rbm_")]
    assert len(token.rpartition("rbm_")[2]) == 43
    assert lines[-1] == "Others: rbm token ADDRESS for lina@example.org"
