"""The replay itself: strict about every word, robust against any file, and exact about how a case went."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conformance.cases import Case, Malformed, read
from tests.conformance.replay import Outcome, Verdict, replay
from tests.conformance.scenario import scenario
from tests.conformance.shapes import Unsupported

pytestmark = pytest.mark.in_turn
ONE = {"updates": [{"value": 1}]}
THREE = [{"id": "top"}, {"id": "mid", "parent": "top"}, {"id": "low", "parent": "mid"}]


def went(engine: sa.Engine, inputs: Any, expected: Any, *, deviates: bool = False) -> Outcome:
    return replay(engine, Case("case", inputs, expected, deviates))


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"updates": [{"value": "0.1"}, {"value": "0.2"}]}, {"p": {"P1": 0.1 + 0.2}}),
        ({"updates": [{"value": -3}, {"value": 1}]}, {"p": -2}),
        ({"updates": [{"value": 5, "status": "pending"}]}, {"p": {"P1": None, "has_data": False}}),
        ({"updates": [{"value": 5, "status": "pending"}, {"value": 2}]}, {"p": {"P1": 2}}),
        ({"updates": [{"value": None}]}, {"p": {"P1": None}}),
        ({"updates": []}, {"p": {"P1": None}}),
        ({"units": THREE, "updates": [{"unit": "low", "value": 4}]}, {"top": {"P1": {"value": 4}}, "mid": 4}),
        (
            {"updates": [{"numerator": 1, "denominator": 3}]},
            {"p": {"P1": {"value": 33.33, "numerator": 1, "denominator": 3}}},
        ),
        (
            {"updates": [{"id": "a", "value": 1}, {"id": "b", "value": 2}], "amend": {"a": {"value": 7}}},
            {"p": {"P1": 9}},
        ),
        ({"updates": [{"id": "a", "value": 1}, {"id": "b", "value": 2}], "delete": "a"}, {"p": {"P1": 2}}),
        (
            {
                "indicator": {"cumulative_mode": "running_total"},
                "updates": [{"id": "a", "value": 1}, {"id": "b", "value": 2}],
                "delete": ["b"],
            },
            {"p": {"P1": 1, "P2": 1}},
        ),
        (
            {
                "indicator": {"cumulative_mode": "summing_cumulative"},
                "updates": [{"value": 1}, {"value": 2, "period": "P2"}, {"value": 4, "period": "P2"}],
            },
            {"p": {"P1": 1, "P2": 7}},
        ),
        ({"updates": [{"disagg": {"M": 1}}, {"disagg": {"F": 2}}]}, {"p": {"disagg": {"M": 1, "F": 2}}}),
        ({"updates": [{"value": 2, "disagg": {"M": 2, "F": 0}}]}, {"p": {"disagg_row_count": 2, "P1": 2}}),
        ({"updates": [{"disagg": {"M": [1, 4]}}, {"disagg": {"M": [2, 4]}}]}, {"p": {"M": [3, "8"]}}),
        ({"indicator": {"measure": "yes_no"}, "updates": [{"value": True}]}, {"p": {"P1": True}}),
    ],
)
def test_a_case_passes(engine: sa.Engine, inputs: Any, expected: Any) -> None:
    outcome = went(engine, inputs, json.loads(json.dumps(expected), parse_float=Decimal))
    assert outcome == Outcome("case", Verdict.PASSED)


@pytest.mark.parametrize(
    ("inputs", "expected", "told"),
    [
        (ONE, {"p": {"P1": 2}}, "p P1: expected 2, found 1"),
        (ONE, {"p": {"P1": None}}, "p P1: expected nothing, found 1"),
        ({"updates": [{"value": 0, "status": "draft"}]}, {"p": {"P1": 0}}, "p P1: expected 0, found nothing"),
        (ONE, {"p": {"P1": 1, "disagg_row_count": 3}}, "p rows: expected 3, found 0"),
        (ONE, {"p": {"P1": {"value": 1, "numerator": 1}}}, "p P1 numerator: expected 1, found nothing"),
        (ONE, {"p": 10**30}, f"p: expected {10**30}, found 1"),
        (
            {"indicator": {"measure": "percentage", "cumulative_mode": "running_total"}, **ONE},
            {"p": 1},
            "refused, accumulation: only numbers accumulate: a percentage is reported per period",
        ),
        ({"updates": [{"value": "1e30"}]}, {"p": 1}, "out of range"),
    ],
)
def test_a_case_fails_and_says_why(engine: sa.Engine, inputs: Any, expected: Any, told: str) -> None:
    outcome = went(engine, inputs, expected)
    assert outcome.verdict is Verdict.FAILED
    assert told in outcome.differences[0]


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"q": 1}, "q is not understood"),
        ({"p": {"P1": 1, "Q": None}}, "Q is not understood"),
        ({"p": {"P1": {"value": 1, "mean": 1}}}, "mean is not understood"),
        ({"p": {"P1": True}}, "True is no number"),
        ({"p": {"P1": [1]}}, r"\[1\] is no number"),
        ({"p": {"P1": "one"}}, "'one' is no number"),
        ({"p": {"disagg": 1}}, "disagg is not understood"),
        ({}, "nothing is expected"),
        ({"p": {}}, "nothing is expected"),
    ],
)
def test_an_expectation_that_is_not_understood_is_never_passed(engine: sa.Engine, expected: Any, told: str) -> None:
    outcome = went(engine, ONE, expected)
    assert outcome.verdict is Verdict.UNSUPPORTED
    assert outcome.bad
    assert told.replace("\\", "") in outcome.differences[0]


@pytest.mark.parametrize(
    "inputs",
    [
        None,
        [],
        {},
        {"updates": {}},
        {"updates": [1]},
        ONE | {"steps": []},
        {"updates": [{"value": 1, "colour": "red"}]},
        {"updates": [{"value": True}]},
        {"updates": [{"value": []}]},
        {"updates": [{"value": "NaN"}]},
        {"updates": [{"value": 1, "unit": 3}]},
        {"updates": [{"disagg": {"M": [1, 2, 3]}}]},
        {"updates": [{"id": "a", "value": 1}, {"id": "a", "value": 1}]},
        ONE | {"units": "as another case"},
        ONE | {"units": [{"id": "q"}, {"id": "q"}]},
        ONE | {"units": [{"id": "q", "parent": "r"}]},
        ONE | {"units": [{"id": "q", "aggregate_children": "no"}]},
        ONE | {"units": [{"id": "q"}, {"id": "r"}]},
        ONE | {"indicator": {"measure": "colour"}},
        ONE | {"indicator": {"measure": []}},
        ONE | {"indicator": {"cumulative_mode": "sometimes"}},
        ONE | {"periods": [{"id": "P1", "start": "2020-02-30", "end": "2020-12-31"}]},
        ONE | {"periods": [{"id": "P1", "start": "9999-01-01", "end": "9999-12-31"}]},
        ONE | {"periods": ["P2"]},
        ONE | {"amend": {"x": {"value": 1}}},
        ONE | {"delete": ["x"]},
        ONE | {"recompute_order": ["x"]},
        ONE | {"preset": {"p": 5}},
    ],
)
def test_inputs_that_are_not_understood_are_unsupported(inputs: Any) -> None:
    with pytest.raises(Unsupported):
        scenario(inputs)


def test_a_deviation_prints_our_value_and_is_no_failure(engine: sa.Engine) -> None:
    assert went(engine, ONE, {"p": {"P1": 2}}, deviates=True) == Outcome("case", Verdict.DEVIATES, ("p P1: ours is 1",))


@pytest.mark.parametrize("reverse", [False, True])
def test_the_order_of_recomputation_changes_nothing(engine: sa.Engine, reverse: bool) -> None:
    order = ["low", "mid", "top"][:: -1 if reverse else 1]
    inputs = {"units": THREE, "updates": [{"unit": name, "value": 1} for name in order], "recompute_order": order}
    assert went(engine, inputs, {"top": 3, "mid": 2, "low": 1}).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        "[1]",
        "[{}]",
        '[{"id": "a"}]',
        '[{"id": "a", "inputs": {}}]',
        '[{"id": "", "inputs": {}, "expected": {}}]',
        '[{"id": "a", "inputs": {}, "expected": {}}, {"id": "a", "inputs": {}, "expected": {}}]',
        '[{"id": "a", "inputs": {"updates": [{"value": NaN}]}, "expected": {}}]',
    ],
)
def test_a_file_without_cases_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cases.json"
    path.write_text(text)
    with pytest.raises(Malformed, match=str(path)):
        read(path)


def run(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.conformance", str(path), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])


def test_the_command_prints_a_line_for_each_case_and_ends_as_they_went(tmp_path: Path) -> None:
    good = {"id": "good", "inputs": ONE, "expected": {"p": {"P1": 1}}, "stance": "adopt"}
    ours = {"id": "ours", "inputs": ONE, "expected": {"p": {"P1": 2}}, "stance": "deviate"}
    bad = [{"id": "bad", "inputs": ONE, "expected": {"p": {"P1": 2}}}, {"id": "odd", "inputs": 1, "expected": 1}]
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([good, ours]))
    done = run(path)
    lines = ["good passed", "ours deviates: p P1: ours is 1"]
    totals = "2 cases: 1 passed, 0 failed, 1 deviates, 0 unsupported"
    assert (done.returncode, done.stdout.splitlines()) == (0, [*lines, totals])
    path.write_text(json.dumps([good, ours, *bad]))
    done = run(path, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["totals"]) == (1, {"passed": 1, "failed": 1, "deviates": 1, "unsupported": 1})
    assert [row["outcome"] for row in told["cases"]] == ["passed", "deviates", "failed", "unsupported"]


def test_the_command_refuses_a_file_without_cases(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    for text in ("[", None):
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
        done = run(path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr
        assert str(path) in done.stderr
