"""Words of series over years and strategies. Source: design section 6, crosswalks between results frameworks."""

from enum import StrEnum


class CrosswalkRelation(StrEnum):
    """How an indicator of a later framework continues one of an earlier; a changed one measures something else."""

    SAME = "same"
    SPLIT = "split"
    MERGED = "merged"
    CHANGED = "changed"
    DISCONTINUED = "discontinued"
