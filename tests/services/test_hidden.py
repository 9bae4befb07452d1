"""What stands on values that are not released: who is told of it, and who may change it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC, SYSTEM, Actor
from rbm.errors import Forbidden, NotFound
from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.people import Office
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.services import indicators, performance, portfolio, rollup, strategy
from rbm.services.indicators import ContributionPlan
from rbm.terms.indicators import Composition
from rbm.terms.people import Role
from rbm.terms.portfolio import PortfolioScope
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.performance.world import cell, operation, year_of

DAY = NOW.date()


@dataclass
class Rated:
    """A released plan whose values are not: its period, and who asks."""

    office: str
    period: UUID
    actors: dict[str, Actor]


@pytest.fixture
def rated(start: Begin) -> Rated:
    with start() as work:
        make = Make(work)
        made = operation(make)
        before, period = year_of(make, made, 2024, missed=6), year_of(make, made, 2025, missed=6)
        made.framework.released_on, made.framework.level = DAY, FrameworkLevel.PROJECT
        cell(make, make.indicator(make.result(made.framework)), before, 100)
        elsewhere = make.actor(Role.VIEWER, make.office())
        project = make.project(office=made.office, released_on=DAY)
        project.manager_id = elsewhere.person_id
        unmanaged = operation(make)
        unmanaged.framework.released_on, unmanaged.framework.level = DAY, FrameworkLevel.PROJECT
        unmanaged.framework.project = make.project(office=unmanaged.office, released_on=DAY)
        for indicator in unmanaged.indicators:
            cell(make, indicator, period, 10)
        made.framework.project = project
        make.measurement(made.indicators[0], period, 1, released_on=DAY, occurrence=2)
        actors = {
            "public": PUBLIC,
            "manager elsewhere": elsewhere,
            "donor": make.actor(Role.DONOR, made.office),
            "viewer": make.actor(Role.VIEWER, made.office),
            "system": SYSTEM,
        }
        return Rated(made.framework.code, period.id, actors)


def counted(start: Begin, rated: Rated, count: Callable[[Work], int]) -> dict[str, int]:
    found = {}
    for name, actor in rated.actors.items():
        with start(actor) as work:
            found[name] = count(work)
    return found


def test_ratings_and_hit_rates_are_of_offices_whose_work_is_seen(start: Begin, rated: Rated) -> None:
    nobody = {"public": 0, "manager elsewhere": 0, "donor": 0}
    operations = counted(
        start, rated, lambda work: sum(row.operations for row in performance.rating_counts(work, rated.period))
    )
    assert operations == nobody | {"viewer": 1, "system": 2}
    judged = counted(
        start,
        rated,
        lambda work: max(row.flagged + row.unflagged for row in performance.hit_rates(work, rated.period)),
    )
    assert judged == nobody | {"viewer": 1, "system": 2}


@pytest.mark.parametrize("scope", PortfolioScope)
def test_nobody_sees_ratings_of_a_released_plan_by_its_release(
    start: Begin, rated: Rated, scope: PortfolioScope
) -> None:
    found = counted(start, rated, lambda work: len(portfolio.portfolio(work, scope)))
    wanted = 0 if scope is PortfolioScope.PROJECT else 1
    assert {name: found[name] for name in found if name != "system"} == {
        "public": 0,
        "manager elsewhere": 0,
        "donor": 0,
        "viewer": wanted,
    }


@dataclass
class Neighbours:
    """Two offices under a region: a released indicator of one, a hidden one of the other, and who acts in them."""

    own: UUID
    released: UUID
    results: tuple[UUID, UUID]
    acts: dict[str, Actor]


@pytest.fixture
def neighbours(start: Begin) -> Neighbours:
    with start() as work:
        make = Make(work)
        region = make.office()
        here, there = make.office(region), make.office(region)
        project = make.framework(FrameworkLevel.PROJECT, office=here, project=make.project(office=here))
        released = make.framework(office=there, released_on=DAY)
        lower, upper = make.result(project), make.result(released)
        own, parent = make.indicator(lower), make.indicator(upper)
        acts: dict[str, Office] = {"here": here, "there": there, "region": region}
        actors = {name: make.actor(Role.REPORTER, office) for name, office in acts.items()}
        return Neighbours(own.id, parent.id, (lower.id, upper.id), actors)


def test_what_is_released_elsewhere_takes_no_contribution_unasked(
    start: Begin, engine: sa.Engine, neighbours: Neighbours
) -> None:
    with refused(engine, Forbidden, None, neighbours.acts["here"]) as work:
        indicators.link_indicators(work, ContributionPlan(neighbours.own, neighbours.released))
    with refused(engine, Forbidden, None, neighbours.acts["here"]) as work:
        strategy.link_results(work, *neighbours.results)
    with start(neighbours.acts["region"]) as work:
        link = indicators.link_indicators(work, ContributionPlan(neighbours.own, neighbours.released))
        strategy.link_results(work, *neighbours.results)
    with refused(engine, Forbidden, None, neighbours.acts["here"]) as work:
        indicators.reweigh_link(work, link.id, Decimal("0.5"))
    with refused(engine, NotFound, "link_id", PUBLIC) as work:
        indicators.unlink_indicators(work, link.id)


def test_whoever_defines_the_parent_leaves_out_what_enters_it(
    start: Begin, engine: sa.Engine, neighbours: Neighbours
) -> None:
    there = neighbours.acts["there"]
    with start() as work:
        link = indicators.link_indicators(work, ContributionPlan(neighbours.own, neighbours.released)).id
    with start(there) as work:
        assert not indicators.opt_out(work, link).included
    for actor in (there, neighbours.acts["here"]):
        with refused(engine, Forbidden, None, actor) as work:
            indicators.opt_out(work, link, included=True)
        with refused(engine, Forbidden, None, actor) as work:
            indicators.end_link(work, link, None)
    with start(there) as work:
        assert indicators.end_link(work, link, DAY).valid_to == DAY
    with start(there) as work:
        indicators.unlink_indicators(work, link)
    with start() as work:
        assert work.session.scalars(sa.select(ContributionLink)).all() == []


def test_an_opened_figure_does_not_tell_hidden_values(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        office, year = make.office(), make.year(2025)
        framework = make.framework(office=office, released_on=DAY)
        top = make.indicator(make.result(framework), composition=Composition.OWN_PLUS_CONTRIBUTED, code="A")
        first, second = (make.indicator(make.result(framework), code=code) for code in "BC")
        for child in (first, second):
            make.contribution(child, top)
        for indicator, value in ((top, 3), (first, 7)):
            make.measurement(indicator, year, value, released_on=DAY)
        rollup.refresh(work, full=True)
        figure = work.session.scalars(sa.select(Figure.id).where(Figure.indicator_id == top.id)).one()
        viewer = make.actor(Role.VIEWER, office)
    shown = {}
    for moment in ("released", "hidden"):
        for name, actor in (("public", PUBLIC), ("viewer", viewer)):
            with start(actor) as work:
                rows = rollup.explain(work, figure).contributions
                shown[moment, name] = [(row.indicator, row.value, row.reason) for row in rows]
        if moment == "hidden":
            break
        with start() as work:
            make = Make(work)
            keys = (year.id, top.id, second.id)
            period, *chain = (work.get(cls, key) for cls, key in zip((Period, Indicator, Indicator), keys, strict=True))
            for indicator, value in zip(chain, (4242, 5), strict=True):
                make.measurement(indicator, period, value, occurrence=2)
    assert shown["released", "public"] == shown["released", "viewer"]
    assert [row[1] for row in shown["released", "public"]] == [3, 7, None]
    assert [row[1:] for row in shown["hidden", "public"]] == [(None, None), (7, None), (None, None)]
    assert [row[1] for row in shown["hidden", "viewer"]] == [4245, 7, None]
