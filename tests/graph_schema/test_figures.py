"""Figures through the door: found in their stated order, paged, opened to what made them."""

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC
from rbm.model.rollup import Figure, FigureExclusion
from rbm.services import marks, rollup
from rbm.terms.people import Role
from rbm.terms.rollup import Reason
from rbm.terms.strategy import FrameworkLevel
from tests.conftest import Begin
from tests.graph_schema.conftest import Ask, Selects
from tests.make import Make

FIGURES = """query ($at: String, $n: Int, $o: [FigureOrder!]) {
    figures(year: 2026, level: COUNTRY, indicator: "resettle", after: $at, first: $n, orderBy: $o) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { value reported expected reason indicator { title result { framework { office { code } } } }
                   excluded { reason count } } } } }"""


@pytest.fixture
def figures(start: Begin) -> None:
    """Figures of two indicators in two offices and one in a region, with one that has no value."""
    with start() as work:
        make = Make(work)
        year = make.year()
        for title in ("Resettled people", "Resettlement cases", "Other"):
            for level in (FrameworkLevel.COUNTRY, FrameworkLevel.COUNTRY, FrameworkLevel.REGIONAL):
                indicator = make.indicator(make.result(make.framework(level)), title=title)
                facts = {"reported": 1, "expected": 2, "stale": False, "computed_at": work.now}
                value = None if title == "Resettlement cases" else Decimal("1.5")
                reason = Reason.NOT_ADDITIVE if value is None else None
                figure = work.add(Figure(indicator=indicator, period=year, value=value, reason=reason, **facts))
                work.add(FigureExclusion(figure=figure, reason=Reason.OPTED_OUT, count=3))


def _page(data: Ask, **given: Any) -> dict[str, Any]:
    page: dict[str, Any] = data(FIGURES, **given)["figures"]
    return page


@pytest.mark.usefixtures("figures")
def test_figures_are_found_with_what_they_say_about_themselves(data: Ask, selects: Selects) -> None:
    with selects() as found:
        page = _page(data)
    assert len(found) == 7  # count, figures, exclusions, and four levels up
    assert page["totalCount"] == 4
    node = page["edges"][0]["node"]
    assert (node["value"], node["reported"], node["expected"], node["reason"]) == (1.5, 1, 2, None)
    assert node["excluded"] == [{"reason": "OPTED_OUT", "count": 3}]
    assert page["edges"][3]["node"]["reason"] == "NOT_ADDITIVE"


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("order", [None, ["VALUE_DESC"], ["REASON_ASC"]])
def test_figures_are_paged_in_the_order_their_find_states_or_another(data: Ask, order: list[str] | None) -> None:
    whole = [edge["node"] for edge in _page(data, o=order)["edges"]]
    if order is None:
        titles = [node["indicator"]["title"] for node in whole]
        assert titles == ["Resettled people"] * 2 + ["Resettlement cases"] * 2
    walked, at = [], None
    while True:
        page = _page(data, at=at, n=1, o=order)
        walked += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        at = page["pageInfo"]["endCursor"]
    assert walked == whole


@pytest.mark.usefixtures("figures")
def test_the_arguments_of_a_find_narrow_and_are_checked(data: Ask, ask: Ask) -> None:
    query = "query ($y: Int, $o: String) { figures(year: $y, level: REGIONAL, office: $o) { totalCount } }"
    assert data(query, y=2026)["figures"]["totalCount"] == 3
    assert data(query, y=2025)["figures"]["totalCount"] == 0
    assert data(query, y=2026, o="nowhere")["figures"]["totalCount"] == 0
    assert data(query, PUBLIC, y=2026)["figures"]["totalCount"] == 0
    assert ask(query, y=0)["errors"][0]["extensions"] == {"code": "invalid", "field": "year"}
    filtered = "{ figures(level: COUNTRY, filter: {reason: NOT_ADDITIVE}) { totalCount } }"
    assert data(filtered)["figures"]["totalCount"] == 2


def test_a_figure_opens_to_the_measurements_that_made_it(start: Begin, data: Ask, ask: Ask) -> None:
    with start() as work:
        make = Make(work)
        year, parent, child = make.year(), make.indicator(), make.indicator()
        make.contribution(child, parent)
        make.measurement(child, year, 5)
        facts = {"value": Decimal(5), "reported": 1, "expected": 1, "stale": False, "computed_at": work.now}
        figure = work.add(Figure(indicator=parent, period=year, **facts))
    query = """query ($id: ID!) {
        explanation(figureId: $id) { figureId measurements measured contributions { indicator weight } }
        figureMeasurements(figureId: $id) { totalCount edges { node { value indicator { code } } } } }"""
    answer = data(query, id=str(figure.id))
    assert answer["explanation"] == {
        "figureId": str(figure.id),
        "measurements": 1,
        "measured": 5,
        "contributions": [{"indicator": child.code, "weight": 1}],
    }
    (edge,) = answer["figureMeasurements"]["edges"]
    assert edge["node"] == {"value": 5, "indicator": {"code": child.code}}
    alone = "query ($id: ID!) { explanation(figureId: $id) { figureId } }"
    for key in ("0", "x"):
        assert ask(alone, id=key)["data"] == {"explanation": None}


OPENED = """query ($id: ID!) { figure(id: $id) {
    value verified selfReported lower upper target targets baseline baselines verifiedUnits rule inputsHash computedAt
    stale disaggregation { code } lead { value basis beside besideBasis } verifiedShare { byValue byUnit }
    contributions { indicator own value weight factor reason }
    excluded { reason count }
    measurements(first: 1) { totalCount pageInfo { hasNextPage } edges { node { value } } } } }"""


def test_a_figure_says_itself_what_it_is_made_of(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        year, parent = make.year(), make.indicator(code="TOP")
        for code, value in (("A", 5), ("B", 7), ("C", None)):
            child = make.indicator(make.result(make.framework(office=make.office(code=code))), code=f"{code}1")
            make.contribution(child, parent)
            if value is not None:
                make.measurement(child, year, value)
        rollup.refresh(work, full=True)
        figure = work.session.scalars(sa.select(Figure).where(Figure.indicator_id == parent.id)).one()
        marks.mark(work, [child.id], "approve_report")
        key = str(figure.id)
    found = data(OPENED, id=key)["figure"]
    assert (found["value"], found["verified"], found["selfReported"], found["stale"]) == (12, None, 12, True)
    assert found["rule"] == "sum over units, sum over time, missing excluded, contributed only"
    assert len(found["inputsHash"]) == 64
    assert found["lead"] == {
        "value": None,
        "basis": "VERIFIED_ONLY",
        "beside": 12,
        "besideBasis": "APPROVED_NOT_REJECTED",
    }
    assert (found["verifiedUnits"], found["verifiedShare"]) == (0, {"byValue": 0, "byUnit": 0})
    units = [(each["indicator"], each["value"], each["reason"]) for each in found["contributions"]]
    assert units == [("A1", 5, None), ("B1", 7, None), ("C1", None, "NO_VALUE")]
    page = found["measurements"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], page["edges"][0]["node"]["value"]) == (2, True, 5)


@pytest.mark.usefixtures("figures")
def test_a_page_of_figures_asks_once_whether_they_stand(data: Ask, selects: Selects) -> None:
    query = "query ($n: Int) { figures(year: 2026, level: COUNTRY, first: $n) { edges { node { stale rule } } } }"
    counts = []
    for rows in (1, 6):
        with selects() as found:
            assert len(data(query, n=rows)["figures"]["edges"]) == rows
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_what_leads_is_set_at_headquarters(start: Begin, data: Ask) -> None:
    with start() as work:
        actor = Make(work).actor(Role.HQ_RESULTS)
    change = """mutation { setLeadBasis(basis: APPROVED_NOT_REJECTED, effectiveFrom: "2020-01-01") {
        ruleSet { rule edition parameters } problems { code } } }"""
    assert data(change, actor)["setLeadBasis"] == {
        "ruleSet": {"rule": "lead_basis", "edition": 2, "parameters": {"basis": "approved_not_rejected"}},
        "problems": [],
    }
    assert data("{ leadBasis }")["leadBasis"] == "APPROVED_NOT_REJECTED"
