"""Nodes that say nothing of what they are to bring about."""

from hypothesis import given
from hypothesis import strategies as st

from rbm.rules.intent import without_intended_result

NUMBERS = st.integers(0, 9)


def test_a_node_is_carried_by_what_is_measured_anywhere_below_it() -> None:
    edges = [("goal", "O1"), ("outcome", "goal"), ("output", "O2")]
    assert without_intended_result(["O1", "O2", "O3"], edges, {"outcome"}) == ["O2", "O3"]


def test_a_node_with_an_indicator_of_its_own_needs_nothing_below() -> None:
    assert without_intended_result(["goal"], [], {"goal"}) == []


@given(st.lists(NUMBERS), st.lists(st.tuples(NUMBERS, NUMBERS)), st.sets(NUMBERS), NUMBERS)
def test_measuring_more_never_leaves_more_bare(
    nodes: list[int], edges: list[tuple[int, int]], measured: set[int], more: int
) -> None:
    bare = set(without_intended_result(nodes, edges, measured))
    assert set(without_intended_result(nodes, edges, measured | {more})) <= bare
