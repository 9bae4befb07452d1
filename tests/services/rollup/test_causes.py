"""Causes: whatever can change a figure leaves its mark in its own transaction, with its name, or nothing at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.model.indicators import Indicator
from rbm.model.rollup import DirtyMark, Figure
from rbm.model.strategy import Result
from rbm.rules.series import key_of
from rbm.services import iati, indicators, people, quality, reporting, rollup, series
from rbm.services.indicators import BaselineInput, ContributionPlan, FormulaPart, IndicatorProtocol, TargetInput
from rbm.services.reporting import CorrectionInput, PeriodPlan, PublishedCell
from rbm.terms.indicators import (
    Accumulation,
    ChangeReason,
    Direction,
    Fitness,
    Measure,
    OverTime,
    OverUnits,
)
from rbm.terms.reporting import PeriodKind
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work
from seeds.load import load_reference
from tests.conftest import NOW, Begin
from tests.files.iati_builder import document
from tests.make import Make
from tests.services.iati.stored import rows
from tests.services.iati.written import counted, plan
from tests.services.reporting.scene import Scene, build

Act = Callable[[Work], object]


@dataclass(frozen=True)
class World:
    """The scene of the reporting tests, whose indicator contributes to a corporate one of another plan."""

    scene: Scene
    link: UUID
    keys: dict[str, UUID]
    folder: Path

    @property
    def child(self) -> UUID:
        return self.scene.indicator


@pytest.fixture
def world(start: Begin, tmp_path: Path) -> World:
    scene = build(start)
    with start() as work:
        make = Make(work)
        load_reference(work)
        top, other = (
            make.indicator(make.result(make.framework(FrameworkLevel.CORPORATE, office=make.headquarters())), code=code)
            for code in ("TOP", "OTHER")
        )
        link = make.contribution(work.get(Indicator, scene.indicator), top)
        sex = indicators.define_dimension(work, "sex", "Sex", additive=True)
        female = indicators.define_category(work, sex.id, "F", "Women")
        indicators.split_indicator(work, scene.indicator, sex.id)
        keys = {"child": scene.indicator, "top": top.id, "other": other.id, "sex": sex.id, "female": female.id}
        return World(scene, link.id, keys, tmp_path)


def submit(world: World) -> Act:
    report = world.scene.opened()
    world.scene.recorded(report, 5)
    return lambda work: reporting.submit_report(work, report)


def approve(world: World) -> Act:
    report, _ = world.scene.submitted()
    return lambda work: reporting.approve_report(work, report)


def return_(world: World) -> Act:
    report, _ = world.scene.submitted()
    return lambda work: reporting.return_report(work, report, "wrong")


def unapprove(world: World) -> Act:
    report, _ = world.scene.approved()
    return lambda work: reporting.unapprove_report(work, report, "wrong")


def withdraw(world: World) -> Act:
    report, _ = world.scene.submitted()
    return lambda work: reporting.withdraw_report(work, report)


def correct(world: World) -> Act:
    report, value = world.scene.approved()
    with world.scene.start() as work:
        reporting.unapprove_report(work, report, "wrong")
    return lambda work: reporting.correct_measurement(work, value, CorrectionInput(value=Decimal(6)), "typing error")


def publish(world: World) -> Act:
    cell = PublishedCell(world.child, world.scene.period, actual=Decimal(7))
    return lambda work: reporting.publish_cells(work, [cell], "someone")


def verify(world: World) -> Act:
    _, value = world.scene.approved()
    return lambda work: quality.verify_measurement(work, value, "seen")


def reject(world: World) -> Act:
    _, value = world.scene.approved()
    return lambda work: quality.reject_measurement(work, value, "not seen")


def link(world: World) -> Act:
    return lambda work: indicators.link_indicators(work, ContributionPlan(world.child, world.keys["other"]))


def reweigh(world: World) -> Act:
    return lambda work: indicators.reweigh_link(work, world.link, Decimal("0.5"))


def opt_out(world: World) -> Act:
    return lambda work: indicators.opt_out(work, world.link)


def end(world: World) -> Act:
    return lambda work: indicators.end_link(work, world.link, date(2024, 12, 31))


def unlink(world: World) -> Act:
    return lambda work: indicators.unlink_indicators(work, world.link)


def target(world: World) -> Act:
    stated = TargetInput(indicator_id=world.child, period_id=world.scene.period, value=Decimal(10))
    return lambda work: indicators.set_target(work, stated)


def revised_target(world: World) -> Act:
    with world.scene.start() as work:
        target(world)(work)
    facts: dict[str, Any] = {"reason_code": ChangeReason.DATA_CORRECTION, "reason": "typing error"}
    stated = TargetInput(indicator_id=world.child, period_id=world.scene.period, value=Decimal(11), **facts)
    return lambda work: indicators.set_target(work, stated)


def baseline(world: World) -> Act:
    stated = BaselineInput(indicator_id=world.child, year=2024, value=Decimal(1))
    return lambda work: indicators.set_baseline(work, stated)


def protocol(world: World) -> Act:
    stated = IndicatorProtocol(
        "definition", "rationale", Measure.NUMBER, Direction.INCREASE, OverUnits.SUM, OverTime.LAST, "people"
    )
    return lambda work: indicators.revise_indicator(work, world.child, stated)


def review(world: World) -> Act:
    return lambda work: indicators.review_indicator(work, world.child, Fitness.UNFIT, "it counts twice")


def dimension(world: World) -> Act:
    world.scene.approved(category_ids=(world.keys["female"],))
    return lambda work: indicators.revise_dimension(work, world.keys["sex"], "Sex", additive=False)


def formula(world: World) -> Act:
    parts = [FormulaPart("x", world.child)]
    return lambda work: indicators.set_formula(work, world.keys["other"], "2 * x", parts)


def no_formula(world: World) -> Act:
    with world.scene.start() as work:
        formula(world)(work)
    return lambda work: indicators.clear_formula(work, world.keys["other"])


def decision(world: World) -> Act:
    with world.scene.start() as work:
        row = work.get(Indicator, world.child)
        result = work.get(Result, row.result_id)
        key = key_of(result.level, row.title, row.measure)
    return lambda work: series.decide_aggregation(work, key, OverUnits.MAX, "the largest counts")


def period_around(world: World) -> Act:
    """A longer period takes its figure from the year with a value that lies inside it."""
    world.scene.approved()
    days = date(2025, 1, 1), date(2026, 12, 31)
    return lambda work: reporting.open_period(work, PeriodPlan("2025-26", PeriodKind.OTHER, *days))


def period_after(world: World) -> Act:
    """A total to date is carried into the next year."""
    world.scene.approved()
    _to_date(world)
    days = date(2026, 1, 1), date(2026, 12, 31)
    return lambda work: reporting.open_period(work, PeriodPlan("2026", PeriodKind.YEAR, *days))


def days_pass(world: World) -> Act:
    act = period_after(world)
    with world.scene.start() as work:
        act(work)
    return lambda work: rollup.mark_days(work, date(2025, 12, 31))


def _to_date(world: World) -> None:
    with world.scene.start() as work:
        row = work.get(Indicator, world.child)
        row.accumulation, row.over_time = Accumulation.RUNNING_TOTAL, OverTime.LAST
        work.asked.update({"define"})  # type: ignore[arg-type]


def import_file(world: World) -> Act:
    path = world.folder / "made.xml"
    path.write_bytes(document(plan("A"), plan("B", counted(1), parent="A")))
    return lambda work: iati.import_file(work, path)


def consolidate(world: World) -> Act:
    with world.scene.start() as work:
        import_file(world)(work)
    return iati.consolidate


CAUSES: list[tuple[Callable[[World], Act], str, str | None]] = [
    (submit, "submit_report", "child"),
    (approve, "approve_report", "child"),
    (return_, "return_report", "child"),
    (unapprove, "unapprove_report", "child"),
    (withdraw, "withdraw_report", "child"),
    (correct, "correct_measurement", "child"),
    (publish, "publish_cells", "child"),
    (verify, "measurement_verified", "child"),
    (reject, "measurement_rejected", "child"),
    (link, "link_indicators", "other"),
    (reweigh, "reweigh_link", "top"),
    (opt_out, "opt_out", "top"),
    (end, "end_link", "top"),
    (unlink, "unlink_indicators", "top"),
    (target, "set_target", "child"),
    (revised_target, "set_target", "child"),
    (baseline, "set_baseline", "child"),
    (protocol, "revise_indicator", "child"),
    (review, "review_indicator", "child"),
    (dimension, "revise_dimension", "child"),
    (formula, "set_formula", "other"),
    (no_formula, "clear_formula", "other"),
    (decision, "decide_aggregation", None),
    (period_around, "open_period", "child"),
    (period_after, "open_period", "child"),
    (days_pass, "period_begun", "child"),
    (import_file, "import_file", None),
    (consolidate, "consolidate", None),
]


@pytest.mark.parametrize(("prepare", "cause", "which"), CAUSES, ids=lambda each: getattr(each, "__name__", None))
def test_a_cause_marks_what_it_changes_in_its_own_transaction(
    engine: sa.Engine, world: World, prepare: Callable[[World], Act], cause: str, which: str | None
) -> None:
    act, start = prepare(world), world.scene.start
    with start() as work:
        rollup.refresh(work, full=True)
    with pytest.raises(RuntimeError, match="stop"), start() as work:
        act(work)
        work.flush()
        assert {mark.cause for mark in work.session.scalars(sa.select(DirtyMark))} == {cause}
        raise RuntimeError("stop")
    assert rows(engine, DirtyMark, "id") == []
    with start() as work:
        act(work)
    found = rows(engine, DirtyMark, "indicator_id", "cause")
    expected = _derived(engine) if which is None else [world.keys[which]]
    assert found == sorted(((key, cause) for key in expected), key=repr)


def _derived(engine: sa.Engine) -> list[UUID]:
    """The indicators that were made by consolidation, else those that were published, else all."""
    known = rows(engine, Indicator, "id", "code", "derived")
    published = [row for row in known if row[1].startswith(("A/", "B/"))]
    made = [row for row in published if row[2]]
    return [row[0] for row in made or published or known]


def test_trap_013_a_project_that_moves_takes_its_value_along(engine: sa.Engine, world: World) -> None:
    world.scene.approved(10)
    start = world.scene.start
    with start() as work:
        rollup.refresh(work)
    assert _values(engine, world) == {"child": 10, "top": 10}
    with start() as work:
        indicators.unlink_indicators(work, world.link)
        indicators.link_indicators(work, ContributionPlan(world.child, world.keys["other"]))
    assert len(rows(engine, DirtyMark, "id")) == 2
    rollup.refresh_due(engine, NOW)
    assert _values(engine, world) == {"child": 10, "other": 10}
    assert _reconciled(start) == []


def test_trap_013_a_publication_that_names_another_parent_moves_with_its_value(engine: sa.Engine, world: World) -> None:
    start, totals = world.scene.start, []
    for parent in ("X", "Y"):
        path = world.folder / f"{parent}.xml"
        path.write_bytes(document(plan("X"), plan("Y"), plan("C", counted(10), parent=parent)))
        with start() as work:
            iati.import_file(work, path)
            iati.consolidate(work)
        rollup.refresh_due(engine, NOW)
        totals.append(_plans(engine))
        assert _reconciled(start) == []
    assert totals == [{"C": 10, "X": 10}, {"C": 10, "Y": 10}]


def test_a_year_that_begins_carries_a_total_to_date_the_same_day(engine: sa.Engine, world: World) -> None:
    world.scene.approved(10)
    _to_date(world)
    start, before = world.scene.start, datetime(2025, 12, 31, 12, tzinfo=NOW.tzinfo)
    with start(now=before) as work:
        Make(work).year(2026)
    with start(now=before) as work:
        rollup.refresh(work, full=True)
    assert len(rows(engine, Figure, "id")) == 2
    with start(now=before + timedelta(days=1)) as work:
        assert rollup.mark_days(work, date(2025, 12, 31)) == 1
    rollup.refresh_due(engine, before + timedelta(days=1))
    assert len(rows(engine, Figure, "id")) == 4
    assert _reconciled(start) == []
    with start() as work:
        assert rollup.mark_days(work, date(2026, 1, 1)) == 0


def test_an_office_that_moves_changes_no_figure(engine: sa.Engine, world: World) -> None:
    world.scene.approved(10)
    start = world.scene.start
    with start() as work:
        region = Make(work).office().id
        rollup.refresh(work)
    before = rows(engine, Figure, "id", "value", "verified", "expected", "reported", "released_on", "computed_at")
    with start() as work:
        people.move_office(work, world.scene.office, region, date(2026, 3, 1))
        people.move_office(work, world.scene.region, region, date(2026, 3, 1))
    with start(now=NOW + timedelta(days=1)) as work:
        assert rollup.refresh(work, full=True).changed == 0
    after = rows(engine, Figure, "id", "value", "verified", "expected", "reported", "released_on", "computed_at")
    assert (after, _reconciled(start)) == (before, [])


def test_a_new_category_changes_no_figure(engine: sa.Engine, world: World) -> None:
    world.scene.approved(10)
    with world.scene.start() as work:
        rollup.refresh(work)
        indicators.define_category(work, world.keys["sex"], "M", "Men")
    with world.scene.start() as work:
        assert rollup.refresh(work, full=True).changed == 0


def _values(engine: sa.Engine, world: World) -> dict[str, Any]:
    names = {key: name for name, key in world.keys.items()}
    return {names[key]: value for key, value in rows(engine, Figure, "indicator_id", "value")}


def _plans(engine: sa.Engine) -> dict[str, Any]:
    codes = dict(rows(engine, Indicator, "id", "code"))
    return {codes[key].split("/")[0]: value for key, value in rows(engine, Figure, "indicator_id", "value")}


def _reconciled(start: Begin) -> list[Any]:
    with start() as work:
        return rollup.reconcile(work)
