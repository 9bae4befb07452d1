"""Performance: achievement and rating of cells, the rules that flag interventions, and how often they were right."""

from rbm.rules.performance.achievements import Achievements, Cells, achievements, against_direction, columns
from rbm.rules.performance.hits import HitRate, Standings, hit_rate, standings
from rbm.rules.performance.interventions import (
    Indicators,
    Interventions,
    RatedCells,
    Reports,
    Sources,
    interventions,
    no_cells,
)
from rbm.rules.performance.parameters import (
    Deadline,
    MissedTwiceShares,
    NoBaselineShares,
    OffTrackShares,
    Shares,
    StaleShares,
    stated,
)
from rbm.rules.performance.ratings import Ratings, Thresholds, Windows, rate
from rbm.rules.performance.rules import RULES, Rule, explain, rule_named
from rbm.rules.performance.verdicts import Verdict, Verdicts, verdict

__all__ = [
    "RULES",
    "Achievements",
    "Cells",
    "Deadline",
    "HitRate",
    "Indicators",
    "Interventions",
    "MissedTwiceShares",
    "NoBaselineShares",
    "OffTrackShares",
    "RatedCells",
    "Ratings",
    "Reports",
    "Rule",
    "Shares",
    "Sources",
    "StaleShares",
    "Standings",
    "Thresholds",
    "Verdict",
    "Verdicts",
    "Windows",
    "achievements",
    "against_direction",
    "columns",
    "explain",
    "hit_rate",
    "interventions",
    "no_cells",
    "rate",
    "rule_named",
    "standings",
    "stated",
    "verdict",
]
