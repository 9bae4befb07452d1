"""Parameters of the rules, versioned data with defaults that are calibrated on published results."""

from dataclasses import dataclass, fields
from fractions import Fraction

from rbm.errors import Invalid

_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Shares:
    """A share of a count that raises a flag and one that puts to watch, both inclusive and compared exactly.

    minimum: how much has to be counted at all; a part of 0 never raises or watches, so watch_at 0 means any.
    Invalid naming the field unless minimum >= 1, 0 < raised_at <= 1 and 0 <= watch_at <= raised_at.
    """

    minimum: int = 1
    raised_at: Fraction = Fraction(1, 4)
    watch_at: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        """Refuse what is no threshold."""
        if not 1 <= self.minimum <= _LARGEST:
            raise Invalid(f"the minimum is between 1 and {_LARGEST}", "minimum")
        if not 0 < self.raised_at <= 1:
            raise Invalid("the share that raises a flag is above 0 and at most 1", "raised_at")
        if not 0 <= self.watch_at <= self.raised_at:
            raise Invalid("the share to watch is at most the one that raises a flag", "watch_at")
        for name in ("raised_at", "watch_at"):
            if getattr(self, name).denominator > _LARGEST:
                raise Invalid(f"a share has a denominator of at most {_LARGEST}", name)


@dataclass(frozen=True, slots=True)
class OffTrackShares(Shares):
    """Of five or more rated cells two thirds off track or missed raise, half put to watch."""

    minimum: int = 5
    raised_at: Fraction = Fraction(2, 3)
    watch_at: Fraction = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class MissedTwiceShares(Shares):
    """Of the indicators rated in both periods a third missed twice raise, a fifth put to watch."""

    raised_at: Fraction = Fraction(1, 3)
    watch_at: Fraction = Fraction(1, 5)


@dataclass(frozen=True, slots=True)
class NoBaselineShares(Shares):
    """Of the indicators of outcomes and impact a quarter without baseline raise, a tenth put to watch."""

    watch_at: Fraction = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class StaleShares(Shares):
    """Of the indicators a value was due for a quarter without one raise, any puts to watch."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Days after the due day that are forgiven; "due today" is never overdue. Invalid unless 0 or more."""

    grace_days: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no threshold."""
        if not 0 <= self.grace_days <= _LARGEST:
            raise Invalid("days of grace are 0 or more", "grace_days")


def stated(parameters: Shares | Deadline) -> dict[str, int | str]:
    """The parameters as they are kept with a flag: whole numbers, and fractions as "2/3"."""
    values = {field.name: getattr(parameters, field.name) for field in fields(parameters)}
    return {name: str(value) if isinstance(value, Fraction) else value for name, value in values.items()}
