"""Follow-up of evaluations at scale: `python -m benchmarks.followup [quick]`.

A synthetic follow-up of 10,000 evaluations, 80,000 recommendations and 200,000 actions stands in a fresh database of
each kind. Measured are the list of overdue actions through the GraphQL door, the figures of the evaluation function
today and as of a day in the past, and the daily job of reminders; each beside a loop over rows of the ORM that finds
the same. Their numbers must agree, or the benchmark fails. Counted are statements, not the copies by which PostgreSQL
hands out columns.
"""

import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from benchmarks.followup_fill import NOW, TODAY, fill
from benchmarks.rollup_stored import fresh
from graph_schema.execute import execute
from rbm.access import SYSTEM
from rbm.memory import settle
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee, Recommendation
from rbm.model.followup import Action
from rbm.model.responses import ManagementResponse, RecommendationResponse
from rbm.rules.deadlines import Deadlines
from rbm.services import followup
from rbm.services.followup.figures import FigureQuestion, key_figures
from rbm.stages import Transition
from rbm.terms.followup import OPEN_STAGES, ActionStage, KeyFigure
from rbm.terms.planning import RequestStage
from rbm.terms.responses import TAKEN_UP
from rbm.work import Work, begin
from tests import databases

PAST = date(2025, 12, 31)
LISTED = """{ actions(overdue: true, first: 50) { totalCount edges { node { text dueOn overdueDays
    owner { name } office { code } recommendation { code evaluation { code title } } } } } }"""
RATES = (KeyFigure.K5, KeyFigure.K6, KeyFigure.K7, KeyFigure.K8, KeyFigure.K9, KeyFigure.K10, KeyFigure.K13)
CLOSED = (ActionStage.VERIFIED_COMPLETE, ActionStage.NO_LONGER_APPLICABLE)
Pairs = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Plan:
    """What to measure: how many evaluations, how often, and how often the loop."""

    evaluations: int = 10_000
    runs: int = 3
    loops: int = 1
    kinds: tuple[str, ...] = databases.KINDS


QUICK = Plan(evaluations=60, runs=1)


@dataclass(frozen=True)
class Taken:
    """The median seconds of something, and how many statements it sent."""

    seconds: float
    statements: int


@contextmanager
def counting(engine: sa.Engine) -> Iterator[list[str]]:
    """The statements that are sent within."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SELECT set_config")):
            found.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(engine, "before_cursor_execute", note)


def timed(engine: sa.Engine, runs: int, act: Callable[[], Any]) -> tuple[Taken, Any]:
    """The median of so many runs, and what the last one found."""
    taken, found, statements = [], None, 0
    for _ in range(runs):
        with counting(engine) as sent:
            started = time.perf_counter()
            found = act()
            taken.append(time.perf_counter() - started)
        statements = len(sent)
    return Taken(statistics.median(taken), statements), found


def figures(engine: sa.Engine, on: date, chosen: tuple[KeyFigure, ...] | None = None) -> Pairs:
    """The figures as of a day, by columns; money apart where all are asked for."""
    with begin(engine, SYSTEM, "figures", now=NOW, writes=False) as work:
        wanted = None if chosen is None else list(chosen)
        found = key_figures(work, FigureQuestion(figures=wanted, as_of=on))
    return {each.figure.value: (each.numerator or 0, each.denominator or 0) for each in found}


def figures_by_loop(engine: sa.Engine, on: date) -> Pairs:
    """The same rates, row object by row object, as a service without columns would find them."""
    with begin(engine, SYSTEM, "figures", now=NOW, writes=False) as work:
        moves = _log(work)
        query = sa.select(ManagementResponse).options(
            selectinload(ManagementResponse.decisions),
            selectinload(ManagementResponse.actions).selectinload(Action.requests),
        )
        counts: Counter[str] = Counter()
        for response in work.session.scalars(query):
            _count(counts, response, moves, on)
    return {each.value: (counts[f"{each} met"], counts[f"{each} of"]) for each in RATES}


def _log(work: Work) -> dict[Any, list[Transition]]:
    found: dict[Any, list[Transition]] = {}
    for move in work.session.scalars(sa.select(Transition).order_by(Transition.id)):
        found.setdefault(move.entity_id, []).append(move)
    return found


def _count(counts: Counter[str], response: ManagementResponse, moves: dict[Any, list[Transition]], on: date) -> None:
    if response.transmitted_on > on:
        return
    sent = response.submitted_on is not None and response.submitted_on <= on
    _add(counts, "K5", of=sent or response.due_on < on, met=sent)
    stages: dict[Any, list[ActionStage]] = {}
    for action in response.actions:
        if action.planned_on <= on:
            stages.setdefault(action.recommendation_id, []).append(_count_action(counts, action, moves, on))
    for decision in response.decisions if sent else ():
        taken, done = decision.decision in TAKEN_UP, stages.get(decision.recommendation_id, [])
        decided = decision.decided_on <= on and decision.decision.value != "under_consideration"
        _add(counts, "K6", of=decided, met=taken)
        closed = ActionStage.VERIFIED_COMPLETE in done and all(stage in CLOSED for stage in done)
        _add(counts, "K7", of=decided and taken, met=closed)


def _count_action(counts: Counter[str], action: Action, moves: dict[Any, list[Transition]], on: date) -> ActionStage:
    log = [move for move in moves.get(action.id, []) if move.at.date() <= on]
    stage = ActionStage(log[-1].to_stage) if log else ActionStage.NOT_STARTED
    granted = [
        row for row in action.requests if row.stage is RequestStage.GRANTED and row.decided_on and row.decided_on <= on
    ]
    due = granted[-1].due_wanted if granted else action.original_due_on
    assert due is not None
    late, is_open = (on - due).days, stage in OPEN_STAGES
    _add(counts, "K9", of=is_open, met=late <= 0)
    _add(counts, "K10", of=is_open, met=late <= Deadlines().long_overdue_days)
    claimed = any(move.to_stage == ActionStage.REPORTED_COMPLETE.value for move in log)
    _add(counts, "K13", of=claimed, met=stage is ActionStage.VERIFIED_COMPLETE)
    ended = log[-1].at.date() if log and stage in CLOSED else None
    _add(counts, "K8", of=due.year == on.year and due <= on, met=ended is not None and ended.year == on.year)
    return stage


def _add(counts: Counter[str], name: str, *, of: bool, met: bool) -> None:
    counts[f"{name} of"] += of
    counts[f"{name} met"] += of and met


def overdue(engine: sa.Engine) -> int:
    """The first page of overdue actions through the door; how many there are of them."""
    answer = execute(engine, SYSTEM, LISTED, {})
    assert "errors" not in answer, answer
    found: int = answer["data"]["actions"]["totalCount"]
    return found


def overdue_by_loop(engine: sa.Engine) -> int:
    """The same page from row objects of all actions, with what stands above them."""
    with begin(engine, SYSTEM, "list", now=NOW, writes=False) as work:
        above = selectinload(Action.recommendation).selectinload(Recommendation.evaluation)
        query = sa.select(Action).options(above, selectinload(Action.owner), selectinload(Action.office))
        late = [row for row in work.session.scalars(query) if row.stage in OPEN_STAGES and row.due_on < _today()]
        late.sort(key=lambda row: (row.due_on, row.id))
        [(row.text, row.owner.name, row.office.code, row.recommendation.evaluation.title) for row in late[:50]]
    return len(late)


def _today() -> date:
    """The day on which the door answers, which reads the clock."""
    with_clock = time.gmtime()
    return date(with_clock.tm_year, with_clock.tm_mon, with_clock.tm_mday)


def remind(engine: sa.Engine, on: date) -> dict[str, int]:
    """The daily job of reminders on a day."""
    with begin(engine, SYSTEM, "remind", now=NOW + (on - TODAY)) as work:
        return dict(followup.remind_follow_up(work))


def due_by_loop(engine: sa.Engine, on: date) -> int:
    """How many open actions and missing responses stand on a step of the ladder, from row objects."""
    ladder = Deadlines()
    with begin(engine, SYSTEM, "remind", now=NOW, writes=False) as work:
        actions = sa.select(Action).options(selectinload(Action.owner), selectinload(Action.response))
        open_ = [row for row in work.session.scalars(actions) if row.stage in OPEN_STAGES]
        owed = [row for row in work.session.scalars(sa.select(ManagementResponse)) if row.submitted_on is None]
        return sum(ladder.step(row.due_on, on) is not None for row in [*open_, *owed])


def measure(engine: sa.Engine, plan: Plan) -> list[str]:
    """Lines of medians. AssertionError when the two ways do not agree."""
    listed, count = timed(engine, plan.runs, lambda: overdue(engine))
    looped, same = timed(engine, plan.loops, lambda: overdue_by_loop(engine))
    assert count == same, f"{count} overdue actions in the list, {same} in the loop"
    lines = [_line(f"{count:,} overdue actions, first page", listed, looped)]
    today, _ = timed(engine, plan.runs, lambda: figures(engine, TODAY))
    rates, found = timed(engine, plan.runs, lambda: figures(engine, PAST, RATES))
    rates_looped, again = timed(engine, plan.loops, lambda: figures_by_loop(engine, PAST))
    assert found == again, f"figures differ: {found} and {again}"
    lines += [_line("all figures today", today, None), _line(f"{len(RATES)} figures of {PAST}", rates, rates_looped)]
    told, counts = timed(engine, 1, lambda: remind(engine, TODAY))
    quiet, _ = timed(engine, plan.runs, lambda: remind(engine, TODAY))
    next_day, _ = timed(engine, 1, lambda: remind(engine, TODAY + timedelta(days=1)))
    job, _ = timed(engine, plan.loops, lambda: due_by_loop(engine, TODAY))
    lines += [_line(f"daily job, first run ({sum(counts.values()):,} things)", told, None)]
    lines += [_line("daily job on the next day", next_day, job), _line("daily job, nothing new", quiet, job)]
    return lines


def _line(name: str, taken: Taken, loop: Taken | None) -> str:
    told = f"  {name:<48}{taken.seconds:>9.3f} s {taken.statements:>5} statements"
    if loop is None:
        return told
    times = loop.seconds / taken.seconds
    return f"{told}; loop over rows {loop.seconds:.2f} s, {loop.statements} statements, {times:.1f} x"


def counted(engine: sa.Engine) -> str:
    """How many rows of each class there are."""
    classes = (Evaluation, Recommendation, Addressee, RecommendationResponse, Action, Transition)
    with begin(engine, SYSTEM, "count", now=NOW, writes=False) as work:
        numbers = [work.session.scalar(sa.select(sa.func.count()).select_from(cls)) for cls in classes]
    return ", ".join(f"{number:,} {cls.__tablename__}" for cls, number in zip(classes, numbers, strict=True))


def main(plan: Plan | None = None) -> None:
    """Measure on each kind of database and print."""
    plan = plan or Plan()
    settle()
    for kind in plan.kinds:
        with tempfile.TemporaryDirectory(prefix="rbm-followup-") as folder, fresh(kind, Path(folder)) as engine:
            fill(engine, plan.evaluations)
            print(f"follow-up on {kind}: {counted(engine)}; medians of {plan.runs}", flush=True)
            print("\n".join(measure(engine, plan)), flush=True)


if __name__ == "__main__":
    main(QUICK if "quick" in sys.argv[1:] else None)
