"""Nodes: rows as types, by id and by code, as far as the caller sees them."""

from datetime import date
from decimal import Decimal

import pytest

from graph_schema.execute import write
from rbm.access import PUBLIC
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkLevel, FrameworkStage
from tests.conftest import Begin
from tests.graph_schema.conftest import Ask, Selects
from tests.make import Make


def test_a_noun_is_read_by_id_and_by_code(start: Begin, data: Ask) -> None:
    with start() as work:
        office = Make(work).office(code="KEN", name="Kenya")
    by_code = data('{ office(code: "KEN") { id name kind } }')["office"]
    by_id = data("query ($id: ID) { office(id: $id) { id name kind } }", id=str(office.id))["office"]
    assert by_code == by_id == {"id": str(office.id), "name": "Kenya", "kind": "COUNTRY"}


def test_a_row_with_an_integer_key_has_an_id_like_all_others(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        row = make.measurement(make.indicator(), make.year(), 1)
    query = "query ($id: ID!) { measurement(id: $id) { id value } }"
    assert data(query, id=str(row.id)) == {"measurement": {"id": str(row.id), "value": 1}}


NOTHING = ["", "x", "0", "-1", str(2**63 - 1), str(2**63), "9" * 19, "9" * 40, "%", "\x00"]


@pytest.mark.parametrize("key", [*NOTHING, "01890000-0000-7000-8000-000000000000"])
def test_an_id_or_code_of_nothing_answers_null(data: Ask, key: str) -> None:
    query = """query ($key: ID!, $code: String) {
        a: indicator(id: $key) { id } b: office(code: $code) { id } c: figure(id: $key) { id } }"""
    assert data(query, key=key, code=key) == {"a": None, "b": None, "c": None}


@pytest.mark.parametrize("arguments", ["", '(id: "x", code: "y")', "(id: null)"])
def test_a_noun_is_named_one_way(ask: Ask, arguments: str) -> None:
    answer = ask(f"{{ office{arguments} {{ id }} }}")
    assert answer["data"] == {"office": None}
    assert answer["errors"][0]["extensions"] == {"code": "invalid", "field": "id"}


def test_the_invisible_does_not_exist(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        seen, hidden = make.office(), make.office()
        actor = make.actor(Role.REPORTER, seen)
        mine, theirs = make.framework(office=seen), make.framework(office=hidden)
        make.result(theirs, code="SECRET")
    by_id = "query ($id: ID) { framework(id: $id) { id } }"
    assert data(by_id, actor, id=str(mine.id))["framework"] == {"id": str(mine.id)}
    assert data(by_id, actor, id=str(theirs.id)) == {"framework": None}
    assert data("query ($c: String) { framework(code: $c) { id } }", actor, c=theirs.code) == {"framework": None}
    count = "{ frameworks { totalCount edges { node { id } } } }"
    assert data(count, actor)["frameworks"] == {"totalCount": 1, "edges": [{"node": {"id": str(mine.id)}}]}
    through = (
        '{ frameworks(filter: {officeIdIn: []}) { totalCount } results(filter: {codeContains: "s"}) { totalCount } }'
    )
    assert data(through, actor) == {"frameworks": {"totalCount": 0}, "results": {"totalCount": 0}}


def test_what_hangs_on_the_visible_may_be_invisible(start: Begin, data: Ask) -> None:
    """A value that was released is seen by everyone; its indicator, of a plan that was not, is not."""
    with start() as work:
        make = Make(work)
        year = make.year()
        make.measurement(make.indicator(), year, 7, released_on=date(2026, 1, 1))
        make.measurement(make.indicator(), year, 8)
    answer = data("{ measurements { totalCount edges { node { value indicator { id } period { code } } } } }", PUBLIC)
    node = {"value": 7, "indicator": None, "period": {"code": "2026"}}
    assert answer["measurements"] == {"totalCount": 1, "edges": [{"node": node}]}


def test_a_filter_through_the_invisible_finds_nothing(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        make.measurement(make.indicator(title="secret"), make.year(), 7, released_on=date(2026, 1, 1))
    query = '{ measurements(filter: {indicator: {titleContains: "secret"}}) { totalCount } }'
    assert data(query)["measurements"]["totalCount"] == 1
    assert data(query, PUBLIC)["measurements"]["totalCount"] == 0


def test_lists_of_several_owners_hold_only_what_is_visible(start: Begin, data: Ask) -> None:
    """Rank and count among siblings do not betray what is hidden."""
    with start() as work:
        make = Make(work)
        offices = [make.office(), make.office()]
        projects = [make.project(office=office, released_on=date(2026, 1, 1)) for office in offices]
        for project in projects:
            for released_on in (None, date(2026, 1, 1), None):
                facts = {"project": project, "released_on": released_on, "code": make.code("L")}
                make.framework(FrameworkLevel.PROJECT, office=project.office, **facts)
    query = """{ projects { edges { node {
        plans(first: 1) { totalCount pageInfo { hasNextPage } edges { node { code } } } } } } }"""
    pages = [edge["node"]["plans"] for edge in data(query, PUBLIC)["projects"]["edges"]]
    assert [(page["totalCount"], page["pageInfo"]["hasNextPage"], len(page["edges"])) for page in pages] == [
        (1, False, 1),
        (1, False, 1),
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("51005", b"51005"),
        ("0.1", b"0.1"),
        ("-12.000001", b"-12.000001"),
        ("1234567890123.456789", b"1234567890123.456789"),
    ],
)
def test_a_decimal_is_written_as_an_exact_json_number(start: Begin, ask: Ask, value: str, written: bytes) -> None:
    with start() as work:
        make = Make(work)
        make.measurement(make.indicator(), make.year(), Decimal(value))
    body = write(ask("{ measurements { edges { node { value } } } }"))
    assert b'"value":' + written + b"}" in body


def test_kinds_of_columns(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        make.indicator(topics=["gender"], translations={"fr": {"title": "Indicateur"}}, counts_people=True)
        make.measurement(make.indicator(), make.year(), 1)
    query = "{ indicators(first: 1) { edges { node { topics translations countsPeople measure definition } } } }"
    (edge,) = data(query)["indicators"]["edges"]
    assert edge["node"] == {
        "topics": ["gender"],
        "translations": {"fr": {"title": "Indicateur"}},
        "countsPeople": True,
        "measure": "NUMBER",
        "definition": edge["node"]["definition"],
    }
    (edge,) = data("{ measurements { edges { node { recordedAt period { start } } } } }")["measurements"]["edges"]
    assert edge["node"] == {"recordedAt": "2026-03-02T09:00:00+00:00", "period": {"start": "2026-01-01"}}


def test_a_staged_row_says_where_it_can_go_and_why_not(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        office = make.office()
        reporter = make.actor(Role.REPORTER, office)
        approver = make.actor(Role.APPROVER, office)
        framework = make.framework(office=office, stage=FrameworkStage.DRAFT, approved_on=None)
    query = "query ($id: ID) { framework(id: $id) { allowedTransitions { to reasonIfDenied } } }"
    denied = data(query, reporter, id=str(framework.id))["framework"]["allowedTransitions"]
    assert denied == [{"to": "APPROVED", "reasonIfDenied": "needs the permission to approve strategy"}]
    allowed = data(query, approver, id=str(framework.id))["framework"]["allowedTransitions"]
    assert allowed == [{"to": "APPROVED", "reasonIfDenied": None}]


def test_me(start: Begin, data: Ask) -> None:
    with start() as work:
        actor = Make(work).actor(Role.HQ_RESULTS)
    assert data("{ me { label roles } }", actor)["me"] == {"label": actor.label, "roles": ["HQ_RESULTS"]}
    assert data("{ me { label roles } }", PUBLIC)["me"] == {"label": "public", "roles": []}


def _chain(make: Make, width: int) -> None:
    for _ in range(width):
        framework = make.framework()
        for _ in range(width):
            result = make.result(framework)
            for _ in range(width):
                make.indicator(result)


CHAIN = """{ frameworks { COUNT edges { node { code office { code place { code } }
    results { COUNT edges { node { code indicators(first: 2) { COUNT edges { node { code } } } } } } } } } }"""


@pytest.mark.parametrize("width", [1, 2, 4])
def test_each_level_is_one_statement_however_many_rows(start: Begin, data: Ask, selects: Selects, width: int) -> None:
    with start() as work:
        _chain(Make(work), width)
    with selects() as found:
        data(CHAIN.replace("COUNT", ""))
    assert len(found) == 4  # frameworks, offices, results, indicators; no office has a place
    with selects() as found:
        data(CHAIN.replace("COUNT", "totalCount"))
    assert len(found) == 4 + 3


def test_a_count_alone_reads_no_rows(start: Begin, data: Ask, selects: Selects) -> None:
    with start() as work:
        _chain(Make(work), 2)
    with selects() as found:
        assert data("{ results { totalCount } }")["results"] == {"totalCount": 4}
    assert len(found) == 1


def test_one_relation_asked_twice_with_other_arguments_is_two_lists(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        for _ in range(2):
            result = make.result()
            make.indicator(result, title="b")
            make.indicator(result, title="a")
    listed = "edges { node { title } }"
    query = f"""{{ results {{ edges {{ node {{
        a: indicators(orderBy: [TITLE_ASC]) {{ {listed} }} b: indicators(first: 1) {{ {listed} }} }} }} }} }}"""
    for edge in data(query)["results"]["edges"]:
        assert [one["node"]["title"] for one in edge["node"]["a"]["edges"]] == ["a", "b"]
        assert [one["node"]["title"] for one in edge["node"]["b"]["edges"]] == ["b"]
