"""The roll-up in the engine against pandas and polars: `python -m benchmarks.rollup [quick]`.

Every contender reads the same columns and runs once in a process of its own; they take turns, and the medians of all
turns are printed with the peak of memory above what the columns take. Strategic figures are held against a closed
form, all figures of the peers against those of the engine. The peers live in `build/bench-peers` (`make bench`).
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.generate import SMALL, WHOLE, Shape, generate, save
from benchmarks.peers.columns import TRUTHS
from rbm.terms.indicators import OverUnits

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "build" / "bench-peers" / "bin" / "python"
NEAR, SHARE = 1e-5, 1e-9
"""How far a peer that calculates in floating point may be off: each level of a weighted mean is rounded by us."""
AGAINST_PANDAS, AGAINST_POLARS, MOST_BYTES = 3, 1, 100
MEANT = 1_000_000
"""The goals are for so many values and more; at fewer the cost of the 40,000 nodes is what is measured."""


@dataclass(frozen=True)
class Plan:
    """What to measure: how many values against the peers, how many for the growth alone, how often, how large."""

    compared: tuple[int, ...] = (1_000_000, 20_000_000)
    growing: tuple[int, ...] = (100_000, 1_000_000, 5_000_000, 20_000_000)
    runs: int = 3
    shape: Shape = WHOLE


QUICK = Plan(compared=(5_000,), growing=(2_000, 5_000, 20_000), runs=1, shape=SMALL)


@dataclass(frozen=True)
class Taken:
    """Medians of a contender: seconds, and bytes of memory a value."""

    seconds: float
    bytes: float


def contenders() -> dict[str, list[str]]:
    """The command of each contender that can be measured here."""
    commands = {"engine": [sys.executable, "-m", "benchmarks.rollup_worker"]}
    if PEERS.exists():
        folder = ROOT / "benchmarks" / "peers"
        commands |= {name: [str(PEERS), str(folder / f"with_{name}.py")] for name in ("pandas", "polars")}
    return commands


def measure(values: int, plan: Plan, commands: dict[str, list[str]]) -> dict[str, Taken]:
    """Medians of each contender; AssertionError where their figures differ."""
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory(prefix="rbm-rollup-") as name:
        folder = Path(name)
        save(generate(values, plan.shape), folder)
        (folder / "words.json").write_text(json.dumps({str(word): at for at, word in enumerate(OverUnits)}), "utf-8")
        for run in range(plan.runs):
            for contender, command in commands.items():
                kept = [str(folder / f"{contender}.npz")] if run == 0 and len(commands) > 1 else []
                taken[contender].append(_run([*command, str(folder), *kept]))
        for peer in list(commands)[1:]:
            refuse_differences(_figures(folder / "engine.npz"), _figures(folder / f"{peer}.npz"), plan.shape.leaves)
    return {
        name: Taken(
            statistics.median(run["seconds"] for run in runs), statistics.median(run["bytes"] for run in runs) / values
        )
        for name, runs in taken.items()
    }


def _run(command: Sequence[str]) -> dict[str, float]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{command[1:3]} failed: {done.stderr[-2000:]}")
    taken: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return taken


def _figures(path: Path) -> dict[str, np.ndarray]:
    """Figures in the order of node and slot."""
    with np.load(path) as kept:
        order = np.lexsort((kept["slot"], kept["node"]))
        return {name: kept[name][order] for name in kept.files}


def refuse_differences(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray], leaves: int) -> None:
    """Nothing, when both hold the same figures. AssertionError otherwise.

    Values of all figures are compared; the units that reported, of those above the leaves.
    """
    for name in ("node", "slot"):
        assert np.array_equal(ours[name], theirs[name]), "not the same figures"
    for truth in TRUTHS:
        alike = np.isclose(theirs[truth], ours[truth], rtol=SHARE, atol=NEAR, equal_nan=True)
        assert alike.all(), f"{np.count_nonzero(~alike)} figures differ in {truth}"
    above = ours["node"] >= leaves
    assert np.array_equal(ours["reported"][above], theirs["reported"][above]), "not the same units reported"


def exponent(seconds: dict[int, float]) -> float:
    """By which power of the number of values the seconds grow: the slope of the line through their logarithms."""
    slope, _ = np.polyfit(np.log(list(seconds)), np.log(list(seconds.values())), 1)
    return float(slope)


def show(values: int, taken: dict[str, Taken]) -> list[str]:
    """Lines for one number of values, with the goals where these are meant."""
    ours = taken["engine"]
    lines = [f"roll-up of {values:,} values in memory"]
    lines += [
        f"  {name:<8}{one.seconds:>9.3f} s{one.seconds / ours.seconds:>8.1f} x{one.bytes:>8.0f} bytes a value"
        for name, one in taken.items()
    ]
    goals = {"pandas": AGAINST_PANDAS, "polars": AGAINST_POLARS}
    for peer, goal in goals.items():
        if peer not in taken:
            lines.append(f"  {peer}: not measured, it is not in {PEERS.parents[1].relative_to(ROOT)}")
            continue
        if values >= MEANT:
            lines.append(f"  goal: {goal} x {peer}: {verdict(met=taken[peer].seconds >= goal * ours.seconds)}")
    if values >= MEANT:
        lines.append(f"  goal: at most {MOST_BYTES} bytes a value: {verdict(met=ours.bytes <= MOST_BYTES)}")
    return lines


def verdict(*, met: bool) -> str:
    """A word for a goal."""
    return "met" if met else "missed"


def main(plan: Plan | None = None) -> dict[int, dict[str, Taken]]:
    """Measure, print, and return what was taken by number of values."""
    plan = plan or Plan()
    commands = contenders()
    taken = {}
    for values in sorted({*plan.compared, *plan.growing}):
        chosen = commands if values in plan.compared else {"engine": commands["engine"]}
        taken[values] = measure(values, plan, chosen)
        if values in plan.compared:
            print("\n".join(show(values, taken[values])), flush=True)
    seconds = {values: taken[values]["engine"].seconds for values in plan.growing}
    spent = ", ".join(f"{values:,}: {one:.3f} s" for values, one in seconds.items())
    print(f"growth of the engine ({spent}): values to the power of {exponent(seconds):.2f}", flush=True)
    return taken


if __name__ == "__main__":
    main(QUICK if "quick" in sys.argv[1:] else None)
