"""The results chain: circles, second paths, levels."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.errors import Conflict, Invalid
from rbm.rules.chain import (
    WeightedLink,
    refuse_cycle,
    refuse_level_skip,
    refuse_second_path,
    refuse_upward,
    topological_levels,
)
from rbm.terms.strategy import FrameworkLevel, ResultLevel

CHAIN = [("activity", "output"), ("output", "outcome"), ("outcome", "goal")]


def test_a_link_that_closes_a_circle_is_refused_with_the_circle() -> None:
    with pytest.raises(Conflict) as refusal:
        refuse_cycle(CHAIN, ("goal", "output"))
    assert refusal.value.message == "this link would close a circle: goal > output > outcome > goal"


def test_a_link_to_itself_is_a_circle() -> None:
    with pytest.raises(Conflict, match="a > a"):
        refuse_cycle([], ("a", "a"))


def test_a_link_upward_is_no_circle() -> None:
    refuse_cycle(CHAIN, ("activity", "goal"))


def test_a_second_path_is_refused_with_both_paths() -> None:
    links = [WeightedLink("P1", "C1"), WeightedLink("C1", "R1"), WeightedLink("C2", "R1")]
    with pytest.raises(Conflict) as refusal:
        refuse_second_path(links, WeightedLink("P1", "C2"))
    assert refusal.value.message == "P1 would count twice in R1: P1 > C1 > R1 and P1 > C2 > R1"
    assert refusal.value.code == "double_count"


def test_a_second_path_above_the_new_link_is_found_for_what_lies_below_it() -> None:
    links = [WeightedLink("P", "C"), WeightedLink("P", "R"), WeightedLink("R", "H")]
    with pytest.raises(Conflict, match="P > R and P > C > R"):
        refuse_second_path(links, WeightedLink("C", "R"))


def test_weights_may_share_out_what_takes_two_paths() -> None:
    half = Decimal("0.5")
    links = [WeightedLink("P", "C1", half), WeightedLink("C1", "R"), WeightedLink("C2", "R")]
    refuse_second_path(links, WeightedLink("P", "C2", half))
    with pytest.raises(Conflict, match="twice"):
        refuse_second_path(links, WeightedLink("P", "C2", Decimal("0.500001")))


def test_the_same_link_twice_is_a_second_path() -> None:
    with pytest.raises(Conflict, match="P > C and P > C"):
        refuse_second_path([WeightedLink("P", "C")], WeightedLink("P", "C"))


def test_a_new_branch_is_no_second_path() -> None:
    refuse_second_path([WeightedLink("P1", "C"), WeightedLink("C", "R")], WeightedLink("P2", "C"))


@pytest.mark.parametrize(
    ("parent", "child"),
    [("goal", "outcome"), ("outcome", "output"), ("output", "activity")],
)
def test_neighbouring_levels_are_joined(parent: str, child: str) -> None:
    refuse_level_skip(ResultLevel(parent), ResultLevel(child))


@pytest.mark.parametrize(
    ("parent", "child", "message"),
    [
        ("goal", "activity", "an activity stands under an output, not under a goal"),
        ("output", "outcome", "an outcome stands under a goal, not under an output"),
        ("goal", "goal", "a goal stands under no other result, not under a goal"),
    ],
)
def test_other_levels_are_not(parent: str, child: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        refuse_level_skip(ResultLevel(parent), ResultLevel(child))


def test_a_level_outside_the_chain_is_refused() -> None:
    with pytest.raises(Invalid, match="other is outside"):
        refuse_level_skip(ResultLevel.GOAL, ResultLevel.OTHER)


@pytest.mark.parametrize(("child", "parent"), [("outcome", "outcome"), ("outcome", "goal"), ("output", "outcome")])
def test_results_contribute_upward(child: str, parent: str) -> None:
    refuse_upward(FrameworkLevel.PROJECT, FrameworkLevel.COUNTRY, ResultLevel(child), ResultLevel(parent))


def test_results_do_not_contribute_to_their_own_or_a_lower_framework_level() -> None:
    for parent in (FrameworkLevel.COUNTRY, FrameworkLevel.PROJECT):
        with pytest.raises(Invalid, match="higher level"):
            refuse_upward(FrameworkLevel.COUNTRY, parent, ResultLevel.OUTCOME, ResultLevel.GOAL)


@pytest.mark.parametrize(("child", "parent"), [("outcome", "output"), ("output", "goal")])
def test_results_do_not_skip_levels_across_frameworks(child: str, parent: str) -> None:
    with pytest.raises(Invalid, match="same or the next level"):
        refuse_upward(FrameworkLevel.PROJECT, FrameworkLevel.CORPORATE, ResultLevel(child), ResultLevel(parent))


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
def test_every_parent_is_one_above_its_highest_child(pairs: list[tuple[int, int]]) -> None:
    edges = [(low, high) for low, high in pairs if low < high]
    children = np.array([low for low, _ in edges], dtype=np.int64)
    parents = np.array([high for _, high in edges], dtype=np.int64)
    levels = topological_levels(children, parents, 12)
    assert levels.dtype == np.int32
    for node in range(12):
        assert levels[node] == max((levels[low] + 1 for low, high in edges if high == node), default=0)


def test_a_circle_has_no_levels() -> None:
    with pytest.raises(Invalid, match="circle"):
        topological_levels(np.array([0, 1, 2]), np.array([1, 0, 0]), 3)
