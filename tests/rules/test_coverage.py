"""Shares and unbroken chains."""

from decimal import Decimal

import pytest

from rbm.errors import Invalid
from rbm.rules.coverage import Share, share_of, unbroken
from rbm.terms.strategy import FrameworkLevel

PROJECT, COUNTRY = FrameworkLevel.PROJECT, FrameworkLevel.COUNTRY
REGIONAL, CORPORATE = FrameworkLevel.REGIONAL, FrameworkLevel.CORPORATE
LEVELS = {
    **dict.fromkeys(("p1", "p2", "p3", "p4", "goal"), PROJECT),
    "country": COUNTRY,
    "region": REGIONAL,
    "top": CORPORATE,
}


def test_a_share_of_nothing_is_none() -> None:
    assert Share(0, 0).share is None
    assert Share(0, 0).percent is None
    assert Share(98, 100).percent == Decimal(98)


def test_an_outcome_of_two_with_a_value_is_half() -> None:
    assert share_of(["a", "b"], ["b", "other"]).share == Decimal("0.5")


def test_three_of_four_outcomes_linked_to_the_top_are_75_percent() -> None:
    parents = {"p1": ["country"], "p2": ["goal"], "goal": ["country"], "p3": ["country"], "country": ["region"]}
    found = unbroken(["p1", "p2", "p3", "p4"], {**parents, "region": ["top"]}, LEVELS)
    assert found.unbroken == Share(3, 4)
    assert found.unbroken.percent == Decimal(75)
    assert found.broken == ("p4",)


def test_each_level_is_counted_and_a_skipped_level_breaks_the_chain() -> None:
    parents = {"p1": ["country"], "p2": ["top"], "p3": ["region"], "country": ["region"]}
    found = unbroken(["p1", "p2", "p3", "p4"], parents, LEVELS)
    assert found.reaching == {COUNTRY: Share(1, 4), REGIONAL: Share(1, 4), CORPORATE: Share(0, 4)}


def test_a_circle_is_refused() -> None:
    with pytest.raises(Invalid, match="circle"):
        unbroken(["p1"], {"p1": ["p2"], "p2": ["p1"]}, LEVELS)
