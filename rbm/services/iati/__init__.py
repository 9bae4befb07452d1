"""Publications in: import of IATI activity files, the chain they describe, and its consolidation upward."""

from rbm.services.iati.consolidating import consolidate
from rbm.services.iati.importing import import_file
from rbm.services.iati.report import Counts, ImportReport, Told

__all__ = ["Counts", "ImportReport", "Told", "consolidate", "import_file"]
