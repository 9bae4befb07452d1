"""Cases of Akvo RSR about figures: opened, counted, reconciled, tried again, and kept from being cut off."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from rbm import bulk
from rbm.access import SYSTEM, Permission
from rbm.errors import Conflict
from rbm.model.indicators import Indicator
from rbm.model.notices import Notice
from rbm.model.reporting import Measurement, Period
from rbm.model.rollup import DirtyMark, Figure, Reconciliation
from rbm.model.strategy import Framework, Result
from rbm.services import marks, reporting, rollup
from rbm.terms.indicators import Measure, OverTime, OverUnits
from rbm.terms.people import Role
from rbm.terms.reporting import MissingReason, ValueStage
from rbm.work import Work, begin
from tests.conformance.scenes import children, constant, figure, remade, value
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.iati.stored import rows
from tests.services.reporting.scene import Scene, build
from tests.services.rollup.breaking import breaking

MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene(start: Begin) -> Scene:
    """A country office with a plan, an indicator, a reporter and an approver."""
    return build(start)


def contributed(work: Work, indicator: Indicator, period: Period) -> dict[str, Decimal | None]:
    """The direct contributions to a figure by code of the indicator."""
    found = figure(work, indicator, period)
    assert found
    return {each.indicator: each.value for each in rollup.explain(work, found.id).contributions}


def two_branches(make: Make) -> tuple[dict[str, Indicator], Period, Measurement]:
    """Root over c1 over g1 with 20, and over c2 over g2 with 15; the latter is the value that comes back."""
    made = {name: make.indicator(code=name) for name in ("root", "c1", "c2", "g1", "g2")}
    for child, parent in (("c1", "root"), ("c2", "root"), ("g1", "c1"), ("g2", "c2")):
        make.contribution(made[child], made[parent])
    year = make.year()
    make.measurement(made["g1"], year, 20)
    return made, year, make.measurement(made["g2"], year, 15)


def test_akvo_051_a_figure_names_its_direct_children_with_their_values(work: Work, make: Make) -> None:
    made, year, _ = two_branches(make)
    assert contributed(work, made["root"], year) == {"c1": 20, "c2": 15}


def test_akvo_052_a_child_without_a_value_stays_listed(work: Work, make: Make) -> None:
    made, year, stated = two_branches(make)
    stated.value, stated.missing_reason = None, MissingReason.NOT_REPORTED
    work.flush()
    assert contributed(work, made["root"], year) == {"c1": 20, "c2": None}
    assert contributed(work, made["c2"], year) == {"g2": None}


def test_akvo_053_a_figure_counts_the_approved_values_below_it(work: Work, make: Make) -> None:
    year, counted = make.year(), []
    returned, waiting = ValueStage.RETURNED, ValueStage.SUBMITTED
    for stages in ((ValueStage.APPROVED, returned, ValueStage.APPROVED), (waiting,)):
        root = make.indicator()
        for child, stage in zip(children(make, root, len(stages)), stages, strict=True):
            make.measurement(child, year, 1, stage=stage)
        found = figure(work, root, year)
        assert found
        counted.append(rollup.explain(work, found.id).measurements)
    assert counted == [2, 0]


def test_akvo_054_a_stored_figure_that_was_tampered_with_is_found(work: Work, make: Make) -> None:
    parent, year = make.indicator(code="parent"), make.year()
    [child] = children(make, parent, 1)
    make.measurement(child, year, 1)
    rollup.refresh(work, full=True)
    assert rollup.reconcile(work) == []
    found = figure(work, parent, year)
    assert found
    bulk.update(work.session, Figure, [{"id": found.id, "value": Decimal(2)}])
    [difference] = rollup.reconcile(work)
    assert (difference.indicator, difference.period, difference.stored, difference.computed) == ("parent", "2026", 2, 1)
    kept = work.session.scalars(sa.select(Reconciliation).order_by(Reconciliation.id)).all()
    assert [(row.figures, len(row.differences or [])) for row in kept] == [(2, 0), (2, 1)]


def failing(engine: sa.Engine) -> Indicator:
    """An indicator with a value that waits to be computed, and somebody who operates."""
    with begin(engine, SYSTEM, "build", now=NOW) as work:
        make = Make(work)
        make.actor(Role.HQ_RESULTS)
        made = constant(make, make.year(), 1)
        marks.mark(work, [made.id], "test")
        return made


def test_akvo_055_what_fails_is_tried_again_four_times_and_then_given_up(engine: sa.Engine) -> None:
    indicator, found = failing(engine), []
    with breaking(engine, indicator.id), capture_logs():
        for hour in range(5):
            rollup.refresh_due(engine, NOW + timedelta(hours=hour))
            found += rows(engine, DirtyMark, "attempts", "dead")
    assert found[3:] == [(4, False), (5, True)]


def test_akvo_056_a_failure_and_its_end_are_told_once_and_success_alone_is_not(engine: sa.Engine) -> None:
    indicator = failing(engine)
    with breaking(engine, indicator.id), capture_logs():
        rollup.refresh_due(engine, NOW)
        rollup.refresh_due(engine, NOW + MINUTE)
    rollup.refresh_due(engine, NOW + 9 * MINUTE)
    with begin(engine, SYSTEM, "once more", now=NOW) as work:
        marks.mark(work, [indicator.id], "test")
    rollup.refresh_due(engine, NOW + 10 * MINUTE)
    query = sa.select(Notice.kind).where(Notice.kind.startswith("figures_")).order_by(Notice.id)
    with engine.connect() as connection:
        kinds = sorted(str(kind) for (kind,) in connection.execute(query))
    assert kinds == ["figures_failed", "figures_recovered"]


def test_akvo_057_a_score_counts_while_its_report_is_approved(scene: Scene) -> None:
    remade(scene, measure=Measure.SCORE, over_units=OverUnits.MEDIAN, over_time=OverTime.LAST)
    report, _ = scene.approved(0)
    found = []
    for _ in range(2):
        with scene.start() as work:
            found.append(value(work, work.get(Indicator, scene.indicator), work.get(Period, scene.period)))
        if len(found) == 1:
            with scene.start(scene.approver) as work:
                reporting.unapprove_report(work, report, "look again")
    assert found == [0, None]


def test_akvo_058_what_was_reported_on_is_not_cut_off(engine: sa.Engine, scene: Scene) -> None:
    scene.approved()
    with scene.start() as work:
        result = work.get(Indicator, scene.indicator).result_id
    kept = ((Period, scene.period), (Indicator, scene.indicator), (Result, result), (Framework, scene.framework))
    for cls, key in kept:
        with refused(engine, Conflict, None) as work:
            work.asked.update(Permission)
            work.remove(work.get(cls, key))
