"""What one activity of an IATI file says: the activity itself, its people, places, themes and money.

The repr of a record is what it says, so it leaves out lines and findings.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from rbm.files.iati.findings import Finding
from rbm.files.iati.result_records import DocumentLink, ResultRecord, Texts

Content = dict[str, Any]
PlaceRole = Literal["recipient_country", "recipient_region", "location"]


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """An organisation that reports or takes part; `attributes` are those without a field of their own."""

    ref: str | None
    type: str | None
    names: Texts
    role: str | None
    activity_id: str | None
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """Where the activity happens; percentage in percent, coordinates in degrees as published, content whole."""

    role: PlaceRole
    code: str | None
    vocabulary: str | None
    percentage: Decimal | None
    names: Texts
    ref: str | None
    latitude: Decimal | None
    longitude: Decimal | None
    content: Content


@dataclass(frozen=True, slots=True)
class SectorRecord:
    """A sector of a vocabulary ("1" when none is named) with its share in percent."""

    vocabulary: str
    code: str
    percentage: Decimal | None
    names: Texts
    uri: str | None


@dataclass(frozen=True, slots=True)
class TagRecord:
    """A tag of a vocabulary: 2 an SDG, 3 an SDG target, 99 the publisher's own."""

    vocabulary: str | None
    code: str
    names: Texts
    uri: str | None


@dataclass(frozen=True, slots=True)
class MarkerRecord:
    """A policy marker of a vocabulary ("1" when none is named) with its significance."""

    vocabulary: str
    code: str
    significance: str | None
    names: Texts
    uri: str | None


@dataclass(frozen=True, slots=True)
class BudgetRecord:
    """A budget over a span of days; kind 1 original, 2 revised; status 1 indicative, 2 committed."""

    kind: str
    status: str
    start: dt.date
    end: dt.date
    amount: Decimal
    currency: str
    value_date: dt.date | None
    content: Content
    line: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """A transaction; kind is its IATI TransactionType code, content the whole element."""

    kind: str
    date: dt.date
    amount: Decimal
    currency: str
    value_date: dt.date | None
    descriptions: Texts
    content: Content
    line: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class DateRecord:
    """A day in the activity's life; kind is its ActivityDateType code."""

    kind: str
    date: dt.date
    texts: Texts


@dataclass(frozen=True, slots=True)
class DescriptionRecord:
    """A description; kind is its DescriptionType code."""

    kind: str | None
    texts: Texts


@dataclass(frozen=True, slots=True)
class RelationRecord:
    """A link to another activity; kind 1 parent, 2 child, 3 sibling, 4 co-funded, 5 third party."""

    kind: str
    ref: str
    line: int = field(default=0, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ActivityRecord:
    """One activity with everything it says.

    `remainder` is the XML of every other child element and of those with extensions inside, contact details excepted;
    `lost_targets` and `lost_actuals` count the cells of refused periods; `findings` stand in the order of their lines.
    """

    identifier: str
    iati_version: str
    language: str
    currency: str | None
    hierarchy: int | None
    humanitarian: bool | None
    last_updated: str | None
    attributes: dict[str, str]
    reporting: OrganisationRecord
    title: str
    titles: Texts
    descriptions: tuple[DescriptionRecord, ...]
    participations: tuple[OrganisationRecord, ...]
    dates: tuple[DateRecord, ...]
    status: str | None
    relations: tuple[RelationRecord, ...]
    places: tuple[PlaceRecord, ...]
    sectors: tuple[SectorRecord, ...]
    tags: tuple[TagRecord, ...]
    markers: tuple[MarkerRecord, ...]
    budgets: tuple[BudgetRecord, ...]
    transactions: tuple[TransactionRecord, ...]
    documents: tuple[DocumentLink, ...]
    results: tuple[ResultRecord, ...]
    remainder: tuple[str, ...]
    lost_targets: int
    lost_actuals: int
    findings: tuple[Finding, ...] = field(repr=False)
    line: int = field(repr=False)
