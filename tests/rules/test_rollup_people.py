"""What stands beside a value: how many different people at least and at most, and how many units are verified."""

from decimal import Decimal

from rbm.terms.indicators import Accumulation, MissingPolicy, OverUnits

from .tables import Table


def services(*values: object, **parent: object) -> tuple[Table, int]:
    """A parent of services that count people."""
    table = Table()
    above = table.node(people=True, **parent)  # type: ignore[arg-type]
    for value in values:
        child = table.node(people=True)
        table.link(child, above)
        table.cell(child, value)
    return table, above


def test_the_people_of_two_services_are_as_many_as_of_the_larger_at_least() -> None:
    table, parent = services(200_000, 300_000)
    figures = table.figures()
    assert (figures.value(parent), figures.bounds(parent)) == (500_000, (300_000, 500_000))
    assert figures.bounds(1) == (200_000, 200_000)


def test_bounds_of_bounds_rise() -> None:
    table, district = services(100, 80)
    province, other = table.node(people=True), table.node(people=True)
    table.link(district, province)
    table.link(other, province)
    table.cell(other, 120)
    figures = table.figures()
    assert (figures.value(province), figures.bounds(province)) == (300, (120, 300))


def test_the_highest_of_each_place_is_itself_the_least() -> None:
    table = Table()
    province = table.node(OverUnits.MAX_THEN_SUM, people=True)
    for place, values in enumerate(((100, 80), (50, 60))):
        district = table.node(OverUnits.MAX_THEN_SUM, people=True)
        table.link(district, province)
        for value in values:
            project = table.node(people=True)
            table.link(project, district)
            table.cell(project, value, place=place)
    figures = table.figures()
    assert (figures.value(province), figures.bounds(province)) == (160, (160, 290))


def test_without_a_stated_place_people_are_counted_at_the_highest_in_each_office_and_then_summed() -> None:
    table = Table()
    province = table.node(OverUnits.MAX_THEN_SUM, people=True)
    for home, values in enumerate(((100, 80), (50, 60))):
        for value in values:
            project = table.node(people=True, home=home)
            table.link(project, province)
            table.cell(project, value)
    figures = table.figures()
    assert (figures.value(province), figures.bounds(province)) == (160, (160, 290))


def test_cumulated_people_at_one_place_are_still_at_one_place() -> None:
    table = Table()
    district = table.node(OverUnits.MAX_THEN_SUM, people=True)
    for values in ((60, 40), (80, 5)):
        project = table.node(people=True, accumulation=Accumulation.INCREMENTS_CUMULATED)
        table.link(project, district)
        for period, value in enumerate(values):
            table.cell(project, value, period=period, place=4)
    assert table.figures().value(district, 1) == 100


def test_only_what_counts_people_has_bounds_and_only_with_a_value() -> None:
    table, parent = services(1, None, missing=MissingPolicy.BLOCK)
    plain = table.node()
    table.cell(plain, 4)
    figures = table.figures()
    assert figures.bounds(parent) == figures.bounds(plain) == (None, None)
    assert figures.bounds(1) == (1, 1)


def test_bounds_are_weighed_and_converted_like_values() -> None:
    table = Table()
    parent, child = table.node(people=True), table.node(people=True)
    table.link(child, parent, "0.5", 5)
    table.cell(child, 3)
    assert table.figures().bounds(parent) == (Decimal("7.5"), Decimal("7.5"))


def test_verified_units_are_those_of_the_reported_ones_that_are_verified() -> None:
    table = Table()
    parent = table.node()
    for value, state in ((1, {"verified": True}), (2, {}), (4, {"verified": True, "approved": False}), (8, {})):
        child = table.node()
        table.link(child, parent)
        table.cell(child, value, **state)
    figures = table.figures()
    assert (figures.coverage(parent), figures.verified_units(parent)) == ((3, 4), 1)
    assert [figures.verified_units(node) for node in (1, 2)] == [1, 0]


def test_only_what_is_approved_counts_as_verified() -> None:
    for operator in (OverUnits.SUM, OverUnits.MEDIAN):
        table = Table()
        parent, checked, waiting = (table.node(operator) for _ in range(3))
        for child in (checked, waiting):
            table.link(child, parent)
        table.cell(checked, 5, verified=True)
        table.cell(waiting, 10, verified=True, approved=False)
        figures = table.figures()
        assert [(figures.value(node), figures.verified(node)) for node in range(3)] == [(5, 5), (5, 5), (None, None)]


def test_bounds_out_of_range_stop_at_the_furthest() -> None:
    table, parent = services(9 * 10**12, 9 * 10**12, over_units=OverUnits.MAX)
    furthest = Decimal(2**63 - 1).scaleb(-6)
    assert table.figures().bounds(parent) == (9 * 10**12, furthest)


def test_no_more_people_rise_than_there_are_and_no_fewer_at_most_than_at_least() -> None:
    table = Table()
    top, capped, other = (table.node(people=True, population=most) for most in (250, 100, 0))
    table.link(capped, top)
    table.link(other, top)
    for value in (90, 80):
        child = table.node(people=True)
        table.link(child, capped)
        table.cell(child, value)
    table.cell(other, 300)
    figures = table.figures()
    assert [figures.value(node) for node in range(3)] == [470, 170, 300]
    assert [figures.bounds(node) for node in range(3)] == [(250, 250), (90, 100), (300, 300)]
    table.nodes[top] = (*table.nodes[top][:-1], 0)
    assert table.figures().bounds(top) == (300, 400)


def test_corrections_below_zero_leave_the_least_no_higher_than_the_most() -> None:
    table, parent = services(10, -4)
    assert table.figures().bounds(parent) == (6, 6)


def test_a_leaf_has_no_more_people_than_there_are() -> None:
    table = Table()
    table.cell(table.node(people=True, population=40), 50)
    assert (table.figures().value(0), table.figures().bounds(0)) == (50, (40, 40))
