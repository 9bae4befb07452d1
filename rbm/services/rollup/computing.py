"""Computes figures as columns: what the engine returns, formulas applied, and whether each is released."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rbm.rules.rollup import Figures, roll_up_resting
from rbm.services.rollup.bordering import Border
from rbm.services.rollup.formulas import Applied, apply_formulas, formulas_of
from rbm.services.rollup.loading import Loaded, load
from rbm.services.rollup.sheets import Left, Sheet
from rbm.services.rollup.stating import attach_stated
from rbm.terms.rollup import Reason
from rbm.work import Work

REASONS = tuple(Reason)
AMOUNTS = {
    "value": "has_value",
    "numerator": "has_parts",
    "denominator": "has_parts",
    "verified": "has_verified",
    "self_reported": "has_self_reported",
    "lower": "has_bounds",
    "upper": "has_bounds",
}
COUNTS = ("reported", "expected", "verified_units")


@dataclass(frozen=True)
class Computed:
    """Figures, and how many values and indicators went in."""

    sheet: Sheet
    values: int
    nodes: int


def compute(work: Work, scope: Collection[UUID] | None = None) -> Computed:
    """Figures of everything, or of the indicators in `scope` as far as the values among them make them.

    A figure is released from the day on which it is first computed from released values alone.
    """
    return compute_loaded(work, load(work, scope), scope)


def compute_loaded(
    work: Work, loaded: Loaded, scope: Collection[UUID] | None, border: Border | None = None
) -> Computed:
    """The same of what is loaded already, with the nodes of a border as they are given."""
    figures, hidden = roll_up_resting(loaded.inputs, loaded.unreleased)
    applied = Applied(figures, hidden)
    if border is None or border.formulas:
        made = [one for one in formulas_of(work, loaded.nodes) if border is None or not border.given[one.node]]
        applied = apply_formulas(applied.figures, applied.hidden, made, loaded.inputs.periods)
    sheet = attach_stated(work, loaded, (_sheet(loaded, applied.figures, applied.hidden), scope), border)
    return Computed(sheet, len(loaded.inputs.cells.node), len(loaded.axes.nodes))


def _sheet(loaded: Loaded, figures: Figures, hidden: NDArray[np.bool_]) -> Sheet:
    key = loaded.axes.key(figures.node, figures.period, figures.category, figures.crossing)
    nothing = np.zeros(len(key), dtype=np.int64)
    nowhere = np.zeros(len(key), dtype=np.bool_)
    stated = ("target", "baseline")
    out = figures.exclusions
    return Sheet(
        axes=loaded.axes,
        key=key,
        amounts={name: getattr(figures, name) for name in AMOUNTS} | dict.fromkeys(stated, nothing),
        present={name: getattr(figures, has) for name, has in AMOUNTS.items()} | dict.fromkeys(stated, nowhere),
        counts={name: getattr(figures, name) for name in COUNTS} | dict.fromkeys(("targets", "baselines"), nothing),
        reason=figures.reason,
        released=~hidden,
        left=Left(key[out.figure], out.reason.astype(np.int64), out.count),
    )
