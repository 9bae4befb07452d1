"""The roll-up with polars: one lazy group_by for each level and operator, over one integer key."""

from typing import Any

import polars as pl
from columns import TRUTHS, Columns, World, main

Prepared = dict[str, tuple[pl.DataFrame, list[pl.DataFrame]]]
ABOVE, BELOW = (tuple(f"{part}_{truth}" for truth in TRUTHS) for part in ("above", "below"))
ADMITTED = {
    "value": pl.col("approved") & ~pl.col("rejected"),
    "self_reported": ~pl.col("rejected"),
    "verified": pl.col("verified") & ~pl.col("rejected"),
}
QUOTIENTS = ("mean", "weighted_mean", "ratio_of_sums")


def prepare(world: World) -> Prepared:
    """Facts and the links of each level as frames, by operator; what is missing is null."""
    made = {}
    for operator in world.operators:
        links = pl.DataFrame(world.links(operator))
        levels = [links.filter(pl.col("child").is_between(first, last - 1)) for first, last in world.bounds]
        made[operator] = (pl.DataFrame(world.facts(operator)).fill_nan(None), levels)
    return made


def roll_up(world: World, prepared: Prepared) -> list[pl.DataFrame]:
    """Figures of all indicators, totals and categories."""
    found = []
    for operator, (facts, levels) in prepared.items():
        slices = _grouped(world, operator, facts.lazy().select("node", "slot", *_facts(operator))).collect()
        whole = slices.lazy().with_columns(pl.col("slot") // world.slots * world.slots)
        figures = pl.concat([slices, _grouped(world, operator, whole).collect()])
        found.append(_shown(operator, figures))
        for links in levels:
            joined = links.lazy().join(figures.lazy(), left_on="child", right_on="node")
            shared = joined.select(pl.col("parent").alias("node"), "slot", *_shares(operator))
            figures = _grouped(world, operator, shared).collect()
            found.append(_shown(operator, figures))
    return found


def _facts(operator: str) -> list[pl.Expr]:
    """The amounts of each truth."""
    if operator == "ratio_of_sums":
        pairs = (("numerator", ABOVE), ("denominator", BELOW))
        return [
            pl.when(ADMITTED[truth]).then(pl.col(part)).alias(name)
            for part, names in pairs
            for truth, name in zip(TRUTHS, names, strict=True)
        ]
    amounts = [pl.when(ADMITTED[truth]).then(pl.col("value")) for truth in TRUTHS]
    if operator not in QUOTIENTS:
        return [amount.alias(truth) for amount, truth in zip(amounts, TRUTHS, strict=True)]
    above = [amount.alias(name) for amount, name in zip(amounts, ABOVE, strict=True)]
    return above + [
        pl.when(amount.is_not_null()).then(1.0).alias(name) for amount, name in zip(amounts, BELOW, strict=True)
    ]


def _shares(operator: str) -> list[pl.Expr]:
    """What arrives of the amounts over a link."""
    if operator == "sum":
        return [pl.col(name) * pl.col("weight") * pl.col("factor") for name in TRUTHS]
    if operator == "ratio_of_sums":
        return [pl.col(name) * pl.col("weight") for name in (*ABOVE, *BELOW)]
    if operator == "weighted_mean":
        above = [pl.col(one) / pl.col(two) * pl.col("weight") for one, two in zip(ABOVE, BELOW, strict=True)]
        return above + [pl.when(pl.col(name).is_not_null()).then(pl.col("weight")).alias(name) for name in BELOW]
    return [pl.col(name) for name in ((*ABOVE, *BELOW) if operator == "mean" else TRUTHS)]


def _grouped(world: World, operator: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    names = (*ABOVE, *BELOW) if operator in QUOTIENTS else TRUTHS
    shown = (BELOW[0], BELOW[2]) if operator in QUOTIENTS else (TRUTHS[0], TRUTHS[2])
    counts = [pl.col(shown[0]).count().alias("reported"), pl.col(shown[1]).count().alias("verified_units")]
    grouped = rows.with_columns((pl.col("node") * world.stride + pl.col("slot")).alias("key")).group_by("key")
    figures = grouped.agg(*(_combined(operator, name) for name in names), *counts)
    node, slot = (pl.col("key") // world.stride).alias("node"), (pl.col("key") % world.stride).alias("slot")
    return figures.with_columns(node, slot)


def _combined(operator: str, name: str) -> pl.Expr:
    column = pl.col(name)
    if operator in ("min", "max"):
        return column.min() if operator == "min" else column.max()
    return pl.when(column.count() > 0).then(column.sum()).alias(name)


def _shown(operator: str, figures: pl.DataFrame) -> pl.DataFrame:
    if operator not in QUOTIENTS:
        return figures
    times = 100 if operator == "ratio_of_sums" else 1
    return figures.with_columns(
        (times * pl.col(above) / pl.col(below)).alias(truth)
        for truth, above, below in zip(TRUTHS, ABOVE, BELOW, strict=True)
    )


def columns(world: World, prepared: Prepared) -> list[Columns]:
    """The figures as columns, null as NaN."""
    return [_columns(each) for each in roll_up(world, prepared)]


def _columns(figures: pl.DataFrame) -> Any:
    return {name: figures[name].to_numpy() for name in figures.columns}


if __name__ == "__main__":
    main(prepare, columns)
