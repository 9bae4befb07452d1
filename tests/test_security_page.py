"""The page of cases tells the truth: what it calls tested has a test by that name, and every urgent case is on it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINE = re.compile(r"^\| ([A-Z]-\d\d) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
URGENT = (
    {f"G-{number:02}" for number in range(1, 18)}
    | {f"A-{number:02}" for number in (*range(1, 9), 10)}
    | {f"Z-{number:02}" for number in range(1, 16)}
    | {f"E-{number:02}" for number in range(1, 5)}
    | {f"L-{number:02}" for number in range(1, 5)}
    | {f"C-{number:02}" for number in range(1, 6)}
)


@pytest.fixture(scope="module")
def cases() -> dict[str, str]:
    return dict(LINE.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def tests() -> set[str]:
    """The ids of cases that the names of tests carry."""
    names = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    found = (re.match(r"test_([a-z])_(\d\d)_", name) for name in names)
    return {f"{each[1].upper()}-{each[2]}" for each in found if each}


def test_every_urgent_case_is_on_the_page(cases: dict[str, str]) -> None:
    assert URGENT - cases.keys() == set()


def test_what_is_called_tested_has_a_test(cases: dict[str, str], tests: set[str]) -> None:
    assert {case for case, state in cases.items() if state.startswith("tested")} - tests == set()


def test_what_has_a_test_is_called_tested(cases: dict[str, str], tests: set[str]) -> None:
    assert {case for case in cases.keys() & tests if not cases[case].startswith("tested")} == set()


def test_what_is_not_tested_says_why(cases: dict[str, str]) -> None:
    assert {
        case for case, state in cases.items() if not re.match(r"tested|not measured|replaced: |measured in", state)
    } == set()
