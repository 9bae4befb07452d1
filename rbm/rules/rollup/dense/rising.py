"""Levels of a block: what the children of each parent make, and which of them are left out."""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Ints
from rbm.rules.exact import ONE, rounded
from rbm.rules.rollup.dense.blocks import Block, Step
from rbm.rules.rollup.dense.canvas import Canvas, Counts, Truth
from rbm.rules.rollup.dense.exactly import means, quotients, refuse_wide
from rbm.rules.rollup.dense.settling import EXTREMES
from rbm.rules.rollup.words import NO_REASON, code
from rbm.terms.indicators import OverUnits
from rbm.terms.rollup import Reason

NO_CONTRIBUTION, DENOMINATOR_ZERO = code(Reason.NO_CONTRIBUTION), code(Reason.DENOMINATOR_ZERO)
REASONS = tuple(code(reason) for reason in (Reason.NO_VALUE, Reason.REJECTED, Reason.NOT_APPROVED))
"""Why a figure can be null; above the leaves also for want of contributions, and a ratio for a denominator of 0."""


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """Units that stay out of figures for one reason: where each figure stands in the canvas, how many."""

    at: Ints
    reason: np.int8
    count: Counts


def rise(block: Block, step: Step, canvas: Canvas) -> list[LeftOut]:
    """Write the figures of one level of a block; what is left out. LongWay when 64 bits are not enough."""
    for child in step.children:
        canvas.exists[step.first : step.first + len(child)] |= canvas.exists.take(child, axis=0)
    for truth in (canvas.value, canvas.self_reported, canvas.verified):
        for child in step.children:
            truth.valued[step.first : step.first + len(child)] |= truth.valued.take(child, axis=0)
        _BY_OPERATOR[block.operator](block, step, truth)
    counted = _counted(block, step, canvas)
    _explain(step, canvas, counted)
    above = (block.first + step.first) * canvas.exists.shape[1]
    found = ((reason, counts.reshape(-1), np.flatnonzero(counts)) for reason, counts in counted.items())
    return [LeftOut(at + above, reason, counts[at]) for reason, counts, at in found]


def _counted(block: Block, step: Step, canvas: Canvas) -> dict[np.int8, Counts]:
    """Write how many units entered; how many are left out, by reason."""
    reasons = [*REASONS, NO_CONTRIBUTION, *([DENOMINATOR_ZERO] if block.operator is OverUnits.RATIO_OF_SUMS else [])]
    left_out = {reason: np.zeros_like(canvas.reported[step.first : step.end]) for reason in reasons}
    level = slice(step.first, step.end)
    reported, checked = canvas.reported[level], canvas.verified_units[level]
    for child in step.children:
        many = len(child)
        entered = canvas.value.valued.take(child, axis=0)
        reported[:many] += entered
        entered &= canvas.verified.valued.take(child, axis=0)
        checked[:many] += entered
        null = canvas.reason.take(child, axis=0)
        for reason, counts in left_out.items():
            counts[:many] += null == reason
    return left_out


def _explain(step: Step, canvas: Canvas, left_out: dict[np.int8, Counts]) -> None:
    """The one reason for which all units of a null figure stay out."""
    level = slice(step.first, step.end)
    reason, value = canvas.reason[level], canvas.value
    kinds = np.zeros(reason.shape, dtype=np.int8)
    reason[...] = NO_CONTRIBUTION
    for word, counts in left_out.items():
        there = counts > 0
        kinds += there
        np.copyto(reason, word, where=there)
    np.copyto(reason, NO_CONTRIBUTION, where=kinds > 1)
    if len(value.parts):
        np.copyto(reason, DENOMINATOR_ZERO, where=value.parts[level] & ~value.valued[level])
    np.copyto(reason, NO_REASON, where=value.valued[level] | ~canvas.exists[level])


def _gathered(step: Step, source: Ints) -> Ints:
    """Sums over the children of each parent, each times its share.

    The source begins with the lowest child, and is 0 where nothing enters.
    """
    refuse_wide(source, step.most)
    total = np.zeros((step.end - step.first, source.shape[1]), dtype=np.int64)
    for turn, child in enumerate(step.children):
        part = source.take(child - step.lowest, axis=0)
        if step.shares is not None:
            part *= step.shares[turn][:, None]
        total[: len(child)] += part
    return total


def _below(step: Step) -> slice:
    """The rows in which the children stand."""
    return slice(step.lowest, step.first)


def _sum(_: Block, step: Step, truth: Truth) -> None:
    truth.value[step.first : step.end] = rounded(_gathered(step, truth.value[_below(step)]), step.divisor)


def _mean(_: Block, step: Step, truth: Truth) -> None:
    level = slice(step.first, step.end)
    above, below = (_gathered(step, part[_below(step)]) for part in (truth.numerator, truth.denominator))
    there = truth.parts[level] = truth.valued[level]
    truth.value[level][there] = means(above[there], below[there])
    truth.numerator[level], truth.denominator[level] = above, below


def _weighted_mean(_: Block, step: Step, truth: Truth) -> None:
    level = slice(step.first, step.end)
    above = _gathered(step, truth.value[_below(step)])
    below = _gathered(step, truth.valued[_below(step)].astype(np.int64))
    refuse_wide(below, ONE)
    there = truth.parts[level] = truth.valued[level]
    truth.value[level][there] = means(above[there], below[there])
    truth.numerator[level] = rounded(above, step.divisor)
    truth.denominator[level] = rounded(below * ONE, step.divisor)


def _ratio(block: Block, step: Step, truth: Truth) -> None:
    level = slice(step.first, step.end)
    known = truth.valued[_below(step)]
    above, below = (_gathered(step, part[_below(step)] * known) for part in (truth.numerator, truth.denominator))
    there = truth.valued[level]
    truth.parts[level] = there
    there &= below > 0
    truth.value[level] = quotients(above * there, np.maximum(below, 1), 100 * ONE if block.hundred else ONE)
    truth.numerator[level] = rounded(above, step.divisor)
    truth.denominator[level] = rounded(below, step.divisor)


def _extreme(block: Block, step: Step, truth: Truth) -> None:
    combine, absent = EXTREMES[block.operator]
    level = slice(step.first, step.end)
    found = np.full(truth.value[level].shape, absent, dtype=np.int64)
    for child in step.children:
        part = truth.value.take(child, axis=0)
        np.copyto(part, absent, where=~truth.valued.take(child, axis=0))
        combine(found[: len(child)], part, out=found[: len(child)])
    truth.value[level] = found * truth.valued[level]


_BY_OPERATOR = {
    OverUnits.SUM: _sum,
    OverUnits.MEAN: _mean,
    OverUnits.WEIGHTED_MEAN: _weighted_mean,
    OverUnits.MIN: _extreme,
    OverUnits.MAX: _extreme,
    OverUnits.RATIO_OF_SUMS: _ratio,
}
