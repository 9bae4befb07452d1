"""The only reader of the wall clock. Everything else receives the time from its unit of work."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def read() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def business_date(moment: datetime, zone: str) -> date:
    """The calendar date of a moment in the organisation's time zone (`zone`: IANA name)."""
    return moment.astimezone(ZoneInfo(zone)).date()
