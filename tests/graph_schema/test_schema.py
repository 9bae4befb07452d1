"""The schema: what is printed is what is committed, and every noun has its roots."""

from pathlib import Path

import pytest
import sqlalchemy as sa

import graph_schema
from graph_schema.derive.registry import SHAPES
from graph_schema.schema import MUTATIONS, printed, schema
from rbm.db import Row

COMMITTED = Path(graph_schema.__file__).parent / "schema.graphql"
SECRETS = ("digest", "password")


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text() == printed(), "run: python -m graph_schema > graph_schema/schema.graphql"


@pytest.mark.parametrize("row", SHAPES, ids=lambda row: row.__name__)
def test_every_noun_is_read_by_id_and_by_code_and_listed(row: type[Row]) -> None:
    (query,) = [kind for name, kind in schema.graphql_schema.type_map.items() if name == "Query"]
    code = sa.inspect(row).columns.get("code")
    by_code = code is not None and bool(code.unique)
    single = [field for field in query.fields.values() if field.type == schema.graphql_schema.type_map[row.__name__]]
    assert ["id", "code"][: 1 + by_code] in [list(field.args) for field in single]
    lists = [field for field in query.fields.values() if str(field.type) == f"{row.__name__}Connection!"]
    assert any({"first", "after", "last", "before", "filter", "orderBy"} <= set(field.args) for field in lists)


def test_no_secret_is_a_field() -> None:
    shown = {name for shape in SHAPES.values() for name in shape.columns}
    assert shown.isdisjoint(SECRETS)


def test_every_mutation_names_its_service_and_answers_problems() -> None:
    mutation = schema.graphql_schema.mutation_type
    assert mutation is not None
    assert set(MUTATIONS) == set(mutation.fields)
    assert {
        "createOffice",
        "planResult",
        "linkResults",
        "defineIndicator",
        "linkIndicators",
        "setBaseline",
        "setTarget",
    } <= set(MUTATIONS)
    for name, service in MUTATIONS.items():
        assert name == "".join([word.title() if at else word for at, word in enumerate(service.__name__.split("_"))])
        assert mutation.fields[name].description
        assert str(mutation.fields[name].type.fields["problems"].type) == "[Problem!]!"
