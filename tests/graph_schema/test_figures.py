"""Figures through the door: found in their stated order, paged, opened to what made them."""

from decimal import Decimal
from typing import Any

import pytest

from rbm.access import PUBLIC
from rbm.model.rollup import Figure, FigureExclusion
from rbm.terms.rollup import Reason
from rbm.terms.strategy import FrameworkLevel
from tests.conftest import Begin
from tests.graph_schema.conftest import Ask, Selects
from tests.make import Make

FIGURES = """query ($at: String, $n: Int, $o: [FigureOrder!]) {
    figures(year: 2026, level: COUNTRY, indicator: "resettle", after: $at, first: $n, orderBy: $o) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { value reported expected reason indicator { title result { framework { office { code } } } }
                   excluded { edges { node { reason count } } } } } } }"""


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
    assert node["excluded"]["edges"] == [{"node": {"reason": "OPTED_OUT", "count": 3}}]
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
