"""Achievement of a rolled-up figure over its matched cells: those with actual, target and, where needed, baseline."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from rbm.rules.achievement import Achievement, Case, Method, Unrated, achievement
from rbm.rules.inputs import PLACES
from rbm.terms.indicators import Direction


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many cells are left out for one reason."""

    reason: Unrated
    count: int


@dataclass(frozen=True, slots=True)
class MatchedAchievement:
    """Over `matched` of `cells`; the other ones are `left_out`, by reason.

    actual, target and baseline are the totals of the matched cells, and `raw` (1 is the target) and `capped` follow
    from them; None where values do not add up. `met` of the matched cells have reached their target.
    `target_total` is that of all cells, None unless each of them has a target.
    """

    cells: int
    matched: int
    met: int
    left_out: tuple[LeftOut, ...]
    actual: Decimal | None
    target: Decimal | None
    baseline: Decimal | None
    raw: Decimal | None
    capped: Decimal | None
    method: Method
    target_total: Decimal | None


Share = tuple[Case, Fraction]
"""A cell and the share (weight times factor) with which it enters."""


def matched_achievement(cells: Sequence[Share], *, adds_up: bool) -> MatchedAchievement:
    """What the cells of one figure have achieved together. Source: design section 6, requirement R023.

    A baseline is needed where less is better. Totals of baselines are used only when every matched cell has one.
    """
    reasons = [_hindrance(case) for case, _ in cells]
    kept = [cell for cell, reason in zip(cells, reasons, strict=True) if reason is None]
    counted = Counter(reason for reason in reasons if reason is not None)
    total = _total(kept) if adds_up and kept else None
    found = achievement(total) if total else Achievement(None, None, None, Method.NOT_RATED, None)
    return MatchedAchievement(
        cells=len(cells),
        matched=len(kept),
        met=sum(achievement(case).met is True for case, _ in kept),
        left_out=tuple(LeftOut(reason, counted[reason]) for reason in Unrated if counted[reason]),
        actual=total.actual if total else None,
        target=total.target if total else None,
        baseline=total.baseline if total else None,
        raw=found.raw,
        capped=found.capped,
        method=found.method,
        target_total=_sum(cells, "target") if adds_up else None,
    )


def _hindrance(case: Case) -> Unrated | None:
    """Why a cell is in no matched set; None when it is in it."""
    if case.direction is Direction.DECREASE and case.baseline is None and None not in (case.actual, case.target):
        return Unrated.NO_BASELINE
    found = achievement(case)
    return found.reason if found.method is Method.NOT_RATED else None


def _total(cells: Sequence[Share]) -> Case:
    first, _ = cells[0]
    actual, target, baseline = (_sum(cells, name) for name in ("actual", "target", "baseline"))
    return replace(first, actual=actual, target=target, baseline=baseline)


def _sum(cells: Sequence[Share], name: str) -> Decimal | None:
    """The exact total, rounded once half to even to six decimals; None unless every cell has one."""
    values = [(getattr(case, name), share) for case, share in cells]
    if not values or any(value is None for value, _ in values):
        return None
    exact = sum((Fraction(value) * share for value, share in values), Fraction(0))
    return Decimal(round(exact * 10**PLACES)).scaleb(-PLACES)
