"""The examples of the documentation run, in their order, against a database of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from graphql import parse, validate

from graph_schema.execute import execute
from graph_schema.schema import schema
from rbm.access import PUBLIC
from rbm.db import open_engine
from tests import stages

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def blocks(page: Path, language: str) -> list[str]:
    return [text for word, text in BLOCK.findall(page.read_text(encoding="utf-8")) if word == language]


def run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "RBM_DATABASE_URL": f"sqlite:///{folder}/docs.sqlite3"}
    shell = ["bash", "-c", command]
    done = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docs")


@pytest.fixture(scope="module")
def shown(folder: Path) -> Path:
    """The folder, with what the demonstration shows in its database."""
    run("rbm demo --no-serve --json > demo.json", folder)
    return folder


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "console")], ids=lambda page: page.stem)
def test_commands_print_what_the_page_says(page: Path, folder: Path) -> None:
    for block in blocks(page, "console"):
        for example in filter(None, re.split(r"^\$ ", block, flags=re.MULTILINE)):
            command, _, expected = example.partition("\n")
            assert run(command, folder) == expected, command


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "graphql")], ids=lambda page: page.stem)
def test_queries_answer_without_errors(page: Path, shown: Path) -> None:
    engine = open_engine(f"sqlite:///{shown}/docs.sqlite3")
    for query in blocks(page, "graphql"):
        assert validate(schema.graphql_schema, parse(query)) == []
        answer = execute(engine, PUBLIC, query, None, None)
        assert "errors" not in answer
        assert answer["data"]
    engine.dispose()


def test_the_calibration_page_shows_what_its_script_prints(shared: Path, folder: Path) -> None:
    files = " ".join(f"{shared}/data/iati/unhcr-{year}.xml.gz" for year in (2022, 2023))
    printed = run(f"cd {ROOT} && python -m benchmarks.calibration {files}", folder)
    page = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    assert page.endswith(printed)


def test_the_page_of_stages_is_what_the_rows_say() -> None:
    assert (ROOT / "docs" / "stages.md").read_text(encoding="utf-8") == stages.page()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert broken == []
