"""The rules: pure functions over the table of interventions, and their register."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from rbm.rules.arrays import Bools, Days, Ints
from rbm.rules.performance import sentences
from rbm.rules.performance.interventions import NEVER, Interventions
from rbm.rules.performance.parameters import (
    Deadline,
    MissedTwiceShares,
    NoBaselineShares,
    OffTrackShares,
    Shares,
    StaleShares,
)
from rbm.rules.performance.shares import at_least
from rbm.rules.performance.verdicts import Verdict, Verdicts
from rbm.terms.people import Role
from rbm.terms.performance import FlagRule

P = TypeVar("P", bound=Shares | Deadline)


@dataclass(frozen=True, slots=True)
class Decided:
    """raised, watch (bool per row) and the columns they come from."""

    raised: Bools
    watch: Bools
    inputs: Mapping[str, Ints | Days]


@dataclass(frozen=True, slots=True)
class Rule(Generic[P]):
    """A registered rule: default parameters, the role that owns its flags, what decides it and what explains it."""

    name: FlagRule
    version: int
    parameters: P
    owner: Role
    decide: Callable[[Interventions, P], Decided]
    sentence: Callable[[Verdict], str]

    def __call__(self, table: Interventions, parameters: P | None = None) -> Verdicts:
        """The verdicts on every intervention of the table, by the given or the default parameters."""
        chosen = self.parameters if parameters is None else parameters
        found = self.decide(table, chosen)
        return Verdicts(self.name, self.version, chosen, table.subject, found.raised, found.watch, found.inputs)


def off_track(table: Interventions, parameters: Shares) -> Decided:
    """Too many of the rated cells of outcomes and outputs are off track or missed. Source: design section 7.

    Every cell with a target and an actual counts that can be rated, with or without a baseline, by threshold too.
    On the results UNHCR published for 2023 that is 6 of 51 operations off track and 13 more to watch; of cells that
    also have a baseline alone it would be 6 and 16.
    """
    shown = ("at_risk", "on_track", "not_rated", "outcome_rated", "outcome_off_track", "output_rated")
    levels = ("output_off_track", "impact_rated", "impact_off_track")
    return _share(table, ("off_track", "rated"), parameters, shown + levels)


def missed_target_twice(table: Interventions, parameters: Shares) -> Decided:
    """Too many indicators of outcomes and outputs missed in two successive periods, of those rated in both.

    Missed in a period is an indicator of which every rated cell is off track or missed. One indicator would be too
    few: of 47 operations of 2022 and 2023 all but seven have one. Source: design section 7, two-period rule.
    """
    return _share(table, ("missed_twice", "compared"), parameters)


def no_baseline(table: Interventions, parameters: Shares) -> Decided:
    """Too many indicators of outcomes and impact lack a baseline; outputs start at zero. Source: design section 7."""
    return _share(table, ("without_baseline", "needing_baseline"), parameters)


def stale_indicator(table: Interventions, parameters: Shares) -> Decided:
    """Too many indicators have no value in the last closed period though one was due. Source: requirement R060."""
    return _share(table, ("stale", "expected"), parameters, ("last_report",))


def report_overdue(table: Interventions, parameters: Deadline) -> Decided:
    """A report is not submitted and its due day and the days of grace are over. Source: requirement R060."""
    late = np.where(table.report_due == NEVER, 0, table.as_of.toordinal() - table.report_due.astype(np.int64))
    inputs = {"days_overdue": np.maximum(late, 0), "report_due": table.report_due, "last_report": table.last_report}
    return Decided(late > parameters.grace_days, np.zeros(len(late), dtype=np.bool_), inputs)


def explain(verdict: Verdict) -> str:
    """One sentence with the numbers and thresholds of a verdict, whether or not a flag is raised."""
    return rule_named(verdict.rule).sentence(verdict)


def rule_named(name: FlagRule) -> Rule[Any]:
    """The registered rule of that name."""
    return next(rule for rule in RULES if rule.name is name)


def _share(table: Interventions, names: tuple[str, str], parameters: Shares, shown: tuple[str, ...] = ()) -> Decided:
    """Part of whole against the shares of the parameters; names of their columns, and of those shown beside them."""
    part, whole = (getattr(table, name) for name in names)
    enough = (whole >= parameters.minimum) & (part > 0)
    raised = enough & at_least(part, whole, parameters.raised_at)
    watch = enough & at_least(part, whole, parameters.watch_at) & ~raised
    return Decided(raised, watch, {name: getattr(table, name) for name in (*names, *shown)})


RULES: tuple[Rule[Any], ...] = (
    Rule(FlagRule.OFF_TRACK, 1, OffTrackShares(), Role.APPROVER, off_track, sentences.off_track),
    Rule(
        FlagRule.MISSED_TARGET_TWICE,
        1,
        MissedTwiceShares(),
        Role.APPROVER,
        missed_target_twice,
        sentences.missed_target_twice,
    ),
    Rule(FlagRule.NO_BASELINE, 1, NoBaselineShares(), Role.REPORTER, no_baseline, sentences.no_baseline),
    Rule(FlagRule.STALE_INDICATOR, 1, StaleShares(), Role.REPORTER, stale_indicator, sentences.stale_indicator),
    Rule(FlagRule.REPORT_OVERDUE, 1, Deadline(), Role.REPORTER, report_overdue, sentences.report_overdue),
)
