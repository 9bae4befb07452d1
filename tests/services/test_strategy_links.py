"""Links between results: what may stand under what, and causal statements."""

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.strategy import ResultLink
from rbm.services import strategy
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkLevel, FrameworkStage, NodeKind, ResultLevel
from rbm.work import Work
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused

GOAL, OUTCOME, OUTPUT, ACTIVITY, OTHER = ResultLevel
CORPORATE, REGIONAL, COUNTRY, PROJECT = FrameworkLevel


@pytest.mark.parametrize(("child", "parent"), [(OUTCOME, GOAL), (OUTPUT, OUTCOME), (ACTIVITY, OUTPUT)])
def test_adjacent_levels_link_inside_a_framework(
    work: Work, make: Make, child: ResultLevel, parent: ResultLevel
) -> None:
    framework = make.framework()
    lower, higher = make.result(framework, level=child), make.result(framework, level=parent)
    link = strategy.link_results(work, lower.id, higher.id, " because ")
    assert (link.child_id, link.parent_id, link.causal_statement) == (lower.id, higher.id, "because")


@pytest.mark.parametrize(
    ("child", "parent"), [(OUTPUT, GOAL), (ACTIVITY, OUTCOME), (GOAL, OUTCOME), (OUTPUT, OUTPUT), (OTHER, OUTCOME)]
)
def test_other_levels_do_not_link_inside_a_framework(
    start: Begin, engine: sa.Engine, child: ResultLevel, parent: ResultLevel
) -> None:
    with start() as work:
        make = Make(work)
        framework = make.framework()
        lower, higher = make.result(framework, level=child), make.result(framework, level=parent)
    with refused(engine, Invalid, "level" if child is OTHER else "parent_id") as work:
        strategy.link_results(work, lower.id, higher.id)


@pytest.mark.parametrize("kind", [NodeKind.OBJECTIVE, NodeKind.PRINCIPLE])
@pytest.mark.parametrize("level", [GOAL, OUTCOME])
def test_an_objective_or_principle_stands_over_goals_and_outcomes(
    work: Work, make: Make, kind: NodeKind, level: ResultLevel
) -> None:
    framework = make.framework(CORPORATE)
    node, result = make.result(framework, kind=kind, level=None), make.result(framework, level=level)
    assert strategy.link_results(work, result.id, node.id).parent_id == node.id


def test_an_objective_stands_over_no_output_and_under_nothing(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        framework = make.framework(CORPORATE)
        node, other = (make.result(framework, kind=NodeKind.OBJECTIVE, level=None) for _ in range(2))
        output, goal = make.result(framework, level=OUTPUT), make.result(framework, level=GOAL)
    for child, parent in ((output, node), (node, goal), (node, other)):
        with refused(engine, Invalid, "parent_id") as work:
            strategy.link_results(work, child.id, parent.id)


@pytest.mark.parametrize(
    ("lower", "higher", "child", "parent"),
    [
        (PROJECT, COUNTRY, OUTCOME, OUTCOME),
        (PROJECT, CORPORATE, OUTCOME, GOAL),
        (COUNTRY, REGIONAL, OUTPUT, OUTPUT),
        (REGIONAL, CORPORATE, GOAL, GOAL),
    ],
)
def test_results_contribute_to_higher_frameworks(
    work: Work, make: Make, lower: FrameworkLevel, higher: FrameworkLevel, child: ResultLevel, parent: ResultLevel
) -> None:
    below = make.result(make.framework(lower, stage=FrameworkStage.DRAFT), level=child)
    above = make.result(make.framework(higher), level=parent)
    assert strategy.link_results(work, below.id, above.id).child_id == below.id


@pytest.mark.parametrize(
    ("lower", "higher", "child", "parent"),
    [
        (COUNTRY, COUNTRY, OUTCOME, OUTCOME),
        (COUNTRY, PROJECT, OUTCOME, OUTCOME),
        (PROJECT, COUNTRY, OUTPUT, GOAL),
        (PROJECT, COUNTRY, GOAL, OUTCOME),
    ],
)
def test_results_contribute_to_no_equal_or_lower_framework_and_skip_no_level(
    start: Begin,
    engine: sa.Engine,
    lower: FrameworkLevel,
    higher: FrameworkLevel,
    child: ResultLevel,
    parent: ResultLevel,
) -> None:
    with start() as work:
        make = Make(work)
        below = make.result(make.framework(lower), level=child)
        above = make.result(make.framework(higher), level=parent)
    with refused(engine, Invalid, "parent_id") as work:
        strategy.link_results(work, below.id, above.id)


def test_a_circle_is_named_and_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        framework = make.framework()
        goal, outcome = make.result(framework, code="G", level=GOAL), make.result(framework, code="C")
        output = make.result(framework, code="P", level=OUTPUT)
        strategy.link_results(work, outcome.id, goal.id)
        strategy.link_results(work, output.id, outcome.id)
    with pytest.raises(Conflict, match=r"G > P > C > G") as refusal, start() as work:
        strategy.link_results(work, goal.id, output.id)
    assert refusal.value.code == "cycle"
    with refused(engine, Conflict, "parent_id") as work:
        strategy.link_results(work, goal.id, output.id)
    with refused(engine, Conflict, "parent_id") as work:
        strategy.link_results(work, goal.id, goal.id)


def test_what_is_linked_already_unknown_or_closed_is_refused(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        framework, closed = make.framework(), make.framework(stage=FrameworkStage.CLOSED)
        goal, outcome = make.result(framework, level=GOAL), make.result(framework)
        old_goal, old = make.result(closed, level=GOAL), make.result(closed)
        strategy.link_results(work, outcome.id, goal.id)
    with refused(engine, Conflict, "parent_id") as work:
        strategy.link_results(work, outcome.id, goal.id)
    with refused(engine, NotFound, "child_id") as work:
        strategy.link_results(work, framework.id, goal.id)
    with refused(engine, NotFound, "parent_id") as work:
        strategy.link_results(work, outcome.id, framework.id)
    with refused(engine, Conflict, "framework_id") as work:
        strategy.link_results(work, old.id, old_goal.id)


def test_a_cause_is_stated_and_a_link_taken_away(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        framework = make.framework()
        link = strategy.link_results(work, make.result(framework).id, make.result(framework, level=GOAL).id)
        assert link.causal_statement is None
        assert strategy.state_cause(work, link.id, "it does").causal_statement == "it does"
        assert strategy.state_cause(work, link.id, "  ").causal_statement is None
    with start() as work:
        assert strategy.unlink_results(work, link.id).id == link.id
        assert work.session.scalars(sa.select(ResultLink)).all() == []
    with refused(engine, NotFound, "link_id") as work:
        strategy.unlink_results(work, link.id)
    with refused(engine, NotFound, "link_id") as work:
        strategy.state_cause(work, link.id, "it does")


def test_an_office_links_its_own_results_and_no_others(start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        make = Make(work)
        region, corporate = make.office(), make.result(make.framework(CORPORATE, office=make.headquarters()))
        upper = make.result(make.framework(REGIONAL, office=region))
        country = make.office(region)
        own = make.result(make.framework(COUNTRY, office=country))
        planner, viewer = make.actor(Role.REPORTER, country), make.actor(Role.VIEWER)
        link = strategy.link_results(work, upper.id, corporate.id)
    with start(planner) as work:
        strategy.link_results(work, own.id, upper.id)
    with refused(engine, Forbidden, None, planner) as work:
        strategy.unlink_results(work, link.id)
    with refused(engine, Forbidden, None, viewer) as work:
        strategy.link_results(work, own.id, corporate.id)
    with refused(engine, Forbidden, None, planner) as work:
        strategy.state_cause(work, link.id, "it does")
