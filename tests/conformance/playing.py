"""Plays a scenario on a fresh database through the services: plans, reports, approvals, corrections, refreshes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa

from rbm.access import SYSTEM, Actor
from rbm.model.rollup import Figure
from rbm.services import indicators, marks, people, reporting, rollup, strategy
from rbm.services.indicators import ContributionPlan, IndicatorProtocol
from rbm.services.reporting import CorrectionInput, MeasurementInput, PeriodPlan
from rbm.services.rollup import FigureQuestion
from rbm.services.strategy import FrameworkPlan, ResultPlan
from rbm.terms.indicators import Accumulation, Additivity, Composition, Direction, Measure, OverTime, OverUnits
from rbm.terms.people import OfficeKind, Role
from rbm.terms.reporting import MissingReason, PeriodKind
from rbm.terms.strategy import FrameworkLevel, ResultLevel
from rbm.work import Work, begin
from tests.conformance.scenario import Amount, Scenario, Unit, Update

OPERATORS = {
    Measure.NUMBER: OverUnits.SUM,
    Measure.PERCENTAGE: OverUnits.RATIO_OF_SUMS,
    Measure.RATIO: OverUnits.RATIO_OF_SUMS,
    Measure.SCORE: OverUnits.MEDIAN,
    Measure.YES_NO: OverUnits.COUNT_YES,
    Measure.MILESTONE: OverUnits.NONE,
    Measure.NARRATIVE: OverUnits.NONE,
}
SPLIT = "SPLIT"
APPROVER = "the head of office"
KEPT_BACK = {"draft": "draft", "returned": "returned", "revision": "returned"}
NOTHING = Amount()
Cell = str | None


@dataclass(frozen=True)
class Desk:
    """A plan that is reported on, and its indicator."""

    framework: UUID
    indicator: UUID


@dataclass
class Sheet:
    """A report; what was said of each cell, update by update, and the value that stands in it now."""

    id: UUID
    said: dict[Cell, list[tuple[str, Amount]]] = field(default_factory=dict)
    standing: dict[Cell, int] = field(default_factory=dict)


class Stage:
    """A database on which one scenario is played; `figures` is what it came to."""

    def __init__(self, engine: sa.Engine, played: Scenario) -> None:
        self.engine, self.played = engine, played
        last = max(each.end for each in played.periods.values())
        self.now = datetime.combine(last + timedelta(days=30), time(9), tzinfo=UTC)
        self.persons: dict[str, UUID] = {}
        self.periods: dict[str, UUID] = {}
        self.offices: dict[str, UUID] = {}
        self.categories: dict[str, UUID] = {}
        self.desks: dict[tuple[str, int], Desk] = {}
        self.sheets: dict[tuple[str, str, int], Sheet] = {}

    @contextmanager
    def work(self, person: str | None = None) -> Iterator[Work]:
        """A unit of work as a person, or as the system."""
        actor = SYSTEM if person is None else self._actor(person)
        with begin(self.engine, actor, "conformance", now=self.now) as work:
            yield work

    def play(self) -> None:
        """Everything the scenario tells, in its order."""
        self._set_up()
        for each in (*self.played.presets, *self.played.updates):
            self._report(each)
        self.refresh()
        updates = {each.id: each for each in self.played.updates}
        for key, cells in self.played.amended.items():
            self._amend(updates[key], cells)
        for key in self.played.deleted:
            self._delete(updates[key])
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

    def _actor(self, person: str) -> Actor:
        with begin(self.engine, SYSTEM, "conformance", now=self.now) as work:
            row = people.find_person(work, person)
            assert row
            return people.actor_of_person(work, row)

    def _set_up(self) -> None:
        with self.work() as work:
            people.initialise(work)
            reporters = {each.reporter for each in (*self.played.presets, *self.played.updates)}
            for number, name in enumerate(sorted(reporters)):
                self._person(work, f"reporter{number}", name, Role.REPORTER)
            self._person(work, "approver", APPROVER, Role.APPROVER)
            self._open_periods(work)
            split = indicators.define_dimension(work, SPLIT, "Split", additive=True).id
            for number, name in enumerate(self.played.categories):
                self.categories[name] = indicators.define_category(work, split, f"C{number}", name).id
            for unit in self.played.units.values():
                self._found(work, unit)
            for unit in self.played.units.values():
                self._link(work, unit)
            for each in self.played.updates:
                if (each.unit, each.desk) not in self.desks:
                    self._plan(work, each.unit, each.desk)

    def _person(self, work: Work, login: str, name: str, role: Role) -> None:
        person = people.create_person(work, f"{login}@example.org", f"{name} ({login})")
        people.grant_role(work, person.id, people.headquarters(work).id, role)
        self.persons[name] = person.id

    def _open_periods(self, work: Work) -> None:
        taken = set()
        for span in self.played.periods.values():
            days = (span.start, span.end)
            kind = PeriodKind.OTHER if (_kind(*days), *days) in taken else _kind(*days)
            taken.add((kind, *days))
            self.periods[span.id] = reporting.open_period(work, PeriodPlan(span.id, kind, *days)).id

    def _found(self, work: Work, unit: Unit) -> None:
        """The office of a unit, with its plan and indicator."""
        number = len(self.offices)
        above = people.headquarters(work).id
        self.offices[unit.id] = people.create_office(work, f"U{number}", unit.id, OfficeKind.COUNTRY, above).id
        self._plan(work, unit.id, 0)

    def _plan(self, work: Work, unit: str, place: int) -> None:
        """The plan of a desk; those beside a unit's own contribute to its indicator."""
        code = f"P{len(self.desks)}"
        days = (min(each.start for each in self.played.periods.values()), self.now.date())
        plan = FrameworkPlan(code, f"{unit} {place}", FrameworkLevel.COUNTRY, self.offices[unit], *days)
        framework = strategy.create_framework(work, plan).id
        strategy.approve_framework(work, framework, self.now.date(), "the board")
        result = strategy.plan_result(work, ResultPlan(framework, f"{code}R", "Result", ResultLevel.OUTCOME)).id
        made = indicators.define_indicator(work, result, f"{code}I", "Indicator", self._protocol(unit)).id
        if self.played.categories:
            split = next(iter(work.session.scalars(indicators.find_dimensions())))
            indicators.split_indicator(work, made, split.id)
        self.desks[unit, place] = Desk(framework, made)
        if place:
            indicators.link_indicators(work, ContributionPlan(made, self.desks[unit, 0].indicator))

    def _protocol(self, unit: str) -> IndicatorProtocol:
        measure, accumulation = self.played.measure, self.played.accumulation
        operator = OPERATORS[measure]
        adds = accumulation is Accumulation.PERIODIC and measure is Measure.NUMBER
        above = any(each.parent == unit for each in self.played.units.values()) and self.played.units[unit].takes
        by_hand = above and unit in self.played.typed
        return IndicatorProtocol(
            definition="what is counted",
            rationale="it counts what the result is about",
            measure=measure,
            direction=Direction.INCREASE,
            over_units=operator,
            over_time=OverTime.SUM if adds else OverTime.LAST,
            unit="unit",
            accumulation=accumulation,
            composition=Composition.CONTRIBUTED_ONLY if by_hand else Composition.OWN_PLUS_CONTRIBUTED,
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

    def _report(self, update: Update) -> None:
        """State an update in the report of its desk and carry it as far as its status says."""
        where = (update.unit, update.period, update.desk)
        desk = self.desks[update.unit, update.desk]
        if where in self.sheets:
            self._take_back(self.sheets[where], update)
        with self.work(self._login(update)) as work:
            if where not in self.sheets:
                self.sheets[where] = Sheet(reporting.open_report(work, desk.framework, self.periods[update.period]).id)
            sheet = self.sheets[where]
            for cell, amount in update.cells.items():
                self._state(work, sheet, desk, (cell, amount))
                sheet.said.setdefault(cell, []).append((update.id, amount))
        self._carry(sheet, update)

    def _state(self, work: Work, sheet: Sheet, desk: Desk, said: tuple[Cell, Amount]) -> None:
        cell, amount = said
        stated = MeasurementInput(
            report_id=sheet.id,
            indicator_id=desk.indicator,
            category_ids=() if cell is None else (self.categories[cell],),
            missing_reason=MissingReason.NOT_REPORTED if amount == NOTHING else None,
            **vars(amount),
        )
        sheet.standing[cell] = reporting.record_measurement(work, stated).id

    def _carry(self, sheet: Sheet, update: Update) -> None:
        stage = KEPT_BACK.get(update.status, update.status)
        if stage == "draft":
            return
        with self.work(self._login(update)) as work:
            reporting.submit_report(work, sheet.id)
        with self.work("approver") as work:
            if stage == "approved":
                reporting.approve_report(work, sheet.id)
            if stage == "returned":
                reporting.return_report(work, sheet.id, "look again")

    def _take_back(self, sheet: Sheet, update: Update) -> None:
        """Give a report back to its reporter, as far as it had gone."""
        with self.work("approver") as work:
            if update.status == "approved":
                reporting.unapprove_report(work, sheet.id, "there is more to say")
            elif update.status not in KEPT_BACK:
                reporting.return_report(work, sheet.id, "there is more to say")

    def _amend(self, update: Update, cells: Mapping[Cell, Amount]) -> None:
        """Correct what an update said, wherever no later one has taken its place."""
        sheet = self.sheets[update.unit, update.period, update.desk]
        for cell, amount in cells.items():
            said = sheet.said.setdefault(cell, [])
            place = next((row for row, (key, _) in enumerate(said) if key == update.id), len(said))
            before = said[place][1] if place < len(said) else NOTHING
            said[place : place + 1] = [(update.id, _changed(before, amount))]
        self._bring_in_line(update, sheet, cells)

    def _delete(self, update: Update) -> None:
        """Withdraw the report of an update; one that says more is corrected to what was said before."""
        sheet = self.sheets[update.unit, update.period, update.desk]
        cells = {cell: rows for cell, rows in sheet.said.items() if any(key == update.id for key, _ in rows)}
        for cell, rows in cells.items():
            sheet.said[cell] = [row for row in rows if row[0] != update.id]
        if any(sheet.said.values()):
            self._bring_in_line(update, sheet, dict.fromkeys(cells, NOTHING))
            return
        self._take_back(sheet, update)
        with self.work(self._login(update)) as work:
            reporting.withdraw_report(work, sheet.id, "it was a mistake")

    def _bring_in_line(self, update: Update, sheet: Sheet, cells: Mapping[Cell, Amount]) -> None:
        self._take_back(sheet, update)
        with self.work(self._login(update)) as work:
            for cell in cells:
                amount = sheet.said[cell][-1][1] if sheet.said[cell] else NOTHING
                if cell not in sheet.standing:
                    self._state(work, sheet, self.desks[update.unit, update.desk], (cell, amount))
                    continue
                reason = MissingReason.NOT_REPORTED if amount == NOTHING else None
                stated = CorrectionInput(missing_reason=reason, **vars(amount))
                made = reporting.correct_measurement(work, sheet.standing[cell], stated, "it was a mistake")
                sheet.standing[cell] = made.id
        self._carry(sheet, update)

    def _meant(self, key: str) -> list[UUID]:
        """The indicators of a unit; of a period, all of them."""
        return [desk.indicator for (unit, _), desk in self.desks.items() if key not in self.played.units or unit == key]

    def _login(self, update: Update) -> str:
        names = sorted({each.reporter for each in (*self.played.presets, *self.played.updates)})
        return f"reporter{names.index(update.reporter)}"


def _changed(before: Amount, amount: Amount) -> Amount:
    """An amount with what is stated anew; a number does not outlive a change of its parts."""
    stated = {part: value for part, value in vars(amount).items() if value is not None}
    if not stated:
        return NOTHING
    return replace(before, **{"value": None} | stated)


def _kind(start: date, end: date) -> PeriodKind:
    """The kind of period that has these days."""
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    whole = start.day == 1 and (end + timedelta(days=1)).day == 1
    lengths = {12: PeriodKind.YEAR, 6: PeriodKind.SEMESTER, 3: PeriodKind.QUARTER, 1: PeriodKind.MONTH}
    return lengths.get(months, PeriodKind.OTHER) if whole else PeriodKind.OTHER
