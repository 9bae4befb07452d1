"""All benchmarks that `make bench` runs: the roll-up, an import, flags and follow-up against loops over rows.

With the argument `quick` small sizes of all of them.
"""

import os
import sys
from pathlib import Path

from benchmarks import flags, flags_orm, followup, rollup, rollup_stored, stages

FEW = 200
"""Interventions of a quick run."""


def main(*, quick: bool) -> None:
    """Run them, the roll-up first.

    The stages need a published file under RBM_SHARED and are left out, saying so, where it is absent.
    """
    rollup.main(rollup.QUICK if quick else None)
    rollup_stored.main(rollup_stored.QUICK if quick else None)
    folder = Path(os.environ.get("RBM_SHARED", Path(__file__).parents[2] / "shared"))
    path = folder / "data" / "iati" / "unhcr-2023.xml.gz"
    if path.exists():
        stages.main(path, runs=1 if quick else 3)
    else:
        print(f"stages of an import: not measured, {path.name} is not under RBM_SHARED")
    for each in (flags, flags_orm):
        each.main(FEW, 1) if quick else each.main()
    followup.main(followup.QUICK if quick else None)


main(quick="quick" in sys.argv[1:])
