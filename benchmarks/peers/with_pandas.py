"""The roll-up with pandas: one groupby for each level and operator, over one integer key."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from columns import TRUTHS, Columns, World, main

Prepared = dict[str, tuple[pd.DataFrame, list[pd.DataFrame]]]
Step = Callable[[pd.DataFrame, pd.Series], pd.DataFrame]
ABOVE, BELOW = (tuple(f"{part}_{truth}" for truth in TRUTHS) for part in ("above", "below"))


def prepare(world: World) -> Prepared:
    """Facts and the links of each level as frames, by operator."""
    made = {}
    for operator in world.operators:
        links = pd.DataFrame(world.links(operator))
        levels = [links[links["child"].between(first, last - 1)] for first, last in world.bounds]
        made[operator] = (pd.DataFrame(world.facts(operator)), levels)
    return made


def roll_up(world: World, prepared: Prepared) -> list[pd.DataFrame]:
    """Figures of all indicators, totals and categories."""
    found = []
    for operator, (facts, levels) in prepared.items():
        first, combine, share = _BY_OPERATOR[operator]
        slices = _grouped(world, first(facts, _truths(facts)), combine)
        totals = _grouped(world, slices.assign(slot=slices["slot"] // world.slots * world.slots), combine)
        figures = pd.concat([slices, totals], ignore_index=True)
        below = [_shown(operator, figures)]
        for links in levels:
            joined = links.merge(figures, left_on="child", right_on="node")
            joined["node"] = joined["parent"]
            figures = _grouped(world, share(joined), combine)
            below.append(_shown(operator, figures))
        found += below
    return found


def _truths(facts: pd.DataFrame) -> dict[str, Any]:
    standing = ~facts["rejected"]
    return {
        "value": standing & facts["approved"],
        "self_reported": standing,
        "verified": standing & facts["verified"],
    }


def _grouped(world: World, rows: pd.DataFrame, combine: Any) -> pd.DataFrame:
    key = rows["node"] * world.stride + rows["slot"]
    grouped = rows.groupby(key, sort=False)
    figures = combine(grouped)
    present = "below_value" if "below_value" in rows else "value"
    verified = present.replace("value", "verified")
    figures[["reported", "verified_units"]] = grouped[[present, verified]].count().to_numpy()
    keys = figures.index.to_numpy()
    return figures.assign(node=keys // world.stride, slot=keys % world.stride).reset_index(drop=True)


def _amounts(facts: pd.DataFrame, truths: dict[str, Any]) -> pd.DataFrame:
    columns = {truth: facts["value"].where(admitted) for truth, admitted in truths.items()}
    return pd.DataFrame({"node": facts["node"], "slot": facts["slot"]} | columns)


def _counted(facts: pd.DataFrame, truths: dict[str, Any]) -> pd.DataFrame:
    made = _amounts(facts, truths)
    for truth, above, below in zip(TRUTHS, ABOVE, BELOW, strict=True):
        made[above] = made.pop(truth)
        made[below] = made[above].where(made[above].isna(), 1.0)
    return made


def _parts(facts: pd.DataFrame, truths: dict[str, Any]) -> pd.DataFrame:
    made = facts[["node", "slot"]].copy()
    for (_, admitted), above, below in zip(truths.items(), ABOVE, BELOW, strict=True):
        made[above] = facts["numerator"].where(admitted)
        made[below] = facts["denominator"].where(admitted)
    return made


def _summed(grouped: Any) -> pd.DataFrame:
    return grouped[list(TRUTHS)].sum(min_count=1)


def _summed_parts(grouped: Any) -> pd.DataFrame:
    return grouped[[*ABOVE, *BELOW]].sum(min_count=1)


def _lowest(grouped: Any) -> pd.DataFrame:
    return grouped[list(TRUTHS)].min()


def _highest(grouped: Any) -> pd.DataFrame:
    return grouped[list(TRUTHS)].max()


def _weighed(joined: pd.DataFrame) -> pd.DataFrame:
    share = joined["weight"] * joined["factor"]
    return joined.assign(**{truth: joined[truth] * share for truth in TRUTHS})


def _weighed_parts(joined: pd.DataFrame) -> pd.DataFrame:
    return joined.assign(**{name: joined[name] * joined["weight"] for name in (*ABOVE, *BELOW)})


def _as_they_are(joined: pd.DataFrame) -> pd.DataFrame:
    return joined


def _weights(joined: pd.DataFrame) -> pd.DataFrame:
    made = joined.copy()
    for above, below in zip(ABOVE, BELOW, strict=True):
        quotient = made[above] / made[below]
        made[above] = quotient * made["weight"]
        made[below] = made["weight"].where(quotient.notna())
    return made


def _shown(operator: str, figures: pd.DataFrame) -> pd.DataFrame:
    if BELOW[0] not in figures:
        return figures
    times = 100 if operator == "ratio_of_sums" else 1
    quotients = {
        truth: times * figures[above] / figures[below] for truth, above, below in zip(TRUTHS, ABOVE, BELOW, strict=True)
    }
    return figures.assign(**quotients)


_BY_OPERATOR: dict[str, tuple[Any, Any, Any]] = {
    "sum": (_amounts, _summed, _weighed),
    "mean": (_counted, _summed_parts, _as_they_are),
    "weighted_mean": (_counted, _summed_parts, _weights),
    "min": (_amounts, _lowest, _as_they_are),
    "max": (_amounts, _highest, _as_they_are),
    "ratio_of_sums": (_parts, _summed_parts, _weighed_parts),
}


def columns(world: World, prepared: Prepared) -> list[Columns]:
    """The figures as columns."""
    return [{name: np.asarray(each[name]) for name in each.columns} for each in roll_up(world, prepared)]


if __name__ == "__main__":
    main(prepare, columns)
