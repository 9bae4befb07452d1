"""Recommendations and evaluations from the command line: registers in and out, what is overdue."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app import database, evaluations, recommendations
from rbm.access import SYSTEM
from rbm.db import open_engine
from rbm.files.registers import read_register
from rbm.services import people
from rbm.services.followup import RecommendationQuestion
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.people import Role
from rbm.work import begin
from tests.app.commands import rbm
from tests.app.test_cli import dump
from tests.files.register_builder import cells, csv_file

OWNED = {"Office": "HQ", "Owner": "lina@example.org"}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with somebody at headquarters."""
    made = f"sqlite:///{tmp_path}/own.sqlite3"
    engine = open_engine(made)
    database.initialise(engine)
    with begin(engine, SYSTEM, "test") as work:
        person = people.create_person(work, "lina@example.org", "Lina")
        people.grant_role(work, person.id, people.headquarters(work).id, Role.APPROVER)
    engine.dispose()
    return made


def documents(url: str, *arguments: object) -> Any:
    ran = rbm(url, *arguments, "--json")
    assert (ran.code, ran.err) == (0, "")
    return ran.document


def again(url: str, path: Path) -> dict[str, int]:
    """What another import of a file makes."""
    engine = open_engine(url)
    try:
        return recommendations.take(engine, SYSTEM, read_register(path), None)
    finally:
        engine.dispose()


def test_a_register_comes_in_and_goes_out(url: str, tmp_path: Path) -> None:
    path = csv_file(tmp_path, cells(**OWNED), cells(**OWNED, Number=2, Recommendation="=1+1", Due_date="2190-12-31"))
    counts = {"evaluations": 1, "recommendations": 2, "responses": 1, "decisions": 2, "actions": 2}
    assert documents(url, "import", "recommendations", path) == counts | {"known": 0, "waiting": 0}
    before = dump(url)
    nothing = dict.fromkeys(counts, 0) | {"known": 2, "waiting": 0}
    assert again(url, path) == nothing

    asked = ("--source", "audit", "--office", "HQ", "--xlsx", tmp_path / "out.xlsx")
    late, other = documents(url, "recommendations", *asked)
    [action] = late["actions"]
    assert (late["code"], late["status"], late["addressed_to"]) == ("A-1/1", "not_started", ["HQ"])
    assert (action["owner"], action["due_on"], action["overdue_since"]) == ("Lina", "2025-12-31", "2026-01-01")
    assert (action["escalated_to"], other["overdue_actions"]) == ([], 0)

    sheets = load_workbook(tmp_path / "out.xlsx")
    assert sheets.sheetnames == ["Recommendations", "Status", "Addressed outside"]
    cell = sheets["Recommendations"]["H3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert again(url, tmp_path / "out.xlsx") == nothing
    assert dump(url) == before


def test_what_is_overdue_and_which_evaluations_there_are(url: str, tmp_path: Path) -> None:
    again(url, csv_file(tmp_path, cells(**OWNED), cells(**OWNED, Number=2, Due_date="2190-12-31")))
    shown = rbm(url, "recommendations", "--overdue").out
    assert "Overdue actions: 1" in shown
    assert "A-1/1/1 Write the register" in " ".join(shown.split())
    engine = open_engine(url)
    with begin(engine, SYSTEM, "test", writes=False) as work:
        [late] = recommendations.list_recommendations(work, RecommendationQuestion(overdue=True))
        [evaluation] = evaluations.list_evaluations(work, EvaluationStage.FINAL)
        assert evaluations.list_evaluations(work, EvaluationStage.PLANNED) == []
    engine.dispose()
    assert (late["code"], len(late["actions"])) == ("A-1/1", 1)
    assert (evaluation["code"], evaluation["source"]) == ("A-1", "audit")
    assert evaluation["recommendations"] == {"not_started": 2}


def test_every_fault_is_named_and_nothing_is_kept(url: str, tmp_path: Path) -> None:
    path = csv_file(tmp_path, cells(**OWNED), cells(**(OWNED | {"Owner": None, "Number": 2, "Due_date": "31/12/2026"})))
    before = dump(url)
    ran = rbm(url, "import", "recommendations", path, "--json")
    assert ran.code == 1
    assert ran.document["problems"] == [
        {"code": "invalid", "message": "row 3, Owner (N): an action needs it", "field": "owner", "row": 3},
        {
            "code": "invalid",
            "message": "row 3, Due date (O): '31/12/2026' is no date: write year, month and day, such as 2026-12-31",
            "field": "due_on",
            "row": 3,
        },
    ]
    told = rbm(url, "import", "recommendations", path)
    assert (told.code, told.err.splitlines()[0]) == (1, "refused: row 3, Owner (N): an action needs it")
    assert len(told.err.splitlines()) == 2
    assert dump(url) == before
