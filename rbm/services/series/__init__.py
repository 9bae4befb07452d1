"""Series over years and strategies: crosswalks, decisions on adding up, distributions, matched achievement."""

from rbm.services.series.crosswalk import AcceptedCrosswalk, Succession, accept_crosswalk, record_crosswalk
from rbm.services.series.deciding import (
    Decision,
    combined,
    decide_aggregation,
    decide_all,
    decided,
    refuse_undecidable,
)
from rbm.services.series.following import Seam, Series, SeriesPoint, UnitChange, series
from rbm.services.series.measuring import distributions, matched_achievements
from rbm.services.series.pairing import CrosswalkPair, propose_crosswalk
from rbm.services.series.worklist import Undecided, aggregation_worklist

__all__ = [
    "AcceptedCrosswalk",
    "CrosswalkPair",
    "Decision",
    "Seam",
    "Series",
    "SeriesPoint",
    "Succession",
    "Undecided",
    "UnitChange",
    "accept_crosswalk",
    "aggregation_worklist",
    "combined",
    "decide_aggregation",
    "decide_all",
    "decided",
    "distributions",
    "matched_achievements",
    "propose_crosswalk",
    "record_crosswalk",
    "refuse_undecidable",
    "series",
]
