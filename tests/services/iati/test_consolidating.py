"""Consolidation: equal keys meet on the parent and only there, what may not be added stays out and is counted."""

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.model.indicators import ContributionLink, Indicator
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result, ResultLink
from rbm.services import iati, rollup
from rbm.terms.rollup import Reason
from rbm.terms.strategy import FrameworkLevel
from rbm.work import begin
from tests.conftest import NOW
from tests.files.iati_builder import indicator, period, result
from tests.make import Make
from tests.services.iati import stored
from tests.services.iati.conftest import Bring
from tests.services.iati.written import counted, plan

UNDECLARED, APART = {"status": ""}, {"status": "aggregation-status='0'"}


def totals(engine: sa.Engine) -> dict[tuple[str, str], Any]:
    """Totals by plan and title, own indicators and derived ones apart."""
    found = stored.figures(engine, Figure.whole())
    return {(row.plan, "derived" if row.derived else "own"): row.value for row in found}


def excluded(engine: sa.Engine, plan_code: str) -> dict[Reason, int]:
    """What the one figure of a plan leaves out."""
    [figure] = stored.figures(engine, Framework.code == plan_code, Figure.whole())
    with begin(engine, SYSTEM, "read", now=NOW, writes=False) as work:
        row = work.session.scalars(sa.select(Figure).where(Figure.id == figure.id)).one()
        work.session.refresh(row, ["excluded"])
        return {each.reason: each.count for each in row.excluded}


def test_equal_keys_meet_on_the_parent_and_only_there(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("A"), plan("B", counted(1), counted(2), parent="A"), plan("C", counted(4), parent="A"))
    found = [(row.plan, row.derived, row.value) for row in stored.figures(ready)]
    assert sorted(found) == [("A", True, 7), ("B", False, 1), ("B", False, 2), ("C", False, 4)]
    codes = [code for (code,) in stored.rows(ready, Indicator, "code") if code.startswith("B/")]
    assert len(set(codes)) == 2


def test_codes_stay_when_others_come_before_them(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("P", counted(1), counted(2)))
    before = stored.rows(ready, Indicator, "id", "code")
    publish(plan("P", counted(9, title="Another"), counted(1), counted(2)))
    assert set(before) < set(stored.rows(ready, Indicator, "id", "code"))


@pytest.mark.parametrize(
    "other",
    [
        counted(4, title="Someone helped"),
        counted(4, measure="2"),
        counted(4).replace("type='1'", "type='2'", 1),
        counted(4).replace("Help", "Aid", 1),
    ],
)
def test_other_titles_levels_and_measures_stay_apart(ready: sa.Engine, publish: Bring, other: str) -> None:
    publish(plan("A"), plan("B", counted(1), parent="A"), plan("C", other, parent="A"))
    assert len([row for row in stored.rows(ready, Indicator, "derived") if row[0]]) == 2


def test_white_space_in_titles_is_folded_and_references_are_no_key(ready: sa.Engine, publish: Bring) -> None:
    referred = counted(4).replace("<period>", "<reference vocabulary='9' code='SDG 1.1'/><period>")
    publish(
        plan("A"),
        plan("B", counted(1, title=" People \n helped"), parent="A"),
        plan("C", referred, parent="A"),
    )
    assert totals(ready)["A", "derived"] == 5


def test_a_parents_own_results_stay_beside_its_contributions(ready: sa.Engine, publish: Bring) -> None:
    """The grandparent counts what was consolidated, not what the parent published of the same."""
    publish(plan("A"), plan("B", counted(100), parent="A"), *(plan(code, counted(3), parent="B") for code in "CD"))
    assert totals(ready) == {
        ("A", "derived"): 6,
        ("B", "own"): 100,
        ("B", "derived"): 6,
        ("C", "own"): 3,
        ("D", "own"): 3,
    }


def test_what_only_a_parent_publishes_goes_on_upward(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("A"), plan("B", counted(100), parent="A"), plan("C", counted(3, title="Other"), parent="B"))
    found = {(row.plan, row.title): row.value for row in stored.figures(ready, Framework.code == "A")}
    assert found == {("A", "People helped"): 100, ("A", "Other"): 3}


def test_children_that_may_not_be_added_are_left_out_and_counted(ready: sa.Engine, publish: Bring) -> None:
    children = [plan("B", counted(1, **UNDECLARED), parent="A"), plan("C", counted(2, **APART), parent="A")]
    publish(plan("A"), *children, plan("D", counted(4), parent="A"), plan("E", counted(8), parent="A"))
    [figure] = stored.figures(ready, Framework.code == "A")
    assert (figure.value, figure.reported, figure.expected) == (12, 2, 4)
    assert excluded(ready, "A") == {Reason.ADDITIVITY_UNDECLARED: 1, Reason.NOT_ADDITIVE: 1}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [(UNDECLARED, Reason.ADDITIVITY_UNDECLARED), (APART, Reason.NOT_ADDITIVE), ({"measure": "4"}, Reason.NOT_ADDITIVE)],
)
def test_where_no_child_adds_up_the_parent_has_no_value(
    ready: sa.Engine, publish: Bring, facts: dict[str, str], reason: Reason
) -> None:
    publish(plan("A"), *(plan(code, counted(2, **facts), parent="A") for code in "BC"))
    [figure] = stored.figures(ready, Framework.code == "A")
    assert (figure.value, figure.reason) == (None, reason)
    assert excluded(ready, "A") == {reason: 2}


@pytest.mark.parametrize("status", ["", "aggregation-status='0'", "aggregation-status='1'"])
def test_percentages_are_never_added(ready: sa.Engine, publish: Bring, status: str) -> None:
    children = (plan(code, counted(50, measure="2", status=status), parent="A") for code in "BC")
    publish(plan("A"), *children)
    [figure] = stored.figures(ready, Framework.code == "A")
    assert figure.value is None
    assert figure.reason in {Reason.PERCENTAGE_WITHOUT_PARTS, Reason.ADDITIVITY_UNDECLARED, Reason.NOT_ADDITIVE}


def test_duplicates_stand_in_parallel_and_add_up(ready: sa.Engine, publish: Bring) -> None:
    [report] = publish(plan("A"), plan("B", counted(237, 237), parent="A"))
    assert totals(ready) == {("A", "derived"): 474, ("B", "own"): 474}
    assert [each.reason for each in report.noted] == [
        "duplicate cell: 237 stands beside an earlier one of the same place"
    ]


def test_a_stated_total_wins_over_its_parts(ready: sa.Engine, publish: Bring) -> None:
    parts = "<actual value='4'><dimension name='sex' value='f'/></actual><actual value='9'/>"
    told = result(indicator(period(parts), attributes="measure='1' aggregation-status='1'", title="People"))
    publish(plan("A"), plan("B", told, parent="A"))
    found = {(row.plan, row.category): row.value for row in stored.figures(ready)}
    assert found == {("A", None): 9, ("B", None): 9, ("A", "f"): 4, ("B", "f"): 4}


def test_consolidating_again_changes_nothing(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("A"), plan("B", counted(1), parent="A"))
    before = stored.everything(ready)
    with begin(ready, SYSTEM, "consolidate", now=NOW) as work:
        assert iati.consolidate(work) == 0
        assert rollup.refresh(work).changed == 0
    assert stored.everything(ready) == before


def test_what_moves_to_another_parent_counts_once(ready: sa.Engine, publish: Bring) -> None:
    above = [plan("A"), *(plan(code, parent="A") for code in ("B1", "B2"))]
    publish(*above, plan("C", counted(5), parent="B1"), plan("D", counted(7), parent="B1"))
    assert totals(ready)["A", "derived"] == 12
    publish(*above, plan("C", counted(5), parent="B2"), plan("D", counted(7), parent="B1"))
    found = totals(ready)
    assert (found["A", "derived"], found["B1", "derived"], found["B2", "derived"]) == (12, 7, 5)


def test_frameworks_made_here_are_not_consolidated(ready: sa.Engine, publish: Bring) -> None:
    with begin(ready, SYSTEM, "plan", now=NOW) as work:
        make = Make(work)
        top = make.framework(FrameworkLevel.CORPORATE)
        make.indicator(make.result(make.framework(parent_id=top.id)))
    publish(plan("P"))
    assert [row for row in stored.rows(ready, Result, "derived") if row[0]] == []
    assert stored.rows(ready, ContributionLink, "id") == stored.rows(ready, ResultLink, "id") == []


def test_values_beyond_what_fits_are_told_and_nothing_is_summed_wrong(ready: sa.Engine, publish: Bring) -> None:
    [report] = publish(plan("P", counted("9" * 30), counted("1e400")))
    assert len(report.refused) == 2
    assert {row.value for row in stored.figures(ready)} == {None}


def test_fractions_are_exact(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("A"), *(plan(f"B{n}", counted("0.1"), parent="A") for n in range(10)))
    assert totals(ready)["A", "derived"] == Decimal(1)
