"""Cases of formulas over figures, most of them of DHIS2: evaluated after aggregation, exactly, rounded once."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.errors import Conflict
from rbm.model.indicators import Indicator
from rbm.model.reporting import Period
from rbm.services import indicators
from rbm.services.indicators import FormulaPart
from rbm.terms.indicators import OverTime
from rbm.terms.rollup import Reason
from rbm.work import Work, begin
from tests.conformance.scenes import constant, exact, figure, fill, first_quarter, formula, month, tree, value
from tests.conftest import NOW, Begin
from tests.make import Make

A = {1: {"A": 2, "B": 1, "C": 5, "D": 66, "E": 1}, 2: {"D": 233}}
B = {1: {"A": 100}, 2: {"A": 4, "B": 3, "C": 10, "D": 399, "E": 1}}
C = {2: {"C": 23}, 3: {"A": 6, "B": 5, "C": 15, "E": 1}}


@pytest.fixture
def months(make: Make) -> dict[int, Period]:
    """The months of 2017 by number."""
    return {number: month(make, number) for number in range(1, 13)}


def elements(make: Make, months: dict[int, Period]) -> dict[str, dict[str, Indicator]]:
    """The data elements A, B and C by name and unit."""
    made = {}
    for name, values in (("A", A), ("B", B), ("C", C)):
        made[name] = tree(make)
        for number, by_unit in values.items():
            fill(make, made[name], months[number], by_unit)
    return made


def steadily(make: Make, months: dict[int, Period], values: Sequence[object], first: int = 1) -> Indicator:
    """An indicator with one value a month from the first one on; None for none."""
    made = make.indicator()
    for number, one in enumerate(values, first):
        if one is not None:
            make.measurement(made, months[number], one)
    return made


def over(work: Work, made: Indicator, periods: Sequence[Period]) -> list[Decimal | None]:
    return [value(work, made, period) for period in periods]


def test_dhis2_004_a_sum_of_two_sums(work: Work, make: Make, months: dict[int, Period]) -> None:
    known = elements(make, months)
    made = formula(make, "b + c", {"b": known["B"]["A"], "c": known["C"]["A"]})
    assert value(work, made, first_quarter(make)) == 567


def test_dhis2_006_a_quotient_of_sums(work: Work, make: Make, months: dict[int, Period]) -> None:
    known = elements(make, months)
    made = formula(make, "a * c / b", {name.lower(): known[name]["A"] for name in "ABC"})
    found = value(work, made, first_quarter(make))
    assert found
    assert round(found, 1) == exact("29.8")


def test_dhis2_007_nothing_is_rounded_on_the_way(work: Work, make: Make, months: dict[int, Period]) -> None:
    terms = {name: constant(make, months[1], number) for name, number in (("x", 299), ("came", 1), ("due", 3))}
    assert value(work, formula(make, "x * (came / due)", terms), months[1]) == exact("99.666667")


def test_dhis2_008_periods_before_this_one(work: Work, make: Make, months: dict[int, Period]) -> None:
    made = formula(make, "previous(e) + previous(e, 2)", {"e": steadily(make, months, [1, 2, 4], 5)})
    assert value(work, made, months[7]) == 3


def test_dhis2_009_the_year_to_date(work: Work, make: Make, months: dict[int, Period]) -> None:
    made = formula(make, "ytd(e)", {"e": steadily(make, months, [1, 2, 4], 5)})
    assert over(work, made, [months[number] for number in range(4, 10)]) == [None, 1, 3, 7, 7, 7]


def test_dhis2_010_the_year_to_date_of_the_period_before(work: Work, make: Make, months: dict[int, Period]) -> None:
    made = formula(make, "ytd(previous(e))", {"e": steadily(make, months, [1, 2, 4], 5)})
    assert over(work, made, [months[number] for number in range(4, 10)]) == [None, None, 1, 3, 7, 7]


def test_dhis2_011_the_place_of_a_period_in_its_year(work: Work, make: Make, months: dict[int, Period]) -> None:
    element, found = steadily(make, months, [1, 2, 4], 5), []
    for text in ("ytd(e) + period_index()", "ytd(e) + periods_in_year()"):
        made = formula(make, text, {"e": element})
        found.append(over(work, made, [months[number] for number in range(5, 10)]))
    assert found == [[6, 9, 14, 15, 16], [13, 15, 19, 19, 19]]


def test_dhis2_018_a_sum_of_quotients(work: Work, make: Make, months: dict[int, Period]) -> None:
    own, quarter = {}, first_quarter(make)
    for name in "ABCDE":
        a, b = make.indicator(), make.indicator()
        for made, values in ((a, A), (b, B)):
            for number, by_unit in values.items():
                if name in by_unit:
                    make.measurement(made, months[number], by_unit[name])
        own[name.lower()] = formula(make, "x / y", {"x": a, "y": b})
    found = []
    for names in ("abcde", "bde"):
        made = formula(make, " + ".join(names), {name: own[name] for name in names})
        total = value(work, made, quarter)
        assert total
        found.append(round(total, 1))
    assert found == [exact("2.6"), exact("2.1")]


def test_dhis2_025_a_missing_part_is_null_unless_the_formula_says_otherwise(
    work: Work, make: Make, months: dict[int, Period]
) -> None:
    nothing, something = make.indicator(), constant(make, months[1], 1)
    terms = {"x": nothing, "y": something}
    strict, lenient = formula(make, "x * y", terms), formula(make, "or_zero(x) * y", terms)
    assert over(work, strict, [months[1]]) + over(work, lenient, [months[1]]) == [None, 0]


def test_dhis2_026_what_is_kept_is_exact_and_rounding_is_for_display(
    work: Work, make: Make, months: dict[int, Period]
) -> None:
    found = value(work, constant(make, months[1], "3.123"), months[1])
    assert found
    assert [round(found, 1), round(found, 2), found] == [exact("3.1"), exact("3.12"), exact("3.123")]


def test_dhis2_027_a_circle_is_refused_and_named(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        upper, lower, constant_of = (make.indicator(code=name) for name in "FHG")
        indicators.set_formula(work, upper.id, "h", [FormulaPart("h", lower.id)])
        last = make.indicator(code="I")
        named = {"f": upper, "g": constant_of, "h": lower}
        indicators.set_formula(work, last.id, "f * g - h", [FormulaPart(name, row.id) for name, row in named.items()])
    with pytest.raises(Conflict, match="F > H > F"), begin(engine, SYSTEM, "refused", now=NOW) as work:
        indicators.set_formula(work, lower.id, "f", [FormulaPart("f", upper.id)])


def test_dhis2_028_months_without_a_value_hold_the_sum(work: Work, make: Make, months: dict[int, Period]) -> None:
    made = formula(make, "ytd(e)", {"e": steadily(make, months, [None, 1, 2, None, 3, None])})
    assert over(work, made, [months[number] for number in range(1, 7)]) == [None, 1, 3, 3, 6, 6]


def test_dhis2_030_a_target_in_proportion_to_the_year(work: Work, make: Make, months: dict[int, Period]) -> None:
    annual = steadily(make, months, [1200] * 12)
    made = formula(make, "annual * period_index() / periods_in_year()", {"annual": annual})
    assert value(work, made, months[2]) == 200


def test_trap_015_a_part_that_is_missing_makes_the_whole_missing(
    work: Work, make: Make, months: dict[int, Period]
) -> None:
    terms = {"a": constant(make, months[1], 5), "b": make.indicator(), "d": constant(make, months[1], 10)}
    strict, lenient = formula(make, "(a + b) / d", terms), formula(make, "(a + or_zero(b)) / d", terms)
    found = figure(work, strict, months[1])
    assert found
    assert (found.value, found.reason) == (None, Reason.FORMULA_PART_MISSING)
    assert value(work, lenient, months[1]) == exact("0.5")


def test_a_share_of_what_is_left_over(work: Work, make: Make, months: dict[int, Period]) -> None:
    assert shared(work, make, months[1], "share(x - y, x)", {"x": 2176, "y": 63}) == exact("97.1")


def test_a_share_of_what_is_left_over_of_what_counts(work: Work, make: Make, months: dict[int, Period]) -> None:
    given = {"x": 1924, "y": 122, "z": 89}
    assert shared(work, make, months[1], "share(x - y - z, x - y)", given, 2) == exact("95.06")


def test_two_shares_and_their_mean(work: Work, make: Make, months: dict[int, Period]) -> None:
    given = {"x": 10, "y": 3, "z": 1}
    both = "(share(x - y, x) + share(x - z, x) + 0 * (y + z)) / 2"
    assert shared(work, make, months[1], "share(x - y, x)", {"x": 10, "y": 3}) == 70
    assert shared(work, make, months[1], "share(x - z, x)", {"x": 10, "z": 1}) == 90
    assert shared(work, make, months[1], both, given) == 80


def test_a_share_of_some_and_of_all(work: Work, make: Make, months: dict[int, Period]) -> None:
    given = {"x": 3, "y": 2, "z": 5}
    assert shared(work, make, months[1], "share(x, x + y + z)", given) == 30
    everything = given | {"u": 90, "v": 10}
    assert shared(work, make, months[1], "share(x, x + y + z + u + v)", everything, 2) == exact("2.73")


def test_undp_019_a_milestone_is_a_quarter_at_most(work: Work, make: Make, months: dict[int, Period]) -> None:
    found = [shared(work, make, months[1], "min(x, 100) / 4", {"x": number}) for number in (70, 130)]
    assert found == [exact("17.5"), 25]


def shared(work: Work, make: Make, period: Period, text: str, given: dict[str, object], places: int = 1) -> Decimal:
    """What a formula makes of numbers, rounded for display."""
    terms = {name: constant(make, period, number) for name, number in given.items()}
    found = value(work, formula(make, text, terms, over_time=OverTime.LAST), period)
    assert found is not None
    return round(found, places)
