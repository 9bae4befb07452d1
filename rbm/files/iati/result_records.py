"""What the results of one activity say: results, indicators, periods and their cells.

The repr of a record is what it says, so it leaves out the line on which that stands.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Reference:
    """A code of an outside list, as published."""

    vocabulary: str | None
    code: str
    uri: str | None


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """A document on the web that an element points to."""

    url: str
    format: str | None
    titles: Texts
    descriptions: Texts
    categories: tuple[str, ...]
    languages: tuple[str, ...]
    date: dt.date | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One published value with its place and dimensions.

    `value` has at most six decimals; `text` is the raw value when it is no number; neither means none was given.
    Dimensions are (name, value) pairs in the order of the file.
    """

    value: Decimal | None
    text: str | None
    locations: tuple[str, ...]
    dimensions: tuple[tuple[str, str], ...]
    comments: Texts
    documents: tuple[DocumentLink, ...]
    line: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class BaselineCell(Cell):
    """A value before the work began, of a year or a day."""

    year: int | None
    date: dt.date | None


@dataclass(frozen=True, slots=True)
class PeriodRecord:
    """What was meant and what was reached between two days, both included."""

    start: dt.date
    end: dt.date
    targets: tuple[Cell, ...]
    actuals: tuple[Cell, ...]
    line: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class IndicatorRecord:
    """An indicator; `measure` is its IndicatorMeasure code, None when missing or unknown.

    `occurrence` numbers, from 1, the indicators of the activity with the same result type, result title, title
    and measure. `attributes` are all as published; `remainder` holds what the standard does not know here: the way to
    it from the indicator, and its XML.
    """

    measure: str | None
    ascending: bool | None
    aggregation_status: bool | None
    title: str
    titles: Texts
    descriptions: Texts
    references: tuple[Reference, ...]
    baselines: tuple[BaselineCell, ...]
    periods: tuple[PeriodRecord, ...]
    documents: tuple[DocumentLink, ...]
    occurrence: int
    attributes: dict[str, str]
    remainder: tuple[tuple[str, str], ...]
    line: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class ResultRecord:
    """A result; `type` is its ResultType code, `occurrence` numbers those of the same type and title from 1.

    `attributes` and `remainder` as those of an indicator.
    """

    type: str
    aggregation_status: bool | None
    title: str
    titles: Texts
    descriptions: Texts
    references: tuple[Reference, ...]
    indicators: tuple[IndicatorRecord, ...]
    documents: tuple[DocumentLink, ...]
    occurrence: int
    attributes: dict[str, str]
    remainder: tuple[tuple[str, str], ...]
    line: int = field(repr=False)
