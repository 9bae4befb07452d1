"""Rows gathered by table and written together, parents before children."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from rbm import bulk
from rbm.db import Row
from rbm.model.iati import ImportFinding, Publication, PublicationRelation
from rbm.model.indicators import (
    Baseline,
    Category,
    ContributionLink,
    Dimension,
    Disaggregation,
    DisaggregationPart,
    Indicator,
    Target,
)
from rbm.model.people import Office, OfficePlacement
from rbm.model.projects import (
    Project,
    ProjectBudget,
    ProjectDate,
    ProjectDocument,
    ProjectMarker,
    ProjectParticipation,
    ProjectPlace,
    ProjectSector,
    ProjectTag,
    ProjectText,
    ProjectTransaction,
)
from rbm.model.reporting import Measurement, Period
from rbm.model.strategy import Framework, Result, ResultLink

DETAILS: tuple[type[Row], ...] = (
    ProjectBudget,
    ProjectTransaction,
    ProjectPlace,
    ProjectSector,
    ProjectTag,
    ProjectMarker,
    ProjectParticipation,
    ProjectDate,
    ProjectText,
    ProjectDocument,
)
"""What a plan states of its project; written anew when the publication changes."""

ORDER: tuple[type[Row], ...] = (
    *(Office, OfficePlacement, Project, Framework, Publication, PublicationRelation),
    *(Period, Dimension, Category, Disaggregation, DisaggregationPart),
    *(Result, ResultLink, Indicator, ContributionLink, Baseline, Target, Measurement),
    *DETAILS,
    ImportFinding,
)
FULL = 50_000


@dataclass
class Batch:
    """Rows waiting to be written; `written` counts them by table once they are."""

    session: Session
    rows: dict[type[Row], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    written: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    waiting: int = 0

    def add(self, cls: type[Row], row: dict[str, Any]) -> None:
        """Put one row in."""
        self.rows[cls].append(row)
        self.waiting += 1

    def write_when_full(self) -> None:
        """Keep memory bounded over a long file."""
        if self.waiting >= FULL:
            self.write()

    def write(self) -> None:
        """Write everything that waits, parents first."""
        for cls in ORDER:
            self.written[cls.__tablename__] += bulk.insert(self.session, cls, self.rows.pop(cls, []))
        if self.rows:
            raise RuntimeError(f"no place in the order for {list(self.rows)}")
        self.waiting = 0
