"""Turns keys into positions, and days and moments of the database into ordinals."""

from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from rbm import bulk
from rbm.rules.arrays import Days, Ints
from rbm.rules.followup.columns import Answers
from rbm.services.rollup.sheets import Array, positions
from rbm.work import Work

Found = dict[str, Array]
_EPOCH = 719_163
"""The ordinal of 1 January 1970."""


class Links:
    """Turns columns of keys into positions among the rows they name."""

    def __init__(self, keys: dict[str, Array]) -> None:
        self.keys = keys

    def __call__(self, name: str, found: Found, column: str | None = None) -> Ints:
        """Where the rows stand that a column names, `<name>_id` unless another is meant; below 0 for none."""
        return positions(self.keys[name], found[column or f"{name}_id"])

    def count(self, name: str) -> int:
        """How many rows there are."""
        return len(self.keys[name])


class Parts:
    """Parts of recommendations, and how many each has; an action of no part stands with the first."""

    def __init__(self, found: Found, links: Links) -> None:
        self.keys, of = found["id"], links("recommendation", found)
        there = of >= 0
        self.count = np.bincount(of[there], minlength=links.count("recommendation"))
        self.first = np.full(links.count("recommendation"), -1, dtype=np.int64)
        at = np.flatnonzero(there)[::-1]
        self.first[of[at]] = at

    def of(self, found: Found) -> Ints:
        """The position of each part, -1 for none."""
        return np.maximum(positions(self.keys, found["part_id"]), -1)


class Places:
    """Where the answer to a recommendation in a response stands."""

    def __init__(self, answers: Answers, responses: int) -> None:
        self.wide = responses + 1
        self.keys = answers.recommendation * self.wide + answers.response + 1
        self.order = np.argsort(self.keys, kind="stable")

    def of(self, recommendation: Ints, response: Ints) -> Ints:
        """Its position, -1 where the office was not addressed."""
        if not len(self.keys):
            return np.full(len(recommendation), -1, dtype=np.int64)
        wanted = recommendation * self.wide + response + 1
        ordered = self.keys[self.order]
        at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
        known = (recommendation >= 0) & (response >= 0) & (ordered[at] == wanted)
        return np.where(known, self.order[at], -1)


def read(work: Work, query: sa.Select[Any]) -> Found:
    """What a statement finds, in columns by name."""
    return bulk.columns(work.session, query)


def moved(moves: Found, keys: Array, entity: int) -> Days:
    """The day of the last recorded move of each row of a class; 0 where none is recorded."""
    chosen = moves["entity"] == entity
    row = positions(keys, moves["entity_id"][chosen])
    found = np.zeros(len(keys), dtype=np.int32)
    found[row[row >= 0]] = moves["day"][chosen][row >= 0]
    return found


def ordinals(numbers: Array) -> Days:
    """Days as numbers such as 20260131 as ordinals; 0 stays 0."""
    months = (numbers // 10_000 - 1970) * 12 + numbers // 100 % 100 - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + numbers % 100 - 1
    return np.where(numbers > 0, days + _EPOCH, 0).astype(np.int32)


def business_days(seconds: Array, zone: str) -> Days:
    """The calendar dates of moments in a time zone, as ordinals."""
    moments = pd.DatetimeIndex(seconds.astype("datetime64[s]")).tz_localize("UTC").tz_convert(zone)
    local = moments.tz_localize(None).to_numpy().astype("datetime64[D]").astype(np.int64)
    return (local + _EPOCH).astype(np.int32)
