"""Interventions with cells that hit or miss, for tests of flags."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rbm.model.indicators import Baseline, Indicator, Target
from rbm.model.people import Office, Post
from rbm.model.reporting import Period
from rbm.model.strategy import Framework
from tests.make import Make


@dataclass
class Operation:
    """A country operation under a region, with its plan and indicators."""

    office: Office
    region: Office
    framework: Framework
    indicators: list[Indicator]


def operation(make: Make, indicators: int = 6) -> Operation:
    """An operation with outcome indicators and posts at every level."""
    region = make.office()
    office = make.office(region)
    for each in (office, region):
        make.work.add(Post(code=make.code("POST"), title=f"Head of {each.code}", office=each))
    framework = make.framework(office=office, period_start=date(2020, 1, 1), period_end=date(2030, 12, 31))
    result = make.result(framework)
    return Operation(office, region, framework, [make.indicator(result) for _ in range(indicators)])


def cell(make: Make, indicator: Indicator, period: Period, actual: object, target: object = 100) -> None:
    """An approved value against a target, from a baseline of 0."""
    facts = {"edition": 1, "current": True, "occurrence": 1, "set_at": make.work.now}
    make.work.add(Target(indicator=indicator, period=period, value=Decimal(str(target)), **facts))
    make.work.add(Baseline(indicator=indicator, period=period, value=Decimal(0), year=period.start.year - 1, **facts))
    make.measurement(indicator, period, actual)


def year_of(make: Make, operation: Operation, year: int, missed: int) -> Period:
    """A year in which so many of the indicators miss their target and the others reach it."""
    period = make.year(year)
    for number, indicator in enumerate(operation.indicators):
        cell(make, indicator, period, 10 if number < missed else 100)
    return period
