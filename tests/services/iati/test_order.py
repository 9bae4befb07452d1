"""Operations over the years: one office and one project whatever is imported first."""

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.model.people import Membership, Office, OfficePlacement, Post
from rbm.model.projects import Project, ProjectTheme, Theme
from rbm.model.strategy import Framework
from rbm.services import people
from rbm.terms.people import Role
from rbm.work import begin
from tests.conftest import NOW
from tests.files.iati_builder import document
from tests.services.iati import stored
from tests.services.iati.conftest import bring
from tests.services.iati.written import counted, plan

REGION = {2020: "EAST", 2021: "EAST", 2022: "WEST"}
SIBLINGS = {2020: "", 2021: "C-2020 C-2022", 2022: "C-2021"}


def year_file(folder: Path, year: int) -> Path:
    """A year with a top, two regions and one country, which moves from the east to the west in 2022."""
    top, region = f"TOP-{year}", f"{REGION[year]}-{year}"
    regions = [
        plan(f"{name}-{year}", year=year, level=2, parent=top, sibling=f"{name}-{year - 1} {name}-{year + 1}")
        for name in ("EAST", "WEST")
    ]
    values = counted(10 * (year - 2019), year=year)
    country = plan(f"C-{year}", values, year=year, level=3, parent=region, sibling=SIBLINGS[year])
    path = folder / f"{year}.xml"
    path.write_bytes(document(plan(top, year=year, level=1), *regions, country))
    return path


def placements(engine: sa.Engine) -> list[tuple[str, str, date, date | None]]:
    """Office, parent and days of the country's office."""
    child, parent = Office.__table__.alias(), Office.__table__.alias()
    place = OfficePlacement.__table__.c
    query = sa.select(child.c.code, parent.c.code, place.valid_from, place.valid_to)
    query = query.join_from(OfficePlacement.__table__, child, place.office_id == child.c.id)
    query = query.join(parent, place.parent_id == parent.c.id).where(child.c.code.startswith("C-"))
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(place.valid_from))]


@pytest.mark.parametrize("order", list(permutations((2020, 2021, 2022))), ids=lambda order: "-".join(map(str, order)))
def test_every_order_gives_one_office_and_one_project_a_plan_a_year(
    ready: sa.Engine, tmp_path: Path, order: tuple[int, ...]
) -> None:
    for year in order:
        bring(ready, year_file(tmp_path, year))
    first = f"C-{order[0]}"
    assert stored.rows(ready, Project, "code", "title", "starts_on", "ends_on")[0] == (
        *(first, "Plan C-2022"),
        *(date(2020, 1, 1), date(2022, 12, 31)),
    )
    assert [row for row in stored.rows(ready, Office, "code", "name") if row[0][0] == "C"] == [(first, "Plan C-2022")]
    offices = dict(stored.rows(ready, Office, "id", "code"))
    projects = dict(stored.rows(ready, Project, "id", "code"))
    plans = [
        (code, offices[office], projects[project])
        for code, office, project in stored.rows(ready, Framework, "code", "office_id", "project_id")
        if code.startswith("C-")
    ]
    assert plans == [(f"C-{year}", first, first) for year in (2020, 2021, 2022)]
    parents = [next(code for code in offices.values() if code.startswith(name)) for name in ("EAST", "WEST")]
    assert placements(ready) == [
        (first, parents[0], date(2020, 1, 1), date(2021, 12, 31)),
        (first, parents[1], date(2022, 1, 1), None),
    ]
    assert len(stored.rows(ready, Office, "id")) == 5  # headquarters, publisher, two regions, one country
    values = {(row.plan, row.value) for row in stored.figures(ready)}
    assert values == {(f"{name}-{year}", 10 * (year - 2019)) for year in REGION for name in ("C", "TOP", REGION[year])}


def test_what_hangs_on_an_office_that_is_joined_moves_with_it(ready: sa.Engine, tmp_path: Path) -> None:
    for year in (2020, 2022):
        bring(ready, year_file(tmp_path, year))
    with begin(ready, SYSTEM, "staff", now=NOW) as work:
        office, kept = work.find(Office, "C-2022"), work.find(Office, "C-2020")
        anna = people.create_person(work, "anna@example.org", "Anna")
        people.grant_role(work, anna.id, office.id, Role.REPORTER)
        people.create_post(work, "HEAD", "Head of office", office.id)
        theme = work.add(Theme(code="T", label="Theme", kind="focus_area"))
        for code in ("C-2020", "C-2022"):
            work.add(ProjectTheme(project=work.find(Project, code), theme=theme))
    bring(ready, year_file(tmp_path, 2021))
    assert stored.rows(ready, Membership, "office_id") == [(kept.id,)]
    assert stored.rows(ready, Post, "code", "office_id")[0] == ("HEAD", kept.id)
    assert len(stored.rows(ready, ProjectTheme, "id")) == 1
    assert "C-2022" not in dict(stored.rows(ready, Office, "code", "id"))


def test_an_operation_that_leaves_its_chain_keeps_an_office_that_people_work_in(
    ready: sa.Engine, tmp_path: Path
) -> None:
    path = tmp_path / "chain.xml"
    path.write_bytes(document(plan("TOP"), plan("A", parent="TOP"), plan("B", parent="TOP")))
    bring(ready, path)
    with begin(ready, SYSTEM, "staff", now=NOW) as work:
        people.create_post(work, "HEAD", "Head of office", work.find(Office, "A").id)
    path.write_bytes(document(plan("TOP"), plan("A"), plan("B")))
    bring(ready, path)
    offices = dict(stored.rows(ready, Office, "id", "code"))
    assert sorted(offices.values()) == ["A", "HQ", "XX"]
    assert {offices[key] for (key,) in stored.rows(ready, Framework, "office_id")} == {"HQ", "XX"}


def test_years_that_begin_on_one_day_under_different_parents_are_placed_once(ready: sa.Engine, tmp_path: Path) -> None:
    path = tmp_path / "undated.xml"
    path.write_bytes(
        document(
            *(plan("TOP"), plan("R1", parent="TOP"), plan("R2", parent="TOP")),
            *(plan("C-1", year=None, parent="R1", sibling="C-2"), plan("C-2", year=None, parent="R2")),
        )
    )
    bring(ready, path)
    assert [(parent, first, last) for _, parent, first, last in placements(ready)] == [("R2", date(1900, 1, 1), None)]


def test_an_office_never_stands_under_itself(ready: sa.Engine, tmp_path: Path) -> None:
    path = tmp_path / "twist.xml"
    path.write_bytes(
        document(
            *(plan("TOP"), plan("B-1", year=2022, parent="TOP", sibling="B-2"), plan("A", year=2022, parent="B-1")),
            plan("B-2", year=2023, parent="A"),
        )
    )
    bring(ready, path)
    with begin(ready, SYSTEM, "read", now=NOW) as work:
        a, b = (work.find(Office, code).id for code in ("A", "B-1"))
        assert a in people.below(work, {b}, date(2022, 6, 1))
        assert a not in people.below(work, {b}, NOW.date()) or b not in people.below(work, {a}, NOW.date())
