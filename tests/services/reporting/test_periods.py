"""Periods: opened as what they are, closed by hand or by the day, opened again with a reason."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.reporting import Period
from rbm.services import reporting
from rbm.services.reporting import PeriodPlan
from rbm.stages import Transition
from rbm.terms.people import Role
from rbm.terms.reporting import PeriodKind, PeriodStage
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

Q1 = (PeriodKind.QUARTER, date(2026, 1, 1), date(2026, 3, 31))


def stage_of(start: Begin, period_id: UUID) -> PeriodStage:
    with start() as work:
        return work.get(Period, period_id).stage


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (PeriodKind.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
        (PeriodKind.YEAR, date(2025, 7, 1), date(2026, 6, 30)),
        (PeriodKind.SEMESTER, date(2026, 7, 1), date(2026, 12, 31)),
        (PeriodKind.QUARTER, date(2025, 12, 1), date(2026, 2, 28)),
        (PeriodKind.MONTH, date(2024, 2, 1), date(2024, 2, 29)),
        (PeriodKind.LIFE, date(2020, 5, 17), date(2031, 1, 2)),
        (PeriodKind.OTHER, date(2026, 1, 5), date(2026, 1, 5)),
    ],
)
def test_a_period_has_the_days_of_its_kind(work: Work, make: Make, kind: PeriodKind, first: date, last: date) -> None:
    make.headquarters()
    plan = PeriodPlan(" P ", kind, first, last, reports_due_on=last, locks_on=last)
    made = reporting.open_period(work, plan)
    assert (made.code, made.kind, made.start, made.end, made.stage) == ("P", kind, first, last, PeriodStage.OPEN)
    assert (made.reports_due_on, made.locks_on) == (last, last)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": PeriodKind.YEAR}, "end"),
        ({"start": date(2026, 1, 2)}, "start"),
        ({"end": date(2026, 3, 30)}, "end"),
        ({"kind": PeriodKind.OTHER, "end": date(2025, 12, 31)}, "end"),
        ({"reports_due_on": date(2026, 3, 30)}, "reports_due_on"),
        ({"locks_on": date(2026, 3, 30)}, "locks_on"),
        ({"reports_due_on": date(2026, 4, 15), "locks_on": date(2026, 4, 14)}, "locks_on"),
        ({"code": " "}, "code"),
    ],
)
def test_what_is_no_period_is_refused(start: Begin, engine: sa.Engine, facts: dict[str, Any], field: str) -> None:
    with start() as work:
        Make(work).headquarters()
    kind, first, last = Q1
    stated = {"code": "P", "kind": kind, "start": first, "end": last} | facts
    with refused(engine, Invalid, field) as work:
        reporting.open_period(work, PeriodPlan(**stated))


def test_a_taken_code_is_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        Make(work).headquarters()
        reporting.open_period(work, PeriodPlan("P", *Q1))
    with refused(engine, Conflict, "code") as work:
        reporting.open_period(work, PeriodPlan("P", PeriodKind.LIFE, date(2026, 1, 1), date(2030, 1, 1)))


def test_only_headquarters_opens_periods(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        local, central = make.actor(Role.HQ_RESULTS, make.office()), make.actor(Role.HQ_RESULTS)
    with refused(engine, Forbidden, None, local) as work:
        reporting.open_period(work, PeriodPlan("P", *Q1))
    with start(central) as work:
        assert reporting.open_period(work, PeriodPlan("P", *Q1)).code == "P"


def test_a_closed_period_opens_again_with_a_reason(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        period = make.year(2025, locks_on=date(2026, 2, 28)).id
        reporting.close_period(work, period)
    assert stage_of(start, period) is PeriodStage.CLOSED
    with refused(engine, Conflict, "stage") as work:
        reporting.close_period(work, period)
    with refused(engine, Invalid, "reason") as work:
        reporting.reopen_period(work, period, " ")
    with refused(engine, Invalid, "locks_on") as work:
        reporting.reopen_period(work, period, "flood", date(2026, 3, 1))
    with start() as work:
        again = reporting.reopen_period(work, period, "flood", date(2026, 3, 2))
        assert (again.stage, again.locks_on) == (PeriodStage.OPEN, date(2026, 3, 2))
        moves = work.session.scalars(sa.select(Transition).order_by(Transition.id)).all()
        assert [(move.to_stage, move.reason) for move in moves] == [("closed", None), ("open", "flood")]


def test_the_day_after_the_last_one_locks(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        locking = make.year(2025, locks_on=date(2026, 3, 2)).id
        later, never = make.year(2026, locks_on=date(2027, 3, 2)).id, make.year(2027).id
        assert reporting.lock_periods(work) == {"closed": 0}
    with start(now=datetime(2026, 3, 3, 9, 0, tzinfo=UTC)) as work:
        assert reporting.lock_periods(work) == {"closed": 1}
        assert reporting.lock_periods(work) == {"closed": 0}
    assert stage_of(start, locking) is PeriodStage.CLOSED
    assert {stage_of(start, later), stage_of(start, never)} == {PeriodStage.OPEN}


def test_periods_are_found_by_kind_and_stage(work: Work, make: Make) -> None:
    make.year(2025, stage=PeriodStage.CLOSED)
    year, life = make.year(2026), make.year(2027, kind=PeriodKind.LIFE)
    assert work.session.scalars(reporting.find_periods(PeriodKind.LIFE)).all() == [life]
    assert work.session.scalars(reporting.find_periods(PeriodKind.YEAR, PeriodStage.OPEN)).all() == [year]
    assert len(work.session.scalars(reporting.find_periods()).all()) == 3
