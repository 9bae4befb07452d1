"""Spans of days, both ends inclusive; an end that is None is open."""

import calendar
from datetime import date
from fractions import Fraction

from rbm.errors import Invalid

Span = tuple[date | None, date | None]


def covers(span: Span, day: date) -> bool:
    """Whether the day lies in the span."""
    start, end = span
    return (start is None or start <= day) and (end is None or day <= end)


def overlaps(first: Span, second: Span) -> bool:
    """Whether the two share a day."""
    return _in_order(first[0], second[1]) and _in_order(second[0], first[1])


def refuse_reversed(span: Span, field: str) -> None:
    """Nothing, when the span does not end before it starts. Invalid otherwise."""
    if not _in_order(*span):
        raise Invalid(f"it would end on {span[1]}, before it starts on {span[0]}", field)


def months_later(day: date, months: int) -> date:
    """The same day of the month `months` later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def elapsed(span: Span, day: date) -> Fraction | None:
    """The share of the days of a span that have passed, the day included; None where an end is open."""
    start, end = span
    if start is None or end is None:
        return None
    days = (end - start).days + 1
    return Fraction(min(max((day - start).days + 1, 0), days), days)


def _in_order(start: date | None, end: date | None) -> bool:
    return start is None or end is None or start <= end
