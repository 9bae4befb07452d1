"""IATI activity files of versions 2.01 to 2.03: bytes into records, every fault kept, repaired or refused, and told."""

from rbm.files.iati.findings import Finding
from rbm.files.iati.limits import Limits
from rbm.files.iati.reader import read
from rbm.files.iati.records import (
    ActivityRecord,
    BudgetRecord,
    DateRecord,
    DescriptionRecord,
    MarkerRecord,
    OrganisationRecord,
    PlaceRecord,
    RelationRecord,
    SectorRecord,
    TagRecord,
    TransactionRecord,
)
from rbm.files.iati.result_records import (
    BaselineCell,
    Cell,
    DocumentLink,
    IndicatorRecord,
    PeriodRecord,
    Reference,
    ResultRecord,
    Texts,
)

__all__ = [
    "ActivityRecord",
    "BaselineCell",
    "BudgetRecord",
    "Cell",
    "DateRecord",
    "DescriptionRecord",
    "DocumentLink",
    "Finding",
    "IndicatorRecord",
    "Limits",
    "MarkerRecord",
    "OrganisationRecord",
    "PeriodRecord",
    "PlaceRecord",
    "Reference",
    "RelationRecord",
    "ResultRecord",
    "SectorRecord",
    "TagRecord",
    "Texts",
    "TransactionRecord",
    "read",
]
