"""Cadences: which slot a moment belongs to, and which slots lie between two."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from rbm import clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = 60.0


class Cadence(Protocol):
    """How often a job runs."""

    @property
    def missed(self) -> int:
        """How many slots are run, in order, after an outage: the newest ones; 1 is the latest alone."""

    @property
    def seconds_between_ticks(self) -> float:
        """How often it is worth looking for a slot that is due."""

    def latest(self, now: datetime, zone: str) -> str:
        """The newest slot that is due."""

    def between(self, last: str, latest: str, most: int) -> list[str]:
        """The slots after `last` up to `latest`, the newest `most` of them, in order."""


@dataclass(frozen=True)
class Every:
    """Every so many seconds, counted from the epoch; a slot is the moment in UTC at which it began."""

    seconds: float
    missed: int = 1

    def __str__(self) -> str:
        """As people say it."""
        return "every minute" if self.seconds == TICK else f"every {self.seconds:g} s"

    @property
    def seconds_between_ticks(self) -> float:
        """Once a slot, and at least once a minute."""
        return min(self.seconds, TICK)

    def latest(self, now: datetime, zone: str) -> str:
        """The moment at or before `now`."""
        return self._name((now - EPOCH) // self._step)

    def between(self, last: str, latest: str, most: int) -> list[str]:
        """The moments after `last`."""
        first, end = self._number(last), self._number(latest)
        return [self._name(number) for number in range(max(first, end - most) + 1, end + 1)]

    @property
    def _step(self) -> timedelta:
        return timedelta(seconds=self.seconds)

    def _number(self, slot: str) -> int:
        return (datetime.fromisoformat(slot) - EPOCH) // self._step

    def _name(self, number: int) -> str:
        spell = "seconds" if float(self.seconds).is_integer() else "microseconds"
        return (EPOCH + number * self._step).isoformat(timespec=spell).replace("+00:00", "Z")


@dataclass(frozen=True)
class Daily:
    """Every day at a time in UTC; a slot is the business date at that moment in the organisation's time zone.

    A date that no such moment falls on (when clocks change, or an office crosses the date line) is run as a missed one,
    and a date on which two fall is run once.
    """

    at: time
    missed: int = 31

    def __str__(self) -> str:
        """As people say it."""
        return f"daily at {self.at:%H:%M} UTC"

    @property
    def seconds_between_ticks(self) -> float:
        """Once a minute, so that what was missed or broken off is healed soon."""
        return TICK

    def latest(self, now: datetime, zone: str) -> str:
        """The business date of the last time it struck."""
        today = datetime.combine(now.astimezone(UTC).date(), self.at, UTC)
        struck = today if today <= now else today - timedelta(days=1)
        return clock.business_date(struck, zone).isoformat()

    def between(self, last: str, latest: str, most: int) -> list[str]:
        """The dates after `last`."""
        end = date.fromisoformat(latest)
        days = min((end - date.fromisoformat(last)).days, most)
        return [(end - timedelta(days=back)).isoformat() for back in range(days - 1, -1, -1)]
