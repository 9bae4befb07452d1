"""The roll-up of indicators: columns in, columns out, one vectorised pass per level of the graph."""

from rbm.rules.rollup.columns import (
    Categories,
    Cells,
    Crossings,
    Exclusions,
    Figures,
    Inputs,
    Links,
    Nodes,
    Periods,
)
from rbm.rules.rollup.engine import roll_up, roll_up_resting, roll_up_stated
from rbm.rules.rollup.tracing import Trace, Unit, trace

__all__ = [
    "Categories",
    "Cells",
    "Crossings",
    "Exclusions",
    "Figures",
    "Inputs",
    "Links",
    "Nodes",
    "Periods",
    "Trace",
    "Unit",
    "roll_up",
    "roll_up_resting",
    "roll_up_stated",
    "trace",
]
