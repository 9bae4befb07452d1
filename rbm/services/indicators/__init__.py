"""Indicators: their protocols, dimensions, contribution links, baselines and targets."""

from rbm.services.indicators.dimensions import (
    define_category,
    define_dimension,
    dimensions_of,
    disaggregation_of,
    find_dimensions,
    split_indicator,
)
from rbm.services.indicators.figures import (
    DataCoverage,
    MissingSplit,
    Progress,
    data_coverage,
    missing_splits,
    progress,
)
from rbm.services.indicators.links import (
    ContributionPlan,
    end_link,
    find_contributions,
    link_indicators,
    opt_out,
    reweigh_link,
    unlink_indicators,
)
from rbm.services.indicators.protocol import (
    IndicatorProtocol,
    define_indicator,
    find_indicators,
    review_indicator,
    revise_indicator,
    tag_indicator,
)
from rbm.services.indicators.values import (
    BaselineInput,
    CellInput,
    Edition,
    TargetInput,
    history,
    set_baseline,
    set_target,
)

__all__ = [
    "BaselineInput",
    "CellInput",
    "ContributionPlan",
    "DataCoverage",
    "Edition",
    "IndicatorProtocol",
    "MissingSplit",
    "Progress",
    "TargetInput",
    "data_coverage",
    "define_category",
    "define_dimension",
    "define_indicator",
    "dimensions_of",
    "disaggregation_of",
    "end_link",
    "find_contributions",
    "find_dimensions",
    "find_indicators",
    "history",
    "link_indicators",
    "missing_splits",
    "opt_out",
    "progress",
    "review_indicator",
    "revise_indicator",
    "reweigh_link",
    "set_baseline",
    "set_target",
    "split_indicator",
    "tag_indicator",
    "unlink_indicators",
]
