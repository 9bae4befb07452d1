"""What a case says happened: units, periods, an indicator and updates, read strictly from its inputs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from rbm.terms.indicators import Accumulation, Measure

ALONE = "p"
FIRST_YEAR = 2020
YEARS = range(1900, 2200)
MODES = {
    "periodic": Accumulation.PERIODIC,
    "running_total": Accumulation.RUNNING_TOTAL,
    "summing_cumulative": Accumulation.INCREMENTS_CUMULATED,
    "increments_cumulated": Accumulation.INCREMENTS_CUMULATED,
}
INPUTS = {"units", "indicator", "periods", "updates", "preset", "preset_actual", "amend", "delete", "recompute_order"}
PARTS = ("value", "numerator", "denominator")
UPDATE = {"id", "unit", "period", "status", "reporter", "disagg", "entered", *PARTS}
Named = Mapping[str, Any]


class Unsupported(Exception):
    """A shape that is not understood; it is never passed over."""


@dataclass(frozen=True)
class Amount:
    """A number, or its parts; nothing at all means that nothing was measured."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True)
class Unit:
    """A reporting unit: whose values enter its own, and whether its own enter the one above."""

    id: str
    parent: str | None = None
    takes: bool = True
    gives: bool = True


@dataclass(frozen=True)
class Span:
    """A reporting period."""

    id: str
    start: date
    end: date


@dataclass(frozen=True)
class Update:
    """What a reporter stated of a unit in a period; `cells` holds the total as None and each category by its name.

    Updates of one desk share a report in each period; those of different desks stand beside each other.
    """

    id: str
    unit: str
    period: str
    status: str
    reporter: str
    cells: Mapping[str | None, Amount]
    desk: int = 0


@dataclass(frozen=True)
class Scenario:
    """One case, ready to be played."""

    units: Mapping[str, Unit]
    periods: Mapping[str, Span]
    measure: Measure
    accumulation: Accumulation
    updates: tuple[Update, ...]
    presets: tuple[Update, ...] = ()
    amended: Mapping[str, Mapping[str | None, Amount]] = field(default_factory=dict)
    deleted: tuple[str, ...] = ()
    recomputed: tuple[str, ...] = ()

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category that is stated, in the order of its first appearance."""
        stated = [each.cells for each in (*self.presets, *self.updates)] + list(self.amended.values())
        return tuple(dict.fromkeys(name for cells in stated for name in cells if name is not None))

    @property
    def typed(self) -> set[str]:
        """Units whose own value is nothing but a number typed in by hand."""
        return {each.unit for each in self.presets} - {each.unit for each in self.updates if each.status == "approved"}


def scenario(inputs: Any, foreseen: Iterable[str] = ()) -> Scenario:
    """The scenario of the inputs of a case; `foreseen` are words of its expectation that may name further periods.

    Unsupported names what is not understood.
    """
    known(table(inputs, "inputs"), INPUTS, "inputs")
    if "updates" not in inputs:
        raise Unsupported("inputs: there are no updates")
    rows = [table(row, "an update") for row in sequence(inputs["updates"], "updates")]
    presets = table(inputs.get("preset", {}), "preset") | table(inputs.get("preset_actual", {}), "preset_actual")
    units = _units(inputs.get("units"), rows, presets)
    measure, accumulation = _indicator(table(inputs.get("indicator") or {}, "indicator"), rows)
    rows = [row | {"value": as_number(row["value"], measure)} if "value" in row else row for row in rows]
    updates = tuple(_update(place, row, units) for place, row in enumerate(rows, 1))
    ids = {each.id for each in updates}
    if len(ids) < len(updates):
        raise Unsupported("updates: two have the same id")
    typed = _presets(presets)
    periods = _periods(inputs.get("periods"), [each.period for each in (*updates, *typed)], foreseen)
    _refuse_strangers((*typed, *updates), units, periods)
    kept = tuple(each for each in typed if not _stated(each, updates))
    made = Scenario(
        units,
        periods,
        measure,
        accumulation,
        _at_desks(updates, kept, accumulation),
        kept,
        {key: _cells(table(facts, "amend")) for key, facts in table(inputs.get("amend", {}), "amend").items()},
        _names(inputs.get("delete", []), "delete"),
        _names(inputs.get("recompute_order", []), "recompute_order"),
    )
    known(dict.fromkeys((*made.amended, *made.deleted)), ids, "updates to amend or delete")
    known(dict.fromkeys(made.recomputed), {*units, *periods}, "recompute_order")
    return made


def number(raw: Any, where: str) -> Decimal | None:
    """A number, a numeric string, or None for null. Unsupported otherwise."""
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | str | Decimal):
        raise Unsupported(f"{where}: {raw!r} is no number")
    try:
        stated = Decimal(raw)
    except InvalidOperation:
        raise Unsupported(f"{where}: {raw!r} is no number") from None
    if not stated.is_finite():
        raise Unsupported(f"{where}: {raw!r} is no number")
    return stated


def as_number(raw: Any, measure: Measure) -> Any:
    """Yes and no as 1 and 0, where that is what is measured; anything else as it is."""
    return int(raw) if measure is Measure.YES_NO and isinstance(raw, bool) else raw


def table(raw: Any, where: str) -> dict[str, Any]:
    """An object. Unsupported when it is something else."""
    if not isinstance(raw, dict):
        raise Unsupported(f"{where}: {raw!r} is no object")
    return raw


def sequence(raw: Any, where: str) -> list[Any]:
    """A list. Unsupported when it is something else."""
    if not isinstance(raw, list):
        raise Unsupported(f"{where}: {raw!r} is no list")
    return raw


def known(raw: Named, names: Iterable[str], where: str) -> None:
    """Nothing, when every key is one of the names. Unsupported otherwise."""
    strange = sorted(set(raw) - set(names))
    if strange:
        raise Unsupported(f"{where}: {', '.join(strange)} is not understood")


def _word(raw: Any, where: str) -> str:
    if not isinstance(raw, str) or not raw:
        raise Unsupported(f"{where}: {raw!r} is no name")
    return raw


def _names(raw: Any, where: str) -> tuple[str, ...]:
    return tuple(_word(each, where) for each in ([raw] if isinstance(raw, str) else sequence(raw, where)))


def _flag(raw: Any, where: str) -> bool:
    if not isinstance(raw, bool):
        raise Unsupported(f"{where}: {raw!r} is neither true nor false")
    return raw


def _units(raw: Any, rows: list[dict[str, Any]], presets: Named) -> dict[str, Unit]:
    if raw is None:
        stated = [row.get("unit", ALONE) for row in rows] + list(presets)
        return {_word(each, "unit"): Unit(each) for each in stated or [ALONE]}
    made: dict[str, Unit] = {}
    for row in sequence(raw, "units"):
        known(table(row, "a unit"), {"id", "parent", "aggregate_children", "aggregate_to_parent"}, "a unit")
        key = _word(row.get("id"), "a unit")
        if key in made:
            raise Unsupported(f"units: there is more than one {key}")
        parent = None if row.get("parent") is None else _word(row["parent"], f"parent of {key}")
        flags = [_flag(row.get(f"aggregate_{name}", True), key) for name in ("children", "to_parent")]
        made[key] = Unit(key, parent, *flags)
    for unit in made.values():
        if unit.parent is not None and unit.parent not in made:
            raise Unsupported(f"units: {unit.id} stands under {unit.parent}, which is not there")
    return made


def _indicator(raw: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[Measure, Accumulation]:
    known(raw, {"measure", "cumulative_mode"}, "indicator")
    mode = raw.get("cumulative_mode", "periodic")
    if not isinstance(mode, str) or mode not in MODES:
        raise Unsupported(f"indicator: the cumulative mode {mode!r} is not understood")
    implied = Measure.PERCENTAGE if any(map(_in_parts, rows)) else Measure.NUMBER
    stated = raw.get("measure", implied)
    if not isinstance(stated, str) or stated not in set(Measure):
        raise Unsupported(f"indicator: the measure {stated!r} is not understood")
    return Measure(stated), MODES[mode]


def _in_parts(row: dict[str, Any]) -> bool:
    """Whether an update states numerators and denominators, which plain numbers do not have."""
    slices = row.get("disagg")
    inner = slices.values() if isinstance(slices, dict) else ()
    return "denominator" in row or any(isinstance(each, list | dict) for each in inner)


def _presets(presets: Named) -> list[Update]:
    return [
        Update(f"typed in for {unit} {period}", unit, period, "approved", ALONE, _cells(_block(value)))
        for unit, by_period in presets.items()
        for period, value in table(by_period, f"preset of {unit}").items()
    ]


def _block(raw: Any) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {"value": raw}


def _update(place: int, row: dict[str, Any], units: Named) -> Update:
    known(row, UPDATE, "an update")
    slices = {"disagg": row["disagg"]} if row.get("disagg") is not None else {}
    cells = _cells({name: row[name] for name in PARTS if name in row} | slices)
    return Update(
        _word(row.get("id", f"update {place}"), "id"),
        _word(row.get("unit", next(iter(units)) if len(units) == 1 else ALONE), "unit"),
        _word(row.get("period", "P1"), "period"),
        _word(row.get("status", "approved"), "status"),
        _word(row.get("reporter", ALONE), "reporter"),
        cells or {None: Amount()},
    )


def _cells(raw: Named) -> dict[str | None, Amount]:
    """The total from a value or its parts, and each category from `disagg` or straight from its name."""
    stated = {name: number(raw[name], name) for name in PARTS if name in raw}
    cells: dict[str | None, Amount] = {None: Amount(**stated)} if stated else {}
    slices = {name: each for name, each in raw.items() if name not in (*PARTS, "disagg")}
    for name, each in (slices | table(raw.get("disagg", {}), "disagg")).items():
        cells[name] = _slice(name, each)
    return cells


def _slice(name: str, raw: Any) -> Amount:
    if isinstance(raw, list) and len(raw) == 2:
        return Amount(None, number(raw[0], name), number(raw[1], name))
    if isinstance(raw, dict):
        known(raw, PARTS, name)
        return Amount(**{part: number(each, name) for part, each in raw.items()})
    return Amount(number(raw, name))


def _periods(raw: Any, used: Iterable[str], foreseen: Iterable[str]) -> dict[str, Span]:
    stated = sequence([] if raw is None else raw, "periods")
    given = [table({"id": row} if isinstance(row, str) else row, "a period") for row in stated]
    for row in given:
        known(row, {"id", "start", "end"}, "a period")
    names = [_word(row.get("id"), "a period") for row in given]
    if len(set(names)) < len(names):
        raise Unsupported("periods: one is there more than once")
    if not given:
        names = list(dict.fromkeys(used)) or ["P1"]
        stems = {_stem(name) for name in names}
        names += [name for name in dict.fromkeys(foreseen) if name not in names and _stem(name) in stems]
    dates = {row["id"]: (row["start"], row["end"]) for row in given if {"start", "end"} <= row.keys()}
    if dates and len(dates) < len(given):
        raise Unsupported("periods: some have days and some have none")
    years = enumerate(names, FIRST_YEAR)
    return {name: _span(name, dates.get(name, (f"{year}-01-01", f"{year}-12-31"))) for year, name in years}


def _stem(name: str) -> str:
    """A name without its numbers: P3 is one more of the kind of P1."""
    return re.sub(r"\d+", "#", name)


def _span(name: str, days: tuple[Any, Any]) -> Span:
    try:
        start, end = (date.fromisoformat(day) for day in days)
    except (TypeError, ValueError):
        raise Unsupported(f"periods: {name} has days that are none") from None
    if not (start.year in YEARS and end.year in YEARS and start <= end):
        raise Unsupported(f"periods: {name} has days that make no period")
    return Span(name, start, end)


def _refuse_strangers(updates: Iterable[Update], units: Named, periods: Named) -> None:
    for each in updates:
        known({each.unit: 0}, units, f"the unit of {each.id}")
        known({each.period: 0}, periods, f"the period of {each.id}")


def _stated(preset: Update, updates: Iterable[Update]) -> bool:
    """Whether what was typed in by hand is overwritten by a unit's own updates."""
    where = (preset.unit, preset.period, "approved")
    return any((each.unit, each.period, each.status) == where for each in updates)


def _at_desks(updates: Iterable[Update], presets: Iterable[Update], accumulation: Accumulation) -> tuple[Update, ...]:
    """Running totals of a unit follow one another at one desk; anything else stands beside what was stated before.

    What is not approved keeps away from what is, since a report is approved as a whole.
    """
    free = {(each.unit, each.period): 1 for each in presets}
    made: dict[str, Update] = {}
    for each in sorted(updates, key=lambda each: each.status != "approved"):
        where = (each.unit, each.period)
        running = accumulation is Accumulation.RUNNING_TOTAL and each.status == "approved"
        desk = 0 if running else free.get(where, 0)
        free[where] = desk + 1
        made[each.id] = replace(each, desk=desk)
    return tuple(made[each.id] for each in updates)
