"""Fields that tell what a figure is made of are null where something below it is hidden from whoever asks."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rbm.access import PUBLIC, Actor
from rbm.services import indicators, rollup
from rbm.services.indicators import TargetInput
from rbm.terms.indicators import Additivity, Composition, OverUnits
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkLevel
from tests.conftest import NOW, Begin
from tests.graph_schema.conftest import Ask
from tests.make import Make

ASKED = """{ figures(level: CORPORATE, first: 10) { edges { node { indicator { code } value target targets baselines
    inputsHash distribution { n maximum } matchedAchievement { actual leftOut { reason count } } } } } }"""
NOTHING = dict.fromkeys(("target", "targets", "baselines", "inputsHash", "distribution", "matchedAchievement"))
DAY = NOW.date()


@pytest.fixture
def asking(start: Begin) -> dict[str, Actor]:
    """Corporate figures over a released plan and one that is not, with values released or not; and who asks."""
    with start() as work:
        make = Make(work)
        year, day = make.year(2025), date(2026, 1, 1)
        top = make.result(make.framework(FrameworkLevel.CORPORATE, office=make.headquarters(), released_on=DAY))
        shown, hidden = make.framework(released_on=DAY), make.framework()
        for code, facts, released in (
            ("apart", {"additivity": Additivity.NO, "over_units": OverUnits.NONE}, None),
            ("planned", {}, day),
        ):
            parent = make.indicator(top, code=code, **facts)
            for plan, value in ((shown, 10), (hidden, 77)):
                child = make.indicator(make.result(plan), composition=Composition.OWN_ONLY, **facts)
                make.contribution(child, parent)
                make.measurement(child, year, value, released_on=day if plan is shown else released)
                indicators.set_target(work, TargetInput(indicator_id=child.id, period_id=year.id, value=Decimal(99)))
        rollup.refresh(work, full=True)
        return {
            "public": PUBLIC,
            "beside": make.actor(Role.VIEWER, shown.office),
            "above": make.actor(Role.VIEWER, make.headquarters()),
        }


def told(data: Ask, actor: Actor) -> dict[str, Any]:
    rows = [edge["node"] for edge in data(ASKED, actor)["figures"]["edges"]]
    return {row.pop("indicator")["code"]: row for row in rows}


@pytest.mark.parametrize("who", ["public", "beside"])
def test_what_is_hidden_below_is_not_told_by_what_is_computed_of_it(
    data: Ask, asking: dict[str, Actor], who: str
) -> None:
    found = told(data, asking[who])
    assert {code: {name: row[name] for name in NOTHING} for code, row in found.items()} == dict.fromkeys(found, NOTHING)
    assert found["planned"]["value"] == Decimal(87)


def test_whoever_sees_the_office_of_a_figure_is_told_all(data: Ask, asking: dict[str, Actor]) -> None:
    found = told(data, asking["above"])
    assert found["apart"]["distribution"] == {"n": 2, "maximum": Decimal(77)}
    assert (found["planned"]["target"], found["planned"]["targets"]) == (Decimal(198), 2)
    assert all(len(row["inputsHash"]) == 64 for row in found.values())
    assert found["planned"]["matchedAchievement"] == {"actual": Decimal(87), "leftOut": []}
