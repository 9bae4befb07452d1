"""Limits that are counted in the text of a document: at the limit it is answered, one above nothing is executed."""

import pytest
import sqlalchemy as sa

from graph_schema.execute import execute
from graph_schema.prepare import SENSITIVE
from rbm.access import PUBLIC, SYSTEM
from tests.graph_schema.quiet import limited, refused, under, untouched

DEEP = "{ offices { edges { node { placements { edges { node { parent { place { name } } } } } } } } }"
"""Five fields within one another, and what carries rows."""


def aliases(number: int, field: str = "label") -> str:
    return f"{{ me {{ {' '.join(f'a{n}: {field}' for n in range(number))} }} }}"


def directives(number: int) -> str:
    return f"{{ {' '.join('... @include(if: true) { __typename @skip(if: false) }' for _ in range(number // 2))} }}"


def spreads(number: int) -> str:
    return f"{{ me {{ {'...F ' * number} }} }} fragment F on Me {{ label }}"


CASES = [
    ("query_bytes", 19, f"{{me{{label}}}} #{'é' * 3}", f"{{me{{label}}}} #{'é' * 3} "),
    ("tokens", 5, "{ __typename } # 1 \n # 2", "{ __typename } # 1 \n # 2 \n # 3"),
    ("depth", 5, DEEP, DEEP.replace("name", "parent { name }")),
    ("aliases", 3, aliases(3), aliases(4)),
    ("typename_aliases", 3, aliases(3, "__typename"), aliases(4, "__typename")),
    ("root_fields", 2, "{ me { label } __typename }", "{ me { label } __typename offices { totalCount } }"),
    ("repeated_fields", 2, "{ me { label label label } }", "{ me { label label label label } }"),
    ("directives", 4, directives(4), directives(6)),
    ("fragment_spreads", 3, spreads(3), spreads(4)),
]


@pytest.mark.parametrize(("limit", "most", "at", "above"), CASES, ids=[case[0] for case in CASES])
def test_a_document_is_answered_at_a_limit_and_refused_above(
    engine: sa.Engine, limit: str, most: int, at: str, above: str
) -> None:
    terms = under(**{f"most_{limit}": most})
    assert "errors" not in execute(engine, SYSTEM, at, terms=terms)
    extensions = refused(engine, above, terms=terms)
    found = None if limit == "tokens" else most + 2 if limit == "directives" else most + 1
    assert extensions == limited(limit, most, found)


def test_the_usual_limits_are_those_of_the_settings(engine: sa.Engine) -> None:
    assert "errors" not in execute(engine, PUBLIC, aliases(15))
    assert refused(engine, aliases(16)) == limited("aliases", 15, 16)
    assert refused(engine, aliases(101, "__typename")) == limited("typename_aliases", 30, 101)
    assert refused(engine, f"{{ me {{ label }} }} #{' ' * 20_000}") == limited("query_bytes", 20_000, 20_018)
    assert refused(engine, "{ " + "a " * 2_000 + "}") == limited("tokens", 2_000)


@pytest.mark.parametrize(
    "document",
    [
        (
            "{ offices { edges { node { ...A } } } } fragment A on Office { placements { edges { node { ...B } } } }"
            " fragment B on OfficePlacement { parent { place { name } } }"
        ),
        (
            "{ ... on Query { offices { ... { edges { node { ... on Office { placements { edges { node { ... {"
            " parent { ... { place { name } } } } } } } } } } } } } }"
        ),
    ],
)
def test_depth_goes_through_fragments(engine: sa.Engine, document: str) -> None:
    assert "errors" not in execute(engine, SYSTEM, document, terms=under(most_depth=5))
    assert refused(engine, document, terms=under(most_depth=4)) == limited("depth", 4, 5)


def test_fields_of_an_operation_are_counted_through_fragments(engine: sa.Engine) -> None:
    document = (
        "{ ...F ... { b: __typename } } fragment F on Query { c: __typename ...G } fragment G on Query { __typename }"
    )
    assert "errors" not in execute(engine, SYSTEM, document, terms=under(most_root_fields=3))
    assert refused(engine, document, terms=under(most_root_fields=2)) == limited("root_fields", 2, 3)


def test_fields_are_counted_in_each_operation_by_itself(engine: sa.Engine) -> None:
    document = "query A { __typename me { label } } query B { __typename me { label } }"
    assert "errors" not in execute(engine, SYSTEM, document, None, "A", under(most_root_fields=2))


def test_the_same_field_in_other_places_is_not_repeated(engine: sa.Engine) -> None:
    document = "{ offices { edges { node { id place { id name } } } } me { label ... { roles } } __typename }"
    assert "errors" not in execute(engine, SYSTEM, document, terms=under(most_repeated_fields=0))


def test_repeated_fields_are_found_below_fields_that_are_merged(engine: sa.Engine) -> None:
    document = "{ me { label } ... { me { label } } }"
    assert refused(engine, document, terms=under(most_repeated_fields=1)) == limited("repeated_fields", 1, 2)


SPREAD_TWICE = {
    "{ me { ...A ...B } } fragment A on Me { label } fragment B on Me { label }": 1,
    "{ me { label ...A } } fragment A on Me { label }": 1,
    "{ me { ...A ...A } } fragment A on Me { label roles }": 0,
    "{ me { ...A } me { ...A } } fragment A on Me { label }": 1,
    "{ a: me { ...A } b: me { ...A } } fragment A on Me { label }": 0,
    "{ me { ... { ...A } ...B } } fragment A on Me { ...B } fragment B on Me { label }": 0,
    "{ ...A ...B } fragment A on Query { me { label } } fragment B on Query { me { label roles } }": 2,
    "{ ...A ...B } fragment A on Query { a: me { label } } fragment B on Query { b: me { label } }": 0,
    "{ me { label } } fragment C on Me { ...A ...B } fragment A on Me { label } fragment B on Me { label }": 1,
    "{ me { label ...A ...None } } fragment A on Me { roles ...B } fragment B on Me { person { id } ...A }": 0,
}


@pytest.mark.parametrize("document", SPREAD_TWICE)
def test_what_several_fragments_put_into_one_place_is_repeated(engine: sa.Engine, document: str) -> None:
    repeated = SPREAD_TWICE[document]
    answer = execute(engine, SYSTEM, document, terms=under(most_repeated_fields=repeated))
    assert "limited" not in str(answer)
    if repeated:
        least = repeated - 1
        assert refused(engine, document, terms=under(most_repeated_fields=least))["limit"] == "repeated_fields"


def test_many_fragments_with_the_same_fields_are_refused_before_they_are_compared(engine: sa.Engine) -> None:
    spreads = " ".join(f"...F{n}" for n in range(48))
    fragments = " ".join(f"fragment F{n} on Office {{ id code name kind version nothing{n} }}" for n in range(48))
    document = f'{{ office(code: "X") {{ {spreads} }} }} {fragments}'
    assert refused(engine, document) == limited("repeated_fields", 20)


def test_numbers_are_as_long_as_numbers_are(engine: sa.Engine) -> None:
    for document in (
        "query ($x: ID = NUMBER) { indicator(id: $x) { code } }",
        "query ($x: Int = NUMBER) { figures(first: $x) { totalCount } }",
        "{ figures(first: NUMBER) { totalCount } }",
        "{ measurements(filter: {value: NUMBER}) { totalCount } }",
    ):
        for number in ("9" * 5_000, f"1.{'9' * 5_000}", f"1e{'9' * 5_000}"):
            assert refused(engine, document.replace("NUMBER", number)) == {"code": "invalid", "field": None}
    answer = execute(engine, SYSTEM, f"{{ office(id: {'9' * 100}) {{ code }} }}")
    assert answer == {"data": {"office": None}}


@pytest.mark.parametrize("levels", [11, 150, 190])
def test_what_is_nested_is_refused_before_it_is_known_to_be_wrong(engine: sa.Engine, levels: int) -> None:
    document = "{" + "a {" * (levels - 1) + "b" + "}" * levels
    assert refused(engine, document) == limited("depth", 10, levels)


@pytest.mark.parametrize(
    "document",
    [
        "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
        "{ me { ...F } } fragment F on Me { label ...F }",
        "{ ...Missing }",
        "{ __typename } fragment F on Query { __typename }",
    ],
)
def test_fragments_that_lead_nowhere_are_one_error_of_validation(engine: sa.Engine, document: str) -> None:
    with untouched(engine):
        answer = execute(engine, PUBLIC, document)
    assert "Fragment" in answer["errors"][0]["message"] or "fragment" in answer["errors"][0]["message"]
    assert (len(answer["errors"]), "data" in answer) == (1, False)


def test_what_decides_about_people_is_all_of_the_people_room() -> None:
    assert {"grantRole", "revokeRole", "issueToken", "revokeToken", "createPerson", "deactivatePerson"} <= SENSITIVE
    assert "createProject" not in SENSITIVE


@pytest.mark.parametrize(
    "fields",
    [
        "a: revokeToken(tokenId: $i) { problems { code } } b: revokeToken(tokenId: $i) { problems { code } }",
        "revokeToken(tokenId: $i) { problems { code } } submitReport(reportId: $i) { problems { code } }",
        "...F ...F",
    ],
)
def test_a_mutation_that_decides_about_people_stands_alone(engine: sa.Engine, fields: str) -> None:
    fragment = "fragment F on Mutation { revokeToken(tokenId: $i) { problems { code } } }" if "F" in fields else ""
    document = f"mutation ($i: ID!) {{ {fields} }} {fragment}"
    assert refused(engine, document, {"i": "x"}) == limited("sensitive_fields", 1, 2)


def test_other_mutations_come_together(engine: sa.Engine) -> None:
    document = "mutation ($i: ID!) { a: submitReport(reportId: $i) { problems { code } } ...F }"
    both = f"{document} fragment F on Mutation {{ b: approveReport(reportId: $i) {{ problems {{ code }} }} }}"
    assert list(execute(engine, SYSTEM, both, {"i": "x"})["data"]) == ["a", "b"]


@pytest.mark.parametrize("number", [2, 10, 20])
def test_the_same_mistake_is_told_once(engine: sa.Engine, number: int) -> None:
    for directive in ("@aa", "@include(if: true)"):
        with untouched(engine):
            answer = execute(engine, PUBLIC, f"{{ __typename {directive * number} }}")
        assert [len(answer["errors"]), "data" in answer] == [1, False]


def test_few_of_many_mistakes_are_told(engine: sa.Engine) -> None:
    with untouched(engine):
        answer = execute(engine, PUBLIC, f"{{ me {{ {' '.join(f'x{n}' for n in range(1_900))} }} }}")
    assert len(answer["errors"]) == 10


def test_limits_come_before_mistakes(engine: sa.Engine) -> None:
    assert refused(engine, "{ __typename " + "@aa " * 500 + "}") == limited("directives", 20, 500)
