"""Reconciliation: a difference is told with its slice and both values; what is known to be old is none."""

from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.model.indicators import Indicator
from rbm.model.notices import Notice
from rbm.model.rollup import Figure, Reconciliation
from rbm.services import indicators, marks, rollup
from rbm.services.rollup import Difference
from rbm.terms.notices import NoticeKind
from rbm.terms.people import Role
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.services.iati.stored import rows


@pytest.fixture
def split(start: Begin) -> UUID:
    """An indicator with a value of a crossing of two dimensions, rolled up, and somebody who operates."""
    with start() as work:
        make = Make(work)
        make.actor(Role.HQ_RESULTS)
        indicator, categories = make.indicator(code="I"), []
        for axis, code in (("age", "child"), ("sex", "female")):
            dimension = indicators.define_dimension(work, axis, axis, additive=True)
            indicators.split_indicator(work, indicator.id, dimension.id)
            categories.append(indicators.define_category(work, dimension.id, code, code).id)
        crossing = indicators.disaggregation_of(work, categories)
        make.measurement(indicator, make.year(), 5, disaggregation_id=crossing.id)
        rollup.refresh(work, full=True)
        return indicator.id


def spoil(work: Work, *conditions: sa.ColumnElement[bool]) -> None:
    """Change figures past everything."""
    work.asked.add(Permission.OPERATE)
    found = work.session.scalars(sa.select(Figure).where(*conditions)).all()
    bulk.update(work.session, Figure, [{"id": row.id, "value": Decimal(4)} for row in found])


def notices(engine: sa.Engine) -> list[str]:
    return [text for kind, text in rows(engine, Notice, "kind", "text") if kind == NoticeKind.FIGURES_DIFFER]


def test_each_slice_is_named_and_headquarters_is_told_once(engine: sa.Engine, start: Begin, split: UUID) -> None:
    with start() as work:
        spoil(work)
    with start() as work:
        found = rollup.reconcile(work)
    slices = (None, "child", "child|female", "female")
    assert found == [Difference("I", "2026", each, Decimal(4), Decimal(5), "value") for each in slices]
    assert notices(engine) == [
        "4 stored figures are not what they should be. First: I, 2026, total: stored 4.000000, computed 5.000000."
    ]
    with start() as work:
        rollup.refresh(work, full=True)
    with start() as work:
        assert rollup.reconcile(work) == []
    assert len(notices(engine)) == 1


def test_a_figure_with_a_waiting_mark_is_not_compared(engine: sa.Engine, start: Begin, split: UUID) -> None:
    with start() as work:
        make = Make(work)
        parent, alone = make.indicator(code="P"), make.indicator(code="S")
        make.contribution(work.get(Indicator, split), parent)
        marks.mark(work, [split], "test")
        make.measurement(alone, make.year(2025), 1)
    with start() as work:
        assert [each.indicator for each in rollup.reconcile(work)] == ["S"]
    with start() as work:
        rollup.refresh(work)
    with start() as work:
        assert [each.indicator for each in rollup.reconcile(work)] == ["S"]
    assert [count for (count,) in rows(engine, Reconciliation, "figures")] == [1, 9]
