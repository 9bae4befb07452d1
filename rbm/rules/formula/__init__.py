"""Formulas over indicators: read into a tree, held against their terms, evaluated exactly over periods."""

from rbm.rules.formula.applying import Made, apply_formulas
from rbm.rules.formula.axis import Axis, axis_of
from rbm.rules.formula.evaluating import Column, Gap, evaluate, rounded, touched
from rbm.rules.formula.merging import Applied
from rbm.rules.formula.reading import FUNCTIONS, Node, parse, refuse_terms

__all__ = [
    "FUNCTIONS",
    "Applied",
    "Axis",
    "Column",
    "Gap",
    "Made",
    "Node",
    "apply_formulas",
    "axis_of",
    "evaluate",
    "parse",
    "refuse_terms",
    "rounded",
    "touched",
]
