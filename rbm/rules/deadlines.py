"""Deadlines of evaluation follow-up: how many days for what, and the days that follow from them."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from rbm.errors import Invalid
from rbm.terms.evaluation import EvaluationLevel

MONTHS = 12
DAYS = ("long_overdue_days", "verification_days", "comment_days", "disclosure_days", "withholding_days", "round_days")
LONGEST = {"comment_days": 90, "disclosure_days": 365, "withholding_days": 365}
"""The most days of what would otherwise keep a report from becoming final or public; of all else, LIMIT."""
LIMIT, MOST_ROUNDS, MOST_MONTHS, MOST_EXTENSIONS = 3650, 60, 60, 12


@dataclass(frozen=True)
class Deadlines:
    """Calendar days unless said otherwise; the defaults are those the program comes with.

    `response_days` by level of evaluation; `ladder` are the days after a due day on which reminders go out; from
    `supervisor_from` days on they reach the supervisor too, from `senior_from` on senior management. Follow-up rounds
    open every `round_months` months, `rounds` times at most, each for `round_days`. Source: UNDP for 42 days, UNEP for
    the half-yearly rounds.
    """

    response_days: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(EvaluationLevel, 42))
    ladder: tuple[int, ...] = (-14, -7, 0, 7, 21, 42)
    supervisor_from: int = 21
    senior_from: int = 42
    long_overdue_days: int = 90
    verification_days: int = 60
    comment_days: int = 14
    disclosure_days: int = 30
    withholding_days: int = 365
    round_months: int = 6
    rounds: int = 6
    round_days: int = 30
    most_extensions: int = 2
    edition: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no number of days: Invalid names the parameter."""
        for name in DAYS:
            _refuse_days(name, getattr(self, name), LONGEST.get(name, LIMIT))
        for days in self.response_days.values():
            _refuse_days("response_days", days, LONGEST["disclosure_days"])
        if self.round_months < 1 or self.rounds < 1:
            raise Invalid("at least one round and one month are needed", "rounds")
        if self.round_months > MOST_MONTHS or self.rounds > MOST_ROUNDS:
            raise Invalid(f"at most {MOST_ROUNDS} rounds, {MOST_MONTHS} months apart", "rounds")
        if not 0 <= self.most_extensions <= MOST_EXTENSIONS:
            raise Invalid(f"at most {MOST_EXTENSIONS} extensions", "most_extensions")
        if any(abs(days) > LIMIT for days in self.ladder):
            raise Invalid(f"at most {LIMIT} days", "ladder")
        if list(self.ladder) != sorted(set(self.ladder)):
            raise Invalid("the steps of the ladder go upwards", "ladder")

    def response_due(self, transmitted_on: date, level: EvaluationLevel) -> date:
        """The day a response is due: so many days after the day of transmittal, itself not counted."""
        return transmitted_on + timedelta(days=self.response_days[level])

    def step(self, due_on: date, today: date) -> int | None:
        """The latest step of the ladder that has come, in days after the due day; None before the first."""
        passed = [days for days in self.ladder if due_on + timedelta(days=days) <= today]
        return passed[-1] if passed else None

    def round_opens(self, anchor: date, number: int) -> date:
        """The day the round of a number opens (1 is the first): counted from the anchor, never from the round before.

        A month without the anchor's day takes its last day: 31 August and six months is 28 February, twelve 31 August.
        """
        return months_after(anchor, number * self.round_months)


def _refuse_days(name: str, days: int, most: int) -> None:
    if days < 1:
        raise Invalid("at least one day is needed", name)
    if days > most:
        raise Invalid(f"at most {most} days", name)


def months_after(anchor: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that is shorter."""
    years, month = divmod(anchor.month - 1 + months, MONTHS)
    year, month = anchor.year + years, month + 1
    return date(year, month, min(anchor.day, calendar.monthrange(year, month)[1]))


def overdue_days(due_on: date, on: date) -> int:
    """How many days something is overdue on a day; 0 on the due day and before."""
    return max((on - due_on).days, 0)
