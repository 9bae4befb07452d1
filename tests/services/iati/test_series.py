"""The real files as series: the crosswalk of 2022 and 2023, the change of the lead indicator, what waits undecided."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.model.indicators import Indicator
from rbm.model.rollup import Figure
from rbm.services import series
from rbm.terms.indicators import Measure
from rbm.terms.series import CrosswalkRelation
from rbm.work import Work, begin
from tests.conftest import NOW
from tests.services.iati import stored

BY_YEAR, BY_CODE = ("2022", "2023"), ("XM-DAC-41121-2022", "XM-DAC-41121-2023")


@contextmanager
def undone(engine: sa.Engine) -> Iterator[Work]:
    """A unit of work that leaves nothing behind."""
    with pytest.raises(ZeroDivisionError), begin(engine, SYSTEM, "undone", now=NOW) as work:
        yield work
        raise ZeroDivisionError


@pytest.mark.parametrize("names", [BY_YEAR, BY_CODE])
def test_from_2022_to_2023_48_pairs_are_the_same_one_changed_and_one_ended(
    published: sa.Engine, names: tuple[str, str]
) -> None:
    with begin(published, SYSTEM, "propose", now=NOW, writes=False) as work:
        found = series.propose_crosswalk(work, *names)
    assert Counter(pair.relation for pair in found) == {
        CrosswalkRelation.SAME: 48,
        CrosswalkRelation.CHANGED: 1,
        CrosswalkRelation.DISCONTINUED: 1,
    }
    [changed] = [pair for pair in found if pair.relation is CrosswalkRelation.CHANGED]
    [ended] = [pair for pair in found if pair.relation is CrosswalkRelation.DISCONTINUED]
    assert (changed.key, changed.measure, changed.next_measure) == (
        *("outcome/7.1/percentage", Measure.PERCENTAGE),
        Measure.SCORE,
    )
    assert (ended.key, ended.next_title) == ("outcome/14.2/percentage", None)
    turned = [(pair.lead, pair.hindrance) for pair in found if pair.hindrance]
    words = "the direction changed from decrease to increase in what was published: a person says which it is"
    assert turned == [("3.1", words), ("3.2", words)]


def test_the_accepted_crosswalk_makes_a_series_of_the_lead_indicator(published: sa.Engine) -> None:
    figure = stored.corporate(published, "2023", "4.2a")
    with undone(published) as work:
        done = series.accept_crosswalk(work, *BY_YEAR)
        assert (len(done.pairs), [pair.lead for pair in done.waiting]) == (48, ["3.1", "3.2"])
        key = work.get(Figure, figure.id).indicator_id
        found = series.series(work, key)
    assert [(point.period_code, point.value, point.segment) for point in found.points] == [
        ("2022", 51005, 1),
        ("2023", 82672, 1),
    ]
    change = found.points[1].change
    assert change
    assert (change.same_units, change.same_before, change.same_after) == (42, 50741, 78967)
    assert round(change.same_percent or 0, 1) == Decimal("55.6")
    assert (change.new_units, change.new_total, change.gone_units, change.gone_total) == (5, 3705, 4, 264)
    [seam] = found.seams
    assert (seam.relation, str(seam.day), seam.joined) == (CrosswalkRelation.SAME, "2023-01-01", True)


def test_a_changed_measure_parts_the_series(published: sa.Engine) -> None:
    figure = stored.corporate(published, "2023", "7.1")
    with undone(published) as work:
        series.accept_crosswalk(work, *BY_CODE)
        found = series.series(work, work.get(Figure, figure.id).indicator_id)
    assert [(point.period_code, point.segment, point.change) for point in found.points] == [
        ("2022", 1, None),
        ("2023", 2, None),
    ]
    assert [seam.joined for seam in found.seams] == [False]


def test_what_nobody_declared_waits_the_largest_first(published: sa.Engine) -> None:
    with begin(published, SYSTEM, "worklist", now=NOW, writes=False) as work:
        found = series.aggregation_worklist(work, 1000)
        keys = {each.key for each in found}
        titles = work.session.scalars(sa.select(Indicator.title).where(Indicator.code.contains("41121-2023"))).all()
    assert len(found) == 554
    assert [(each.title, each.units, each.indicators, each.values, each.total) for each in found[:2]] == [
        ("Extent known SGBV survivors receive appropriate support", 79, 144, 277, Decimal("22134.5")),
        (
            "Extent status determination procedure meets minimum procedural standards advocated by UNHCR",
            *(72, 131, 194, 15171),
        ),
    ]
    assert titles
    assert not [key for key in keys if key.startswith("goal/4.2a")]


def test_averages_are_distributions_over_operations(published: sa.Engine) -> None:
    row = stored.corporate(published, "2023", "15.2")
    with begin(published, SYSTEM, "distribution", now=NOW, writes=False) as work:
        [found] = series.distributions(work, [work.get(Figure, row.id)])
    assert found
    assert (row.value, found.units, found.n, found.minimum, found.median, found.maximum) == (
        *(None, 37, 35),
        *(5, 730, 2473),
    )
    assert (found.lower_quartile, found.upper_quartile) == (322, Decimal("1080.5"))
    assert (found.rated, found.met, found.compared, found.improved, found.worsened) == (34, 10, 31, 10, 18)


def test_achievement_of_2023_is_that_of_the_cells_with_a_target(published: sa.Engine) -> None:
    row = stored.corporate(published, "2023", "15.1")
    with begin(published, SYSTEM, "matched", now=NOW, writes=False) as work:
        [found] = series.matched_achievements(work, [work.get(Figure, row.id)])
    assert (row.value, found.cells, found.matched, found.met) == (119542, 43, 41, 18)
    assert [(each.reason, each.count) for each in found.left_out] == [("target_zero", 2)]
    assert (found.actual, found.target, found.baseline, found.target_total) == (119542, 122581, 83457, 122581)
    assert round(found.raw or 0, 6) == Decimal("0.922324")
