"""Plays a scenario through the services: plans, reports, approvals, corrections, refreshes."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm.access import SYSTEM, Actor
from rbm.model.rollup import Figure
from rbm.services import indicators, marks, reporting, rollup, strategy
from rbm.services.indicators import ContributionPlan, IndicatorProtocol
from rbm.services.reporting import CorrectionInput, PeriodPlan, ValueInput
from rbm.services.rollup import FigureQuestion
from rbm.services.strategy import FrameworkPlan, ResultPlan
from rbm.terms.indicators import Accumulation, Additivity, Composition, Direction, Measure, OverTime, OverUnits
from rbm.terms.reporting import MissingReason
from rbm.terms.strategy import FrameworkLevel, ResultLevel
from rbm.work import Work, begin
from tests.conformance.company import SPLIT, Company
from tests.conformance.scenario import APPROVED, Amount, Scenario, Unit, Update
from tests.conformance.spans import played

OPERATORS = {
    Measure.NUMBER: OverUnits.SUM,
    Measure.PERCENTAGE: OverUnits.RATIO_OF_SUMS,
    Measure.RATIO: OverUnits.RATIO_OF_SUMS,
    Measure.SCORE: OverUnits.MEDIAN,
    Measure.YES_NO: OverUnits.COUNT_YES,
    Measure.MILESTONE: OverUnits.NONE,
    Measure.NARRATIVE: OverUnits.NONE,
}
NOTHING = Amount()
Cell = str | None
Place = tuple[str, str, int]


@dataclass(frozen=True)
class Desk:
    """A plan that is reported on, and its indicator."""

    framework: UUID
    indicator: UUID


@dataclass
class Sheet:
    """A report: what each update said, of which the last one stands, and the value that stands in each cell."""

    id: UUID
    stage: str
    said: dict[str, dict[Cell, Amount]] = field(default_factory=dict)
    standing: dict[Cell, int] = field(default_factory=dict)

    @property
    def last(self) -> dict[Cell, Amount]:
        """What the last update said."""
        return next(reversed(self.said.values()), {})


class Stage:
    """A database with its company, on which one scenario is played; `figures` is what it came to."""

    def __init__(self, engine: sa.Engine, company: Company, scenario: Scenario) -> None:
        self.engine, self.company, self.played = engine, company, scenario
        self.spans = played(scenario.periods, scenario.accumulation)
        last = max(each.end for each in self.spans.values())
        self.now = datetime.combine(last + timedelta(days=30), time(9), tzinfo=UTC)
        self.periods: dict[str, UUID] = {}
        self.offices: dict[str, UUID] = {}
        self.categories: dict[str, UUID] = {}
        self.desks: dict[tuple[str, int], Desk] = {}
        self.sheets: dict[Place, Sheet] = {}

    @contextmanager
    def work(self, actor: Actor = SYSTEM) -> Iterator[Work]:
        """A unit of work as a person, or as the system."""
        with begin(self.engine, actor, "conformance", now=self.now) as work:
            yield work

    def play(self) -> None:
        """Everything the scenario tells, in its order."""
        self._set_up()
        for each in rounds((*self.played.presets, *self.played.updates)):
            self._report(each)
        self.refresh()
        updates = {each.id: each for each in self.played.updates}
        for key, cells in self.played.amended.items():
            self._amend(updates[key], cells)
        for key in self.played.deleted:
            self._delete(updates[key])
        if self.played.amended or self.played.deleted:
            self.refresh()
        for key in self.played.recomputed:
            with self.work() as work:
                marks.mark(work, self._meant(key), "recompute")
            self.refresh()

    def refresh(self) -> None:
        """Bring the figures up to date."""
        with self.work() as work:
            rollup.refresh(work)

    def figures(self) -> dict[tuple[str, str, Cell], Figure]:
        """Figures by unit, period and category, None for the total."""
        units = {desk.indicator: unit for (unit, place), desk in self.desks.items() if place == 0}
        periods = {key: name for name, key in self.periods.items()}
        names = {key: name for name, key in self.categories.items()}
        found: dict[tuple[str, str, Cell], Figure] = {}
        with self.work() as work:
            for by in (None, SPLIT):
                for row in work.session.scalars(
                    rollup.find_figures(work, FigureQuestion(FrameworkLevel.COUNTRY, by=by))
                ):
                    if row.indicator_id in units:
                        category = None if by is None else names[row.category_id]
                        found[units[row.indicator_id], periods[row.period_id], category] = row
            work.session.expunge_all()
        return found

    def _set_up(self) -> None:
        with self.work() as work:
            for number, (name, span) in enumerate(self.spans.items()):
                plan = PeriodPlan(f"T{number}", span.kind, span.start, span.end)
                self.periods[name] = reporting.open_period(work, plan).id
            for number, name in enumerate(self.played.categories):
                made = indicators.define_category(work, self.company.split, f"C{number}", f"Category {number}")
                self.categories[name] = made.id
            for number, unit in enumerate(self.played.units):
                self.offices[unit] = self.company.offices[number]
                self._plan(work, unit, 0)
            for each in self.played.units.values():
                self._link(work, each)
            for update in self.played.updates:
                if (update.unit, update.desk) not in self.desks:
                    self._plan(work, update.unit, update.desk)

    def _plan(self, work: Work, unit: str, place: int) -> None:
        """The plan of a desk; those beside a unit's own contribute to its indicator."""
        code = f"P{len(self.desks)}"
        days = (min(each.start for each in self.spans.values()), self.now.date())
        plan = FrameworkPlan(code, f"Plan {place}", FrameworkLevel.COUNTRY, self.offices[unit], *days)
        framework = strategy.create_framework(work, plan).id
        strategy.approve_framework(work, framework, self.now.date(), "the board")
        result = strategy.plan_result(work, ResultPlan(framework, f"{code}R", "Result", ResultLevel.OUTCOME)).id
        made = indicators.define_indicator(work, result, f"{code}I", "Indicator", self._protocol(unit)).id
        if self.played.categories:
            indicators.split_indicator(work, made, self.company.split)
        self.desks[unit, place] = Desk(framework, made)
        if place:
            indicators.link_indicators(work, ContributionPlan(made, self.desks[unit, 0].indicator))

    def _protocol(self, unit: str) -> IndicatorProtocol:
        measure, accumulation = self.played.measure, self.played.accumulation
        operator = OPERATORS[measure]
        adds = accumulation is Accumulation.PERIODIC and measure is Measure.NUMBER
        gives_way = unit in self.played.typed
        return IndicatorProtocol(
            definition="what is counted",
            rationale="it counts what the result is about",
            measure=measure,
            direction=Direction.INCREASE,
            over_units=operator,
            over_time=OverTime.SUM if adds else OverTime.LAST,
            unit="unit",
            accumulation=accumulation,
            composition=Composition.CONTRIBUTED_ONLY if gives_way else Composition.OWN_PLUS_CONTRIBUTED,
            additivity=Additivity.NO if operator is OverUnits.NONE else Additivity.YES,
        )

    def _link(self, work: Work, unit: Unit) -> None:
        if unit.parent is None:
            return
        included = unit.gives and self.played.units[unit.parent].takes
        child, parent = (self.desks[key, 0].indicator for key in (unit.id, unit.parent))
        link = indicators.link_indicators(work, ContributionPlan(child, parent))
        if not included:
            indicators.opt_out(work, link.id)

    def _report(self, updates: Iterable[Update]) -> None:
        """State updates of different reports, as an import would, and carry each as far as its status says."""
        group = list(updates)
        for each in group:
            self._take_back(self.sheets.get(_place(each)))
        with self.work() as work:
            for each in group:
                before = self.sheets.get(_place(each))
                kept = self._withdraw(work, before) if before else {}
                self._submit(work, self._open(work, each, kept | {each.id: dict(each.cells)}))
        self._decide([self.sheets[_place(each)] for each in group])

    def _open(self, work: Work, update: Update, said: dict[str, dict[Cell, Amount]]) -> Sheet:
        """A report with what the last of the updates says."""
        desk = self.desks[update.unit, update.desk]
        report = reporting.open_report(work, desk.framework, self.periods[update.period])
        sheet = self.sheets[_place(update)] = Sheet(report.id, update.stage, said)
        self._state(work, sheet, desk, sheet.last)
        return sheet

    def _state(self, work: Work, sheet: Sheet, desk: Desk, cells: Mapping[Cell, Amount]) -> None:
        stated = [
            ValueInput(
                indicator_id=desk.indicator,
                category_ids=() if cell is None else (self.categories[cell],),
                missing_reason=_reason(amount),
                **vars(amount),
            )
            for cell, amount in cells.items()
        ]
        made = reporting.record_measurements(work, sheet.id, stated)
        sheet.standing |= {cell: row.id for cell, row in zip(cells, made, strict=True)}

    def _submit(self, work: Work, sheet: Sheet) -> None:
        if sheet.stage != "draft":
            reporting.submit_report(work, sheet.id)

    def _decide(self, sheets: Iterable[Sheet]) -> None:
        """Approve or return reports that were submitted, as they are meant to end."""
        decided = [each for each in sheets if each.stage in (APPROVED, "returned")]
        if not decided:
            return
        with self.work(self.company.approver) as work:
            for each in decided:
                if each.stage == APPROVED:
                    reporting.approve_report(work, each.id)
                else:
                    reporting.return_report(work, each.id, "look again")

    def _take_back(self, sheet: Sheet | None) -> None:
        """Give a report back to its reporter, as far as it had gone."""
        if sheet is None or sheet.stage not in (APPROVED, "submitted"):
            return
        with self.work(self.company.approver) as work:
            if sheet.stage == APPROVED:
                reporting.unapprove_report(work, sheet.id, "there is more to say")
            else:
                reporting.return_report(work, sheet.id, "there is more to say")

    def _withdraw(self, work: Work, sheet: Sheet) -> dict[str, dict[Cell, Amount]]:
        """What a report said, which counts no more."""
        reporting.withdraw_report(work, sheet.id, "it was a mistake")
        return sheet.said

    def _amend(self, update: Update, cells: Mapping[Cell, Amount]) -> None:
        """Correct what an update said, unless a later one has taken its place."""
        sheet, desk = self.sheets[_place(update)], self.desks[update.unit, update.desk]
        said = sheet.said.get(update.id, {})
        changed = {cell: _changed(said.get(cell, NOTHING), amount) for cell, amount in cells.items()}
        sheet.said |= {update.id: said | changed}
        if sheet.last is not sheet.said[update.id]:
            return
        self._take_back(sheet)
        with self.work() as work:
            self._state(work, sheet, desk, {cell: changed[cell] for cell in changed if cell not in said})
            for cell in filter(said.__contains__, changed):
                stated = CorrectionInput(missing_reason=_reason(changed[cell]), **vars(changed[cell]))
                made = reporting.correct_measurement(work, sheet.standing[cell], stated, "it was a mistake")
                sheet.standing[cell] = made.id
            self._submit(work, sheet)
        self._decide([sheet])

    def _delete(self, update: Update) -> None:
        """Withdraw the report of an update; what was said before it stands again."""
        sheet = self.sheets[_place(update)]
        stood = sheet.last is sheet.said[update.id]
        del sheet.said[update.id]
        if not stood:
            return
        self._take_back(sheet)
        with self.work() as work:
            said = self._withdraw(work, sheet)
            if said:
                self._submit(work, self._open(work, update, said))
        if said:
            self._decide([self.sheets[_place(update)]])

    def _meant(self, key: str) -> list[UUID]:
        """The indicators of a unit; of a period, all of them."""
        return [desk.indicator for (unit, _), desk in self.desks.items() if key not in self.played.units or unit == key]


def rounds(updates: Iterable[Update]) -> Iterator[list[Update]]:
    """Updates in their order, in groups without two of one report."""
    group: dict[Place, Update] = {}
    for each in updates:
        if _place(each) in group:
            yield list(group.values())
            group = {}
        group[_place(each)] = each
    if group:
        yield list(group.values())


def _place(update: Update) -> Place:
    """Where an update is reported: updates of one place share a report."""
    return update.unit, update.period, update.desk


def _reason(amount: Amount) -> MissingReason | None:
    """Why there is no number, where there is none; a share of nothing is unknown."""
    if amount == NOTHING:
        return MissingReason.NOT_REPORTED
    return MissingReason.NOT_AVAILABLE if amount.denominator == 0 and amount.numerator else None


def _changed(before: Amount, amount: Amount) -> Amount:
    """An amount with what is stated anew; a number does not outlive a change of its parts."""
    stated = {part: value for part, value in vars(amount).items() if value is not None}
    if not stated:
        return NOTHING
    return replace(before, **{"value": None} | stated)
