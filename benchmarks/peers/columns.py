"""What the peers share: columns of facts and links out of files, and one measured run with its figures.

Runs in an environment of its own, without the project.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

MICROS = 1_000_000
TRUTHS = ("value", "self_reported", "verified")
COUNTS = ("reported", "verified_units")
OPERATORS = ("sum", "mean", "weighted_mean", "min", "max", "ratio_of_sums")
Columns = dict[str, np.ndarray]


class World:
    """The facts and links of a synthetic organisation, by operator, as `benchmarks.generate` saved them."""

    def __init__(self, folder: Path, words: Mapping[str, int]) -> None:
        self.folder = folder
        self.leaves, self.countries, self.regions, self.families, self.periods, self.categories = map(
            int, np.load(folder / "shape.npy")
        )
        operator = self._load("nodes.over_units")
        self.operators = {name: operator == words[name] for name in OPERATORS if name in words}

    @property
    def slots(self) -> int:
        """Slots of a period: its total and its categories."""
        return self.categories + 1

    @property
    def stride(self) -> int:
        """Slots of a node."""
        return self.periods * self.slots

    def _load(self, name: str) -> np.ndarray:
        return np.load(self.folder / f"{name}.npy")

    def facts(self, operator: str) -> Columns:
        """Values that stand, with a slot inside their node and a column for each truth (NaN outside it)."""
        node = self._load("cells.node")
        rows = np.flatnonzero(self.operators[operator][node])
        slot = self._load("cells.period")[rows] * self.slots + self._load("cells.crossing")[rows] + 1
        ratio = operator == "ratio_of_sums"
        columns = {"node": node[rows], "slot": slot}
        names = ("numerator", "denominator") if ratio else ("value",)
        has = self._load("cells.has_parts" if ratio else "cells.has_value")[rows]
        for name in names:
            columns[name] = np.where(has, self._load(f"cells.{name}")[rows] / MICROS, np.nan)
        return columns | {name: self._load(f"cells.{name}")[rows] for name in ("approved", "verified", "rejected")}

    def links(self, operator: str) -> Columns:
        """Links of the indicators of an operator; weights and factors as numbers."""
        rows = np.flatnonzero(self.operators[operator][self._load("links.child")])
        columns = {name: self._load(f"links.{name}")[rows] for name in ("child", "parent")}
        return columns | {name: self._load(f"links.{name}")[rows] / MICROS for name in ("weight", "factor")}

    @property
    def bounds(self) -> list[tuple[int, int]]:
        """First and last child of the links into each level."""
        sizes = (self.leaves, self.families * self.countries, self.families * self.regions)
        ends = np.cumsum((0, *sizes)).tolist()
        return list(pairwise(ends))


def memory() -> int:
    """Bytes of memory this process holds now; the peak is counted anew from here where the system allows it."""
    reset = Path("/proc/self/clear_refs")
    if not reset.exists():
        return peak()
    reset.write_text("5", encoding="ascii")
    return _status("VmRSS")


def peak() -> int:
    """The most memory this process held, since `memory` was asked where the system allows it."""
    if Path("/proc/self/status").exists():
        return _status("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def measured(run: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What a run returns, its seconds, and the bytes it took above what was there."""
    before = memory()
    start = time.perf_counter()
    found = run()
    seconds = time.perf_counter() - start
    return found, {"seconds": seconds, "bytes": peak() - before}


def main(prepare: Callable[[World], Any], roll_up: Callable[[World, Any], list[Columns]]) -> None:
    """Measure one run over the folder that is named; keep its figures where a second name says so."""
    folder = Path(sys.argv[1])
    world = World(folder, json.loads((folder / "words.json").read_text(encoding="utf-8")))
    facts = prepare(world)
    figures, taken = measured(lambda: roll_up(world, facts))
    for file in sys.argv[2:]:
        names = ("node", "slot", *TRUTHS, *COUNTS)
        np.savez(file, **{name: np.concatenate([each[name] for each in figures]) for name in names})
    print(json.dumps(taken))
