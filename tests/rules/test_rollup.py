"""The roll-up: what enters a figure, what stays out and why."""

from decimal import Decimal

import pytest

from rbm.errors import Invalid
from rbm.terms.indicators import Additivity, Composition, Measure, MissingPolicy, OverUnits
from rbm.terms.rollup import Reason

from .tables import Table


def family(*values: object, **parent: object) -> tuple[Table, int]:
    """A parent of one child per value; None is a cell without a value."""
    table = Table()
    above = table.node(**parent)  # type: ignore[arg-type]
    for value in values:
        child = table.node()
        table.link(child, above)
        table.cell(child, value)
    return table, above


def test_a_parent_is_the_sum_of_its_children() -> None:
    table, parent = family(5, "5.000001", -2)
    assert table.figures().value(parent) == Decimal("8.000001")


def test_zero_is_a_value_and_missing_is_not_zero() -> None:
    table, parent = family(0)
    assert table.figures().value(parent) == 0
    table, parent = family(None)
    figures = table.figures()
    assert figures.value(parent) is None
    assert figures.reason(parent) is Reason.NO_VALUE


def test_percentages_are_weighed_by_their_denominators_and_never_added() -> None:
    table = Table()
    parent, small, large = table.percentage(), table.percentage(), table.percentage()
    table.link(small, parent)
    table.link(large, parent)
    table.cell(small, 50, (5, 10))
    table.cell(large, 100, (30, 30))
    figures = table.figures()
    assert figures.value(parent) == Decimal("87.5")
    assert figures.parts(parent) == (35, 40)


def test_a_percentage_without_parts_is_shown_counted_and_not_entered() -> None:
    table = Table()
    parent, bare, whole = table.percentage(), table.percentage(), table.percentage()
    table.link(bare, parent)
    table.link(whole, parent)
    table.cell(bare, 90)
    table.cell(whole, parts=(1, 4))
    figures = table.figures()
    assert figures.value(bare) == 90
    assert figures.value(parent) == 25
    assert figures.excluded(parent) == {Reason.PERCENTAGE_WITHOUT_PARTS: 1}
    assert figures.coverage(parent) == (1, 2)


def test_three_truths_stand_side_by_side() -> None:
    table = Table()
    parent = table.node()
    for value, state in (
        (1, {"verified": True}),
        (10, {}),
        (100, {"approved": False}),
        (1000, {"rejected": True}),
    ):
        child = table.node()
        table.link(child, parent)
        table.cell(child, value, **state)
    figures = table.figures()
    assert (figures.value(parent), figures.verified(parent), figures.self_reported(parent)) == (11, 1, 111)
    assert figures.excluded(parent) == {Reason.NOT_APPROVED: 1, Reason.REJECTED: 1}
    assert figures.coverage(parent) == (2, 4)


def test_nothing_verified_is_null_not_zero() -> None:
    table, parent = family(53)
    figures = table.figures()
    assert (figures.verified(parent), figures.self_reported(parent)) == (None, 53)


def test_categories_rise_beside_the_total() -> None:
    table = Table(dimensions=[True], categories=[0, 0])
    lead, middle, first, second = (table.node() for _ in range(4))
    for child, parent in ((middle, lead), (first, middle), (second, middle)):
        table.link(child, parent)
    for node, female, male in ((first, 1, 1), (second, 2, 1)):
        table.cell(node, female + male)
        table.cell(node, female, categories=(0,))
        table.cell(node, male, categories=(1,))
    figures = table.figures()
    for node in (middle, lead):
        assert [figures.value(node, 0, category) for category in (-1, 0, 1)] == [5, 3, 2]


@pytest.mark.parametrize(
    ("composition", "value", "coverage"),
    [
        (Composition.OWN_ONLY, 5, (1, 1)),
        (Composition.CONTRIBUTED_ONLY, 1, (1, 2)),
        (Composition.OWN_PLUS_CONTRIBUTED, 6, (2, 3)),
    ],
)
def test_a_parent_is_made_of_what_it_says(composition: Composition, value: int, coverage: tuple[int, int]) -> None:
    table, parent = family(1, None, composition=composition)
    table.cell(parent, 5)
    figures = table.figures()
    assert (figures.value(parent), figures.coverage(parent)) == (value, coverage)


@pytest.mark.parametrize(
    ("link", "node", "reason", "expected"),
    [
        ({"included": False}, {}, Reason.OPTED_OUT, 1),
        ({}, {"unfit": True}, Reason.UNFIT, 2),
        ({}, {"additivity": Additivity.NO}, Reason.NOT_ADDITIVE, 2),
        ({}, {"additivity": Additivity.UNDECLARED}, Reason.ADDITIVITY_UNDECLARED, 2),
        ({}, {"measure": Measure.NARRATIVE, "over_units": OverUnits.NONE}, Reason.NOT_NUMERIC, 2),
        ({}, {"measure": Measure.PERCENTAGE}, Reason.NOT_ADDITIVE, 2),
    ],
)
def test_what_stays_out_is_counted_with_its_reason(
    link: dict[str, bool], node: dict[str, object], reason: Reason, expected: int
) -> None:
    table, parent = family(3)
    child = table.node(**node)  # type: ignore[arg-type]
    table.link(child, parent, **link)
    table.cell(child, 40)
    figures = table.figures()
    assert figures.value(parent) == 3
    assert figures.excluded(parent) == {reason: 1}
    assert figures.coverage(parent) == (1, expected)


def test_one_reason_of_all_is_the_reason_and_several_are_no_contribution() -> None:
    table, parent = Table(), 0
    table.node()
    for additivity in (Additivity.NO, Additivity.NO):
        child = table.node(additivity=additivity)
        table.link(child, parent)
        table.cell(child, 4)
    assert table.figures().reason(parent) is Reason.NOT_ADDITIVE
    child = table.node(additivity=Additivity.UNDECLARED)
    table.link(child, parent)
    table.cell(child, 4)
    assert table.figures().reason(parent) is Reason.NO_CONTRIBUTION


@pytest.mark.parametrize(
    ("additivity", "reason"),
    [(Additivity.NO, Reason.NOT_ADDITIVE), (Additivity.UNDECLARED, Reason.ADDITIVITY_UNDECLARED)],
)
def test_a_parent_that_does_not_add_up_has_no_sum(additivity: Additivity, reason: Reason) -> None:
    table, parent = family(1, 2, additivity=additivity)
    figures = table.figures()
    assert (figures.value(parent), figures.reason(parent)) == (None, reason)
    assert figures.excluded(parent) == {reason: 2}
    assert figures.coverage(parent) == (0, 2)


@pytest.mark.parametrize(
    ("policy", "value", "reason"),
    [
        (MissingPolicy.EXCLUDE, 100, None),
        (MissingPolicy.ZERO, Decimal("66.666667"), None),
        (MissingPolicy.BLOCK, None, Reason.BLOCKED_BY_MISSING),
    ],
)
def test_a_missing_child_does_what_the_policy_says(
    policy: MissingPolicy, value: Decimal | None, reason: Reason | None
) -> None:
    table, parent = family(120, 80, None, over_units=OverUnits.MEAN, missing=policy)
    figures = table.figures()
    assert (figures.value(parent), figures.reason(parent)) == (value, reason)
    assert figures.coverage(parent) == (2, 3)


@pytest.mark.parametrize("policy", list(MissingPolicy))
def test_a_child_without_any_cell_is_as_missing_as_one_that_says_so(policy: MissingPolicy) -> None:
    said, parent = family(120, 80, None, over_units=OverUnits.MEAN, missing=policy)
    silent, _ = family(120, 80, over_units=OverUnits.MEAN, missing=policy)
    silent.link(silent.node(), parent)
    assert said.figures().value(parent) == silent.figures().value(parent)
    assert said.figures().coverage(parent) == silent.figures().coverage(parent)


def test_nothing_but_missing_is_not_zero_under_any_policy() -> None:
    table, parent = family(None, None, missing=MissingPolicy.ZERO)
    assert table.figures().value(parent) is None


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        (OverUnits.MEAN, 4),
        (OverUnits.MIN, 1),
        (OverUnits.MAX, 9),
        (OverUnits.MEDIAN, 3),
        (OverUnits.SUM, 16),
        (OverUnits.MAX_THEN_SUM, 16),
        (OverUnits.WEIGHTED_MEAN, 4),
    ],
)
def test_operators(operator: OverUnits, value: int) -> None:
    table, parent = family(9, 1, 2, 4, over_units=operator)
    assert table.figures().value(parent) == value


def test_a_mean_of_means_is_the_mean_of_what_lies_under_them() -> None:
    table, country = family(5, 1, over_units=OverUnits.MEAN)
    world = table.node(OverUnits.MEAN)
    table.link(country, world)
    for value in (6, 15):
        child = table.node()
        table.link(child, world)
        table.cell(child, value)
    assert table.figures().value(world) == Decimal("6.75")


def test_answers_are_counted_or_shared() -> None:
    for operator, value in ((OverUnits.COUNT_YES, 2), (OverUnits.SHARE_YES, Decimal("66.666667"))):
        table, parent = family(1, 0, 1, over_units=operator, measure=Measure.YES_NO)
        assert table.figures().value(parent) == value


def test_people_counted_at_one_place_are_not_added() -> None:
    table = Table()
    province = table.node(OverUnits.MAX_THEN_SUM)
    for place, values in enumerate(((100, 80), (50, 60))):
        district = table.node(OverUnits.MAX_THEN_SUM)
        table.link(district, province)
        for value in values:
            project = table.node()
            table.link(project, district)
            table.cell(project, value, place=place)
    assert table.figures().value(province) == 160


def test_weights_and_factors_are_rounded_once_half_to_even() -> None:
    table = Table()
    parent = table.node()
    for value, weight, factor in (("0.000001", "0.5", 1), ("0.000002", 1, 1), (3, "0.25", 1000)):
        child = table.node()
        table.link(child, parent, weight, factor)
        table.cell(child, value)
    assert table.figures().value(parent) == Decimal("750.000002")


def test_a_weighted_mean_weighs_by_its_links() -> None:
    table = Table()
    parent = table.node(OverUnits.WEIGHTED_MEAN)
    for value, weight in ((10, "0.25"), (20, "0.75"), (99, 0)):
        child = table.node()
        table.link(child, parent, weight)
        table.cell(child, value)
    figures = table.figures()
    assert figures.value(parent) == Decimal("17.5")
    assert figures.excluded(parent) == {Reason.WEIGHT_MISSING: 1}


def test_a_link_counts_in_the_periods_it_is_valid_in_and_once() -> None:
    table = Table()
    parent, child = table.node(), table.node()
    table.link(child, parent, "0.5", days=(0, 100))
    table.link(child, parent, 1, days=(101, 364))
    table.cell(child, 8)
    table.cell(child, 9, period=1)
    figures = table.figures()
    assert figures.value(parent, 0) == 8
    assert figures.coverage(parent, 0) == (1, 1)
    assert len(figures.figures.node) == 3


def test_a_total_beyond_64_bits_is_null_and_one_that_fits_is_not() -> None:
    largest = Decimal(2**63 - 1).scaleb(-6)
    table, parent = family(largest, 1, -1)
    assert table.figures().value(parent) == largest
    table, parent = family(largest, "0.000001")
    figures = table.figures()
    assert (figures.value(parent), figures.reason(parent)) == (None, Reason.OUT_OF_RANGE)
    assert (figures.value(1), figures.value(2)) == (largest, Decimal("0.000001"))


@pytest.mark.parametrize(
    "operator", [OverUnits.SUM, OverUnits.MAX, OverUnits.MIN, OverUnits.MEDIAN, OverUnits.WEIGHTED_MEAN]
)
def test_a_figure_out_of_range_leaves_those_beside_it_as_they_are(operator: OverUnits) -> None:
    table = Table()
    top = table.node()
    fine, spoilt = table.node(operator), table.node(operator)
    for parent, value in ((fine, 5), (spoilt, 9_000_000_000_000)):
        table.link(parent, top)
        child = table.node()
        table.link(child, parent, factor=2_000_000)
        table.cell(child, value)
    figures = table.figures()
    assert (figures.value(spoilt), figures.reason(spoilt)) == (None, Reason.OUT_OF_RANGE)
    assert figures.value(top) == figures.value(fine) == 10_000_000
    assert figures.excluded(top) == {Reason.OUT_OF_RANGE: 1}


def test_a_value_out_of_range_in_one_truth_leaves_the_others() -> None:
    table = Table()
    parent = table.node()
    for value, state in (
        (10, {"verified": True}),
        (9 * 10**12, {"approved": False}),
        (9 * 10**12, {"approved": False}),
    ):
        child = table.node()
        table.link(child, parent)
        table.cell(child, value, **state)
    figures = table.figures()
    assert (figures.value(parent), figures.verified(parent), figures.self_reported(parent)) == (10, 10, None)


def test_a_circle_of_links_is_refused() -> None:
    table, parent = family(1)
    table.link(parent, 1)
    with pytest.raises(Invalid, match="circle"):
        table.figures()


def test_a_position_that_points_at_nothing_is_refused() -> None:
    table = Table()
    table.cell(table.node(), 1, period=9)
    with pytest.raises(Invalid, match=r"cells\.period"):
        table.figures()


def test_nothing_gives_nothing() -> None:
    assert len(Table().figures().figures.node) == 0


def test_an_opted_out_child_carries_no_categories_up() -> None:
    table = Table(dimensions=[True], categories=[0])
    parent, child = table.node(), table.node()
    table.link(child, parent, included=False)
    table.cell(child, 20, categories=(0,))
    figures = table.figures()
    assert figures.reason(parent) is Reason.OPTED_OUT
    assert list(figures.figures.node) == [parent, child, child]


def test_an_own_figure_stands_where_nothing_is_contributed() -> None:
    table = Table()
    parent, child = table.node(additivity=Additivity.UNDECLARED), table.node()
    table.link(child, parent, days=(365, 729))
    table.cell(parent, 5)
    table.cell(parent, 6, period=1)
    figures = table.figures()
    assert (figures.value(parent, 0), figures.coverage(parent, 0)) == (5, (1, 1))
    assert figures.reason(parent, 1) is Reason.ADDITIVITY_UNDECLARED
