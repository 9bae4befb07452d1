"""Flags: unique, explained, with somebody responsible; escalated when ignored, cleared when the cause is gone."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Invalid
from rbm.model.people import Post
from rbm.model.performance import Flag
from rbm.model.reporting import Period
from rbm.services import performance
from rbm.services.performance import RuleParameters
from rbm.stages import Transition
from rbm.terms.flags import FlagStage
from rbm.terms.performance import FlagRule
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.services.performance.world import cell, operation, year_of


def flags(work: Work, rule: FlagRule = FlagRule.OFF_TRACK) -> dict[str, Flag]:
    query = sa.select(Flag, Period.code).join(Flag.period).where(Flag.rule == rule.value).order_by(Period.code)
    return {code: flag for flag, code in work.session.execute(query)}


def test_an_operation_off_track_is_flagged_once_with_its_numbers(work: Work, make: Make) -> None:
    made = operation(make)
    year_of(make, made, 2025, missed=4)
    assert performance.flag_interventions(work)["raised"] == 1
    assert performance.flag_interventions(work) == {}
    flag = flags(work)["2025"]
    assert (flag.stage, flag.raised_on, flag.plan_due_on) == (FlagStage.NEW, date(2026, 3, 2), date(2026, 4, 1))
    assert (flag.inputs["off_track"], flag.inputs["rated"]) == (4, 6)
    assert flag.thresholds == {"minimum": 5, "raised_at": "2/3", "watch_at": "1/2"}
    assert flag.explanation.startswith("4 of 6 rated cells of outcomes and outputs are off track or missed: flagged")
    assert work.get(Post, flag.responsible_id).office_id == made.office.id


def test_half_missed_is_watched_and_less_is_nothing(work: Work, make: Make) -> None:
    watched, fine, small = operation(make), operation(make), operation(make, indicators=4)
    period = year_of(make, watched, 2025, missed=3)
    for made, missed in ((fine, 2), (small, 4)):
        for number, indicator in enumerate(made.indicators):
            cell(make, indicator, period, 10 if number < missed else 100)
    assert performance.flag_interventions(work) == {"watched": 1}
    assert flags(work)["2025"].framework_id == watched.framework.id


def test_a_year_on_track_clears_the_flag_and_keeps_its_history(work: Work, make: Make) -> None:
    made = operation(make)
    year_of(make, made, 2024, missed=5)
    performance.flag_interventions(work)
    flag = flags(work)["2024"]
    performance.acknowledge_flag(work, flag.id)
    performance.plan_improvement(work, flag.id, "more staff", date(2026, 6, 1))
    performance.report_progress_on_flag(work, flag.id, "two posts filled")
    year_of(make, made, 2025, missed=0)
    assert performance.flag_interventions(work) == {"cleared": 1}
    assert (flag.stage, flag.cleared_on) == (FlagStage.CLEARED, date(2026, 3, 2))
    moves = work.session.scalars(sa.select(Transition).where(Transition.entity_id == flag.id).order_by(Transition.id))
    assert [(move.from_stage, move.to_stage) for move in moves] == [
        ("new", "acknowledged"),
        ("acknowledged", "action"),
        ("action", "improving"),
        ("improving", "cleared"),
    ]
    assert performance.flag_interventions(work) == {}


def test_a_flag_nobody_acted_on_goes_one_office_higher_the_next_time(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        made = operation(make)
        year_of(make, made, 2024, missed=6)
        performance.flag_interventions(work)
    with start(now=datetime(2027, 3, 1, tzinfo=UTC)) as work:
        make = Make(work)
        year_of(make, made, 2026, missed=6)
        performance.flag_interventions(work)
        later = flags(work)["2026"]
        assert later.escalation == 1
        assert work.get(Post, later.responsible_id).office_id == made.region.id


def test_targets_missed_two_years_running_are_flagged(work: Work, make: Make) -> None:
    made = operation(make)
    for year in (2024, 2025):
        year_of(make, made, year, missed=2)
    performance.flag_interventions(work)
    flag = flags(work, FlagRule.MISSED_TARGET_TWICE)["2025"]
    assert (flag.stage, flag.inputs) == (FlagStage.NEW, {"missed_twice": 2, "compared": 6})


def test_missing_baselines_and_silent_indicators_are_flagged(work: Work, make: Make) -> None:
    made = operation(make)
    for period in (make.year(2024), make.year(2025)):
        for indicator in made.indicators[: 6 if period.code == "2024" else 4]:
            make.measurement(indicator, period, 100)
    performance.flag_interventions(work)
    assert flags(work, FlagRule.NO_BASELINE)["2025"].inputs == {"without_baseline": 6, "needing_baseline": 6}
    assert flags(work, FlagRule.STALE_INDICATOR)["2025"].inputs == {"stale": 2, "expected": 6, "last_report": None}


def test_a_baseline_of_an_earlier_year_is_a_baseline(work: Work, make: Make) -> None:
    made = operation(make)
    year_of(make, made, 2024, missed=0)
    period = make.year(2025)
    for indicator in made.indicators[:4]:
        make.measurement(indicator, period, 100)
    performance.flag_interventions(work)
    assert flags(work, FlagRule.NO_BASELINE) == {}


def test_an_overdue_report_is_flagged_after_its_day_and_cleared_when_the_day_moves(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        operation(make)
        period = make.year(2025)
        period.reports_due_on = date(2026, 3, 2)
        work.flush()
        assert performance.flag_interventions(work) == {}
    with start(now=datetime(2026, 3, 3, tzinfo=UTC)) as work:
        assert performance.flag_interventions(work) == {"raised": 1}
        flag = flags(work, FlagRule.REPORT_OVERDUE)["2025"]
        assert flag.inputs["days_overdue"] == 1
        work.get(Period, flag.period_id).reports_due_on = date(2026, 5, 1)
        work.flush()
        assert performance.flag_interventions(work) == {"cleared": 1}


def test_other_parameters_hold_from_their_day_and_flags_keep_theirs(work: Work, make: Make) -> None:
    make.headquarters()
    made = operation(make)
    year_of(make, made, 2025, missed=3)
    performance.revise_rule(work, RuleParameters(FlagRule.OFF_TRACK, date(2026, 1, 1), raised_at="1/2", watch_at="1/4"))
    performance.flag_interventions(work)
    flag = flags(work)["2025"]
    assert (flag.rule_version, flag.thresholds["raised_at"]) == ("1.2", "1/2")


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"raised_at": "3/2"}, "raised_at"), ({"raised_at": "many"}, "raised_at"), ({"grace_days": 3}, "grace_days")],
)
def test_parameters_that_make_no_sense_are_refused(
    work: Work, make: Make, facts: dict[str, object], field: str
) -> None:
    make.headquarters()
    with pytest.raises(Invalid) as refusal:
        performance.revise_rule(work, RuleParameters(FlagRule.OFF_TRACK, date(2026, 1, 1), **facts))
    assert refusal.value.field == field


def test_thresholds_of_ratings_change_by_date(work: Work, make: Make) -> None:
    make.headquarters()
    performance.revise_thresholds(work, Decimal("0.9"), Decimal("0.5"), date(2026, 1, 1))
    assert performance.thresholds_on(work, date(2025, 12, 31)).on_track == 800_000
    assert performance.thresholds_on(work, date(2026, 1, 1)).on_track == 900_000
    with pytest.raises(Conflict) as refusal:
        performance.revise_thresholds(work, Decimal("0.9"), Decimal("0.5"), date(2026, 1, 1))
    assert refusal.value.field == "effective_from"


@pytest.mark.parametrize(
    ("measures", "due_on", "field"), [(" ", date(2026, 6, 1), "measures"), ("more", date(2026, 3, 1), "due_on")]
)
def test_a_plan_says_what_and_by_when(work: Work, make: Make, measures: str, due_on: date, field: str) -> None:
    year_of(make, operation(make), 2025, missed=6)
    performance.flag_interventions(work)
    flag = flags(work)["2025"]
    with pytest.raises(Invalid) as refusal:
        performance.plan_improvement(work, flag.id, measures, due_on)
    assert (refusal.value.field, flag.stage) == (field, FlagStage.NEW)


def test_progress_needs_a_plan_and_the_end_needs_a_reason(work: Work, make: Make) -> None:
    year_of(make, operation(make), 2025, missed=6)
    performance.flag_interventions(work)
    flag = flags(work)["2025"]
    with pytest.raises(Conflict) as conflict:
        performance.report_progress_on_flag(work, flag.id, "better")
    assert conflict.value.field == "flag_id"
    performance.plan_improvement(work, flag.id, "more staff", date(2026, 6, 1))
    with pytest.raises(Invalid) as refusal:
        performance.resolve_flag(work, flag.id, " ")
    assert refusal.value.field == "reason"
    performance.resolve_flag(work, flag.id, "targets are met since May")
    assert flag.stage is FlagStage.RESOLVED
