"""All benchmarks that `make bench` runs: the stages of an import, and flags against loops over rows."""

import os
from pathlib import Path

from benchmarks import flags, flags_orm, stages


def main() -> None:
    """Run them; the stages need a published file under RBM_SHARED and are left out, saying so, where it is absent."""
    folder = Path(os.environ.get("RBM_SHARED", Path(__file__).parents[2] / "shared"))
    path = folder / "data" / "iati" / "unhcr-2023.xml.gz"
    if path.exists():
        stages.main(path)
    else:
        print(f"stages of an import: not measured, {path.name} is not under RBM_SHARED")
    flags.main()
    flags_orm.main()


main()
