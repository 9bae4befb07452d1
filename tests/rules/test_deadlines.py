"""Deadlines: numbers of days that nothing can be worked with are refused."""

from typing import Any

import pytest

from rbm.errors import Invalid
from rbm.rules.deadlines import Deadlines
from rbm.terms.evaluation import EvaluationLevel

FACTS: list[dict[str, Any]] = [
    {"long_overdue_days": 3650},
    {"verification_days": 3650},
    {"comment_days": 90},
    {"disclosure_days": 365},
    {"round_days": 3650},
    {"response_days": dict.fromkeys(EvaluationLevel, 365)},
    {"rounds": 60},
    {"round_months": 60},
    {"ladder": (3650,)},
    {"most_extensions": 12},
]


@pytest.mark.parametrize("most", FACTS, ids=lambda facts: next(iter(facts)))
def test_the_most_is_taken_and_one_more_is_not(most: dict[str, Any]) -> None:
    ((name, value),) = most.items()
    assert getattr(Deadlines(**most), name) == value
    with pytest.raises(Invalid):
        Deadlines(**{name: more(value)})


@pytest.mark.parametrize("name", ["comment_days", "verification_days", "disclosure_days", "rounds", "round_months"])
def test_none_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        Deadlines(**{name: 0})


def more(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: days + 1 for name, days in value.items()}
    return (value[0] + 1,) if isinstance(value, tuple) else value + 1
