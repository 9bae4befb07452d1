"""Refresh and reconciliation: marks with their cause, only ancestors touched, nothing changed by a second run."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm import bulk
from rbm.access import SYSTEM
from rbm.errors import Forbidden
from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.reporting import Measurement
from rbm.model.rollup import DirtyMark, Figure, FigureExclusion, Reconciliation
from rbm.services import indicators, marks, rollup
from rbm.services.rollup import Difference, Refreshed
from rbm.terms.indicators import Additivity, OverUnits
from rbm.terms.people import Role
from rbm.terms.rollup import Reason
from rbm.work import Work, begin
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.iati.stored import everything, rows


@dataclass
class Chain:
    """A corporate indicator over a region with two countries and over another region with one, and one far from it."""

    top: Indicator
    east: Indicator
    west: Indicator
    countries: list[Indicator]
    alone: Indicator
    measurements: list[Measurement]


def build(work: Work) -> Chain:
    """The chain with the values 1, 2, 4 in its countries and 8 in the indicator apart."""
    make = Make(work)
    make.headquarters()
    top, east, west, *countries, alone = (make.indicator(code=code) for code in ("T", "E", "W", "C1", "C2", "C3", "A"))
    for child, parent in zip((east, west, *countries), (top, top, east, east, west), strict=True):
        make.contribution(child, parent)
    year = make.year()
    values = [make.measurement(each, year, 2**power) for power, each in enumerate((*countries, alone))]
    marks.mark(work, [each.id for each in (*countries, alone)], "test")
    return Chain(top, east, west, countries, alone, values)


@pytest.fixture
def chain(start: Begin) -> Chain:
    """The chain, rolled up."""
    with start() as work:
        made = build(work)
    with start() as work:
        rollup.refresh(work)
    return made


def totals(engine: sa.Engine) -> dict[str, Decimal | None]:
    """Value by code of the indicator."""
    codes = dict(rows(engine, Indicator, "id", "code"))
    return {codes[key]: value for key, value in rows(engine, Figure, "indicator_id", "value")}


def ids(engine: sa.Engine) -> dict[str, int]:
    """Key of each figure by code of the indicator."""
    codes = dict(rows(engine, Indicator, "id", "code"))
    return {codes[key]: figure for key, figure in rows(engine, Figure, "indicator_id", "id")}


def test_a_refresh_rolls_up_what_is_marked_and_drains_the_marks(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        build(work)
    with start() as work:
        assert rollup.refresh(work) == Refreshed(figures=7, values=4, nodes=7, changed=7)
    assert totals(engine) == {"T": 7, "E": 3, "W": 4, "C1": 1, "C2": 2, "C3": 4, "A": 8}
    assert rows(engine, DirtyMark, "id") == []


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("full", [False, True])
def test_a_second_refresh_changes_nothing(engine: sa.Engine, start: Begin, full: bool) -> None:
    before = everything(engine)
    with start() as work:
        assert rollup.refresh(work, full=full).changed == 0
    assert everything(engine) == before


def test_a_mark_touches_only_what_stands_above_it(engine: sa.Engine, start: Begin, chain: Chain) -> None:
    before = ids(engine)
    with start() as work:
        bulk.update(work.session, Measurement, [{"id": chain.measurements[0].id, "value": Decimal(100)}])
        bulk.update(work.session, Measurement, [{"id": chain.measurements[3].id, "value": Decimal(100)}])
        marks.mark(work, [chain.countries[0].id], "test")
    with start() as work:
        assert rollup.refresh(work) == Refreshed(figures=3, values=3, nodes=3, changed=3)
    assert totals(engine) == {"T": 106, "E": 102, "W": 4, "C1": 100, "C2": 2, "C3": 4, "A": 8}
    assert ids(engine) == before


def test_a_mark_is_written_and_rolled_back_with_its_cause(engine: sa.Engine, start: Begin, chain: Chain) -> None:
    with start() as work:
        link = work.session.scalars(sa.select(ContributionLink).where(ContributionLink.child_id == chain.west.id)).one()
        indicators.opt_out(work, link.id)
    assert rows(engine, DirtyMark, "indicator_id", "cause") == [(chain.top.id, "opt_out")]
    before = everything(engine)
    with pytest.raises(RuntimeError, match="stop"), start() as work:
        indicators.unlink_indicators(work, link.id)
        raise RuntimeError("stop")
    assert everything(engine) == before
    with start() as work:
        rollup.refresh(work)
    assert totals(engine)["T"] == 3
    assert rows(engine, FigureExclusion, "figure_id", "reason", "count") == [(ids(engine)["T"], Reason.OPTED_OUT, 1)]


def test_a_figure_without_anything_to_show_goes(engine: sa.Engine, start: Begin, chain: Chain) -> None:
    with start() as work:
        indicators.unlink_indicators(work, _link(work, chain.west))
        work.session.delete(work.get(Measurement, chain.measurements[2].id))
        marks.mark(work, [chain.countries[2].id], "test")
    with start() as work:
        assert rollup.refresh(work).changed == 3
    assert totals(engine) == {"T": 3, "E": 3, "C1": 1, "C2": 2, "A": 8}


def _link(work: Work, child: Indicator) -> object:
    return work.session.scalars(sa.select(ContributionLink.id).where(ContributionLink.child_id == child.id)).one()


def test_reconciliation_finds_nothing_where_nothing_is_wrong(engine: sa.Engine, start: Begin, chain: Chain) -> None:
    with start() as work:
        assert rollup.reconcile(work) == []
    assert rows(engine, Reconciliation, "figures", "differences") == [(7, None)]


def test_reconciliation_names_a_difference_and_repairs_nothing(engine: sa.Engine, start: Begin, chain: Chain) -> None:
    figure = ids(engine)
    with start() as work:
        work.asked.update({"operate"})  # type: ignore[arg-type]
        bulk.update(work.session, Figure, [{"id": figure["E"], "value": Decimal("3.5")}])
        bulk.delete(work.session, Figure, "id", [figure["C3"]])
        bulk.insert(work.session, FigureExclusion, [{"figure_id": figure["T"], "reason": Reason.UNFIT, "count": 2}])
        bulk.delete(work.session, Measurement, "id", [chain.measurements[3].id])
    with start() as work:
        found = rollup.reconcile(work)
    assert found == [
        Difference("A", "2026", None, Decimal(8), None, "not computed"),
        Difference("C3", "2026", None, None, Decimal(4), "not stored"),
        Difference("E", "2026", None, Decimal("3.5"), Decimal(3), "value"),
        Difference("T", "2026", None, Decimal(7), Decimal(7), "excluded"),
    ]
    [(figures, kept)] = rows(engine, Reconciliation, "figures", "differences")
    assert (figures, [each["stored"] for each in kept]) == (6, ["8.000000", None, "3.500000", "7.000000"])
    assert totals(engine)["E"] == Decimal("3.5")


def test_only_those_who_operate_refresh_and_reconcile(engine: sa.Engine, start: Begin, chain: Chain) -> None:
    with start() as work:
        viewer = Make(work).actor(Role.VIEWER)
    for service in (rollup.refresh, rollup.reconcile):
        with refused(engine, Forbidden, None, viewer) as work:
            service(work)


def test_a_change_of_protocol_is_followed(engine: sa.Engine, start: Begin, chain: Chain) -> None:
    with start() as work:
        bulk.update(work.session, Indicator, [{"id": chain.countries[0].id, "additivity": Additivity.UNDECLARED}])
        marks.mark(work, [chain.countries[0].id], "test")
    with start() as work:
        rollup.refresh(work)
    assert (totals(engine)["E"], totals(engine)["T"], totals(engine)["C1"]) == (2, 6, 1)


def test_nothing_to_do_is_done_at_once(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        assert rollup.refresh(work) == Refreshed(0, 0, 0, 0)
    with begin(engine, SYSTEM, "full", now=NOW) as work:
        assert rollup.refresh(work, full=True) == Refreshed(0, 0, 0, 0)


def test_people_reached_are_the_most_in_an_office_and_the_sum_over_offices(work: Work, make: Make) -> None:
    reached = {"counts_people": True, "over_units": OverUnits.MAX_THEN_SUM}
    year, province = make.year(), make.indicator(**reached)
    for numbers in ((100, 80), (50, 60)):
        plan = make.framework()
        for number in numbers:
            project = make.indicator(make.result(plan), **reached)
            make.contribution(project, province)
            make.measurement(project, year, number)
    rollup.refresh(work, full=True)
    found = work.session.scalars(sa.select(Figure).where(Figure.indicator_id == province.id)).one()
    assert (found.value, found.lower, found.upper) == (160, 160, 290)


def test_a_figure_keeps_the_day_on_which_it_was_released(start: Begin, chain: Chain) -> None:
    """It loses it with the release, and has another one when it is released again."""
    first, second = chain.measurements[3].id, chain.alone.id
    told = []
    for days, facts in enumerate(({"released_on": NOW.date()}, {"value": 9}, {"released_on": None}, {"value": 10})):
        with start(now=NOW + timedelta(days=days)) as work:
            bulk.update(work.session, Measurement, [{"id": first} | facts])
            marks.mark(work, [second], "test")
            rollup.refresh(work)
            query = sa.select(Figure.value, Figure.released_on).where(Figure.indicator_id == second)
            told.append(tuple(work.session.execute(query).one()))
    with start(now=NOW + timedelta(days=9)) as work:
        bulk.update(work.session, Measurement, [{"id": first, "released_on": NOW.date()}])
        marks.mark(work, [second], "test")
        rollup.refresh(work)
        told.append(tuple(work.session.execute(query).one()))
    day = NOW.date()
    assert told == [(8, day), (9, day), (9, None), (10, None), (10, day + timedelta(days=9))]
