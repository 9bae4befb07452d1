"""The replay: periods in their order and apart, statuses, wrong expectations, and files that are hard to print."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conformance.cases import Case
from tests.conformance.replay import Verdict, replay
from tests.conformance.scenario import scenario
from tests.conformance.shapes import Unsupported
from tests.conformance.test_replay import run

pytestmark = pytest.mark.in_turn
RUNNING = {"indicator": {"cumulative_mode": "running_total"}}
SHARE = {"indicator": {"measure": "percentage"}}
SAME = [{"id": f"P{number}", "start": "2020-01-01", "end": "2020-12-31"} for number in (1, 2, 3)]
LENGTHS = [SAME[0], {"id": "P2", "start": "2021-01-01", "end": "2021-06-30"}]
PARENT = [{"id": "a"}, {"id": "b", "parent": "a"}]


def said(**values: Any) -> dict[str, Any]:
    """One update a period, in the order they are named."""
    return {"updates": [{"period": name.lstrip("y"), "value": value} for name, value in values.items()]}


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (RUNNING | said(P2=5, P1=3), {"P1": 3, "P2": 5, "P3": 5}),
        (RUNNING | said(P10=5, P1=1), {"P1": 1, "P2": 1, "P10": 5}),
        (RUNNING | said(y2011=15, y2010=10), {"2010": 10, "2011": 15, "2012": 15}),
        (RUNNING | {"periods": SAME} | said(P2=5), {"P1": None, "P2": 5, "P3": None}),
        ({"periods": SAME} | said(P1=5, P2=6, P3=7), {"P1": 5, "P2": 6, "P3": 7}),
        (RUNNING | {"periods": LENGTHS} | said(P1=5), {"P1": 5, "P2": 5}),
        (SHARE | {"updates": [{"numerator": 5, "denominator": 0}]}, {"P1": None}),
    ],
)
def test_periods_come_to_what_is_expected(engine: sa.Engine, inputs: Any, expected: Any) -> None:
    outcome = replay(engine, Case("case", inputs, {"p": expected}, deviates=False))
    assert outcome.verdict is Verdict.PASSED, outcome.differences


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ({"value": 4}, "4.0000001"),
        ({"numerator": "1.26", "denominator": 3}, {"numerator": "1.3"}),
        ({"numerator": 3, "denominator": "17.04"}, {"denominator": "17.0"}),
    ],
)
def test_only_a_quotient_is_rounded_before_it_is_compared(engine: sa.Engine, amount: Any, expected: Any) -> None:
    stated = json.loads(json.dumps({"p": {"P1": expected}}), parse_float=Decimal)
    outcome = replay(engine, Case("case", {"updates": [amount]}, stated, deviates=False))
    assert outcome.verdict is Verdict.FAILED


def test_a_later_running_total_supersedes_the_whole_earlier_one(engine: sa.Engine) -> None:
    updates = [{"value": 2, "disagg": {"M": 1, "F": 1}}, {"value": 2, "disagg": {"F": 2}}]
    expected = {"p": {"P1": {"value": 2, "M": None, "F": 2}}}
    assert replay(engine, Case("case", RUNNING | {"updates": updates}, expected, deviates=False)).differences == ()


def test_what_is_typed_in_stands_until_something_below_says_more(engine: sa.Engine) -> None:
    preset = {"units": PARENT, "preset": {"a": {"P1": 5, "P2": 6}}}
    inputs = preset | {"updates": [{"unit": "b", "period": "P1", "value": 10}]}
    outcome = replay(engine, Case("case", inputs, {"a": {"P1": 10, "P2": 6}}, deviates=False))
    assert outcome.differences == ()


@pytest.mark.parametrize("status", ["A", "Approved", "open", ""])
def test_a_status_that_is_not_known_is_unsupported(status: str) -> None:
    with pytest.raises(Unsupported, match="status"):
        scenario({"updates": [{"value": 1, "status": status}]})


def test_any_id_is_printed_on_one_line_and_a_mark_of_byte_order_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    cases = [{"id": key, "inputs": {"updates": [{"value": 1}]}, "expected": {"p": 1}} for key in ("a\ud800", "b\nc")]
    path.write_text(json.dumps(cases), "utf-8-sig")
    done = run(path)
    assert done.stdout.splitlines()[:2] == ["a\\ud800 passed", "b\\nc passed"]
    assert [row["id"] for row in json.loads(run(path, "--json").stdout)["cases"]] == ["a\ud800", "b\nc"]
