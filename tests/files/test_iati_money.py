"""Budgets and transactions."""

import datetime as dt
from decimal import Decimal

import pytest

from rbm.files.iati.content import element_of
from tests.files.iati_builder import YEAR, only, told

VALUE = "<value currency='USD' value-date='2026-01-15'>1000.50</value>"
DAY = "<transaction-date iso-date='2026-02-01'/>"
KIND = "<transaction-type code='3'/>"


def budget(value: str = VALUE, days: str = YEAR, attributes: str = "type='2' status='2'") -> str:
    return f"<budget {attributes}>{days}{value}</budget>"


def transaction(*parts: str) -> str:
    return f"<transaction ref='t1'>{''.join(parts)}</transaction>"


def test_a_budget_keeps_what_it_says() -> None:
    record = only(budget())
    [found] = record.budgets
    assert (found.kind, found.status, found.start, found.end) == ("2", "2", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert (found.amount, found.currency, found.value_date) == (Decimal("1000.50"), "USD", dt.date(2026, 1, 15))
    assert record.findings == ()


def test_absent_budget_codes_are_one_and_unknown_ones_are_noted() -> None:
    record = only(budget(attributes=""), budget(attributes="type='5'"))
    assert [(found.kind, found.status) for found in record.budgets] == [("1", "1"), ("1", "1")]
    assert told(record) == [("noted", "budget[2]/@type", "5 is an unknown code, read as 1")]


@pytest.mark.parametrize(
    ("text", "amount", "reason"),
    [
        ("4,500,000.00", "4500000", "4,500,000.00 read as 4500000"),
        ("10.125", "10.12", "10.125 read as 10.12, rounded half to even"),
        (" -12.5 ", "-12.5", None),
    ],
)
def test_readable_money_is_repaired(text: str, amount: str, reason: str | None) -> None:
    record = only(budget(f"<value currency='USD' value-date='2026-01-15'>{text}</value>"))
    assert record.budgets[0].amount == Decimal(amount)
    assert told(record) == ([("repaired", "budget[1]/value[1]", reason)] if reason else [])


@pytest.mark.parametrize("text", ["", "about 5", "1e6", "3,5", "NaN", "9200000000000", "<b>5</b>"])
def test_unreadable_money_is_refused_and_the_rest_goes_on(text: str) -> None:
    record = only(budget(f"<value currency='USD'>{text}</value>"), budget(), transaction(DAY, KIND, VALUE))
    assert (len(record.budgets), len(record.transactions)) == (1, 1)
    assert [(kind, place) for kind, place, _ in told(record)] == [("refused", "budget[1]/value[1]")]


def test_the_currency_is_the_values_or_the_activitys() -> None:
    record = only(budget("<value>1</value>"), attributes="default-currency='CHF'")
    assert record.budgets[0].currency == "CHF"
    lower = only(budget("<value currency='eur'>1</value>"))
    assert (lower.budgets[0].currency, told(lower)[0][0]) == ("EUR", "repaired")


@pytest.mark.parametrize("value", ["<value>1</value>", "<value currency='dollars'>1</value>"])
def test_money_without_currency_is_refused(value: str) -> None:
    record = only(budget(value), attributes="")
    assert record.budgets == ()
    assert [(kind, place) for kind, place, _ in told(record)] == [("refused", "budget[1]/value[1]/@currency")]


@pytest.mark.parametrize(
    "days",
    [
        "<period-start iso-date='2026-01-01'/>",
        "<period-start iso-date='2026-13-01'/><period-end iso-date='2026-12-31'/>",
        "<period-start iso-date='2027-01-01'/><period-end iso-date='2026-12-31'/>",
    ],
)
def test_a_budget_without_valid_days_is_refused(days: str) -> None:
    record = only(budget(days=days))
    assert record.budgets == ()
    assert {kind for kind, _, _ in told(record)} == {"refused"}


def test_a_transaction_keeps_its_whole_element() -> None:
    extension = "<x:value-USD xmlns:x='http://x.example/'>999.10</x:value-USD>"
    provider = "<provider-org ref='G1'><narrative xml:lang='fr'>Donneur</narrative></provider-org>"
    described = "<description><narrative>d</narrative></description>"
    record = only(transaction(VALUE, KIND, DAY, provider, described, extension))
    [found] = record.transactions
    assert (found.kind, found.date, found.amount) == ("3", dt.date(2026, 2, 1), Decimal("1000.50"))
    assert found.descriptions == {"en": "d"}
    assert found.content["attributes"] == {"ref": "t1"}
    assert {"tag": "{http://x.example/}value-USD", "text": "999.10"} in found.content["children"]
    again = element_of(found.content)
    assert again.findtext("{http://x.example/}value-USD") == "999.10"
    assert again.findtext("provider-org/narrative") == "Donneur"
    assert record.findings == ()


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ([DAY, VALUE], "transaction[1]/transaction-type"),
        ([DAY, VALUE, "<transaction-type/>"], "transaction[1]/transaction-type[1]/@code"),
        ([DAY, VALUE, "<transaction-type code='14'/>"], "transaction[1]/transaction-type[1]/@code"),
        ([KIND, VALUE], "transaction[1]/transaction-date"),
        ([KIND, DAY], "transaction[1]/value"),
    ],
)
def test_an_incomplete_transaction_is_refused(parts: list[str], place: str) -> None:
    record = only(transaction(*parts), transaction(DAY, KIND, VALUE))
    assert len(record.transactions) == 1
    assert [(kind, where) for kind, where, _ in told(record)] == [("refused", place)]
