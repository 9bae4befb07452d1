"""Writes the demo through the services: offices, chain, indicators, values of two years, people, follow-up."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm.errors import Conflict
from rbm.model.indicators import Category, Indicator
from rbm.model.people import Office, Place, Post
from rbm.model.strategy import Framework, Result
from rbm.services import indicators, people, reporting, strategy
from rbm.terms.indicators import Additivity, Composition, Direction, Measure, OverTime, OverUnits
from rbm.terms.people import Language, OfficeKind, Role
from rbm.terms.reporting import PeriodKind
from rbm.terms.strategy import FrameworkLevel, ResultLevel
from rbm.work import Work
from seeds.follow_up import load_follow_up
from seeds.read import demo

ORIGIN = "published by UNHCR (IATI, CC BY 4.0)"
LEVELS = {
    OfficeKind.HEADQUARTERS: FrameworkLevel.CORPORATE,
    OfficeKind.REGIONAL: FrameworkLevel.REGIONAL,
    OfficeKind.COUNTRY: FrameworkLevel.COUNTRY,
}
Tell = Callable[[str], None]


@dataclass
class Made:
    """What the demo has made so far, by the codes of its tables; rows are held, so that they are read once."""

    strategy: dict[str, str]
    table: dict[str, dict[str, str]] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    frameworks: dict[str, Framework] = field(default_factory=dict)
    results: dict[tuple[str, str], Result] = field(default_factory=dict)
    indicators: dict[tuple[str, str], Indicator] = field(default_factory=dict)
    places: dict[str, UUID] = field(default_factory=dict)


def is_loaded(work: Work) -> bool:
    """Whether the demo is in this database; a database with anything else in it is a Conflict."""
    code = _strategy()["code"]
    frameworks = work.session.scalars(sa.select(Framework.code)).all()
    if code in frameworks:
        return True
    offices = work.session.scalars(sa.select(Office.code)).all()
    if set(frameworks) - {"MIGOF"} or set(offices) - {people.HEADQUARTERS}:
        raise Conflict("the database is neither empty nor the demo", "RBM_DATABASE_URL")
    return False


def load_demo(work: Work, tell: Tell) -> None:
    """Write the demo into an initialised, otherwise empty database; `tell` hears of each step."""
    places = work.session.execute(sa.select(Place.code, Place.id))
    made = Made(_strategy(), places={row.code: row.id for row in places})
    tell("offices")
    _load_offices(work, made)
    tell("strategies")
    _load_frameworks(work, made)
    used = _used()
    tell("results")
    _load_results(work, made, used)
    tell("indicators")
    _load_indicators(work, made, used)
    tell("values")
    _load_values(work, made)
    tell("people")
    _load_people(work, made)
    tell("recommendations")
    load_follow_up(work, made.offices)


def _strategy() -> dict[str, str]:
    return {row["key"]: row["value"] for row in demo("strategy")}


def _used() -> dict[str, list[str]]:
    """The indicators of each office: those it published, and upward those that any office below published."""
    parents = {row["code"]: row["parent_code"] for row in demo("offices")}
    used: dict[str, set[str]] = defaultdict(set)
    for row in demo("values"):
        office = row["office"]
        while office:
            used[office].add(row["indicator"])
            office = parents[office]
    return {office: sorted(codes) for office, codes in used.items()}


def _load_offices(work: Work, made: Made) -> None:
    made.table = {row["code"]: row for row in demo("offices")}
    made.offices[people.HEADQUARTERS] = work.find(Office, people.HEADQUARTERS)
    waiting = [row for row in made.table.values() if row["code"] not in made.offices]
    while waiting:
        for row in [row for row in waiting if row["parent_code"] in made.offices]:
            parent, place = made.offices[row["parent_code"]].id, made.places.get(row["place"])
            office = people.create_office(work, row["code"], row["name"], OfficeKind(row["kind"]), parent, place)
            made.offices[row["code"]] = office
        waiting = [row for row in waiting if row["code"] not in made.offices]


def _load_frameworks(work: Work, made: Made) -> None:
    for row in sorted(made.table.values(), key=lambda row: list(OfficeKind).index(OfficeKind(row["kind"]))):
        level = LEVELS.get(OfficeKind(row["kind"]))
        if level is None:
            continue
        framework = strategy.create_framework(work, _plan(made, row, level))
        strategy.approve_framework(
            work, framework.id, date.fromisoformat(made.strategy["approved_on"]), made.strategy["approved_by"]
        )
        strategy.release_framework(work, framework.id)
        made.frameworks[row["code"]] = framework


def _plan(made: Made, row: dict[str, str], level: FrameworkLevel) -> strategy.FrameworkPlan:
    facts, code = made.strategy, made.strategy["code"]
    corporate = level is FrameworkLevel.CORPORATE
    return strategy.FrameworkPlan(
        code=code if corporate else f"{code}/{row['code']}",
        title=facts["title"] if corporate else f"{row['name']} 2022-2026",
        level=level,
        office_id=made.offices[row["code"]].id,
        period_start=date.fromisoformat(facts["period_start"]),
        period_end=date.fromisoformat(facts["period_end"]),
        parent_id=None if corporate else made.frameworks[row["parent_code"]].id,
        vision=facts["vision"] if corporate else None,
        review_interval_months=int(facts["review_interval_months"]),
        public=True,
    )


def _load_results(work: Work, made: Made, used: dict[str, list[str]]) -> None:
    areas = {row["code"]: row for row in demo("results")}
    owners = {row["code"]: row["result_code"] for row in demo("indicators")}
    for office, framework in made.frameworks.items():
        for code in sorted({owners[indicator] for indicator in used.get(office, [])}):
            plan = strategy.ResultPlan(
                framework.id, f"{office}/{code}", areas[code]["label"], ResultLevel(areas[code]["level"])
            )
            made.results[office, code] = strategy.plan_result(work, plan)
            parent = made.table[office]["parent_code"]
            if parent:
                cause = "the same result, reached in the countries and regions that report it"
                strategy.link_results(work, made.results[office, code].id, made.results[parent, code].id, cause)


def _load_indicators(work: Work, made: Made, used: dict[str, list[str]]) -> None:
    table = {row["code"]: row for row in demo("indicators")}
    for office in made.frameworks:
        leaf = LEVELS[OfficeKind(made.table[office]["kind"])] is FrameworkLevel.COUNTRY
        for code in used.get(office, []):
            row = table[code]
            result = made.results[office, row["result_code"]]
            title, protocol = row["label"], _protocol(row, leaf=leaf)
            made.indicators[office, code] = indicators.define_indicator(
                work, result.id, f"{office}/{code}", title, protocol
            )
            parent = made.table[office]["parent_code"]
            if parent:
                child, above = made.indicators[office, code], made.indicators[parent, code]
                indicators.link_indicators(work, indicators.ContributionPlan(child.id, above.id))


def _protocol(row: dict[str, str], *, leaf: bool) -> indicators.IndicatorProtocol:
    measure, additive = Measure(row["measure"]), Additivity(row["additivity"])
    operator = OverUnits.SUM if additive is Additivity.YES else OverUnits.NONE
    return indicators.IndicatorProtocol(
        definition=row["label"],
        rationale="chosen by the publisher for this result",
        measure=measure,
        direction=Direction(row["direction"]),
        over_units=OverUnits.RATIO_OF_SUMS if measure is Measure.PERCENTAGE else operator,
        over_time=OverTime.LAST,
        unit=row["unit"],
        composition=Composition.OWN_ONLY if leaf else Composition.CONTRIBUTED_ONLY,
        additivity=additive,
        counts_people=row["unit"] == "people",
        source="country operations",
        frequency="yearly",
    )


def _load_values(work: Work, made: Made) -> None:
    crossings = _load_categories(work)
    periods = {year: _period(work, int(year)) for year in ("2022", "2023")}
    cells = [
        reporting.PublishedCell(
            indicator_id=made.indicators[row["office"], row["indicator"]].id,
            period_id=periods[row["year"]],
            place_id=made.places.get(row["place"]),
            disaggregation_id=crossings[row["population"]],
            baseline=_number(row["baseline"]),
            baseline_year=int(row["baseline_year"]) if row["baseline_year"] else None,
            target=_number(row["target"]),
            actual=_number(row["actual"]),
        )
        for row in demo("values")
    ]
    reporting.publish_cells(work, cells, ORIGIN)
    for period_id in periods.values():
        reporting.close_period(work, period_id)


def _load_categories(work: Work) -> dict[str, UUID]:
    """Crossings by population; people whose population was not published are a category of their own."""
    dimension = indicators.define_dimension(work, "population", "Population", additive=True)
    rows = [(row["code"], row["label"]) for row in demo("categories")]
    made: dict[str, UUID] = {}
    for code, label in [*rows, ("", "Not stated")]:
        category: Category = indicators.define_category(work, dimension.id, f"population:{code or 'unstated'}", label)
        made[code] = indicators.disaggregation_of(work, [category.id]).id
    return made


def _period(work: Work, year: int) -> UUID:
    plan = reporting.PeriodPlan(str(year), PeriodKind.YEAR, date(year, 1, 1), date(year, 12, 31))
    return reporting.open_period(work, plan).id


def _number(text: str) -> Decimal | None:
    return round(Decimal(text), 6).normalize() if text else None


def _load_people(work: Work, made: Made) -> None:
    for row in demo("people"):
        person = people.create_person(work, row["email"], row["name"], Language(row["language"]))
        people.grant_role(work, person.id, made.offices[row["office"]].id, Role(row["role"]))
        if row["role"] == Role.HQ_RESULTS:
            people.fill_post(work, work.find(Post, people.RESULTS_POST).id, person.id)
