"""Cases that other systems test or get wrong: each of the shared file once, those with updates by replaying them."""

import importlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conformance.cases import Case, read
from tests.conformance.deviations import AWAITING, DEVIATIONS
from tests.conformance.replay import Verdict, replay

pytestmark = pytest.mark.in_turn
NAMED = re.compile(r"test_(akvo|prp|tola|dhis2|undp|actinfo|etools|trap)_(\d{3})_")
REPLAYED = [
    *(f"akvo-{number:03}" for number in (1, 3, 4, 5, 6, 10, 11, 13, 15, 16, 18, 19, 20, 39, 41)),
    *(f"akvo-{number:03}" for number in (*range(23, 28), *range(29, 36))),
    "trap-001",
    "trap-002",
]


@pytest.fixture(scope="session")
def cases(shared: Path) -> dict[str, Case]:
    """The cases of the shared file by id."""
    return {case.id: case for case in read(shared / "conformance" / "peer_cases.json")}


@pytest.mark.parametrize("key", REPLAYED)
def test_a_case_comes_to_what_is_expected(engine: sa.Engine, cases: dict[str, Case], key: str) -> None:
    outcome = replay(engine, cases[key])
    wanted = Verdict.DEVIATES if key in DEVIATIONS else Verdict.PASSED
    assert outcome.verdict is wanted, outcome.differences


def test_every_case_appears_once(cases: dict[str, Case]) -> None:
    counted = Counter([*REPLAYED, *named(), *AWAITING])
    assert sorted(counted) == sorted(cases)
    assert {key: count for key, count in counted.items() if count != 1} == {}
    assert set(DEVIATIONS) <= set(counted) - set(AWAITING)


def test_few_cases_deviate_and_those_that_mean_to_are_among_them(cases: dict[str, Case]) -> None:
    assert {case.id for case in cases.values() if case.deviates} <= set(DEVIATIONS)
    assert len(DEVIATIONS) <= 12


def named() -> Iterator[str]:
    """The ids of the cases that are tests of their own."""
    for path in sorted(Path(__file__).parent.glob("test_peer_cases_*.py")):
        module = importlib.import_module(f"tests.conformance.{path.stem}")
        for name in vars(module):
            found = NAMED.match(name)
            if found:
                yield "-".join(found.groups())
