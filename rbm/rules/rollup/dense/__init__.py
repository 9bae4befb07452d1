"""The short way: indicators of which nothing but arithmetic is asked, in blocks of indicators by periods by slices."""

from rbm.rules.rollup.dense.merging import roll_up_plain
from rbm.rules.rollup.dense.sharing import joined, only

__all__ = ["joined", "only", "roll_up_plain"]
