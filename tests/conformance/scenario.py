"""What a case says happened: units, periods, an indicator and updates, read strictly from its inputs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from rbm.terms.indicators import Accumulation, Measure
from tests.conformance.shapes import Unsupported, block, flag, known, number, sequence, table, word, words
from tests.conformance.spans import Span, spans

ALONE = "p"
APPROVED = "approved"
STATUSES = {
    APPROVED: APPROVED,
    "pending": "submitted",
    "submitted": "submitted",
    "draft": "draft",
    "returned": "returned",
    "revision": "returned",
    "rejected": "returned",
}
"""How far each status of an update carries it."""
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
class Update:
    """What a reporter stated of a unit in a period; `cells` holds the total as None and each category by its name.

    Updates of one desk share a report in each period; those of different desks stand beside each other.
    """

    id: str
    unit: str
    period: str
    stage: str
    cells: Mapping[str | None, Amount]
    desk: int = 0


@dataclass(frozen=True)
class Scenario:
    """One case, ready to be played. typed: units whose numbers, typed in by hand, give way to what stands below."""

    units: Mapping[str, Unit]
    periods: Mapping[str, Span]
    measure: Measure
    accumulation: Accumulation
    updates: tuple[Update, ...]
    presets: tuple[Update, ...] = ()
    amended: Mapping[str, Mapping[str | None, Amount]] = field(default_factory=dict)
    deleted: tuple[str, ...] = ()
    recomputed: tuple[str, ...] = ()
    typed: frozenset[str] = frozenset()

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category that is stated, in the order of its first appearance."""
        stated = [each.cells for each in (*self.presets, *self.updates)] + list(self.amended.values())
        return tuple(dict.fromkeys(name for cells in stated for name in cells if name is not None))


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
    periods = spans(inputs.get("periods"), [each.period for each in (*updates, *typed)], foreseen)
    _refuse_strangers((*typed, *updates), units, periods)
    kept, overwritten = _kept(typed, updates, units, (list(periods), accumulation))
    made = Scenario(
        units,
        periods,
        measure,
        accumulation,
        _at_desks(updates, kept, accumulation),
        kept,
        {key: _cells(table(facts, "amend")) for key, facts in table(inputs.get("amend", {}), "amend").items()},
        tuple(dict.fromkeys(words(inputs.get("delete", []), "delete"))),
        words(inputs.get("recompute_order", []), "recompute_order"),
        overwritten,
    )
    known(dict.fromkeys((*made.amended, *made.deleted)), ids, "updates to amend or delete")
    known(dict.fromkeys(made.recomputed), {*units, *periods}, "recompute_order")
    return made


def as_number(raw: Any, measure: Measure) -> Any:
    """Yes and no as 1 and 0, where that is what is measured; anything else as it is."""
    return int(raw) if measure is Measure.YES_NO and isinstance(raw, bool) else raw


def _units(raw: Any, rows: list[dict[str, Any]], presets: Named) -> dict[str, Unit]:
    if raw is None:
        stated = [row.get("unit", ALONE) for row in rows] + list(presets)
        return {word(each, "unit"): Unit(each) for each in stated or [ALONE]}
    made: dict[str, Unit] = {}
    for row in sequence(raw, "units"):
        known(table(row, "a unit"), {"id", "parent", "aggregate_children", "aggregate_to_parent"}, "a unit")
        key = word(row.get("id"), "a unit")
        if key in made:
            raise Unsupported(f"units: there is more than one {key}")
        parent = None if row.get("parent") is None else word(row["parent"], f"parent of {key}")
        flags = [flag(row.get(f"aggregate_{name}", True), key) for name in ("children", "to_parent")]
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
        Update(f"typed in for {unit} {period}", unit, period, APPROVED, _cells(block(value)))
        for unit, by_period in presets.items()
        for period, value in table(by_period, f"preset of {unit}").items()
    ]


def _update(place: int, row: dict[str, Any], units: Named) -> Update:
    known(row, UPDATE, "an update")
    word(row.get("reporter", ALONE), "reporter")
    slices = {"disagg": row["disagg"]} if row.get("disagg") is not None else {}
    cells = _cells({name: row[name] for name in PARTS if name in row} | slices)
    return Update(
        word(row.get("id", f"update {place}"), "id"),
        word(row.get("unit", next(iter(units)) if len(units) == 1 else ALONE), "unit"),
        word(row.get("period", "P1"), "period"),
        _stage(row.get("status", APPROVED)),
        cells or {None: Amount()},
    )


def _cells(raw: Named) -> dict[str | None, Amount]:
    """The total from a value or its parts, and each category from `disagg` or straight from its name."""
    stated = {name: number(raw[name], name) for name in PARTS if name in raw}
    cells: dict[str | None, Amount] = {None: Amount(**stated)} if stated else {}
    slices = {name: each for name, each in raw.items() if name not in (*PARTS, "disagg")}
    for name, each in (slices | table(raw.get("disagg", {}), "disagg")).items():
        cells[word(name, "a category")] = _slice(name, each)
    return cells


def _slice(name: str, raw: Any) -> Amount:
    if isinstance(raw, list) and len(raw) == 2:
        return Amount(None, number(raw[0], name), number(raw[1], name))
    if isinstance(raw, dict):
        known(raw, PARTS, name)
        return Amount(**{part: number(each, name) for part, each in raw.items()})
    return Amount(number(raw, name))


def _refuse_strangers(updates: Iterable[Update], units: Named, periods: Named) -> None:
    for each in updates:
        known({each.unit: 0}, units, f"the unit of {each.id}")
        known({each.period: 0}, periods, f"the period of {each.id}")


def _stage(raw: Any) -> str:
    status = word(raw, "status")
    known([status], STATUSES, "status")
    return STATUSES[status]


def _kept(
    typed: Iterable[Update], updates: Iterable[Update], units: Mapping[str, Unit], times: tuple[list[str], Accumulation]
) -> tuple[tuple[Update, ...], frozenset[str]]:
    """What was typed in by hand and is not overwritten, and the units where all that was gives way to what is below.

    It is overwritten by a unit's own updates of that period, and by what units below say in it or bring into it.
    """
    order, accumulation = times
    said = {(each.unit, each.period) for each in (*updates, *typed) if each.stage == APPROVED and _says(each)}
    own = {(each.unit, each.period) for each in updates if each.stage == APPROVED}
    kept = [each for each in typed if (each.unit, each.period) not in own]

    def gives_way(preset: Update) -> bool:
        until = order.index(preset.period)
        periods = order[until : until + 1] if accumulation is Accumulation.PERIODIC else order[: until + 1]
        return any((unit, period) in said for unit in _below(preset.unit, units) for period in periods)

    standing = {each.unit for each in kept if not gives_way(each)} | {unit for unit, _ in own}
    overwritten = frozenset(each.unit for each in kept if each.unit not in standing)
    return tuple(each for each in kept if each.unit in overwritten or not gives_way(each)), overwritten


def _says(update: Update) -> bool:
    return any(amount != Amount() for amount in update.cells.values())


def _below(unit: str, units: Mapping[str, Unit]) -> set[str]:
    """The units whose values enter those of a unit."""
    found: set[str] = set()
    waiting = [unit]
    while waiting:
        above = waiting.pop()
        entering = {each.id for each in units.values() if each.parent == above and each.gives and units[above].takes}
        waiting += entering - found
        found |= entering
    return found


def _at_desks(updates: Iterable[Update], presets: Iterable[Update], accumulation: Accumulation) -> tuple[Update, ...]:
    """Running totals of a unit follow one another at one desk; anything else stands beside what was stated before.

    What is not approved keeps away from what is, since a report is approved as a whole.
    """
    free = {(each.unit, each.period): 1 for each in presets}
    made: dict[str, Update] = {}
    for each in sorted(updates, key=lambda each: each.stage != APPROVED):
        where = (each.unit, each.period)
        running = accumulation is Accumulation.RUNNING_TOTAL and each.stage == APPROVED
        desk = 0 if running else free.get(where, 0)
        free[where] = desk + 1
        made[each.id] = replace(each, desk=desk)
    return tuple(made[each.id] for each in updates)
