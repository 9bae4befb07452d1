"""Crosswalks, series and decisions on adding up from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.app.commands import rbm
from tests.app.test_cli import dump, figures, problem
from tests.files.iati_builder import document
from tests.services.iati.written import counted, plan

pytestmark = pytest.mark.long
KEY = "output/4.2/number"


def year(number: int, value: int, **facts: str) -> list[str]:
    """A corporate plan of a year and an operation under it; those of two years are siblings."""
    part = counted(value, title="4.2 Reached", year=number, status="", **facts)
    top, below = f"TOP-{number}", f"OPERATION-{number}"
    kin = {"sibling": "TOP-2024"} if number > 2024 else {}
    under = {"sibling": "OPERATION-2024"} if number > 2024 else {}
    return [plan(top, year=number, **kin), plan(below, part, year=number, parent=top, **under)]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Two years, consolidated and rolled up, with nothing decided."""
    (tmp_path / "both.xml").write_bytes(document(*year(2024, 3), *year(2025, 5)))
    made = f"sqlite:///{tmp_path}/own.sqlite3"
    assert rbm(made, "import", "iati", tmp_path / "both.xml", "--consolidate").code == 0
    assert rbm(made, "rollup").code == 0
    return made


def test_a_crosswalk_is_proposed_accepted_and_followed(url: str) -> None:
    before = dump(url)
    [pair] = rbm(url, "crosswalk", "propose", 2024, 2025, "--json").document
    assert (pair["key"], pair["relation"], pair["indicators"], pair["hindrance"]) == (KEY, "same", 2, None)
    assert pair["reason"] == "output 4.2, number: the same level, number and measure"
    assert dump(url) == before
    done = rbm(url, "crosswalk", "accept", 2024, 2025, "--json").document
    assert done == {"links": 2, "pairs": 1, "waiting": []}
    links = rbm(url, "crosswalk", "list", "--json").document
    assert {link["relation"] for link in links} == {"same"}
    [top] = [link for link in links if link["before"].startswith("TOP")]
    assert top["valid_from"] == "2025-01-01"
    found = rbm(url, "series", top["after"], "--json").document
    assert [(point["period_code"], point["segment"]) for point in found["points"]] == [("2024", 1), ("2025", 1)]
    assert [seam["joined"] for seam in found["seams"]] == [True]


def test_a_person_says_what_follows_what(url: str) -> None:
    codes = [row["code"] for row in figures(url, "--level", "corporate")]
    words = ("--reason", "out of use", "--since", "2025-06-30", "--json")
    assert rbm(url, "crosswalk", "record", "changed", *codes, *words).document == {
        "before": codes[0],
        "after": codes[1],
        "relation": "changed",
        "valid_from": "2025-06-30",
    }
    again = rbm(url, "crosswalk", "record", "discontinued", codes[0], *words)
    assert problem(again) == (1, "before_id", "it is recorded already what follows it: changed")
    assert rbm(url, "crosswalk", "record", "same", *codes, "X", *words).code == 2


def test_decisions_from_a_file_make_the_figures_and_the_change(url: str, tmp_path: Path) -> None:
    [waiting] = rbm(url, "worklist", "--json").document
    assert (waiting["key"], waiting["units"], waiting["indicators"], waiting["total"]) == (KEY, 1, 2, 8)
    path = tmp_path / "decisions.csv"
    path.write_text(f"key,operator,reason\n{KEY},sum,units do not overlap\n", encoding="utf-8")
    assert rbm(url, "import", "iati", "--decisions", path, "--json").document["decisions"] == 1
    assert rbm(url, "rollup").code == 0
    assert rbm(url, "worklist", "--json").document == []
    [one] = rbm(url, "decisions", "--json").document
    assert (one["key"], one["operator"], one["reason"], one["by"]) == (KEY, "sum", "units do not overlap", None)
    assert [row["value"] for row in figures(url, "--level", "corporate")] == [3, 5]


def test_a_person_decides_in_her_own_name(url: str) -> None:
    assert rbm(url, "token", "ada@example.org").code == 0
    ran = rbm(url, "decide", KEY, "mean", "--reason", "why", "--by", "ada@example.org", "--json")
    assert (ran.code, ran.document["edition"]) == (0, 1)
    assert [row["by"] for row in rbm(url, "decisions", "--json").document] == ["ada@example.org"]
    assert rbm(url, "token", "eve@example.org", "--role", "viewer").code == 0
    refused = rbm(url, "decide", KEY, "sum", "--reason", "why", "--by", "eve@example.org", "--json")
    assert refused.document["problems"][0]["code"] == "forbidden"
    nobody = rbm(url, "decide", KEY, "sum", "--reason", "why", "--by", "nobody", "--json")
    assert problem(nobody) == (1, "by", "nobody is called nobody")


@pytest.mark.parametrize(
    ("rows", "field", "message"),
    [
        ([{"key": KEY, "operator": "ratio_of_sums", "reason": "b"}], "operator", "line 2: number values of several"),
        ([{"key": "4.2", "operator": "sum", "reason": "b"}], "key", "line 2: '4.2' is no key"),
        ([{"key": KEY, "operator": "max_then_sum", "reason": "b"}], "operator", "line 2: max then sum is for counts"),
    ],
)
def test_one_bad_row_stops_everything(url: str, tmp_path: Path, rows: list[Any], field: str, message: str) -> None:
    good = {"key": "goal/1/number", "operator": "sum", "reason": "a"}
    path = tmp_path / "decisions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in [good, *rows]), encoding="utf-8")
    (tmp_path / "third.xml").write_bytes(document(*year(2026, 9)))
    before = dump(url)
    found = problem(rbm(url, "import", "iati", tmp_path / "third.xml", "--decisions", path, "--json"))
    assert found[:2] == (1, field)
    assert found[2].startswith(message)
    assert dump(url) == before


def test_something_has_to_be_given_to_import(url: str) -> None:
    assert rbm(url, "import", "iati").code == 2


def test_people_read_tables(url: str) -> None:
    for command in (("crosswalk", "propose", 2024, 2025), ("worklist",), ("decisions",), ("crosswalk", "list")):
        ran = rbm(url, *command)
        assert (ran.code, ran.err) == (0, "")
