"""Spans of days, both ends inclusive."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.errors import Invalid
from rbm.rules.spans import Span, covers, months_later, overlaps, refuse_reversed

DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))
SPANS = st.tuples(st.none() | DAYS, st.none() | DAYS).filter(lambda span: None in span or span[0] <= span[1])


@given(SPANS, DAYS)
def test_a_span_covers_a_day_when_it_overlaps_it(span: Span, day: date) -> None:
    assert covers(span, day) == overlaps(span, (day, day))


@given(SPANS, SPANS)
def test_overlapping_goes_both_ways(one: Span, other: Span) -> None:
    assert overlaps(one, other) == overlaps(other, one)


def test_both_ends_belong_to_a_span() -> None:
    first, second = (date(2025, 1, 1), date(2025, 12, 31)), (date(2025, 12, 31), None)
    assert overlaps(first, second)
    assert not overlaps(first, (date(2026, 1, 1), None))


def test_a_span_does_not_end_before_it_starts() -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_reversed((date(2026, 1, 2), date(2026, 1, 1)), "valid_to")
    assert refusal.value.field == "valid_to"
    refuse_reversed((date(2026, 1, 1), date(2026, 1, 1)), "valid_to")
    refuse_reversed((None, date(2026, 1, 1)), "valid_to")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2015, 11, 30), 24, date(2017, 11, 30)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2025, 12, 1), 1, date(2026, 1, 1)),
    ],
)
def test_months_later_stays_within_the_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later
