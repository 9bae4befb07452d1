"""The sweep: every mutation as every role in every office, and at every stage, exactly as the matrix says (Z-03)."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import product

import pytest

from graph_schema.authorisation import by_kind
from graph_schema.derive.rules import Place, Rule, Where
from graph_schema.schema import MUTATIONS, RULES
from rbm.access import PERMISSIONS, PUBLIC
from rbm.errors import Conflict, Forbidden, NotFound, Refusal
from rbm.terms.people import Role
from tests.conftest import THOROUGH
from tests.graph_schema.stage import PLACES, Stage, place
from tests.graph_schema.world import ARGUMENTS
from tests.refusals import rows

pytestmark = [pytest.mark.long, pytest.mark.in_turn]
NEAR = ("office", "region", "elsewhere")
"""One office for each place."""


def test_every_mutation_has_arguments_to_be_tried_with() -> None:
    assert set(ARGUMENTS) == set(MUTATIONS)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_what_is_declared_is_what_the_service_asks_for(name: str, stage: Stage) -> None:
    assert stage.asked(name) == RULES[name].permissions


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_z_03_every_role_in_every_office_as_the_matrix_says(name: str, stage: Stage) -> None:
    rule, before = RULES[name], rows(stage.engine)
    assert isinstance(stage.attempt(PUBLIC, name), Forbidden | NotFound)
    for office, role in players(rule):
        refusal = stage.attempt(stage.cast[office][role], name)
        assert_outcome(refusal, f"{role} in {office}", allowed=rule.allows(role, place(rule, office)))
    assert rows(stage.engine) == before


@pytest.mark.parametrize("name", sorted(name for name, rule in RULES.items() if rule.stages))
def test_every_stage_of_what_it_acts_on_as_the_matrix_says(name: str, stage: Stage) -> None:
    """One role that may and one that may not, for each stage; the sweep above tries all of them at one."""
    rule, before = RULES[name], rows(stage.engine)
    may = next(role for role in Role if rule.allows(role, Place.LOWER) or rule.allows(role, Place.OWN))
    offices = ("headquarters", *NEAR)
    for (kind, named), role, office in product(by_kind(rule).items(), (may, Role.VIEWER), offices):
        for one in kind:
            refusal = stage.attempt(stage.cast[office][role], name, one)
            allowed = rule.allows(role, place(rule, office))
            assert_at(refusal, one, f"{role} in {office}", allowed=allowed, fits=one in named)
    assert rows(stage.engine) == before


def players(rule: Rule) -> Iterator[tuple[str, Role]]:
    """Every role where it reaches furthest; in the other offices, whoever holds the permission and one who does not.

    Nightly every role at every place.
    """
    central = rule.at in {Where.HEADQUARTERS, Where.CENTRAL}
    near = {"headquarters", "office"} if central else set(NEAR)
    full = near if THOROUGH else {"headquarters" if central else "office"}
    holders = {role for role in Role if rule.permissions <= PERMISSIONS[role]}
    for office in PLACES:
        yield from ((office, role) for role in Role if office in full or role in holders | {Role.DONOR})


def assert_outcome(refusal: Refusal | None, who: str, *, allowed: bool) -> None:
    if allowed:
        assert refusal is None, f"{who} was refused: {refusal}"
    else:
        assert isinstance(refusal, Forbidden | NotFound), f"{who} was let in"


def assert_at(refusal: Refusal | None, at: StrEnum, who: str, *, allowed: bool, fits: bool) -> None:
    if fits:
        assert_outcome(refusal, f"{who} at {at}", allowed=allowed)
    elif allowed:
        assert isinstance(refusal, Conflict), f"{who} was let in at {at}: {refusal}"
    else:
        assert isinstance(refusal, Refusal), f"{who} was let in at {at}"
