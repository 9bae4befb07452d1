"""The chain that activities describe: depth makes the level, and whatever is odd is kept with a note."""

import pytest
import sqlalchemy as sa

from rbm.model.iati import ImportFinding
from rbm.model.people import Office
from rbm.model.projects import Project
from rbm.model.strategy import Framework
from rbm.terms.people import OfficeKind
from rbm.terms.projects import ProjectStage
from rbm.terms.strategy import FrameworkLevel
from tests.services.iati import stored
from tests.services.iati.conftest import Bring
from tests.services.iati.written import counted, plan

LEVELS = (FrameworkLevel.CORPORATE, FrameworkLevel.REGIONAL, FrameworkLevel.COUNTRY)


def levels(engine: sa.Engine) -> dict[str, tuple[FrameworkLevel, str]]:
    """Level and office of every published plan."""
    offices = dict(stored.rows(engine, Office, "id", "code"))
    found = stored.rows(engine, Framework, "code", "level", "office_id")
    return {code: (level, offices[office]) for code, level, office in found if code != "MIGOF"}


def test_depth_makes_levels_and_offices(ready: sa.Engine, publish: Bring) -> None:
    deep = [plan("D", parent="C"), plan("E", parent="D")]
    publish(plan("A"), plan("B", parent="A"), plan("C", parent="B"), *deep)
    assert levels(ready) == {
        "A": (FrameworkLevel.CORPORATE, "XX"),
        "B": (FrameworkLevel.REGIONAL, "B"),
        "C": (FrameworkLevel.COUNTRY, "C"),
        "D": (FrameworkLevel.PROJECT, "D"),
        "E": (FrameworkLevel.PROJECT, "E"),
    }
    kinds = dict(stored.rows(ready, Office, "code", "kind"))
    wanted = (OfficeKind.HEADQUARTERS, OfficeKind.REGIONAL, OfficeKind.COUNTRY, OfficeKind.SUB, OfficeKind.SUB)
    assert tuple(kinds[code] for code in ("XX", "B", "C", "D", "E")) == wanted


def test_parents_may_name_their_children_instead(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("C"), plan("B", child="C"), plan("A", child="B"))
    assert [levels(ready)[code][0] for code in "ABC"] == list(LEVELS)


def test_the_shape_of_identifiers_says_nothing(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("X-1"), plan("X-1-2"), plan("Y", parent="X-1"))
    assert levels(ready)["X-1-2"] == (FrameworkLevel.PROJECT, "XX")


def test_an_activity_alone_is_a_project_of_its_publisher(ready: sa.Engine, publish: Bring) -> None:
    [report] = publish(plan("P", counted(3)))
    assert levels(ready) == {"P": (FrameworkLevel.PROJECT, "XX")}
    assert report.noted == []
    assert stored.rows(ready, Office, "code", "name", "kind")[-1] == ("XX", "Publisher", OfficeKind.HEADQUARTERS)


@pytest.mark.parametrize(
    ("above", "own", "reason"),
    [
        (1, 3, "hierarchy 3 under 1 skips a level; kept at depth 2 of the chain"),
        (2, 2, "hierarchy 2 under 2 doubles a level; kept at depth 2 of the chain"),
        (3, 2, "hierarchy 2 under 3 stands above that level; kept at depth 2 of the chain"),
    ],
)
def test_levels_that_do_not_follow_are_kept_and_noted(
    ready: sa.Engine, publish: Bring, above: int, own: int, reason: str
) -> None:
    [report] = publish(plan("A", level=above), plan("B", level=own, parent="A"))
    assert levels(ready)["B"][0] is FrameworkLevel.REGIONAL
    assert [(each.activity, each.element, each.line, each.reason) for each in report.noted] == [
        ("B", "related-activity", 3, reason)
    ]
    assert stored.rows(ready, ImportFinding, "kind", "activity", "reason") == [("noted", "B", reason)]


def test_a_circle_of_parents_is_cut_where_it_closes(ready: sa.Engine, publish: Bring) -> None:
    [report] = publish(plan("A", parent="C"), plan("B", parent="A"), plan("C", parent="B"))
    assert [(each.activity, each.reason) for each in report.noted] == [
        ("C", "B stands under it, so it is not followed as its parent")
    ]
    assert [levels(ready)[code][0] for code in "CAB"] == list(LEVELS)


def test_an_activity_is_not_its_own_parent(ready: sa.Engine, publish: Bring) -> None:
    [report] = publish(plan("A", parent="A"))
    assert [each.reason for each in report.noted] == ["A stands under it, so it is not followed as its parent"]
    assert levels(ready)["A"] == (FrameworkLevel.PROJECT, "XX")


def test_of_two_parents_one_is_followed(ready: sa.Engine, publish: Bring) -> None:
    [report] = publish(plan("A"), plan("B"), plan("C", parent="A B"))
    assert [(each.activity, each.reason) for each in report.noted] == [
        ("C", "B is a second parent and is not followed")
    ]
    frameworks = {code: (key, parent) for code, key, parent in stored.rows(ready, Framework, "code", "id", "parent_id")}
    assert frameworks["C"][1] == frameworks["A"][0]


def test_what_a_child_says_counts_before_what_a_parent_says(ready: sa.Engine, publish: Bring) -> None:
    publish(plan("A", child="C"), plan("B"), plan("C", parent="B"))
    frameworks = {code: (key, parent) for code, key, parent in stored.rows(ready, Framework, "code", "id", "parent_id")}
    assert frameworks["C"][1] == frameworks["B"][0]


def test_a_parent_that_is_not_here_is_noted_and_followed_when_it_comes(ready: sa.Engine, publish: Bring) -> None:
    [report] = publish(plan("C", counted(5), parent="A"))
    assert [(each.activity, each.reason) for each in report.noted] == [
        ("C", "its parent A is not here; it is kept without")
    ]
    assert levels(ready)["C"] == (FrameworkLevel.PROJECT, "XX")
    [later] = publish(plan("A"), name="later.xml")
    assert later.noted == []
    assert levels(ready) == {"A": (FrameworkLevel.CORPORATE, "XX"), "C": (FrameworkLevel.REGIONAL, "C")}
    assert {(row.plan, row.value) for row in stored.figures(ready)} == {("A", 5), ("C", 5)}


def test_a_missing_sibling_is_no_fault(ready: sa.Engine, publish: Bring) -> None:
    [report] = publish(plan("P", sibling="Q"))
    assert (report.noted, report.refused) == ([], [])


def test_a_publisher_without_a_reference_goes_by_its_name(ready: sa.Engine, publish: Bring) -> None:
    named = plan("P", counted(1)).replace("ref='XX' ", "")
    nameless = plan("Q").replace("<narrative>Publisher</narrative>", "").replace("ref='XX' ", "")
    publish(named, nameless)
    codes = {code: name for code, name in stored.rows(ready, Office, "code", "name") if code != "HQ"}
    assert codes == {"Publisher": "Publisher", "an unnamed publisher": "an unnamed publisher"}


def test_the_stage_of_a_project_is_that_of_its_newest_plan(ready: sa.Engine, publish: Bring) -> None:
    publish(
        plan("P-2", "<activity-status code='2'/>", year=2026, sibling="P-1"),
        plan("P-1", "<activity-status code='4'/>", year=2025),
    )
    [(code, title, stage)] = stored.rows(ready, Project, "code", "title", "stage")
    assert (code, title, stage) == ("P-2", "Plan P-2", ProjectStage.IMPLEMENTATION)


def test_an_activity_with_the_code_of_a_project_made_here_is_refused_and_the_rest_read(
    ready: sa.Engine, publish: Bring
) -> None:
    publish(plan("P"))
    with ready.begin() as connection:
        connection.execute(sa.text("DELETE FROM publication"))
    [report] = publish(plan("P"), plan("Q"))
    assert [(each.activity, each.element, each.line) for each in report.refused] == [("P", "iati-identifier[1]", 2)]
    assert (report.counts.activities, report.created) == (2, 1)
