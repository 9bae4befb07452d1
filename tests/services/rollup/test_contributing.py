"""The units of a figure: among them always the one that made it."""

import pytest

from rbm.model.rollup import Figure
from rbm.services import rollup
from rbm.terms.indicators import Composition
from rbm.terms.rollup import Reason
from rbm.work import Work
from tests.make import Make
from tests.services.rollup.test_explaining import figure, rolled_up

Listed = list[tuple[str, bool, object, Reason | None]]


def listed(work: Work, made: Figure) -> Listed:
    """The contributions of a figure."""
    contributions = rollup.explain(work, made.id).contributions
    return [(each.indicator, each.own, each.value, each.reason) for each in contributions]


def test_where_every_child_is_opted_out_its_own_values_are_listed_with_them(work: Work, make: Make) -> None:
    period, both = make.year(), make.indicator(code="BOTH", composition=Composition.OWN_PLUS_CONTRIBUTED)
    child = make.indicator(code="CHILD", composition=Composition.OWN_ONLY)
    make.contribution(child, both, included=False)
    for indicator, value in ((both, 5), (child, 3)):
        make.measurement(indicator, period, value)
    made = rolled_up(work, both, period)
    assert (made.value, made.reported, made.expected) == (5, 1, 1)
    assert listed(work, made) == [("BOTH", True, 5, None), ("CHILD", False, 3, Reason.OPTED_OUT)]
    assert listed(work, figure(work, child, period)) == []


@pytest.mark.parametrize("value", [7, None])
def test_what_takes_its_own_values_alone_lists_nothing_that_is_linked(
    work: Work, make: Make, value: int | None
) -> None:
    period, own = make.year(), make.indicator(code="OWN", composition=Composition.OWN_ONLY)
    make.contribution(child := make.indicator(composition=Composition.OWN_ONLY), own)
    make.measurement(own, period, value)
    make.measurement(child, period, 4)
    made = rolled_up(work, own, period)
    assert made.value == value
    assert listed(work, made) == [("OWN", True, value, None if value else Reason.NO_VALUE)]
