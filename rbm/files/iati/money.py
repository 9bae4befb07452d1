"""Budgets and transactions; one whose amount, currency or dates cannot be read is told as refused."""

import datetime as dt
import re
from decimal import Decimal
from typing import NamedTuple

from rbm.files.iati import attributes, numbers
from rbm.files.iati.content import content_of
from rbm.files.iati.findings import quoted
from rbm.files.iati.records import BudgetRecord, TransactionRecord
from rbm.files.iati.spot import Spot
from rbm.files.iati.texts import narratives_under

CURRENCY = re.compile(r"[A-Z]{3}")
BUDGET_CODES = frozenset({"1", "2"})
TRANSACTION_KINDS = frozenset(str(number) for number in range(1, 14))


class Amount(NamedTuple):
    """Money with its currency and the day its rate is of."""

    amount: Decimal
    currency: str
    value_date: dt.date | None


def budgets(activity: Spot) -> tuple[BudgetRecord, ...]:
    """Return the readable budgets of an activity; absent codes are 1, as the standard has it."""
    found = (_budget(child) for child in activity.each("budget"))
    return tuple(budget for budget in found if budget)


def transactions(activity: Spot) -> tuple[TransactionRecord, ...]:
    """Return the readable transactions of an activity."""
    found = (_transaction(child) for child in activity.each("transaction"))
    return tuple(transaction for transaction in found if transaction)


def _budget(spot: Spot) -> BudgetRecord | None:
    money = _amount(spot)
    start, end = _day_of(spot, "period-start"), _day_of(spot, "period-end")
    if money is None or start is None or end is None:
        return None
    if start > end:
        spot.tell("refused", f"the budget starts on {start}, after its end on {end}")
        return None
    return BudgetRecord(
        kind=attributes.code(spot, "type", BUDGET_CODES, "1"),
        status=attributes.code(spot, "status", BUDGET_CODES, "1"),
        start=start,
        end=end,
        amount=money.amount,
        currency=money.currency,
        value_date=money.value_date,
        content=content_of(spot.element),
        line=spot.line,
    )


def _transaction(spot: Spot) -> TransactionRecord | None:
    kind, day, money = _kind(spot), _day_of(spot, "transaction-date"), _amount(spot)
    if kind is None or day is None or money is None:
        return None
    return TransactionRecord(
        kind=kind,
        date=day,
        amount=money.amount,
        currency=money.currency,
        value_date=money.value_date,
        descriptions=narratives_under(spot, "description"),
        content=content_of(spot.element),
        line=spot.line,
    )


def _kind(spot: Spot) -> str | None:
    typed = spot.one("transaction-type")
    if typed is None:
        spot.tell("refused", "without a transaction-type the transaction is not kept", "transaction-type")
        return None
    return attributes.required(typed, "code", TRANSACTION_KINDS)


def _day_of(spot: Spot, tag: str) -> dt.date | None:
    dated = spot.one(tag)
    day = attributes.day(dated) if dated else None
    if day is None:
        spot.tell("refused", f"without a readable {tag} the {spot.element.tag} is not kept", tag)
    return day


def _amount(spot: Spot) -> Amount | None:
    valued = spot.one("value")
    if valued is None:
        spot.tell("refused", f"without a value the {spot.element.tag} is not kept", "value")
        return None
    reading = numbers.read((valued.element.text or "").strip(), numbers.MONEY)
    currency = _currency(valued)
    if reading.value is None:
        valued.tell("refused", f"{reading.reason}, the {spot.element.tag} is not kept")
    elif reading.reason:
        valued.tell("repaired", reading.reason)
    if reading.value is None or currency is None:
        return None
    return Amount(reading.value, currency, attributes.day(valued, "value-date"))


def _currency(valued: Spot) -> str | None:
    text = valued.get("currency") or valued.report.currency or ""
    if CURRENCY.fullmatch(text):
        return text
    if CURRENCY.fullmatch(text.upper()):
        valued.tell("repaired", f"{quoted(text)} read as {text.upper()}", "@currency")
        return text.upper()
    valued.tell("refused", f"{quoted(text)} is no currency, the amount is not kept", "@currency")
    return None
