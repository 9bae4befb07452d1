"""What figures of the evaluation function look at: histories as of a day, narrowed to a scope."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from rbm.rules.arrays import Bools, Codes, Days, Ints
from rbm.rules.deadlines import Deadlines
from rbm.rules.followup.columns import Histories
from rbm.rules.followup.history import code, due_days, ended_days, existing, happened, is_any, stages_on
from rbm.rules.followup.measures import Definition
from rbm.rules.followup.standing import Standing, standing, statuses
from rbm.terms.evaluation import EvaluationLevel, SourceKind
from rbm.terms.followup import OPEN_STAGES

OWN_SOURCES = frozenset({SourceKind.EVALUATION, SourceKind.DONOR_EVALUATION})
"""What figures are about unless another source is asked for: sources are never mixed with evaluations."""


@dataclass(frozen=True, eq=False)
class Scope:
    """The offices looked at (a mark for each), the sources, a level where only one is meant, and the evaluations.

    Without marks of evaluations they are all looked at.
    """

    offices: Bools
    sources: Collection[SourceKind] = OWN_SOURCES
    level: EvaluationLevel | None = None
    evaluations: Bools | None = None


@dataclass(frozen=True, eq=False)
class View:
    """Histories as of a day in a scope. What is marked is of the scope and was there on the day."""

    histories: Histories
    on: date
    scope: Scope
    deadlines: Deadlines = field(default_factory=Deadlines)
    definition: Definition = field(default_factory=Definition)

    @property
    def day(self) -> int:
        """The day as an ordinal."""
        return self.on.toordinal()

    @property
    def year_start(self) -> int:
        """The first day of its year."""
        return date(self.on.year, 1, 1).toordinal()

    @property
    def year_end(self) -> int:
        """The last day of its year."""
        return date(self.on.year, 12, 31).toordinal()

    def years_back(self, years: int) -> int:
        """The first day of the calendar years of which this one is the last."""
        return date(max(self.on.year - years + 1, 1), 1, 1).toordinal()

    def this_year(self, days: Days) -> Bools:
        """Where a day lies in the year, not after the day looked at."""
        return happened(days, self.day) & (days >= self.year_start)

    @cached_property
    def sourced(self) -> Bools:
        """Evaluations of the sources and the level, whatever the office."""
        rows = self.histories.evaluations
        found = is_any(rows.source, sorted(self.scope.sources)) & happened(rows.planned_on, self.day)
        if self.scope.evaluations is not None:
            found &= self.scope.evaluations
        return found if self.scope.level is None else found & (rows.level == code(self.scope.level))

    @cached_property
    def evaluations(self) -> Bools:
        """Evaluations that offices in the scope commission."""
        return self.sourced & self.scope.offices[self.histories.evaluations.office]

    @cached_property
    def responses(self) -> Bools:
        """Responses owed by offices in the scope for evaluations that are final."""
        rows, above = self.histories.responses, self.histories.evaluations
        final = self.sourced & happened(above.final_on, self.day)
        return final[rows.evaluation] & self.scope.offices[rows.office]

    @cached_property
    def addressed(self) -> Bools:
        """Answers owed by offices in the scope to recommendations that are issued."""
        rows, issued = self.histories.answers, self.histories.recommendations
        there = self.sourced[issued.evaluation] & happened(issued.issued_on, self.day)
        return there[rows.recommendation] & self.scope.offices[rows.office]

    @cached_property
    def superseded(self) -> Bools:
        """Recommendations of which another took the place."""
        return happened(self.histories.recommendations.superseded_on, self.day)

    @cached_property
    def answers(self) -> Bools:
        """The same without those to recommendations of which another took the place."""
        return self.addressed & ~self.superseded[self.histories.answers.recommendation]

    @cached_property
    def standing(self) -> Standing:
        """What was decided, and where actions are."""
        return standing(self.histories, self.day)

    @cached_property
    def status(self) -> Codes:
        """The status of each answer."""
        return statuses(self.standing, self.superseded[self.histories.answers.recommendation])

    @cached_property
    def actions(self) -> Bools:
        """Actions that offices in the scope had planned."""
        rows = self.histories.actions
        of = self.histories.answers.recommendation[rows.answer]
        sourced = self.sourced[self.histories.recommendations.evaluation[of]]
        return existing(rows, self.day) & sourced & self.scope.offices[rows.office]

    @cached_property
    def stage(self) -> Codes:
        """The stage of each action."""
        return stages_on(self.histories.actions, self.histories.moves, self.day)

    @cached_property
    def due(self) -> Days:
        """The day each action is due."""
        return due_days(self.histories.actions, self.histories.extensions, self.day)

    @cached_property
    def ended(self) -> Days:
        """The day each closed action was closed."""
        return ended_days(self.histories.actions, self.histories.moves, self.day)

    @cached_property
    def open(self) -> Bools:
        """Actions that are open: neither claimed, closed nor superseded."""
        return self.actions & is_any(self.stage, sorted(OPEN_STAGES))

    @cached_property
    def late(self) -> Ints:
        """How many days open actions are overdue, 0 for all others; due today is not overdue."""
        days = np.maximum(self.day - self.due.astype(np.int64), 0)
        return np.where(self.open, days, 0)
