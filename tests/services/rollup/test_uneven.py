"""Stored figures beside a way up: a slice never fills in a total; a country that moved counts once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.model.indicators import Category, ContributionLink, Dimension, Disaggregation, DisaggregationPart, Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.services import indicators, marks, rollup
from rbm.services.indicators import ContributionPlan
from rbm.terms.reporting import PeriodKind, PeriodStage, ValueStage, Verification
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make


def total(work: Work, indicator: Indicator, period: Period) -> tuple[Any, ...] | None:
    """Value, reported and expected of the total of an indicator in a period."""
    query = sa.select(Figure).where(Figure.indicator_id == indicator.id, Figure.period_id == period.id, Figure.whole())
    figure = work.session.scalars(query).one_or_none()
    return figure and (figure.value, figure.reported, figure.expected)


def by_sex(work: Work) -> list[Disaggregation]:
    """Women and men."""
    sex = work.add(Dimension(code="sex", label="sex", additive=True))
    made = []
    for code in ("F", "M"):
        category = work.add(Category(code=code, label=code, dimension=sex))
        made.append(work.add(Disaggregation(code=code, label="")))
        work.add(DisaggregationPart(disaggregation=made[-1], category=category))
    return made


@pytest.mark.parametrize(
    "unsaid",
    [
        {"value": None, "text": "not known yet"},
        {"value": 3, "stage": ValueStage.SUBMITTED},
        {"value": 3, "verification": Verification.REJECTED},
    ],
)
def test_a_slice_of_a_stored_figure_never_makes_its_total(start: Begin, unsaid: dict[str, Any]) -> None:
    with start() as work:
        make = Make(work)
        parent, told, other = (make.indicator(code=code) for code in "PCD")
        for child in (told, other):
            make.contribution(child, parent)
        half = work.add(
            Period(
                kind=PeriodKind.SEMESTER,
                stage=PeriodStage.OPEN,
                code="H1",
                start=date(2026, 1, 1),
                end=date(2026, 6, 30),
            )
        )
        quarter = work.add(
            Period(
                kind=PeriodKind.QUARTER,
                stage=PeriodStage.OPEN,
                code="Q1",
                start=date(2026, 1, 1),
                end=date(2026, 3, 31),
            )
        )
        women, men = by_sex(work)
        work.flush()
        make.measurement(told, quarter, 4, disaggregation_id=women.id)
        make.measurement(
            told,
            half,
            unsaid["value"],
            disaggregation_id=men.id if unsaid["value"] else None,
            **{name: fact for name, fact in unsaid.items() if name != "value"},
        )
        work.flush()
        rollup.refresh(work, full=True)
        make.measurement(other, half, 100)
        work.flush()
        marks.mark(work, [other.id], "approve")
        rollup.refresh(work)
        assert total(work, told, half) == (None, 0, 1)
        assert total(work, parent, half) == (Decimal(100), 1, 2)
        assert rollup.refresh(work, full=True).changed == 0


def test_a_country_that_moves_counts_in_its_last_region_and_its_figures_say_so(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        top, first, second, country = (make.indicator(code=code) for code in ("T", "R1", "R2", "C"))
        make.contribution(first, top)
        make.contribution(second, top)
        year = make.year(2026)
        make.measurement(country, year, 100)
        work.flush()
        rollup.refresh(work, full=True)
        link = indicators.link_indicators(work, ContributionPlan(country.id, first.id))
        rollup.refresh(work)
        assert (total(work, top, year), total(work, first, year)) == ((Decimal(100), 1, 2), (Decimal(100), 1, 1))
        before = rollup.explain(work, _figure(work, top, year)).inputs_hash
        indicators.end_link(work, link.id, date(2026, 6, 30))
        rollup.refresh(work)
        assert total(work, first, year) == (Decimal(100), 1, 1)
        later = indicators.link_indicators(work, ContributionPlan(country.id, second.id, valid_from=date(2026, 7, 1)))
        rollup.refresh(work)
        found = [total(work, each, year) for each in (top, first, second)]
        assert found == [(Decimal(100), 1, 2), None, (Decimal(100), 1, 1)]
        told = rollup.explain(work, _figure(work, second, year))
        assert [(each.indicator, each.value) for each in told.contributions] == [("C", Decimal(100))]
        assert rollup.explain(work, _figure(work, top, year)).inputs_hash != before
        assert rollup.refresh(work, full=True).changed == 0
        indicators.unlink_indicators(work, later.id)
        rollup.refresh(work)
        assert [total(work, each, year) for each in (first, second)] == [(Decimal(100), 1, 1), None]
        assert work.session.scalars(sa.select(ContributionLink.child_id)).all().count(country.id) == 1
        assert rollup.refresh(work, full=True).changed == 0


def test_a_region_opened_alone_leaves_out_who_has_moved_elsewhere(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        first, second, country, stays = (make.indicator(code=code) for code in ("R1", "R2", "C", "S"))
        make.contribution(country, first, valid_to=date(2026, 6, 30))
        make.contribution(country, second, valid_from=date(2026, 7, 1))
        make.contribution(stays, first)
        year = make.year(2026)
        for each, value in ((country, 100), (stays, 7)):
            make.measurement(each, year, value)
        work.flush()
        marks.mark(work, [stays.id], "approve")
        rollup.refresh(work)
        assert total(work, first, year) == (Decimal(7), 1, 1)
        told = rollup.explain(work, _figure(work, first, year))
        assert [(each.indicator, each.value) for each in told.contributions] == [("S", Decimal(7))]
        assert told.entered == Decimal(7)


def _figure(work: Work, indicator: Indicator, period: Period) -> int:
    query = sa.select(Figure.id).where(
        Figure.indicator_id == indicator.id, Figure.period_id == period.id, Figure.whole()
    )
    return work.session.scalars(query).one()


def test_a_mistyped_value_stops_no_refresh_and_no_figure_beside_it(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        parent, wrong, large, right = (make.indicator(code=code) for code in "PABC")
        year = make.year(2026)
        for child in (wrong, large, right):
            make.contribution(child, parent)
        for child in (wrong, large):
            make.measurement(child, year, 9_000_000_000_000, stage=ValueStage.SUBMITTED)
        make.measurement(right, year, 5)
        work.flush()
        marks.mark(work, [wrong.id, right.id, large.id], "submit")
        rollup.refresh(work)
        [figure] = work.session.scalars(sa.select(Figure).where(Figure.indicator_id == parent.id))
        assert (figure.value, figure.self_reported, figure.reason) == (Decimal(5), None, None)
        assert rollup.refresh(work, full=True).changed == 0
