"""Results with their indicators and periods."""

import datetime as dt
from collections import Counter

from rbm.files.iati import attributes, cells
from rbm.files.iati.documents import documents
from rbm.files.iati.findings import quoted
from rbm.files.iati.result_records import IndicatorRecord, PeriodRecord, Reference, ResultRecord
from rbm.files.iati.spot import Spot
from rbm.files.iati.strays import strays
from rbm.files.iati.texts import narratives_under, title_of

OTHER = "9"
RESULT_TYPES = frozenset({"1", "2", "3", OTHER})
MEASURES = frozenset("12345")

Occurrences = Counter[tuple[str | None, ...]]


def results(activity: Spot) -> tuple[ResultRecord, ...]:
    """Return every result of an activity, in the order of the file."""
    occurrences: Occurrences = Counter()
    return tuple(_result(child, occurrences) for child in activity.each("result"))


def _result(spot: Spot, occurrences: Occurrences) -> ResultRecord:
    if spot.get("type") is None:
        spot.tell("noted", f"type is missing, read as {OTHER}", "@type")
    kind = attributes.code(spot, "type", RESULT_TYPES, OTHER)
    titles = narratives_under(spot, "title")
    title = _title(spot, titles)
    occurrences[kind, title] += 1
    return ResultRecord(
        type=kind,
        aggregation_status=attributes.flag(spot, "aggregation-status"),
        title=title,
        titles=titles,
        descriptions=narratives_under(spot, "description"),
        references=_references(spot, "vocabulary-uri"),
        indicators=tuple(_indicator(child, (kind, title), occurrences) for child in spot.each("indicator")),
        documents=documents(spot),
        occurrence=occurrences[kind, title],
        attributes=_attributes(spot),
        remainder=strays(spot),
        line=spot.line,
    )


def _attributes(spot: Spot) -> dict[str, str]:
    return {str(name): str(value) for name, value in spot.element.attrib.items()}


def _title(spot: Spot, titles: dict[str, str]) -> str:
    title = title_of(titles, spot.report.language)
    if not title:
        spot.tell("noted", "no title", "title")
    return title


def _indicator(spot: Spot, result: tuple[str, str], occurrences: Occurrences) -> IndicatorRecord:
    measure = _measure(spot)
    titles = narratives_under(spot, "title")
    title = _title(spot, titles)
    key = (*result, title, measure)
    occurrences[key] += 1
    return IndicatorRecord(
        measure=measure,
        ascending=attributes.flag(spot, "ascending"),
        aggregation_status=attributes.flag(spot, "aggregation-status"),
        title=title,
        titles=titles,
        descriptions=narratives_under(spot, "description"),
        references=_references(spot, "indicator-uri"),
        baselines=cells.baselines(spot, measure),
        periods=_periods(spot, measure),
        documents=documents(spot),
        occurrence=occurrences[key],
        attributes=_attributes(spot),
        remainder=strays(spot),
        line=spot.line,
    )


def _measure(spot: Spot) -> str | None:
    measure = spot.get("measure")
    if measure in MEASURES:
        return measure
    fault = "measure is missing" if measure is None else f"{quoted(measure)} is an unknown measure"
    spot.tell("noted", f"{fault}, the indicator is kept as narrative", "@measure")
    return None


def _references(spot: Spot, uri: str) -> tuple[Reference, ...]:
    found = []
    for child in spot.each("reference"):
        code = attributes.required(child, "code")
        if code is not None:
            found.append(Reference(child.get("vocabulary"), code, child.get(uri)))
    return tuple(found)


def _periods(spot: Spot, measure: str | None) -> tuple[PeriodRecord, ...]:
    found = (_period(child, measure) for child in spot.each("period"))
    return tuple(period for period in found if period)


def _period(spot: Spot, measure: str | None) -> PeriodRecord | None:
    start, end = _bound(spot, "period-start"), _bound(spot, "period-end")
    if start is None or end is None or start > end:
        _lose(spot, f"the period from {start or 'nowhere'} to {end or 'nowhere'}")
        return None
    if start == end:
        spot.tell("noted", f"period starts and ends on {start}")
    targets, actuals = cells.cells(spot, "target", measure), cells.cells(spot, "actual", measure)
    return PeriodRecord(start, end, targets, actuals, spot.line)


def _bound(spot: Spot, tag: str) -> dt.date | None:
    bound = spot.one(tag)
    return attributes.day(bound) if bound else None


def _lose(spot: Spot, period: str) -> None:
    spot.tell("refused", f"{period} is not kept, nor are its values")
    for tag in ("target", "actual"):
        for child in spot.each(tag):
            child.tell("refused", f"{tag} {quoted(child.element.get('value') or '')} is lost with {period}")
            spot.report.lost[tag] += 1
