"""The results chain: what may stand under what, and which links would close a cycle or count twice."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import networkx as nx
import numpy as np

from rbm.errors import Conflict, Invalid
from rbm.rules.arrays import Days, Ints, spread
from rbm.terms.strategy import FrameworkLevel, ResultLevel

RESULT_ORDER = (ResultLevel.GOAL, ResultLevel.OUTCOME, ResultLevel.OUTPUT, ResultLevel.ACTIVITY)
FRAMEWORK_ORDER = tuple(FrameworkLevel)


@dataclass(frozen=True, slots=True)
class WeightedLink[Key: Hashable]:
    """A contribution of `child` to `parent`, of which `weight` (0 to 1) counts there."""

    child: Key
    parent: Key
    weight: Decimal = Decimal(1)
