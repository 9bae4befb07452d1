"""Signatures: what a service takes, as arguments and back."""

from decimal import Decimal
from uuid import UUID

import pytest

from graph_schema.derive.signatures import arguments, read
from rbm.errors import Invalid
from rbm.ids import new
from rbm.model.people import Post
from rbm.services import people, reporting, rollup
from rbm.services.reporting import PublishedCell
from rbm.services.rollup import FigureQuestion
from rbm.terms.strategy import FrameworkLevel


def test_a_list_of_dataclasses_is_read_with_all_that_is_in_it() -> None:
    indicator, period = new(), new()
    cell = {"indicator_id": str(indicator), "period_id": str(period), "actual": Decimal("1.5"), "place_id": None}
    given = {"cells": [cell], "origin": "published by X"}
    wanted = {"cells": [PublishedCell(indicator, period, actual=Decimal("1.5"))], "origin": "published by X"}
    assert read(reporting.publish_cells, given) == wanted
    with pytest.raises(Invalid) as refusal:
        read(reporting.publish_cells, given | {"cells": [cell | {"period_id": "x"}]})
    assert refusal.value.field == "period_id"


def test_the_fields_of_a_question_are_arguments_when_it_is_spread() -> None:
    assert list(arguments(rollup.find_figures)) == ["question"]
    assert list(arguments(rollup.find_figures, spread=True))[:2] == ["level", "year"]
    given = {"level": FrameworkLevel.CORPORATE, "year": 2023}
    question = FigureQuestion(FrameworkLevel.CORPORATE, 2023)
    assert read(rollup.find_figures, given, spread=True) == {"question": question}


def test_what_may_be_missing_is_left_to_the_service() -> None:
    key = new()
    assert read(people.fill_post, {"post_id": str(key), "person_id": None}) == {"post_id": key, "person_id": None}
    assert read(people.fill_post, {"post_id": str(key)}) == {"post_id": key}
    given = {"email": "a@b", "name": "A", "language": None}
    assert read(people.create_person, given) == {"email": "a@b", "name": "A"}


@pytest.mark.parametrize(("name", "most"), [("email", 500), ("name", 500), ("language", 10_000)])
def test_texts_are_as_long_as_texts_are(name: str, most: int) -> None:
    given = {"email": "a@b", "name": "A", "language": "en"}
    assert read(people.create_person, given | {name: "x" * most})[name] == "x" * most
    with pytest.raises(Invalid, match=f"at most {most:,} characters, and there are {most + 1:,}") as refusal:
        read(people.create_person, given | {name: "x" * (most + 1)})
    assert refusal.value.field == name


def test_an_integer_key_is_an_id() -> None:
    assert str(arguments(rollup.explain)["figure_id"].type) == "ID!"
    assert read(rollup.explain, {"figure_id": "7"}) == {"figure_id": 7}
    for text in ("-7", "\uff17", "7.0", "", "9" * 30, str(UUID(int=7))):
        with pytest.raises(Invalid):
            read(rollup.explain, {"figure_id": text})


def test_what_no_type_stands_for_is_told_when_the_schema_is_built() -> None:
    def service(what: Post) -> None:
        """Nothing."""

    with pytest.raises(TypeError, match="Post cannot be an argument"):
        arguments(service)
