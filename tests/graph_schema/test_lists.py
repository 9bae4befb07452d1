"""Lists: pages in both directions, orders, filters, and what is refused."""

import base64
from datetime import date
from typing import Any

import orjson
import pytest

from rbm.model.strategy import Framework
from rbm.settings import settings
from rbm.terms.people import OfficeKind
from tests.conftest import Begin
from tests.graph_schema.conftest import Ask
from tests.make import Make

PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { code } }"
ASKED = "query ($n: Int, $at: String, $o: [FrameworkOrder!])"
FORWARD = f"{ASKED} {{ frameworks(first: $n, after: $at, orderBy: $o) {{ {PAGE} }} }}"
BACKWARD = f"{ASKED} {{ frameworks(last: $n, before: $at, orderBy: $o) {{ {PAGE} }} }}"
ORDERS = [
    [],
    ["TITLE_ASC"],
    ["TITLE_DESC", "CODE_DESC"],
    ["PERIOD_END_ASC", "TITLE_ASC"],
    ["PERIOD_END_DESC"],
    ["LEVEL_DESC", "PERIOD_END_ASC"],
    ["PUBLIC_DESC", "NEXT_REVIEW_ON_ASC", "ID_DESC"],
]


@pytest.fixture
def frameworks(start: Begin) -> None:
    """Seven frameworks with equal titles and missing ends."""
    with start() as work:
        make = Make(work)
        ends = [date(2026, 1, 1), None, date(2025, 1, 1), None, date(2026, 1, 1), date(2024, 1, 1), None]
        for number, end in enumerate(ends):
            make.framework(title="ab"[number % 2], period_end=end, public=number == 3)


def _walk(data: Ask, document: str, order: list[str], cursor: str, more: str) -> list[list[str]]:
    pages, at = [], None
    while True:
        page = data(document, n=3, at=at, o=order)["frameworks"]
        pages.append([edge["node"]["code"] for edge in page["edges"]])
        if not page["pageInfo"][more]:
            return pages
        at = page["pageInfo"][cursor]


@pytest.mark.usefixtures("frameworks")
@pytest.mark.parametrize("order", ORDERS)
def test_pages_follow_one_another_in_both_directions(data: Ask, order: list[str]) -> None:
    whole = [edge["node"]["code"] for edge in data(FORWARD, n=50, o=order)["frameworks"]["edges"]]
    assert len(whole) == len(set(whole)) == 7
    assert _walk(data, FORWARD, order, "endCursor", "hasNextPage") == [whole[0:3], whole[3:6], whole[6:7]]
    assert _walk(data, BACKWARD, order, "startCursor", "hasPreviousPage") == [whole[4:7], whole[1:4], whole[0:1]]


@pytest.mark.usefixtures("frameworks")
def test_what_is_missing_comes_last_in_both_directions(data: Ask) -> None:
    query = "query ($o: [FrameworkOrder!]) { frameworks(orderBy: $o) { edges { node { periodEnd } } } }"
    for word in ("PERIOD_END_ASC", "PERIOD_END_DESC"):
        ends = [edge["node"]["periodEnd"] for edge in data(query, o=[word])["frameworks"]["edges"]]
        assert ends[4:] == [None, None, None]
        assert ends[:4] == sorted(ends[:4], reverse=word.endswith("DESC"))


def test_a_nested_list_pages_like_a_root(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        for _ in range(2):
            result = make.result(code=make.code("N"))
            for _ in range(5):
                make.indicator(result)
    query = """query ($n: Int, $at: String) { results { edges { node { indicators(last: $n, before: $at) {
        totalCount pageInfo { hasPreviousPage startCursor } edges { node { code } } } } } } }"""
    for edge in data(query, n=2)["results"]["edges"]:
        page = edge["node"]["indicators"]
        assert (page["totalCount"], len(page["edges"]), page["pageInfo"]["hasPreviousPage"]) == (5, 2, True)
    one = 'query ($at: String) { result(code: "N1") { indicators(last: 2, before: $at) { edges { node { code } } } } }'
    code = data("{ results(first: 1) { edges { node { code } } } }")["results"]["edges"][0]["node"]["code"]
    at = data(query, n=2)["results"]["edges"][0]["node"]["indicators"]["pageInfo"]["startCursor"]
    codes = [edge["node"]["code"] for edge in data(one.replace("N1", code), at=at)["result"]["indicators"]["edges"]]
    everything = one.replace("N1", code).replace("last: 2, ", "")
    assert codes == [edge["node"]["code"] for edge in data(everything)["result"]["indicators"]["edges"]][1:3]


@pytest.mark.usefixtures("frameworks")
@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ('after: "?"', "invalid", "after"),
        ('before: "W10"', "invalid", "before"),
        ('after: "W1siVElUTEVfQVNDIl0sWyJhIl1d"', "invalid", "after"),
        ('filter: {id: "x"}', "invalid", "id"),
        ('filter: {officeId: "1"}', "invalid", "officeId"),
        ('filter: {codeContains: "\\u0000"}', "invalid", "code"),
        ("filter: {parent: {parent: {parent: {parent: {}}}}}", "limited", "filter"),
    ],
)
def test_an_argument_that_cannot_be_answered_is_refused(ask: Ask, arguments: str, code: str, field: str) -> None:
    answer = ask(f"{{ frameworks({arguments}) {{ edges {{ node {{ id }} }} }} }}")
    assert answer["errors"][0]["extensions"] == {"code": code, "field": field}


def _forged(values: list[Any]) -> str:
    content = orjson.dumps([["PERIOD_END_ASC", "TITLE_ASC", "ID_ASC"], values])
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.mark.usefixtures("frameworks")
@pytest.mark.parametrize(
    "values",
    [
        ["2026-02-30", "a", "00000000-0000-0000-0000-000000000000"],
        ["2026-01-01", None, "00000000-0000-0000-0000-000000000000"],
        ["2026-01-01", 1, "00000000-0000-0000-0000-000000000000"],
        ["2026-01-01", "a\x00", "00000000-0000-0000-0000-000000000000"],
        ["2026-01-01", "a", 2**60],
        ["2026-01-01", "a"],
        [{}, [], True],
    ],
)
def test_a_forged_cursor_is_refused(ask: Ask, values: list[Any]) -> None:
    query = (
        "query ($at: String) { frameworks(after: $at, orderBy: [PERIOD_END_ASC, TITLE_ASC]) { edges { node { id } } } }"
    )
    assert ask(query, at=_forged(values))["errors"][0]["message"] == "this is no cursor"


@pytest.mark.usefixtures("frameworks")
def test_the_most_at_once_and_nothing_at_all(data: Ask) -> None:
    query = "query ($n: Int) { frameworks(first: $n) { pageInfo { hasNextPage startCursor } edges { node { id } } } }"
    assert len(data(query, n=settings().page_limit)["frameworks"]["edges"]) == 7
    empty = {"pageInfo": {"hasNextPage": True, "startCursor": None}, "edges": []}
    assert data(query, n=0)["frameworks"] == empty


@pytest.fixture
def offices(start: Begin) -> None:
    """Three regional and country offices with names that try the patterns, beside headquarters."""
    with start() as work:
        make = Make(work)
        make.office(code="A", name="100% Alpha", kind=OfficeKind.REGIONAL)
        make.office(code="B", name="beta_1")
        make.office(code="C", name="Gamma\\")


@pytest.mark.usefixtures("offices")
@pytest.mark.parametrize(
    ("filters", "codes"),
    [
        ('{code: "A"}', "A"),
        ('{codeIn: ["A", "C", "X"]}', "A C"),
        ("{codeIn: []}", ""),
        ('{nameContains: "ALPHA"}', "A"),
        ('{nameContains: "0%"}', "A"),
        ('{nameContains: "%"}', "A"),
        ('{nameContains: "a_1"}', "B"),
        ('{nameContains: "_"}', "B"),
        ('{nameContains: "\\\\"}', "C"),
        ("{kind: REGIONAL}", "A"),
        ("{kindIn: [REGIONAL, COUNTRY]}", "A B C"),
        ('{kind: COUNTRY, nameContains: "beta"}', "B"),
        ("{place: null}", "A B C HQ"),
        ("{placeId: null}", "A B C HQ"),
        ('{place: {code: "404"}}', ""),
        ("{version: 1}", "A B C HQ"),
        ("{versionFrom: 2}", ""),
        ("{versionTo: 1, codeIn: null}", "A B C HQ"),
    ],
)
def test_filters_of_offices(data: Ask, filters: str, codes: str) -> None:
    answer = data(f"{{ offices(filter: {filters}, orderBy: [CODE_ASC]) {{ totalCount edges {{ node {{ code }} }} }} }}")
    assert " ".join(edge["node"]["code"] for edge in answer["offices"]["edges"]) == codes
    assert answer["offices"]["totalCount"] == len(codes.split())


def test_filters_of_values_and_moments(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        indicator, year = make.indicator(), make.year()
        for value in ("0.000001", "1", "2.5", None):
            make.measurement(indicator, year, value)
    query = "query ($f: MeasurementFilter) { measurements(filter: $f) { edges { node { value } } } }"

    def values(**given: Any) -> list[float | None]:
        return [edge["node"]["value"] for edge in data(query, f=given)["measurements"]["edges"]]

    assert values(valueFrom=1) == [1, 2.5]
    assert values(valueTo="0.000001") == [0.000001]
    assert values(value=2.5) == [2.5]
    assert values(value=None) == [None]
    assert values(valueIn=[1, "2.50"]) == [1, 2.5]
    assert values(recordedAtTo="2026-03-02T08:59:59Z") == []
    assert len(values(recordedAtFrom="2026-03-02T10:00:00+01:00")) == 4
    assert len(values(indicator={"result": {"framework": {"level": "COUNTRY"}}})) == 4
    assert values(period={"startFrom": "2027-01-01"}) == []


@pytest.mark.parametrize(
    "filters",
    [
        {"value": "1e9999"},
        {"value": "1_000"},
        {"value": "NaN"},
        {"value": True},
        {"releasedOn": "2026-02-30"},
        {"releasedOn": "20260101"},
        {"releasedOn": 5},
        {"recordedAtFrom": "2026-01-01T00:00:00"},
        {"stage": "nonsense"},
        {"unknown": 1},
    ],
)
def test_input_that_cannot_be_read_executes_nothing(ask: Ask, filters: dict[str, Any]) -> None:
    answer = ask("query ($f: MeasurementFilter) { measurements(filter: $f) { totalCount } }", f=filters)
    assert "data" not in answer
    assert "correlationId" not in str(answer)


def test_a_number_finer_than_what_is_kept_is_refused(ask: Ask) -> None:
    answer = ask("{ measurements(filter: {value: 0.0000001}) { totalCount } }")
    assert answer["errors"][0]["extensions"]["code"] == "invalid"


INFO = "pageInfo { hasPreviousPage hasNextPage startCursor endCursor }"


@pytest.fixture
def places(data: Ask, frameworks: None) -> list[str]:
    """The cursors of the seven frameworks."""
    return [edge["cursor"] for edge in data("{ frameworks { edges { cursor } } }")["frameworks"]["edges"]]


@pytest.mark.parametrize(
    ("given", "shown", "before", "after"),
    [
        ({}, range(7), False, False),
        ({"first": 7}, range(7), False, False),
        ({"first": 6}, range(6), False, True),
        ({"last": 6}, range(1, 7), True, False),
        ({"first": 0}, (), False, True),
        ({"last": 0}, (), True, False),
        ({"first": 2, "after": 1}, range(2, 4), True, True),
        ({"first": 9, "after": 1}, range(2, 7), True, False),
        ({"first": 2, "after": 6}, (), True, False),
        ({"last": 2, "before": 4}, range(2, 4), True, True),
        ({"last": 9, "before": 4}, range(4), False, True),
        ({"first": 9, "before": 4}, range(4), False, False),
        ({"first": 2, "before": 4}, range(2), False, True),
        ({"last": 9, "after": 1}, range(2, 7), False, False),
        ({"last": 2, "after": 1}, range(5, 7), True, False),
        ({"after": 1}, range(2, 7), True, False),
        ({"before": 4}, range(4), False, True),
        ({"after": 1, "before": 4}, range(2, 4), True, True),
        ({"first": 1, "after": 1, "before": 4}, range(2, 3), True, True),
        ({"last": 1, "after": 1, "before": 4}, range(3, 4), True, True),
        ({"after": 4, "before": 1}, (), True, True),
    ],
)
def test_a_page_tells_what_precedes_and_follows_as_relay_says(
    data: Ask, places: list[str], given: dict[str, int], shown: Any, before: bool, after: bool
) -> None:
    words = (
        f'{name}: "{places[at]}"' if name in ("after", "before") else f"{name}: {at}" for name, at in given.items()
    )
    asked = f"({', '.join(words)})" if given else ""
    page = data(f"{{ frameworks{asked} {{ totalCount {INFO} edges {{ cursor }} }} }}")["frameworks"]
    cursors = [places[at] for at in shown]
    assert page == {
        "totalCount": 7,
        "pageInfo": {
            "hasPreviousPage": before,
            "hasNextPage": after,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
        "edges": [{"cursor": cursor} for cursor in cursors],
    }


def test_a_cursor_of_a_row_that_is_gone_keeps_its_place(start: Begin, data: Ask, places: list[str]) -> None:
    codes = [edge["node"]["code"] for edge in data(FORWARD, n=7, o=[])["frameworks"]["edges"]]
    with start() as work:
        Make(work).work.remove(work.find(Framework, codes[0]))
    page = data(FORWARD, n=7, at=places[0], o=[])["frameworks"]
    assert [edge["node"]["code"] for edge in page["edges"]] == codes[1:]
    assert page["pageInfo"]["hasPreviousPage"] is False


def test_nested_pages_tell_for_each_owner_what_precedes(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        first, second = make.result(code="R-A"), make.result(code="R-B")
        for result, code in ((first, "I-1"), (second, "I-2"), (first, "I-3"), (second, "I-4")):
            make.indicator(result, code=code)
    listed = data("{ indicators(orderBy: [CODE_ASC]) { edges { cursor } } }")["indicators"]["edges"]
    query = """query ($after: String, $before: String) { results(orderBy: [CODE_ASC]) { edges { node {
        later: indicators(first: 5, after: $after, orderBy: [CODE_ASC]) { pageInfo { hasPreviousPage } }
        sooner: indicators(last: 5, before: $before, orderBy: [CODE_ASC]) { pageInfo { hasNextPage } } } } } }"""
    answer = data(query, after=listed[0]["cursor"], before=listed[3]["cursor"])["results"]["edges"]
    told = [(one["node"]["later"]["pageInfo"], one["node"]["sooner"]["pageInfo"]) for one in answer]
    assert told == [
        ({"hasPreviousPage": True}, {"hasNextPage": False}),
        ({"hasPreviousPage": False}, {"hasNextPage": True}),
    ]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_moment_beyond_the_calendar_is_refused_wherever_it_stands(ask: Ask, moment: str) -> None:
    literal = ask(f'{{ transitions(filter: {{atFrom: "{moment}"}}) {{ totalCount }} }}')
    variable = ask("query ($at: DateTime) { transitions(filter: {atTo: $at}) { totalCount } }", at=moment)
    for answer in (literal, variable):
        assert ("data" in answer, "date value out of range" in answer["errors"][0]["message"]) == (False, True)
    content = orjson.dumps([["AT_ASC", "ID_ASC"], [moment, "1"]])
    cursor = base64.urlsafe_b64encode(content).decode().rstrip("=")
    forged = ask("query ($c: String) { transitions(orderBy: [AT_ASC], after: $c) { edges { cursor } } }", c=cursor)
    assert [one["message"] for one in forged["errors"]] == ["this is no cursor"]


def test_a_text_in_a_filter_is_as_long_as_one(ask: Ask, data: Ask) -> None:
    for name in ("title", "titleContains"):
        query = f"query ($t: String) {{ indicators(filter: {{{name}: $t}}) {{ totalCount }} }}"
        assert data(query, t="%" * 1_000) == {"indicators": {"totalCount": 0}}
        for long in ("%" * 1_001, "a" * 60_000):
            (error,) = ask(query, t=long)["errors"]
            assert error["extensions"] == {"code": "invalid", "field": "title"}
