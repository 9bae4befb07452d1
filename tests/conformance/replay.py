"""One case replayed on a fresh database: passed, failed, a deviation, or not understood."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from rbm.errors import Refusal
from tests.conformance.cases import Case
from tests.conformance.company import Company, enlarged, founded
from tests.conformance.playing import Stage
from tests.conformance.scenario import Scenario, scenario
from tests.conformance.shapes import Unsupported
from tests.conformance.verdicts import Figures, Leaf, Reading, differs


class Verdict(StrEnum):
    """How a case went."""

    PASSED = "passed"
    FAILED = "failed"
    DEVIATES = "deviates"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class Outcome:
    """How a case went, and what differed; of a deviation, what we say instead."""

    id: str
    verdict: Verdict
    differences: tuple[str, ...] = ()

    @property
    def bad(self) -> bool:
        """Whether it counts as failed."""
        return self.verdict in (Verdict.FAILED, Verdict.UNSUPPORTED)


def replay(engine: sa.Engine, case: Case, company: Company | None = None) -> Outcome:
    """Play a case on a database that holds nothing but the company, and compare what it comes to with what it expects.

    Without a company the database is empty, and one is founded.
    """
    try:
        played = scenario(case.inputs, words(case.expected))
        needed = len(played.units)
        cast = enlarged(engine, company, needed) if company else founded(engine, needed)
        stage = Stage(engine, cast, played)
        stage.play()
        figures = stage.figures()
        if case.deviates:
            return Outcome(case.id, Verdict.DEVIATES, tuple(_told(played, figures)))
        reading = Reading(played, figures)
        found = [str(leaf) for leaf in reading.leaves(case.expected) if differs(leaf)]
    except Unsupported as shape:
        return Outcome(case.id, Verdict.DEVIATES if case.deviates else Verdict.UNSUPPORTED, (str(shape),))
    except Refusal as refusal:
        verdict = Verdict.DEVIATES if case.deviates else Verdict.FAILED
        return Outcome(case.id, verdict, (f"refused, {refusal.field}: {refusal.message}",))
    return Outcome(case.id, Verdict.FAILED if found else Verdict.PASSED, tuple(found))


def words(expected: Any) -> list[str]:
    """Every key of an expectation, outer ones first."""
    if not isinstance(expected, dict):
        return []
    return [*expected, *(word for inner in expected.values() for word in words(inner))]


def _told(played: Scenario, figures: Figures) -> list[str]:
    """Our figures, in the order of units, periods and categories."""
    slices = [None, *played.categories]
    cells = [(unit, period, cut) for unit in played.units for period in played.periods for cut in slices]
    found = [(" ".join(filter(None, cell)), figures[cell].value) for cell in cells if cell in figures]
    return [str(Leaf(name, None, value)).replace("expected nothing, found", "ours is") for name, value in found]
