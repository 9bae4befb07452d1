"""The job of the days: what changed by periods that began since it ran last, after an outage as well."""

from datetime import UTC, datetime

import sqlalchemy as sa

from jobs.run import run_job
from rbm.model.rollup import DirtyMark
from rbm.services import people, rollup
from rbm.terms.indicators import Accumulation, OverTime
from rbm.terms.jobs import JobOutcome
from tests.conftest import Begin
from tests.make import Make
from tests.services.iati.stored import rows

DECEMBER, JANUARY, MARCH = (datetime(*day, 9, tzinfo=UTC) for day in ((2025, 12, 31), (2026, 1, 1), (2026, 3, 2)))


def test_a_period_that_began_is_marked_by_the_next_run_and_only_by_that(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        people.initialise(work)
        to_date = {"accumulation": Accumulation.RUNNING_TOTAL, "over_time": OverTime.LAST}
        total, plain = make.indicator(**to_date), make.indicator()
        before, _ = make.year(2025), make.year(2026)
        make.measurement(total, before, 5)
        make.measurement(plain, before, 5)
        key = total.id
    outcomes = [run_job(engine, "rollup.mark_days", now).outcome for now in (DECEMBER, DECEMBER, MARCH, MARCH)]
    assert outcomes == [JobOutcome.NOTHING_DUE, JobOutcome.NOTHING_DUE, JobOutcome.DONE, JobOutcome.NOTHING_DUE]
    assert rows(engine, DirtyMark, "indicator_id", "cause") == [(key, "period_begun")]


def test_what_a_day_changed_is_no_difference(engine: sa.Engine, start: Begin) -> None:
    with start(now=DECEMBER) as work:
        make = Make(work)
        people.initialise(work)
        total = make.indicator(accumulation=Accumulation.RUNNING_TOTAL, over_time=OverTime.LAST)
        make.measurement(total, make.year(2025), 5)
        make.year(2026)
        rollup.refresh(work, full=True)
        key = total.id
    assert run_job(engine, "rollup.reconcile", JANUARY).counts == {"figures": 0, "differences": 0}
    assert rows(engine, DirtyMark, "indicator_id", "cause") == [(key, "period_begun")]
    rollup.refresh_due(engine, JANUARY)
    assert run_job(engine, "rollup.mark_days", JANUARY).counts == {"marked": 1}
    rollup.refresh_due(engine, JANUARY)
    assert run_job(engine, "rollup.reconcile", JANUARY).counts == {"figures": 2, "differences": 0}


def test_where_it_never_ran_everything_that_ever_began_is_marked(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        total = make.indicator(accumulation=Accumulation.INCREMENTS_CUMULATED, over_time=OverTime.LAST)
        make.measurement(total, make.year(2024), 5)
        make.year(2025)
    assert run_job(engine, "rollup.mark_days", JANUARY).counts == {"marked": 1}
