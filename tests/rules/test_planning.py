"""Rules of planning: shares with their reason, money, budgets stated twice, and what an item continues."""

from datetime import date
from decimal import Decimal

import pytest

from rbm.errors import Invalid
from rbm.rules.planning import (
    BudgetFact,
    PlanRate,
    Sum,
    continued,
    money_rate,
    one_currency,
    peer_review_day,
    rate,
    refuse_amount,
    refuse_currency,
    reserve_gap,
    standing_budget,
)
from rbm.terms.planning import RateGap, ReserveGap
from rbm.terms.projects import BudgetKind

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"),
    [(25, 100, "25"), (1, 3, "33.3333"), (2, 3, "66.6667"), (2, 40, "5"), (1, 8, "12.5"), (0, 7, "0")],
)
def test_a_share_is_in_percent_and_rounded_once(numerator: int, denominator: int, value: str) -> None:
    assert rate(numerator, denominator) == PlanRate(Decimal(numerator), Decimal(denominator), Decimal(value), None)


def test_nothing_counted_has_no_value_and_says_why() -> None:
    assert rate(0, 0) == PlanRate(Decimal(0), Decimal(0), None, RateGap.NOTHING_COUNTED)
    assert money_rate([]).reason is RateGap.NOTHING_COUNTED


def test_amounts_in_several_currencies_are_never_added_up() -> None:
    dollars, francs = (Sum(Decimal(1), Decimal(4), currency) for currency in ("USD", "CHF"))
    assert one_currency([dollars, francs]) is None
    assert money_rate([dollars, francs]).reason is RateGap.SEVERAL_CURRENCIES
    assert money_rate([dollars, dollars]).value == 25


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "NaN", "Infinity", "1E+16"])
def test_what_is_no_amount_is_refused_with_its_field(amount: str) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_amount(Decimal(amount), "cost")
    assert refusal.value.field == "cost"


@pytest.mark.parametrize("amount", ["0", "0.01", "1E+3", "1000000000000000"])
def test_an_amount_is_taken_as_it_is(amount: str) -> None:
    assert refuse_amount(Decimal(amount), "cost") == Decimal(amount)


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDX", "USD\n"])
def test_a_currency_has_three_capital_letters(currency: str) -> None:
    with pytest.raises(Invalid):
        refuse_currency(currency)


def fact(
    amount: int, kind: BudgetKind = BudgetKind.ORIGINAL, currency: str = "USD", valued: date | None = None
) -> BudgetFact:
    return BudgetFact(kind, *YEAR, Decimal(amount), currency, valued)


def test_a_budget_stated_twice_counts_once_and_as_revised() -> None:
    assert standing_budget([fact(100), fact(100)]) == {"USD": 100}
    assert standing_budget([fact(120, BudgetKind.REVISED), fact(100)]) == {"USD": 120}
    late, early = (fact(amount, valued=day) for amount, day in ((90, date(2026, 5, 1)), (80, date(2026, 2, 1))))
    assert standing_budget([late, early]) == {"USD": 90}


def test_spans_and_currencies_of_a_budget_stand_beside_each_other() -> None:
    other = BudgetFact(BudgetKind.ORIGINAL, date(2027, 1, 1), date(2027, 12, 31), Decimal(50), "USD", None)
    assert standing_budget([fact(100), other, fact(7, currency="CHF")]) == {"USD": 150, "CHF": 7}


def test_an_item_continues_what_leads_to_it() -> None:
    links = {"c": ["b"], "b": ["a", "x"], "y": ["a"]}
    assert continued("c", links) == {"a", "b", "c", "x"}
    assert continued("a", links) == {"a"}


def test_a_peer_review_of_29_february_is_recent_for_five_years() -> None:
    assert peer_review_day(date(2024, 2, 29)) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("reserved", "least", "charged", "evaluated", "gap"),
    [
        (None, None, 0, False, ReserveGap.NO_RESERVE),
        (49, 50, 0, False, ReserveGap.BELOW_MINIMUM),
        (50, 50, 0, False, None),
        (50, None, 0, False, None),
        (50, 50, 0, True, ReserveGap.UNSPENT),
        (50, 50, 10, True, None),
    ],
)
def test_what_is_wrong_with_a_reserve(
    reserved: int | None, least: int | None, charged: int, gap: ReserveGap | None, *, evaluated: bool
) -> None:
    amounts = [None if one is None else Decimal(one) for one in (reserved, least)]
    assert reserve_gap(*amounts, Decimal(charged), evaluated=evaluated) is gap
