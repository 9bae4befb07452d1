"""The benchmarks of the roll-up run at small sizes and fail when a number is wrong; no test asks how fast they are."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from benchmarks import rollup, rollup_stored
from benchmarks.closed_form import TRUTHS, check
from benchmarks.generate import SMALL, WHOLE, generate, load, save
from benchmarks.rollup import Plan, Taken, contenders, exponent, measure, show
from rbm.rules.rollup import roll_up

ROOT = Path(__file__).parents[2]
FEW = 2_000
TINY = Plan(compared=(FEW,), growing=(FEW, 2 * FEW), runs=1, shape=SMALL)


def with_pandas() -> dict[str, list[str]]:
    """The engine, and pandas as it is installed here."""
    return contenders() | {"pandas": [sys.executable, str(ROOT / "benchmarks" / "peers" / "with_pandas.py")]}


def test_the_whole_organisation_has_40_000_nodes() -> None:
    assert WHOLE.firsts == (0, 36_880, 39_760, 39_976, 40_000)


def test_the_same_seed_makes_the_same_values() -> None:
    one, two = generate(FEW, SMALL), generate(FEW, SMALL)
    assert np.array_equal(one.inputs.cells.value, two.inputs.cells.value)
    assert not np.array_equal(one.inputs.cells.value, generate(FEW, SMALL, seed=1).inputs.cells.value)


def test_no_cell_is_stated_twice() -> None:
    cells = generate(FEW, SMALL).inputs.cells
    assert len(np.unique(np.stack((cells.node, cells.period, cells.crossing)), axis=1).T) == FEW


@pytest.mark.parametrize("seed", [1, 2])
def test_strategic_figures_are_those_of_the_closed_form(seed: int) -> None:
    world = generate(FEW, SMALL, seed)
    assert check(world, roll_up(world.inputs)) > FEW


@pytest.mark.parametrize("truth", TRUTHS)
def test_one_micro_too_many_fails_the_check(truth: str) -> None:
    world = generate(FEW, SMALL)
    figures = roll_up(world.inputs)
    wrong = getattr(figures, truth).copy()
    wrong[figures.node == world.shape.firsts[3]] += 1
    with pytest.raises(AssertionError, match="figures are wrong"):
        check(world, replace(figures, **{truth: wrong}))


def test_a_figure_that_is_not_there_fails_the_check() -> None:
    world = generate(FEW, SMALL)
    figures = roll_up(world.inputs)
    with pytest.raises(AssertionError, match="missing or too many"):
        check(world, replace(figures, has_value=figures.has_value & (figures.period > 0)))


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    world = generate(FEW, SMALL)
    save(world, tmp_path)
    found = load(tmp_path)
    assert (found.shape, found.categories) == (world.shape, world.categories)
    assert np.array_equal(found.inputs.cells.numerator, world.inputs.cells.numerator)
    assert np.array_equal(found.inputs.links.factor, world.inputs.links.factor)


def test_pandas_makes_the_same_figures() -> None:
    taken = measure(FEW, TINY, with_pandas())
    assert {"engine", "pandas"} <= set(taken)


def test_figures_that_differ_fail_the_comparison() -> None:
    ours = {name: np.zeros(2) for name in ("node", "slot", *TRUTHS, "reported")}
    rollup.refuse_differences(ours, ours, 0)
    with pytest.raises(AssertionError, match="1 figures differ in value"):
        rollup.refuse_differences(ours, ours | {"value": np.array([0, 0.1])}, 0)
    with pytest.raises(AssertionError, match="1 figures differ in verified"):
        rollup.refuse_differences(ours, ours | {"verified": np.array([0, np.nan])}, 0)


def test_the_lines_say_which_goals_are_met() -> None:
    taken = {"engine": Taken(1, 90), "pandas": Taken(2.5, 400), "polars": Taken(1, 300)}
    lines = show(1_000_000, taken)
    assert [line.strip() for line in lines if "goal" in line] == [
        "goal: 3 x pandas: missed",
        "goal: 1 x polars: met",
        "goal: at most 100 bytes a value: met",
    ]


def test_goals_are_not_for_few_values() -> None:
    assert not any("goal" in line for line in show(FEW, {"engine": Taken(1, 90), "pandas": Taken(9, 9)}))


def test_a_peer_that_is_not_there_is_not_measured() -> None:
    assert sum("not measured" in line for line in show(FEW, {"engine": Taken(1, 90)})) == 2


def test_growth_is_the_slope_of_the_logarithms() -> None:
    assert exponent({10: 2.0, 100: 20.0, 1_000: 200.0}) == pytest.approx(1)


def test_the_quick_run_prints_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    rollup.main(TINY)
    printed = capsys.readouterr().out
    assert "roll-up of 2,000 values in memory" in printed
    assert "values to the power of" in printed


def test_stored_figures_are_those_of_the_closed_form(engine: sa.Engine) -> None:
    taken = rollup_stored.measure(engine, generate(FEW, SMALL), rollup_stored.QUICK)
    assert set(taken) == {"first", "again", "approval"}
    lines = rollup_stored.show(engine.dialect.name, FEW, taken)
    assert lines[0] == f"rbm rollup --full of 2,000 values, {engine.dialect.name}"
