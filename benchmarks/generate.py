"""A synthetic organisation from a seed: indicators in four levels, links with weights and factors, and their values.

Families of indicators run from projects over countries and regions up to one strategic indicator each; all of a
family combine by the same operator. Values are whole numbers and shares are eighths and less, so that every sum is
exact in six decimals and `benchmarks.closed_form` can say beforehand what must come out.
"""

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from rbm.rules.arrays import Bools, Ints
from rbm.rules.exact import ONE
from rbm.rules.rollup import Categories, Cells, Crossings, Inputs, Links, Nodes, Periods
from rbm.rules.rollup.moving import NEVER
from rbm.terms.indicators import Accumulation, Additivity, Composition, Measure, MissingPolicy, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind

SEED, FIRST_YEAR = 20240301, 2019
TO_FILL = 0.97
APPROVED, VERIFIED, REJECTED, MISSING = 0.9, 0.4, 0.01, 0.01
SECOND_PARENT, WEIGHTED, CONVERTED = 0.1, 0.2, 0.1
HIGHEST, PEOPLE_OF_HOUSEHOLD = 100_000, 5
ALWAYS = (1, date.max.toordinal())
OPERATORS = (
    *(OverUnits.SUM,) * 4,
    *(OverUnits.MEAN, OverUnits.WEIGHTED_MEAN, OverUnits.MIN, OverUnits.MAX),
    *(OverUnits.RATIO_OF_SUMS,) * 2,
    *(OverUnits.SUM,) * 2,
)
"""How the families combine, in turn: half of them are sums."""


@dataclass(frozen=True)
class Shape:
    """How many there are of each: leaves are indicators of projects, those of a project in as many families."""

    leaves: int = 36_880
    countries: int = 120
    regions: int = 9
    families: int = 24
    periods: int = 8

    @property
    def firsts(self) -> tuple[int, int, int, int, int]:
        """The first node of each level, lowest first, and the number of nodes."""
        sizes = (self.leaves, self.families * self.countries, self.families * self.regions, self.families)
        ends = np.cumsum(sizes).tolist()
        return (0, *ends)


@dataclass(frozen=True)
class World:
    """The organisation as columns for the roll-up."""

    shape: Shape
    categories: int
    inputs: Inputs

    @property
    def stride(self) -> int:
        """Slots of a node: the total and each category, by period."""
        return self.shape.periods * (self.categories + 1)


WHOLE = Shape()
"""40,000 nodes."""
SMALL = Shape(leaves=960, countries=12, regions=3)
"""For small numbers of values."""


def operator_of(family: int) -> OverUnits:
    """How the indicators of a family combine."""
    return OPERATORS[family % len(OPERATORS)]


def generate(values: int, shape: Shape = WHOLE, seed: int = SEED) -> World:
    """An organisation with so many values, in random order; the same for the same seed."""
    chance = np.random.default_rng(seed)
    nodes = shape.leaves * shape.periods
    categories = max(4, int(np.ceil(values / (nodes * TO_FILL))))
    cells = _cells(chance, shape, chance.permutation(nodes * categories)[:values], categories)
    each = np.arange(categories, dtype=np.int64)
    inputs = Inputs(
        nodes=_nodes(shape),
        links=_links(chance, shape),
        periods=_periods(shape),
        cells=cells,
        crossings=Crossings(each, each),
        categories=Categories(np.zeros(categories, dtype=np.int64), np.ones(1, dtype=np.bool_)),
    )
    return World(shape, categories, inputs)


def families_of(shape: Shape) -> Ints:
    """The family of every node."""
    leaf, country, region, root, end = shape.firsts
    return np.concatenate(
        (
            np.arange(country - leaf) % shape.families,
            np.arange(region - country) // shape.countries,
            np.arange(root - region) // shape.regions,
            np.arange(end - root),
        )
    ).astype(np.int64)


def country_of(shape: Shape) -> Ints:
    """The country of every leaf: those of a project stand in one."""
    return np.arange(shape.leaves, dtype=np.int64) // shape.families % shape.countries


def _position(word: Any) -> int:
    return list(type(word)).index(word)


def _nodes(shape: Shape) -> Nodes:
    families = families_of(shape)
    count = len(families)
    operators = [operator_of(family) for family in range(shape.families)]
    measures = [Measure.PERCENTAGE if word is OverUnits.RATIO_OF_SUMS else Measure.NUMBER for word in operators]
    words = {
        "additivity": Additivity.YES,
        "missing_policy": MissingPolicy.EXCLUDE,
        "accumulation": Accumulation.PERIODIC,
        "over_time": OverTime.LAST,
    }
    composition = np.full(count, _position(Composition.CONTRIBUTED_ONLY), dtype=np.int8)
    composition[: shape.leaves] = _position(Composition.OWN_ONLY)
    return Nodes(
        measure=np.array([_position(word) for word in measures], dtype=np.int8)[families],
        over_units=np.array([_position(word) for word in operators], dtype=np.int8)[families],
        composition=composition,
        unfit=np.zeros(count, dtype=np.bool_),
        people=np.zeros(count, dtype=np.bool_),
        home=np.full(count, -1, dtype=np.int64),
        population=np.zeros(count, dtype=np.int64),
        **{name: np.full(count, _position(word), dtype=np.int8) for name, word in words.items()},
    )


def _links(chance: np.random.Generator, shape: Shape) -> Links:
    country, region, root = shape.firsts[1:4]
    families = families_of(shape)
    leaves, at = np.arange(shape.leaves), country_of(shape)
    shared = chance.random(shape.leaves) < SECOND_PARENT
    second = country + families[:country] * shape.countries + (at + 1) % shape.countries
    countries, regions = np.arange(country, region), np.arange(region, root)
    over = region + families[countries] * shape.regions + (countries - country) % shape.countries % shape.regions
    child = np.concatenate((leaves, leaves[shared], countries, regions))
    first = country + families[:country] * shape.countries + at
    parent = np.concatenate((first, second[shared], over, root + families[regions]))
    weight = np.where(chance.random(len(child)) < WEIGHTED, ONE // 2, ONE)
    weight[:country][shared] = weight[country : country + shared.sum()] = ONE // 2
    added = np.array([operator_of(family) is OverUnits.SUM for family in range(shape.families)])[families[child]]
    converted = added & (child < country) & (chance.random(shape.leaves)[np.minimum(child, country - 1)] < CONVERTED)
    count = len(child)
    return Links(
        child=child.astype(np.int64),
        parent=parent.astype(np.int64),
        weight=weight.astype(np.int64),
        factor=np.where(converted, PEOPLE_OF_HOUSEHOLD * ONE, ONE).astype(np.int64),
        included=np.ones(count, dtype=np.bool_),
        first_day=np.full(count, ALWAYS[0], dtype=np.int32),
        last_day=np.full(count, ALWAYS[1], dtype=np.int32),
        outlived=np.full(count, NEVER, dtype=np.int32),
    )


def _periods(shape: Shape) -> Periods:
    years = range(FIRST_YEAR, FIRST_YEAR + shape.periods)
    return Periods(
        first_day=np.array([date(year, 1, 1).toordinal() for year in years], dtype=np.int32),
        last_day=np.array([date(year, 12, 31).toordinal() for year in years], dtype=np.int32),
        kind=np.full(shape.periods, _position(PeriodKind.YEAR), dtype=np.int8),
        life=np.zeros(shape.periods, dtype=np.bool_),
        begun=np.ones(shape.periods, dtype=np.bool_),
    )


def _cells(chance: np.random.Generator, shape: Shape, slots: Ints, categories: int) -> Cells:
    count = len(slots)
    node = slots // (shape.periods * categories)
    ratio = np.array([operator_of(family) is OverUnits.RATIO_OF_SUMS for family in range(shape.families)])
    parts = ratio[node % shape.families]
    missing = chance.random(count) < MISSING
    amount = chance.integers(0, HIGHEST, count) * ONE
    denominator = chance.integers(1, HIGHEST, count) * ONE
    approved = chance.random(count) < APPROVED
    checked = chance.random(count)
    return Cells(
        node=node,
        period=slots // categories % shape.periods,
        crossing=slots % categories,
        place=np.full(count, -1, dtype=np.int64),
        value=np.where(parts | missing, 0, amount),
        numerator=np.where(parts & ~missing, np.minimum(amount, denominator), 0),
        denominator=np.where(parts & ~missing, denominator, 0),
        has_value=~parts & ~missing,
        has_parts=parts & ~missing,
        approved=approved,
        verified=approved & (checked < VERIFIED) & ~missing,
        rejected=checked > 1 - REJECTED,
        missing=missing,
    )


def admitted(cells: Cells) -> dict[str, Bools]:
    """Which cells enter each of the three truths."""
    standing = ~cells.rejected
    return {
        "value": cells.approved & standing,
        "self_reported": standing,
        "verified": cells.verified & standing,
    }


def save(world: World, folder: Path) -> None:
    """Each column as a file `record.column.npy`, and what the peers read besides: the shape."""
    sizes = [getattr(world.shape, each.name) for each in fields(Shape)]
    np.save(folder / "shape.npy", np.array([*sizes, world.categories]))
    for record in fields(Inputs):
        columns = getattr(world.inputs, record.name)
        for each in fields(columns):
            np.save(folder / f"{record.name}.{each.name}.npy", getattr(columns, each.name))


def load(folder: Path) -> World:
    """What `save` wrote."""
    *sizes, categories = np.load(folder / "shape.npy").tolist()
    kinds = {"nodes": Nodes, "links": Links, "periods": Periods, "cells": Cells}
    kinds |= {"crossings": Crossings, "categories": Categories}
    records = {
        name: kind(**{each.name: np.load(folder / f"{name}.{each.name}.npy") for each in fields(kind)})
        for name, kind in kinds.items()
    }
    return World(Shape(*sizes), categories, Inputs(**records))
