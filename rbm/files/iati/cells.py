"""Published values: baselines, targets and actuals with place, dimensions and comment."""

from datetime import MAXYEAR, MINYEAR
from decimal import Decimal

from rbm.files.iati import attributes, numbers
from rbm.files.iati.documents import documents
from rbm.files.iati.findings import quoted
from rbm.files.iati.result_records import BaselineCell, Cell
from rbm.files.iati.spot import Spot
from rbm.files.iati.texts import narratives_under

PERCENTAGE = "2"
NUMERIC = frozenset("1234")
PLACEHOLDER_YEAR = 1900


def cells(spot: Spot, tag: str, measure: str | None) -> tuple[Cell, ...]:
    """Return every target or actual of a period; repeated cells are kept and noted."""
    found = []
    seen: set[object] = set()
    for child in spot.each(tag):
        cell = _cell(child, measure)
        found.append(cell)
        _note_duplicate(child, key := _key(cell), seen)
        seen.add(key)
    return tuple(found)


def baselines(spot: Spot, measure: str | None) -> tuple[BaselineCell, ...]:
    """Return every baseline of an indicator; negative and repeated ones are kept and noted."""
    found = []
    seen: set[object] = set()
    for child in spot.each("baseline"):
        cell = _baseline(child, measure)
        found.append(cell)
        _note_duplicate(child, key := (cell.year, cell.date, _key(cell)), seen)
        seen.add(key)
    return tuple(found)


def _note_duplicate(spot: Spot, key: object, seen: set[object]) -> None:
    if key in seen:
        spot.tell("noted", f"duplicate cell: {_shown(spot)} stands beside an earlier one of the same place")


def _shown(spot: Spot) -> str:
    return quoted(spot.element.get("value") or "")


def _key(cell: Cell) -> object:
    return tuple(sorted(cell.locations)), tuple(sorted(cell.dimensions))


def _cell(spot: Spot, measure: str | None) -> Cell:
    value, text = _value(spot, measure)
    return Cell(
        value=value,
        text=text,
        locations=_locations(spot),
        dimensions=_dimensions(spot),
        comments=narratives_under(spot, "comment"),
        documents=documents(spot),
        line=spot.line,
    )


def _baseline(spot: Spot, measure: str | None) -> BaselineCell:
    cell = _cell(spot, measure)
    if cell.value is not None and cell.value < 0:
        spot.tell("noted", f"negative baseline {numbers.plain(cell.value)}", "@value")
    day = attributes.day(spot)
    return BaselineCell(
        value=cell.value,
        text=cell.text,
        locations=cell.locations,
        dimensions=cell.dimensions,
        comments=cell.comments,
        documents=cell.documents,
        line=cell.line,
        year=_year(spot, day.year if day else None),
        date=day,
    )


def _year(spot: Spot, of_day: int | None) -> int | None:
    year = attributes.whole(spot, "year")
    if year is not None and not MINYEAR <= year <= MAXYEAR:
        spot.tell("refused", f"{year} is no year", "@year")
        year = None
    if year == PLACEHOLDER_YEAR and of_day != year:
        return _instead_of_placeholder(spot, year, of_day)
    if year is not None and of_day is not None and year != of_day:
        spot.tell("noted", f"year {year} differs from its date in {of_day}", "@year")
    if year is None and of_day is not None:
        spot.tell("repaired", f"no year given, {of_day} taken from the date", "@year")
    return year if year is not None else of_day


def _instead_of_placeholder(spot: Spot, year: int, of_day: int | None) -> int:
    if of_day is None:
        spot.tell("noted", f"year {year} looks like a placeholder", "@year")
        return year
    spot.tell("repaired", f"placeholder year {year} read as {of_day}, the year of its date", "@year")
    return of_day


def _value(spot: Spot, measure: str | None) -> tuple[Decimal | None, str | None]:
    raw = spot.element.get("value")
    if raw is None:
        return None, None
    if not raw.strip():
        spot.tell("noted", f"{quoted(raw)} is an empty value, read as none given", "@value")
        return None, None
    if measure not in NUMERIC:
        spot.tell("noted", _why_text(raw, measure), "@value")
        return None, raw
    reading = numbers.read(raw, numbers.PERCENTAGE_VALUE if measure == PERCENTAGE else numbers.VALUE)
    if reading.value is None:
        spot.tell("refused", f"{reading.reason}; kept as text", "@value")
        return None, raw
    if reading.reason:
        spot.tell("repaired", reading.reason, "@value")
    if measure == PERCENTAGE and reading.value > attributes.HUNDRED:
        spot.tell("noted", f"{numbers.plain(reading.value)} percent is more than 100", "@value")
    return reading.value, None


def _why_text(raw: str, measure: str | None) -> str:
    reading = numbers.read(raw, numbers.PERCENTAGE_VALUE)
    year = reading.reason if reading.value is not None and ":" in raw else None
    hint = f" ({year})" if year else ""
    missing = "the indicator has no measure" if measure is None else "the indicator is qualitative"
    return f"{quoted(raw)}{hint} kept as text, {missing}"


def _locations(spot: Spot) -> tuple[str, ...]:
    refs = []
    for child in spot.each("location"):
        ref = child.get("ref")
        if ref is None:
            child.tell("noted", "location without ref", "@ref")
            continue
        if ref not in spot.report.location_refs:
            child.tell("noted", f"{quoted(ref)} is no location of the activity", "@ref")
        refs.append(ref)
    return tuple(refs)


def _dimensions(spot: Spot) -> tuple[tuple[str, str], ...]:
    found = []
    for child in spot.each("dimension"):
        name, value = child.get("name") or "", child.get("value") or ""
        if not name or not value:
            child.tell("noted", f"dimension {quoted(name)} with value {quoted(value)} is incomplete")
        found.append((name, value))
    return tuple(found)
