"""Whether an actual lies within a margin of its target, beyond it on the good side, or on the bad one."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from rbm.terms.indicators import Direction

MARGIN = Fraction(15, 100)


class Side(StrEnum):
    """Where an actual lies; better and worse follow the direction of the indicator."""

    BETTER = "better"
    WITHIN = "within"
    WORSE = "worse"


def side(
    actual: Decimal | None, target: Decimal | None, direction: Direction | None, margin: Fraction = MARGIN
) -> Side | None:
    """The side of the target, whose margin (a share of it, inclusive) is neither; None where nothing can be said.

    Nothing is said of a target of 0 or less, and of an indicator whose good side is not known.
    Source: the on-scope margin of Mercy Corps' TolaData.
    """
    if actual is None or target is None or target <= 0 or direction not in (Direction.INCREASE, Direction.DECREASE):
        return None
    share = Fraction(actual) / Fraction(target)
    if 1 - margin <= share <= 1 + margin:
        return Side.WITHIN
    return Side.BETTER if (share > 1) == (direction is Direction.INCREASE) else Side.WORSE
