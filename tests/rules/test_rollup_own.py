"""Own figures: what the cells of one indicator become by themselves."""

from decimal import Decimal

import pytest

from rbm.errors import Invalid
from rbm.terms.indicators import Additivity, Composition, Measure, MissingPolicy, OverUnits
from rbm.terms.rollup import Reason

from .tables import Table


def test_a_percentage_is_computed_from_its_parts_whatever_was_typed() -> None:
    table = Table()
    table.cell(table.percentage(), 8000, (40, 100))
    assert table.figures().value(0) == 40


def test_a_denominator_of_zero_gives_null() -> None:
    table = Table()
    table.cell(table.node(OverUnits.RATIO_OF_SUMS, Measure.RATIO), parts=(5, 0))
    figures = table.figures()
    assert (figures.value(0), figures.reason(0)) == (None, Reason.DENOMINATOR_ZERO)


def test_a_ratio_is_not_times_a_hundred() -> None:
    table = Table()
    node = table.node(OverUnits.RATIO_OF_SUMS, Measure.RATIO)
    table.cell(node, parts=(50, 100), place=1)
    table.cell(node, parts=(30, 300), place=2)
    assert table.figures().value(node) == Decimal("0.2")


def test_a_stated_total_wins_over_its_parts() -> None:
    table = Table(dimensions=[True], categories=[0, 0])
    node = table.node()
    table.cell(node, 12)
    table.cell(node, 4, categories=(0,))
    table.cell(node, 5, categories=(1,))
    figures = table.figures()
    assert (figures.value(node), figures.value(node, 0, 0), figures.value(node, 0, 1)) == (12, 4, 5)


def test_without_a_total_the_simplest_split_makes_it() -> None:
    table = Table(dimensions=[True, True], categories=[0, 0, 1, 1])
    node = table.node()
    for value, crossing in ((4, (0,)), (5, (1,)), (1, (0, 2)), (2, (0, 3)), (3, (1, 2))):
        table.cell(node, value, categories=crossing)
    figures = table.figures()
    assert figures.value(node) == 9
    assert [figures.value(node, 0, category) for category in range(4)] == [4, 5, 4, 2]


def test_places_are_preferred_to_categories() -> None:
    table = Table(dimensions=[True], categories=[0, 0])
    node = table.node()
    table.cell(node, 7, place=3)
    table.cell(node, 8, place=4)
    table.cell(node, 1, categories=(0,))
    assert table.figures().value(node) == 15


def test_parallel_totals_of_an_additive_indicator_add_and_of_others_do_not() -> None:
    for additivity, value, reason in (
        (Additivity.YES, 4, None),
        (Additivity.NO, None, Reason.NOT_ADDITIVE),
        (Additivity.UNDECLARED, None, Reason.ADDITIVITY_UNDECLARED),
    ):
        table = Table()
        node = table.node(additivity=additivity)
        table.cell(node, 2)
        table.cell(node, 2)
        figures = table.figures()
        assert (figures.value(node), figures.reason(node)) == (value, reason)


def test_categories_that_overlap_are_not_added() -> None:
    table = Table(dimensions=[False], categories=[0, 0, 0])
    node = table.node()
    for category, value in enumerate((56000, 47500, 2300)):
        table.cell(node, value, categories=(category,))
    figures = table.figures()
    assert (figures.value(node), figures.reason(node)) == (None, Reason.DIMENSION_NOT_ADDITIVE)
    assert [figures.value(node, 0, category) for category in range(3)] == [56000, 47500, 2300]


def test_two_categories_of_one_dimension_do_not_cross() -> None:
    table = Table(dimensions=[True], categories=[0, 0])
    table.cell(table.node(), 1, categories=(0, 1))
    with pytest.raises(Invalid, match="two categories"):
        table.figures()


def test_a_total_made_of_parts_is_blocked_by_a_missing_part_only_where_the_policy_blocks() -> None:
    for policy, value in ((MissingPolicy.EXCLUDE, 4), (MissingPolicy.ZERO, 4), (MissingPolicy.BLOCK, None)):
        table = Table(dimensions=[True], categories=[0, 0])
        node = table.node(missing=policy)
        table.cell(node, 4, categories=(0,))
        table.cell(node, None, categories=(1,))
        assert table.figures().value(node) == value


def test_a_highest_count_over_categories_is_no_total() -> None:
    table = Table(dimensions=[True], categories=[0, 0])
    node = table.node(OverUnits.MAX_THEN_SUM)
    table.cell(node, 40, categories=(0,), place=1)
    table.cell(node, 60, categories=(1,), place=1)
    assert table.figures().reason(node) is Reason.DIMENSION_NOT_ADDITIVE


def test_own_answers_and_scores_combine_by_their_operator() -> None:
    for operator, measure, value in (
        (OverUnits.MEDIAN, Measure.SCORE, Decimal("2.5")),
        (OverUnits.MEAN, Measure.SCORE, Decimal("2.333333")),
        (OverUnits.NONE, Measure.SCORE, None),
    ):
        table = Table()
        node = table.node(operator, measure, Additivity.NO)
        for place, amount in enumerate((1, 2, 3, 3) if operator is OverUnits.MEDIAN else (1, 3, 3)):
            table.cell(node, amount, place=place)
        assert table.figures().value(node) == value


def test_an_indicator_of_contributions_stands_by_itself_in_periods_in_which_nothing_is_linked() -> None:
    for days, values in (((365, 729), [10, 3]), ((730, 800), [10, 20]), ((0, 729), [None, 3])):
        table = Table()
        parent, child = table.node(composition=Composition.CONTRIBUTED_ONLY), table.node()
        table.link(child, parent, days=days)
        table.cell(parent, 10)
        table.cell(parent, 20, period=1)
        table.cell(child, 3, period=1)
        figures = table.figures()
        assert [figures.value(parent, period) for period in (0, 1)] == values
        assert [figures.coverage(parent, period) for period in (0, 1)] == [(int(values[0] is not None), 1), (1, 1)]
