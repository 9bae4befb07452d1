"""One roll-up by the engine in a process of its own: `python -m benchmarks.rollup_worker FOLDER [RESULT]`.

Reads what `generate.save` wrote, rolls up once, holds the strategic figures against the closed form, and prints
seconds and bytes as JSON; figures are kept as columns where a file is named, as the peers keep theirs.
"""

import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.closed_form import check
from benchmarks.generate import World, load
from benchmarks.peers.columns import MICROS, TRUTHS, Columns, measured
from rbm.rules.rollup import Figures, roll_up


def columns(world: World, figures: Figures) -> Columns:
    """The figures as the peers write them: NaN where there is no value."""
    amounts = {
        truth: np.where(getattr(figures, f"has_{truth}"), getattr(figures, truth) / MICROS, np.nan) for truth in TRUTHS
    }
    slot = figures.period * (world.categories + 1) + figures.category + 1
    counts = {"reported": figures.reported, "verified_units": figures.verified_units}
    return {"node": figures.node, "slot": slot} | amounts | counts


def main() -> None:
    """Measure and print."""
    world = load(Path(sys.argv[1]))
    figures, taken = measured(lambda: roll_up(world.inputs))
    checked = check(world, figures)
    for file in sys.argv[2:]:
        np.savez(file, **columns(world, figures))
    print(json.dumps(taken | {"figures": len(figures.node), "checked": checked}))


if __name__ == "__main__":
    main()
