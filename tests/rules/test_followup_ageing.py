"""Ages of what is open: colours at exact months, buckets that leave no day out, and the sample of verification."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm import ids
from rbm.rules.deadlines import months_after
from rbm.rules.followup.ageing import ageing, bucket, issued_within
from rbm.rules.followup.scope import SCOPES, owed, sampled
from rbm.terms.followup import AgeBucket, VerificationScope

ISSUED = date(2026, 8, 31)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("on", "colour"),
    [
        (date(2026, 8, 31), "green"),
        (date(2027, 8, 30), "green"),
        (date(2027, 8, 31), "yellow"),
        (date(2028, 2, 28), "yellow"),
        (date(2028, 2, 29), "red"),
    ],
)
def test_twelve_months_are_yellow_and_eighteen_red(on: date, colour: str) -> None:
    assert ageing(ISSUED, on) == colour


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2027, 2, 28), "up_to_6"),
        (date(2027, 3, 1), "up_to_12"),
        (date(2027, 8, 31), "up_to_12"),
        (date(2027, 9, 1), "up_to_24"),
        (date(2028, 8, 31), "up_to_24"),
        (date(2028, 9, 1), "above_24"),
    ],
)
def test_r130_buckets_are_up_to_6_12_and_24_months_and_above(on: date, found: str) -> None:
    assert bucket(ISSUED, on) == found


@given(DAYS, st.integers(0, 1_200))
def test_the_days_of_a_bucket_are_those_that_fall_in_it(on: date, days: int) -> None:
    issued_on = on - timedelta(days=days)
    inside = [name for name in AgeBucket if _between(issued_on, issued_within(name, on))]
    assert inside == [bucket(issued_on, on)]


@given(DAYS, st.integers(0, 1_200))
def test_nothing_grows_younger(issued_on: date, days: int) -> None:
    order, on = [*AgeBucket], issued_on + timedelta(days=days)
    later = bucket(issued_on, on + timedelta(days=1))
    assert order.index(later) >= order.index(bucket(issued_on, on))
    assert months_after(issued_on, 6) < on or later in order[:2]


def test_all_of_critical_and_high_half_of_medium_and_none_of_low_is_verified() -> None:
    assert [str(scope) for scope in SCOPES.values()] == ["full", "full", "sample", "none"]
    keys = [UUID(int=number) for number in range(1_000)]
    assert sum(owed(VerificationScope.SAMPLE, key) for key in keys) == sum(map(sampled, keys))
    assert 450 < sum(map(sampled, keys)) < 550
    assert not any(owed(VerificationScope.NONE, key) for key in keys)
    assert all(owed(VerificationScope.FULL, key) for key in keys)


def test_the_sample_does_not_change() -> None:
    key = ids.new()
    assert len({sampled(key) for _ in range(3)}) == 1


def _between(day: date, bounds: tuple[date | None, date | None]) -> bool:
    first, last = bounds
    return (first is None or first <= day) and (last is None or day <= last)
