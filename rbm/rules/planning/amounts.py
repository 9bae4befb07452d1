"""Money as it is stated: not less than nothing, in cents, in a currency of three letters."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rbm.errors import Invalid

PLACES = 2
LARGEST = Decimal(10) ** 15
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount in a currency, and the part of it that counts."""

    part: Decimal
    whole: Decimal
    currency: str


def refuse_amount(amount: Decimal, field: str) -> Decimal:
    """The amount. Invalid when it is below zero, beyond all budgets, or finer than two decimals."""
    if not amount.is_finite() or not 0 <= amount <= LARGEST:
        raise Invalid(f"{amount} is no amount of money", field)
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -PLACES:
        raise Invalid(f"{amount} has more than {PLACES} decimals", field)
    return amount


def refuse_currency(currency: str, field: str = "currency") -> str:
    """The currency. Invalid when it is not written as three capital letters (ISO 4217)."""
    if not CURRENCY.fullmatch(currency):
        raise Invalid(f"{currency} is not a currency of three capital letters", field)
    return currency


def one_currency(sums: Iterable[Sum]) -> Sum | None:
    """All sums together. None when they are in different currencies; nothing at all is nothing of no currency."""
    parts = list(sums)
    currencies = {one.currency for one in parts}
    if len(currencies) > 1:
        return None
    part = sum((one.part for one in parts), Decimal(0))
    whole = sum((one.whole for one in parts), Decimal(0))
    return Sum(part, whole, next(iter(currencies), ""))
