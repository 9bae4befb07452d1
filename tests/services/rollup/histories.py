"""Histories: what people do to reports, checks, links and targets, in any order, through the services they use."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.db import Row
from rbm.errors import Refusal
from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.reporting import Measurement, Report
from rbm.services import indicators, quality, reporting
from rbm.services.indicators import BaselineInput, ContributionPlan, TargetInput
from rbm.services.reporting import CorrectionInput, MeasurementInput, PeriodPlan
from rbm.terms.indicators import Accumulation, ChangeReason, Composition, Fitness, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind, ReportStage, ValueStage
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work, begin
from tests.conftest import NOW
from tests.make import Make

OWN, BOTH = Composition.OWN_ONLY, Composition.OWN_PLUS_CONTRIBUTED
TO_DATE = {"accumulation": Accumulation.RUNNING_TOTAL, "over_time": OverTime.LAST}
CUMULATED = {"accumulation": Accumulation.INCREMENTS_CUMULATED, "over_time": OverTime.LAST}
PEOPLE = {"counts_people": True, "over_units": OverUnits.MAX_THEN_SUM}
WEIGHTS = (Decimal(1), Decimal("0.5"), Decimal("0.25"), Decimal("0.333333"))
ENDS = (None, date(2024, 12, 31), date(2025, 6, 30), date(2025, 12, 31))
REVISED: dict[str, Any] = {"reason_code": ChangeReason.DATA_CORRECTION, "reason": "typing error"}
WRITABLE = Report.stage.in_((ReportStage.DRAFT, ReportStage.RETURNED))
SUBMITTED, APPROVED = Report.stage == ReportStage.SUBMITTED, Report.stage == ReportStage.APPROVED
Step = tuple[str, int, int, int]


@dataclass
class History:
    """A chain of plans, and what is done to it. `summed` add up plainly; `apart` accumulate, or combine otherwise."""

    engine: sa.Engine
    plans: list[tuple[UUID, list[UUID], list[UUID]]] = field(default_factory=list)
    summed: list[UUID] = field(default_factory=list)
    apart: list[UUID] = field(default_factory=list)
    categories: list[UUID] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def build(self) -> None:
        """Two countries and a region below headquarters, two years and two halves of the first."""
        with begin(self.engine, SYSTEM, "build", now=NOW) as work:
            make = Make(work)
            make.headquarters()
            years = [make.year(2025).id, make.year(2026).id]
            halves = [
                reporting.open_period(work, PeriodPlan(code, PeriodKind.SEMESTER, start, end)).id
                for code, start, end in (
                    ("H1", date(2025, 1, 1), date(2025, 6, 30)),
                    ("H2", date(2025, 7, 1), date(2025, 12, 31)),
                )
            ]
            sex = indicators.define_dimension(work, "sex", "Sex", additive=True)
            self.categories = [indicators.define_category(work, sex.id, code, code).id for code in "FM"]
            self._plan(make, years, [OWN, OWN])
            self._plan(make, years, [OWN, OWN, BOTH])
            self._plan(make, years, [BOTH, Composition.CONTRIBUTED_ONLY], FrameworkLevel.CORPORATE)
            self._plan(make, years + halves, [])
            for key in self.summed:
                indicators.split_indicator(work, key, sex.id)
            for child, parent in ((0, 4), (4, 6), (3, 5), (5, 6)):
                indicators.link_indicators(work, ContributionPlan(self.summed[child], self.summed[parent]))
            for child in range(4):
                indicators.link_indicators(work, ContributionPlan(self.apart[child], self.apart[child + 4]))
        for plan in range(len(self.plans)):
            for period, names in enumerate((("submit", "approve"), ("submit",))):
                self._begin_report(plan, period, names)

    def _begin_report(self, plan: int, period: int, names: Sequence[str]) -> None:
        """A report with a value of each indicator of a plan, taken some steps of its way."""
        assert self.step(("open_report", plan, period, 0))
        steps = [("record", 0, indicator, 7) for indicator in range(len(self.plans[plan][1]))]
        for step in [*steps, *((name, 0, 0, 0) for name in names)]:
            assert self.step(step), step

    def _plan(
        self, make: Make, periods: list[UUID], compositions: list[Composition], level: Any = FrameworkLevel.COUNTRY
    ) -> None:
        corporate = level is FrameworkLevel.CORPORATE
        framework = make.framework(level, **({"office": make.headquarters()} if corporate else {}))
        result = make.result(framework)
        made = [make.indicator(result, composition=each).id for each in compositions]
        self.summed += made
        if not compositions:
            kinds = (TO_DATE, CUMULATED, PEOPLE, {})
            made = [make.indicator(result, composition=OWN, **facts).id for facts in kinds]
            self.apart += made + [make.indicator(result, **facts).id for facts in kinds]
        self.plans.append((framework.id, made, periods))

    def step(self, step: Step) -> bool:
        """Do one thing; False when it was refused, and nothing changed."""
        name, one, other, number = step
        try:
            with begin(self.engine, SYSTEM, name, now=NOW) as work:
                getattr(self, f"_{name}")(work, one, other, number)
        except Refusal:
            self.done["refused"] += 1
            return False
        self.done[name] += 1
        return True

    def _open_report(self, work: Work, plan: int, period: int, _: int) -> None:
        framework, _indicators, periods = self.plans[plan % len(self.plans)]
        reporting.open_report(work, framework, periods[period % len(periods)])

    def _record(self, work: Work, report: int, indicator: int, value: int) -> None:
        row = _pick(work, Report, report, WRITABLE)
        made = next(made for framework, made, _ in self.plans if framework == row.framework_id)
        key = made[indicator % len(made)]
        parts = (self.categories[value % 2],) if key in self.summed and value % 5 == 0 else ()
        stated = MeasurementInput(report_id=row.id, indicator_id=key, value=Decimal(value), category_ids=parts)
        reporting.record_measurement(work, stated)

    def _submit(self, work: Work, report: int, *_: int) -> None:
        reporting.submit_report(work, _pick(work, Report, report, WRITABLE).id)

    def _approve(self, work: Work, report: int, *_: int) -> None:
        reporting.approve_report(work, _pick(work, Report, report, SUBMITTED).id)

    def _return(self, work: Work, report: int, *_: int) -> None:
        reporting.return_report(work, _pick(work, Report, report, SUBMITTED).id, "wrong")

    def _unapprove(self, work: Work, report: int, *_: int) -> None:
        reporting.unapprove_report(work, _pick(work, Report, report, APPROVED).id, "wrong")

    def _withdraw(self, work: Work, report: int, *_: int) -> None:
        reporting.withdraw_report(work, _pick(work, Report, report, ~APPROVED).id)

    def _correct(self, work: Work, measurement: int, _: int, value: int) -> None:
        key = _pick(work, Measurement, measurement, Measurement.stage == ValueStage.RETURNED).id
        reporting.correct_measurement(work, key, CorrectionInput(value=Decimal(value)), "typing error")

    def _verify(self, work: Work, measurement: int, *_: int) -> None:
        quality.verify_measurement(work, _approved(work, measurement), "seen")

    def _reject(self, work: Work, measurement: int, *_: int) -> None:
        quality.reject_measurement(work, _approved(work, measurement), "not seen")

    def _link(self, work: Work, child: int, parent: int, weight: int) -> None:
        ends = self.summed[child % len(self.summed)], self.summed[4 + parent % 3]
        if weight % 4 == 3:
            ends = self.apart[child % 4], self.apart[4 + child % 4]
        indicators.link_indicators(work, ContributionPlan(*ends, weight=WEIGHTS[weight % 3]))

    def _reweigh(self, work: Work, link: int, weight: int, _: int) -> None:
        indicators.reweigh_link(work, _pick(work, ContributionLink, link).id, WEIGHTS[weight % len(WEIGHTS)])

    def _opt_out(self, work: Work, link: int, included: int, _: int) -> None:
        indicators.opt_out(work, _pick(work, ContributionLink, link).id, included=bool(included % 2))

    def _end(self, work: Work, link: int, day: int, _: int) -> None:
        indicators.end_link(work, _pick(work, ContributionLink, link).id, ENDS[day % len(ENDS)])

    def _unlink(self, work: Work, link: int, *_: int) -> None:
        indicators.unlink_indicators(work, _pick(work, ContributionLink, link).id)

    def _target(self, work: Work, indicator: int, period: int, value: int) -> None:
        key = _pick(work, Indicator, indicator).id
        periods = self.plans[-1][2]
        where = {"indicator_id": key, "period_id": periods[period % len(periods)]}
        indicators.set_target(work, TargetInput(value=Decimal(value), **where, **REVISED))

    def _baseline(self, work: Work, indicator: int, _: int, value: int) -> None:
        key = _pick(work, Indicator, indicator).id
        indicators.set_baseline(work, BaselineInput(indicator_id=key, year=2024, value=Decimal(value), **REVISED))

    def _review(self, work: Work, indicator: int, fit: int, _: int) -> None:
        key = _pick(work, Indicator, indicator).id
        indicators.review_indicator(work, key, Fitness.FIT if fit % 2 else Fitness.UNFIT, "as seen")


STEPS = (
    *("open_report", "record", "record", "submit", "approve", "approve", "return", "unapprove", "withdraw", "correct"),
    *("verify", "reject", "link", "reweigh", "opt_out", "end", "unlink", "target", "baseline", "review"),
)


def _pick(work: Work, cls: type[Row], number: int, *conditions: Any) -> Any:
    """The row of a number among those there are, in the order of their keys; a refusal when there is none."""
    found = work.session.scalars(sa.select(cls).where(*conditions).order_by(cls.__table__.c.id)).all()
    if not found:
        raise Refusal("there is nothing to do it to")
    return found[number % len(found)]


def _approved(work: Work, number: int) -> int:
    key: int = _pick(work, Measurement, number, Measurement.stage == ValueStage.APPROVED).id
    return key
