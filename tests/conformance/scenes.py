"""Builders for the cases that are tests of their own: indicators under one another, values, and what they come to."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from rbm.model.indicators import Indicator
from rbm.model.reporting import Period
from rbm.model.rollup import Figure
from rbm.services import indicators, rollup
from rbm.services.indicators import FormulaPart
from rbm.terms.indicators import Composition, Direction, Measure, OverTime, OverUnits
from rbm.terms.reporting import PeriodKind, PeriodStage
from rbm.work import Work
from tests.make import Make
from tests.services.reporting.scene import Scene

PARTS = {"measure": Measure.PERCENTAGE, "over_units": OverUnits.RATIO_OF_SUMS, "over_time": OverTime.LAST, "unit": "%"}
RATIO = PARTS | {"measure": Measure.RATIO, "unit": "ratio"}
BOTH = {"composition": Composition.OWN_PLUS_CONTRIBUTED}
UP = {"direction": Direction.INCREASE}
TREE = {"B": "A", "C": "A", "D": "B", "E": "B"}
"""The units of the cases of DHIS2, with the one above each."""


def exact(number: object) -> Decimal:
    """A number as it is written."""
    return Decimal(str(number))


def parts(numerator: object, denominator: object) -> dict[str, Decimal]:
    """Numerator and denominator of a value."""
    return {"numerator": exact(numerator), "denominator": exact(denominator)}


def month(make: Make, number: int, year: int = 2017) -> Period:
    """A month, open."""
    start = date(year, number, 1)
    end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return span(make, PeriodKind.MONTH, start, end)


def span(make: Make, kind: PeriodKind, start: date, end: date) -> Period:
    """A period of these days, open."""
    code = f"{kind} {start} {end}"
    return make.work.add(Period(code=code, kind=kind, start=start, end=end, stage=PeriodStage.OPEN))


def first_quarter(make: Make) -> Period:
    """The first quarter of 2017."""
    return span(make, PeriodKind.QUARTER, date(2017, 1, 1), date(2017, 3, 31))


def tree(make: Make, **facts: Any) -> dict[str, Indicator]:
    """One indicator a unit of the tree, each with what its own unit and the units below say."""
    made = {name: make.indicator(**(BOTH | facts)) for name in "ABCDE"}
    for child, parent in TREE.items():
        make.contribution(made[child], made[parent])
    return made


def fill(make: Make, units: Mapping[str, Indicator], period: Period, values: Mapping[str, object]) -> None:
    """Approved values of some units in a period."""
    for name, value in values.items():
        make.measurement(units[name], period, value)


def children(make: Make, parent: Indicator, count: int, **facts: Any) -> list[Indicator]:
    """Indicators of so many offices under one."""
    made = [make.indicator(**facts) for _ in range(count)]
    for child in made:
        make.contribution(child, parent)
    return made


def figure(work: Work, indicator: Indicator, period: Period) -> Figure | None:
    """The total of an indicator once everything is computed; None where there is not even a reason."""
    rollup.refresh(work, full=True)
    query = sa.select(Figure).where(Figure.indicator_id == indicator.id, Figure.period_id == period.id)
    query = query.where(Figure.whole())
    return work.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def value(work: Work, indicator: Indicator, period: Period) -> Decimal | None:
    """The value of the total, None where it is missing."""
    found = figure(work, indicator, period)
    return found.value if found else None


def remade(scene: Scene, **facts: Any) -> None:
    """The indicator of a scene, with another protocol."""
    with scene.start() as work:
        indicator = Make(work).work.get(Indicator, scene.indicator)
        for name, fact in facts.items():
            setattr(indicator, name, fact)


def formula(make: Make, text: str, terms: Mapping[str, Indicator], **facts: Any) -> Indicator:
    """An indicator made by a formula over others."""
    made = make.indicator(**facts)
    named = [FormulaPart(name, term.id) for name, term in terms.items()]
    indicators.set_formula(make.work, made.id, text, named)
    return made


def constant(make: Make, period: Period, number: object) -> Indicator:
    """An indicator with one value in a period."""
    made = make.indicator()
    make.measurement(made, period, number)
    return made
