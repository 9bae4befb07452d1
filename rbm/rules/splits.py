"""Parts of a split beside the whole: what exceeds it, what does not add up to it, and which crossings are missing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import product

from rbm.errors import Invalid
from rbm.rules.cell import WITH_PARTS, Stated
from rbm.terms.indicators import Measure


def refuse_exceeding(measure: Measure, whole: Stated, parts: Sequence[Stated], split: str) -> None:
    """Nothing, unless parts of an additive split are more than the whole. Invalid names the field and both numbers.

    Of percentages and ratios numerators are added and denominators held against the whole one by one: those of a split
    may overlap. Where anything is below zero a part may well be more than the whole.
    """
    if measure in WITH_PARTS:
        _refuse_more(whole, parts, "numerator", split)
        for part in parts:
            _refuse_more(whole, [part], "denominator", split)
    else:
        _refuse_more(whole, parts, "value", split)


def incomplete(measure: Measure, whole: Stated, parts: Sequence[Stated]) -> bool:
    """Whether the parts of an additive split do not add up to the whole; without parts, or a whole, nothing is said."""
    field = "numerator" if measure in WITH_PARTS else "value"
    total = getattr(whole, field)
    stated = [amount for part in parts if (amount := getattr(part, field)) is not None]
    return bool(stated) and total is not None and sum(stated) != total


def refuse_uncrossed(stated: Iterable[Collection[str]], axes: Mapping[str, Collection[str]]) -> None:
    """Nothing, when the crossings stated are all those of the axes (categories by dimension) and no others.

    Invalid names the crossings that are missing and those that are too many. Source: the level reported of UNICEF's
    partner reporting.
    """
    wanted = {frozenset(crossing) for crossing in product(*axes.values())}
    found = {frozenset(each) for each in stated}
    for crossings, fault in ((wanted - found, "missing"), (found - wanted, "too many")):
        if crossings:
            named = ", ".join(sorted(" and ".join(sorted(each)) or "the total" for each in crossings))
            raise Invalid(f"by {' and '.join(axes)}, {named} is {fault}", "category_ids")


def _refuse_more(whole: Stated, parts: Sequence[Stated], field: str, split: str) -> None:
    total = getattr(whole, field)
    stated = [amount for part in parts if (amount := getattr(part, field)) is not None]
    if total is None or total < 0 or any(amount < 0 for amount in stated):
        return
    if sum(stated) > total:
        raise Invalid(f"the parts by {split} make {sum(stated):f}, more than the whole {total:f}", field)
