"""Change between two periods, split into the same units, new units and units that left."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Change:
    """Totals in the unit of the input; `same_percent` in percent, six decimals, None without a base to compare with."""

    same_units: int
    same_before: int
    same_after: int
    same_percent: Decimal | None
    new_units: int
    new_total: int
    gone_units: int
    gone_total: int


def decompose(before: Mapping[Key, int], after: Mapping[Key, int]) -> Change:
    """The change from `before` to `after`, both {unit: value in micros}; a unit without a value is left out, not 0.

    after - before = (same_after - same_before) + new_total - gone_total, exactly. The percentage is that of the units
    present in both, over the magnitude of their first total.
    """
    same, new, gone = before.keys() & after.keys(), after.keys() - before.keys(), before.keys() - after.keys()
    same_before = sum(before[unit] for unit in same)
    same_after = sum(after[unit] for unit in same)
    return Change(
        same_units=len(same),
        same_before=same_before,
        same_after=same_after,
        same_percent=_percent(same_before, same_after),
        new_units=len(new),
        new_total=sum(after[unit] for unit in new),
        gone_units=len(gone),
        gone_total=sum(before[unit] for unit in gone),
    )


def _percent(before: int, after: int) -> Decimal | None:
    if before == 0:
        return None
    share = Decimal(after - before) * 100 / abs(Decimal(before))
    return share.quantize(PLACES, ROUND_HALF_EVEN)
