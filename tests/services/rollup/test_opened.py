"""What an opened figure says of itself: its rule in words, one hash over what entered it, whether it still stands."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbm.errors import NotFound
from rbm.model.indicators import FormulaTerm, Indicator, Target
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.services import marks, rollup
from rbm.terms.indicators import (
    Accumulation,
    Additivity,
    Composition,
    Fitness,
    Measure,
    MissingPolicy,
    OverTime,
    OverUnits,
)
from rbm.terms.reporting import PeriodKind, PeriodStage, ValueStage, Verification
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.rollup.test_explaining import figure, rolled_up, undone

HALF = Decimal("0.5")
Change = Callable[[Make, "Chain"], object]


class Chain:
    """Two children below a parent, one of them with half its weight, in a year."""

    def __init__(self, make: Make, period: Period | None = None) -> None:
        self.period = period or make.year()
        self.top = make.indicator(composition=Composition.OWN_PLUS_CONTRIBUTED)
        self.children = [make.indicator() for _ in range(2)]
        weights = (Decimal(1), HALF)
        pairs = zip(self.children, weights, strict=True)
        self.links = [make.contribution(child, self.top, weight=weight) for child, weight in pairs]
        nodes = (self.top, *self.children)
        self.values = [make.measurement(node, self.period, 10**power) for power, node in enumerate(nodes)]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "sum over units, sum over time, missing excluded, contributed only"),
        (
            {"over_time": OverTime.LAST, "composition": Composition.OWN_PLUS_CONTRIBUTED},
            "sum over units, last over time, missing excluded, own and contributed",
        ),
        (
            {"accumulation": Accumulation.RUNNING_TOTAL, "missing_policy": MissingPolicy.BLOCK},
            "sum over units, running total, last over time, blocked by missing, contributed only",
        ),
        (
            {"measure": Measure.PERCENTAGE, "missing_policy": MissingPolicy.ZERO, "composition": Composition.OWN_ONLY},
            "ratio of sums over units, sum over time, missing as zero, own only",
        ),
        ({"additivity": Additivity.NO}, "not added over units, sum over time, missing excluded, contributed only"),
        (
            {"additivity": Additivity.NO, "over_units": OverUnits.MEDIAN},
            "median over units, sum over time, missing excluded, contributed only",
        ),
        (
            {"additivity": Additivity.UNDECLARED},
            "undeclared over units, sum over time, missing excluded, contributed only",
        ),
        ({"formula": "share(a, b)"}, "formula: share(a, b)"),
    ],
)
def test_a_rule_is_said_in_words(work: Work, make: Make, facts: dict[str, Any], words: str) -> None:
    indicator = make.indicator(**facts)
    made = Figure(indicator=indicator, period=make.year(), reported=0, expected=0, stale=False, computed_at=work.now)
    assert rollup.rules(work, [work.add(made)]) == [words]


def hashed(work: Work, chain: Chain) -> str:
    """The hash of the inputs of the top, from what stands now."""
    found = rollup.explain(work, figure(work, chain.top, chain.period).id).inputs_hash
    assert len(found) == 64
    return found


def test_the_same_inputs_have_the_same_hash(work: Work, make: Make) -> None:
    chain = Chain(make)
    assert rolled_up(work, chain.top, chain.period).value == 61
    before = hashed(work, chain)
    make.measurement(chain.children[0], chain.period, 7, stage=ValueStage.SUBMITTED, occurrence=2)
    make.measurement(make.indicator(), chain.period, 7)
    rollup.refresh(work, full=True)
    assert hashed(work, chain) == before


def _revalue(_: Make, chain: Chain) -> None:
    chain.values[2].value = Decimal(101)


def _reweigh(_: Make, chain: Chain) -> None:
    chain.links[1].weight = Decimal("0.25")


def _opt_out(_: Make, chain: Chain) -> None:
    chain.links[0].included = False


def _another_value(make: Make, chain: Chain) -> None:
    make.measurement(chain.children[0], chain.period, 0, occurrence=2)


def _another_rule(_: Make, chain: Chain) -> None:
    chain.top.missing_policy = MissingPolicy.ZERO


def _silent_child(make: Make, chain: Chain) -> None:
    make.contribution(make.indicator(), chain.top)


def _verify(_: Make, chain: Chain) -> None:
    chain.values[2].verification = Verification.VERIFIED


def _count_people(_: Make, chain: Chain) -> None:
    chain.top.counts_people = True


def _set_target(make: Make, chain: Chain) -> None:
    facts = {"edition": 1, "current": True, "set_at": make.work.now, "occurrence": 1, "value": Decimal(5)}
    make.work.add(Target(indicator=chain.children[0], period=chain.period, **facts))


CHANGES = [
    _revalue,
    _reweigh,
    _opt_out,
    _another_value,
    _another_rule,
    _silent_child,
    _verify,
    _count_people,
    _set_target,
]


@pytest.mark.parametrize("change", CHANGES)
def test_another_input_has_another_hash(work: Work, make: Make, change: Change) -> None:
    chain = Chain(make)
    rolled_up(work, chain.top, chain.period)
    before = hashed(work, chain)
    change(make, chain)
    work.flush()
    rollup.refresh(work, full=True)
    assert hashed(work, chain) != before


def test_another_population_below_has_another_hash(work: Work, make: Make) -> None:
    chain = Chain(make)
    chain.children[1].counts_people = True
    rolled_up(work, chain.top, chain.period)
    before = hashed(work, chain)
    chain.children[1].population = Decimal(12)
    work.flush()
    assert hashed(work, chain) != before


@pytest.mark.parametrize("facts", [{"included": False}, {"child": {"fitness": Fitness.UNFIT}}])
def test_what_lies_below_something_left_out_changes_no_hash(work: Work, make: Make, facts: dict[str, Any]) -> None:
    chain = Chain(make)
    out, below = make.indicator(**facts.get("child", {})), make.indicator()
    included = facts.get("included", True)
    left, deep = make.contribution(out, chain.top, included=included), make.contribution(below, out)
    value = make.measurement(below, chain.period, 5)
    rolled_up(work, chain.top, chain.period)
    before = hashed(work, chain)
    deep.weight, left.weight, value.value, out.over_time = HALF, HALF, Decimal(6), OverTime.MAX
    make.contribution(make.indicator(), out)
    rollup.refresh(work, full=True)
    assert hashed(work, chain) == before


def test_a_child_without_any_value_is_listed_with_null(work: Work, make: Make) -> None:
    chain = Chain(make)
    silent = make.indicator()
    make.contribution(silent, chain.top)
    made = rolled_up(work, chain.top, chain.period)
    listed = {each.indicator: (each.own, each.value) for each in rollup.explain(work, made.id).contributions}
    first, second = (child.code for child in chain.children)
    assert listed == {chain.top.code: (True, 1), first: (False, 10), second: (False, 100), silent.code: (False, None)}


def stale(work: Work) -> set[str]:
    """The codes of the indicators whose figures are stale."""
    figures = work.session.scalars(sa.select(Figure)).all()
    codes = dict(work.session.execute(sa.select(Indicator.id, Indicator.code)).all())
    return {codes[row.indicator_id] for row, old in zip(figures, rollup.stale(work, figures), strict=True) if old}


def test_a_figure_is_stale_while_a_mark_stands_on_it_or_below_it(work: Work, make: Make) -> None:
    chain = Chain(make)
    other = Chain(make, chain.period)
    over = make.indicator()
    make.contribution(chain.top, over)
    rollup.refresh(work, full=True)
    assert stale(work) == set()
    marks.mark(work, [chain.children[0].id], "approve_report")
    assert stale(work) == {chain.children[0].code, chain.top.code, over.code}
    rollup.refresh(work)
    assert stale(work) == set()
    marks.mark(work, [other.top.id], "approve_report")
    assert stale(work) == {other.top.code}


def test_a_figure_made_by_a_formula_is_stale_with_its_parts(work: Work, make: Make) -> None:
    chain = Chain(make)
    made = make.indicator(formula="top / 2")
    work.add(FormulaTerm(indicator=made, name="top", source=chain.top))
    facts = {"reported": 0, "expected": 0, "stale": False, "computed_at": work.now}
    work.add(Figure(indicator=made, period=chain.period, **facts))
    marks.mark(work, [chain.children[1].id], "approve_report")
    assert stale(work) == {made.code}


def test_whether_figures_stand_is_asked_in_one_statement(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        period = make.year()
        for _ in range(3):
            Chain(make, period)
        rollup.refresh(work, full=True)
        figures = work.session.scalars(sa.select(Figure)).all()
        asked: list[str] = []
        sa.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert rollup.stale(work, figures) == [False] * 9
    assert len([statement for statement in asked if "dirty_mark" in statement]) == 1


def made_by(make: Make, formula: str, **sources: Indicator) -> Indicator:
    """An indicator made by a formula."""
    made = make.indicator(formula=formula)
    for name, source in sources.items():
        make.work.add(FormulaTerm(indicator=made, name=name, source=source))
    return made


def test_a_formula_opens_to_what_its_parts_are_made_of(work: Work, make: Make) -> None:
    """The sum over the children enters in the year and the one before; a value of the other year does not."""
    before, year, after = (make.year(number) for number in (2024, 2025, 2026))
    top, other = make.indicator(), make.indicator()
    make.contribution(child := make.indicator(), top)
    values = {period.code: make.measurement(child, period, 10) for period in (before, year, after)}
    beside = make.measurement(other, year, 4)
    made = made_by(make, "top + previous(top) + twice", top=top, twice=made_by(make, "other * 2", other=other))
    figure_ = rolled_up(work, made, year)
    assert figure_.value == 28
    opened = rollup.explain(work, figure_.id)
    assert (opened.rule, opened.measured, opened.entered) == ("formula: top + previous(top) + twice", None, None)
    assert {each.value for each in opened.contributions} == {10, 8}
    entered = rollup.entries(work, figure_.id)
    assert {entry.measurement for entry in entered} == {values["2024"], values["2025"], beside}
    assert {entry.share for entry in entered} == {None}
    values["2026"].value = Decimal(11)
    work.flush()
    assert rollup.explain(work, figure_.id).inputs_hash == opened.inputs_hash
    values["2024"].value = Decimal(11)
    work.flush()
    assert rollup.explain(work, figure_.id).inputs_hash != opened.inputs_hash


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_shares_of_what_entered_add_up_to_the_figure(start: Begin, data: st.DataObject) -> None:
    """Weights, factors, totals that run on, increments that cumulate, quarters that make a year."""
    with undone(start) as work:
        make = Make(work)
        periods = drawn_periods(make)
        words = {"accumulation": data.draw(st.sampled_from(Accumulation)), "missing_policy": MissingPolicy.EXCLUDE}
        periodic = words["accumulation"] is Accumulation.PERIODIC
        words["over_time"] = data.draw(st.sampled_from([OverTime.SUM, OverTime.LAST])) if periodic else OverTime.LAST
        nodes: list[Indicator] = []
        for number in range(data.draw(st.integers(1, 4))):
            words["composition"] = data.draw(st.sampled_from(Composition))
            nodes.append(make.indicator(**words))
            if number:
                facts = {"weight": data.draw(st.sampled_from([HALF, Decimal(1)])), "factor": Decimal(3)}
                make.contribution(nodes[-1], nodes[data.draw(st.integers(0, number - 1))], **facts)
            for period in data.draw(st.lists(st.sampled_from(periods), unique=True, max_size=4)):
                make.measurement(nodes[-1], period, data.draw(st.integers(-1000, 1000)))
        rollup.refresh(work, full=True)
        for each in work.session.scalars(sa.select(Figure)).all():
            entered = rollup.entries(work, each.id)
            total = sum((entry.measurement.value * entry.share for entry in entered), Decimal(0))
            assert each.value == (total if entered else None)
            assert rollup.explain(work, each.id).entered == each.value


def drawn_periods(make: Make) -> list[Period]:
    """A year and its four quarters, and the year before."""
    starts = (date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1))
    facts = {"kind": PeriodKind.QUARTER, "stage": PeriodStage.OPEN}
    quarters = [
        make.work.add(Period(code=str(first), start=first, end=after - timedelta(days=1), **facts))
        for first, after in pairwise(starts)
    ]
    return [make.year(2024), make.year(2025), *quarters]


@pytest.mark.parametrize("service", [rollup.entries, rollup.explain])
def test_what_is_not_there_is_not_opened(engine: sa.Engine, service: Any) -> None:
    with refused(engine, NotFound, "figure_id") as work:
        service(work, 77)
