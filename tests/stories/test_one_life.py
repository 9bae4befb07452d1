"""One life through the door: planned, reported, returned, corrected, approved, verified, flagged, improved, cleared."""

from datetime import date
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from jobs.run import run_job
from rbm import clock
from rbm.access import SYSTEM
from rbm.model.people import Office
from rbm.services import people
from rbm.terms.indicators import Additivity, Composition, Direction, Measure, OverTime, OverUnits
from rbm.terms.people import Language, OfficeKind, Role
from rbm.terms.reporting import PeriodKind
from rbm.terms.strategy import FrameworkLevel, ResultLevel
from rbm.work import Work, begin
from tests.stories.telling import Persona, eventually

INDICATORS = 6
MISSED, REACHED = 10, 100


@pytest.fixture
def cast(engine: sa.Engine, client: httpx.Client) -> dict[str, Persona]:
    """A country under a region under headquarters, and those who act in them."""
    with begin(engine, SYSTEM, "cast") as work:
        headquarters = people.initialise(work)
        region = people.create_office(work, "REGION", "Region", OfficeKind.REGIONAL, headquarters.id)
        country = people.create_office(work, "COUNTRY", "Country", OfficeKind.COUNTRY, region.id)
        elsewhere = people.create_office(work, "ELSEWHERE", "Elsewhere", OfficeKind.COUNTRY, region.id)
        people.create_post(work, "COUNTRY-HEAD", "Head of country office", country.id)
        places = {
            "headquarters": (headquarters, Role.HQ_RESULTS),
            "reporter": (country, Role.REPORTER),
            "head": (country, Role.APPROVER),
            "verifier": (region, Role.VERIFIER),
            "stranger": (elsewhere, Role.REPORTER),
        }
        return {name: Persona(client, _join(work, name, *place)) for name, place in places.items()}


def _join(work: Work, name: str, office: Office, role: Role) -> str:
    person = people.create_person(work, f"{name}@example.org", name.capitalize(), Language.ENGLISH)
    people.grant_role(work, person.id, office.id, role)
    return people.issue_token(work, person.id, "story")[1]


def office(persona: Persona, code: str) -> str:
    key: str = persona.ask(f'{{ office(code: "{code}") {{ id }} }}')["office"]["id"]
    return key


def protocol(composition: Composition) -> dict[str, Any]:
    return {
        "definition": "people who were helped",
        "rationale": "it counts what the outcome is about",
        "measure": Measure.NUMBER,
        "direction": Direction.INCREASE,
        "over_units": OverUnits.SUM,
        "over_time": OverTime.LAST,
        "unit": "people",
        "composition": composition,
        "additivity": Additivity.YES,
        "counts_people": True,
    }


def plan_framework(persona: Persona, code: str, level: FrameworkLevel, office_code: str) -> str:
    days = {"period_start": date(2023, 1, 1), "period_end": date(2027, 12, 31)}
    plan = {"code": code, "title": code, "level": level, "office_id": office(persona, office_code)} | days
    key: str = persona.does("createFramework", "framework { id }", plan=plan)["id"]
    return key


def plan_outcome(persona: Persona, framework: str, code: str) -> str:
    plan = {"framework_id": framework, "code": code, "title": code, "level": ResultLevel.OUTCOME}
    key: str = persona.does("planResult", "result { id }", plan=plan)["id"]
    return key


def define(persona: Persona, result: str, code: str, composition: Composition = Composition.OWN_ONLY) -> str:
    facts = {"result_id": result, "code": code, "title": code, "protocol": protocol(composition)}
    key: str = persona.does("defineIndicator", "indicator { id }", **facts)["id"]
    return key


def plan_the_chain(cast: dict[str, Persona]) -> tuple[str, list[str]]:
    """A corporate indicator, and six of a country that add up to it; the country framework and their keys."""
    hq, reporter, head = cast["headquarters"], cast["reporter"], cast["head"]
    corporate = plan_framework(hq, "CORPORATE", FrameworkLevel.CORPORATE, "HQ")
    top = define(hq, plan_outcome(hq, corporate, "CORPORATE/1"), "CORPORATE/1/I", Composition.CONTRIBUTED_ONLY)
    hq.does("approveFramework", "framework { id }", framework_id=corporate, on=date(2023, 1, 1), by="Council")
    country = plan_framework(reporter, "COUNTRY", FrameworkLevel.COUNTRY, "COUNTRY")
    outcome = plan_outcome(reporter, country, "COUNTRY/1")
    keys = [define(reporter, outcome, f"COUNTRY/1/I{number}") for number in range(INDICATORS)]
    for key in keys:
        plan = {"child_id": key, "parent_id": top, "non_overlapping": True}
        reporter.does("linkIndicators", "contributionLink { id }", plan=plan)
    assert reporter.is_refused(
        "approveFramework", "framework { id }", framework_id=country, on=date(2023, 1, 1), by="Head"
    ) == ("forbidden", None)
    head.does("approveFramework", "framework { id }", framework_id=country, on=date(2023, 1, 1), by="Head")
    return country, keys


def open_year(cast: dict[str, Persona], year: int, keys: list[str]) -> str:
    plan = {"code": str(year), "kind": PeriodKind.YEAR, "start": date(year, 1, 1), "end": date(year, 12, 31)}
    key: str = cast["headquarters"].does("openPeriod", "period { id }", plan=plan)["id"]
    for indicator in keys:
        target = {"indicator_id": indicator, "period_id": key, "value": REACHED}
        cast["reporter"].does("setTarget", "target { id }", target=target)
    return key


def report(cast: dict[str, Persona], framework: str, period: str, values: dict[str, int]) -> str:
    reporter = cast["reporter"]
    key: str = reporter.does("openReport", "report { id }", framework_id=framework, period_id=period)["id"]
    rows = [{"indicator_id": indicator, "value": value} for indicator, value in values.items()]
    reporter.does("recordMeasurements", "measurements { id }", report_id=key, values=rows)
    return key


def figure(persona: Persona, year: int) -> tuple[Any, Any, Any] | None:
    query = f"{{ figures(year: {year}, level: CORPORATE) {{ edges {{ node {{ value verified selfReported }} }} }} }}"
    edges = persona.ask(query)["figures"]["edges"]
    node = edges[0]["node"] if edges else None
    return node and (node["value"], node["verified"], node["selfReported"])


def flags(persona: Persona) -> list[dict[str, Any]]:
    query = (
        "{ flagged(rule: OFF_TRACK) { edges { node { id stage explanation responsible { title } period { code } } } } }"
    )
    return [edge["node"] for edge in persona.ask(query)["flagged"]["edges"]]


def test_one_life(engine: sa.Engine, cast: dict[str, Persona]) -> None:
    reporter, head, verifier, stranger = (cast[name] for name in ("reporter", "head", "verifier", "stranger"))
    framework, keys = plan_the_chain(cast)
    for key in keys:
        reporter.does("setBaseline", "baseline { id }", baseline={"indicator_id": key, "value": 0, "year": 2023})
    year = open_year(cast, 2024, keys)

    assert stranger.is_refused("openReport", "report { id }", framework_id=framework, period_id=year)[0] == "not_found"
    missed = dict.fromkeys(keys, MISSED)
    key = report(cast, framework, year, missed | {keys[0]: 999})
    reporter.does("submitReport", "report { id }", report_id=key)
    assert reporter.is_refused("approveReport", "report { id }", report_id=key)[0] == "forbidden"
    assert head.is_refused("returnReport", "report { id }", report_id=key, reason=" ") == ("invalid", "reason")
    head.does("returnReport", "report { id }", report_id=key, reason="the first value is a slip")

    (wrong,) = [each["id"] for each in measurements(reporter, key) if each["value"] == 999]
    correction = {"measurement_id": wrong, "correction": {"value": REACHED}}
    assert reporter.is_refused("correctMeasurement", "measurement { id }", **correction, reason="") == (
        "invalid",
        "reason",
    )
    reporter.does("correctMeasurement", "measurement { id }", **correction, reason="typed twice")
    reporter.does("submitReport", "report { id }", report_id=key)
    head.does("approveReport", "report { stage }", report_id=key)

    total = REACHED + (INDICATORS - 1) * MISSED
    eventually(lambda: figure(cast["headquarters"], 2024), (total, None, total))
    values = [each["id"] for each in measurements(reporter, key)]
    note = {"note": "seen on the spot"}
    assert (
        head.is_refused("verifyMeasurement", "measurementCheck { id }", measurement_id=values[0], **note)[0]
        == "forbidden"
    )
    assert (
        verifier.is_refused("rejectMeasurement", "measurementCheck { id }", measurement_id=values[0], reason="")[0]
        == "invalid"
    )
    for value in values:
        verifier.does("verifyMeasurement", "measurementCheck { id }", measurement_id=value, **note)
    eventually(lambda: figure(cast["headquarters"], 2024), (total, total, total))
    assert opened(cast["headquarters"], 2024) == {"measurements": INDICATORS, "measured": total}

    cast["headquarters"].does("closePeriod", "period { stage }", period_id=year)
    assert head.is_refused("unapproveReport", "report { id }", report_id=key, reason="again") == ("conflict", "period")
    run_job(engine, "performance.flag", now=clock.read())
    (flag,) = flags(head)
    assert (flag["stage"], flag["period"]["code"]) == ("NEW", "2024")
    assert flag["responsible"]["title"] == "Head of country office"
    assert flag["explanation"].startswith("5 of 6 rated cells of outcomes and outputs are off track or missed")
    improve(head, stranger, flag["id"])

    better = open_year(cast, 2025, keys)
    second = report(cast, framework, better, dict.fromkeys(keys, REACHED))
    reporter.does("submitReport", "report { id }", report_id=second)
    head.does("approveReport", "report { id }", report_id=second)
    run_job(engine, "performance.flag", now=clock.read())
    assert [each["stage"] for each in flags(head)] == ["CLEARED"]


def measurements(persona: Persona, report_id: str) -> list[dict[str, Any]]:
    """The current values of a report."""
    shown = "edges { node { id value stage } }"
    query = f'{{ report(id: "{report_id}") {{ measurements(first: 50) {{ {shown} }} }} }}'
    edges = persona.ask(query)["report"]["measurements"]["edges"]
    return [edge["node"] for edge in edges if edge["node"]["stage"] != "SUPERSEDED"]


def opened(persona: Persona, year: int) -> dict[str, Any]:
    """What a corporate figure is made of."""
    query = f"{{ figures(year: {year}, level: CORPORATE) {{ edges {{ node {{ id }} }} }} }}"
    key = persona.ask(query)["figures"]["edges"][0]["node"]["id"]
    shown: dict[str, Any] = persona.ask(f'{{ explanation(figureId: "{key}") {{ measurements measured }} }}')[
        "explanation"
    ]
    return shown


def improve(head: Persona, stranger: Persona, flag: str) -> None:
    """Acknowledge, plan and report, with what is refused on the way."""
    plan = {"flag_id": flag, "measures": "more staff", "due_on": date(2099, 1, 1)}
    assert stranger.is_refused("planImprovement", "improvementPlan { id }", **plan)[0] == "not_found"
    assert head.is_refused("reportProgressOnFlag", "flagUpdate { id }", flag_id=flag, text="better")[0] == "conflict"
    head.does("acknowledgeFlag", "flag { stage }", flag_id=flag)
    head.does("planImprovement", "improvementPlan { id }", **plan)
    head.does("reportProgressOnFlag", "flagUpdate { id }", flag_id=flag, text="two posts filled", improving=True)
    assert head.is_refused("resolveFlag", "flag { id }", flag_id=flag, reason="") == ("invalid", "reason")
