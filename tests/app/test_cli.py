"""The contract of the command line: documents, keys, exits, refusals."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.db import open_engine
from tests import databases
from tests.app.commands import Ran, rbm
from tests.files.iati_builder import document
from tests.services.iati import stored
from tests.services.iati.written import counted, plan

COUNTS = ("activities", "results", "indicators", "baselines", "targets", "actuals", "created")
FIGURE = (
    *("id", "level", "office", "office_name", "indicator", "code", "title", "period_start", "period_end", "value"),
    *("numerator", "denominator", "verified", "self_reported", "reported", "expected", "excluded", "reason", "lead"),
)
FRACTION = "<actual value='0.1'><dimension name='sex' value='f'/></actual>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small chain as a file."""
    made = tmp_path_factory.mktemp("cli")
    country = counted("0.2").replace("<actual value='0.2'/>", FRACTION + FRACTION.replace("'f'", "'m'"))
    stranger = counted(9, status="", title="50%_of people")
    content = document(plan("A"), plan("B", country, stranger, parent="A"))
    (made / "chain.xml").write_bytes(content)
    return made


@pytest.fixture(scope="module")
def url(folder: Path) -> str:
    """A database in which the file was imported and rolled up; for reading only."""
    made = f"sqlite:///{folder}/read.sqlite3"
    assert rbm(made, "import", "iati", folder / "chain.xml", "--consolidate").code == 0
    assert rbm(made, "rollup").code == 0
    return made


@pytest.fixture
def own(tmp_path: Path) -> str:
    """A database that is not there yet."""
    return f"sqlite:///{tmp_path}/own.sqlite3"


def dump(url: str) -> dict[str, list[str]]:
    """Every row of every table."""
    engine = open_engine(url)
    try:
        return stored.everything(engine)
    finally:
        engine.dispose()


def figures(url: str, *arguments: object) -> Any:
    """The document of `rbm figures`."""
    ran = rbm(url, "figures", *arguments, "--json")
    assert (ran.code, ran.err) == (0, "")
    return ran.document


def problem(ran: Ran) -> tuple[int, str, str]:
    """Exit, field and message of a refusal as JSON."""
    [one] = ran.document["problems"]
    assert set(one) == {"code", "message", "field"}
    return ran.code, one["field"], one["message"]


def test_init_makes_a_database_and_a_second_run_changes_nothing(own: str) -> None:
    first = rbm(own, "init", "--json")
    assert (first.code, first.document) == (0, {"office": "HQ", "post": "HQ-RESULTS", "database": "sqlite"})
    before = dump(own)
    assert rbm(own, "init", "--json") == first
    assert dump(own) == before


def test_an_import_answers_with_counts_and_findings(own: str, folder: Path) -> None:
    ran = rbm(own, "import", "iati", folder / "chain.xml", "--consolidate", "--json")
    report = ran.document
    assert (ran.code, ran.err) == (0, "")
    assert list(report) == [*COUNTS, "refused", "repaired", "noted", "files"]
    assert [report[name] for name in COUNTS] == [2, 2, 2, 0, 0, 3, 9]
    [file] = report["files"]
    assert (file["file"], file["read"]) == ("chain.xml", True)
    before = dump(own)
    again = rbm(own, "import", "iati", folder / "chain.xml", "--consolidate", "--json")
    assert [again.document[name] for name in COUNTS] == [2, 2, 2, 0, 0, 3, 0]
    assert dump(own) == before


def test_faults_of_a_good_file_are_told_and_exit_is_0(own: str, tmp_path: Path) -> None:
    path = tmp_path / "faulty.xml"
    path.write_bytes(document(plan("P", counted("many"))))
    ran = rbm(own, "import", "iati", path, "--json")
    assert ran.code == 0
    assert ran.document["refused"] == [
        {
            "activity": "P",
            "element": "result[1]/indicator[1]/period[1]/actual[1]/@value",
            "line": 2,
            "reason": "many is no number; kept as text",
            "file": "faulty.xml",
        }
    ]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"<iati-activities version='2.03'>\n<iati-activity>\n", 3, "no well-formed XML"),
        (b"<html>\n<body/></html>", 1, "its root is html"),
        (b"<iati-activities version='1.05'/>", 1, "its version is 1.05"),
        (b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>\n<iati-activities version='2.03'/>", 1, "DOCTYPE"),
        (b"\x1f\x8b\x08broken", 1, "gzip"),
        (b"", 1, "The file cannot be read"),
    ],
)
def test_a_bad_file_is_refused_whole_and_the_good_ones_are_read(
    own: str, folder: Path, tmp_path: Path, content: bytes, line: int, words: str
) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_bytes(content)
    ran = rbm(own, "import", "iati", bad, folder / "chain.xml", "--json")
    [refused] = ran.document["refused"]
    assert (ran.code, refused["activity"], refused["element"], refused["line"]) == (1, None, "file", line)
    assert words in refused["reason"]
    assert (ran.document["activities"], ran.document["created"]) == (2, 9)
    assert [file["read"] for file in ran.document["files"]] == [False, True]


def test_a_file_that_is_cut_off_leaves_nothing_behind(own: str, folder: Path, tmp_path: Path) -> None:
    rbm(own, "init")
    before = dump(own)
    cut = tmp_path / "cut.xml"
    cut.write_bytes((folder / "chain.xml").read_bytes()[:-30])
    ran = rbm(own, "import", "iati", cut, tmp_path / "absent.xml", "--json")
    assert (ran.code, [each["line"] for each in ran.document["refused"]]) == (1, [3, 0])
    assert dump(own) == before


def test_a_roll_up_answers_with_what_it_did(own: str, folder: Path) -> None:
    rbm(own, "import", "iati", folder / "chain.xml", "--consolidate")
    ran = rbm(own, "rollup", "--json")
    assert list(ran.document) == ["figures", "values", "nodes", "seconds"]
    assert [ran.document[name] for name in ("figures", "values", "nodes")] == [8, 3, 4]
    before = dump(own)
    assert rbm(own, "rollup", "--full", "--json").document["figures"] == 8
    assert rbm(own, "reconcile", "--json").document == []
    after = dump(own)
    assert after.pop("reconciliation") != before.pop("reconciliation")
    assert after == before


def test_a_figure_has_the_keys_of_the_contract_and_exact_numbers(url: str) -> None:
    [helped, people] = sorted(figures(url, "--year", 2026, "--level", "corporate"), key=lambda row: row["reason"] or "")
    assert list(helped) == list(FIGURE)
    assert (helped["level"], helped["office"], helped["title"]) == ("corporate", "XX", "People helped")
    assert (helped["period_start"], helped["period_end"]) == ("2026-01-01", "2026-12-31")
    assert (str(helped["value"]), helped["verified"], str(helped["self_reported"])) == ("0.2", None, "0.2")
    assert (helped["reported"], helped["expected"], helped["excluded"], helped["reason"]) == (1, 1, [], None)
    assert (people["value"], people["reason"]) == (None, "additivity_undeclared")
    assert people["excluded"] == [{"reason": "additivity_undeclared", "count": 1}]


def test_figures_come_by_category_and_opened(url: str) -> None:
    rows = figures(url, "--year", 2026, "--level", "corporate", "--by", "sex", "--explain")
    assert [(row["category"], row["category_label"], str(row["value"])) for row in rows] == [
        ("sex:f", "f", "0.1"),
        ("sex:m", "m", "0.1"),
    ]
    opened = rows[0]["explanation"]
    assert (opened["measurements"], opened["units"], str(opened["measured"])) == (1, 1, "0.1")
    assert [each["office"] for each in opened["contributions"]] == ["B"]


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (("--level", "regional"), 2),
        (("--level", "regional", "--indicator", "%_OF"), 1),
        (("--level", "regional", "--indicator", "%%"), 0),
        (("--level", "regional", "--office", "B"), 2),
        (("--level", "regional", "--period", "life"), 0),
    ],
)
def test_figures_are_narrowed(url: str, arguments: tuple[str, ...], count: int) -> None:
    assert len(figures(url, "--year", 2026, *arguments)) == count


def test_the_same_question_has_the_same_answer(url: str) -> None:
    asked = ("figures", "--level", "regional", "--json")
    assert rbm(url, *asked).out == rbm(url, *asked).out


@pytest.mark.parametrize(
    ("arguments", "field", "words"),
    [
        (("--by", "nope"), "by", "no dimension has the code nope; there are: sex"),
        (("--year", "0"), "year", "0 is no year between 1900 and 2200"),
    ],
)
def test_a_refusal_names_its_field(url: str, arguments: tuple[str, ...], field: str, words: str) -> None:
    asked = ("figures", "--level", "corporate", *arguments)
    assert problem(rbm(url, *asked, "--json")) == (1, field, words)
    plain = rbm(url, *asked)
    assert (plain.code, plain.out) == (1, "")
    assert plain.err == f"refused: {words} ({field})\n"


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("figures", "--level", "global"), "--level"),
        (("figures", "--level", "corporate", "--year", "x"), "--year"),
        (("figures", "--level", "corporate", "--period", "year"), "--period"),
        (("figures",), "--level"),
        (("serve", "--port", "x"), "--port"),
        (("serve", "--port", "65536"), "--port"),
        (("demo", "--no-serve", "--port", "-1"), "--port"),
        (("jobs", "history", "--most", str(2**63)), "--most"),
    ],
)
def test_a_wrong_option_is_named(url: str, arguments: tuple[str, ...], option: str) -> None:
    ran = rbm(url, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert option in ran.err


def test_bytes_that_are_no_text_are_refused(url: str) -> None:
    words = r"\udcff is not text in UTF-8"
    for asked in (("figures", "--level", "corporate", "--office", "\udcff"), ("token", "\udcff"), ("series", "\udcff")):
        assert problem(rbm(url, *asked, "--json")) == (1, "arguments", words)
    assert rbm(url, "token", "\udcff").err == f"refused: {words} (arguments)\n"


def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    for url in ("nonsense", f"sqlite:///{tmp_path}/absent/rbm.sqlite3"):
        code, field, _ = problem(rbm(url, "rollup", "--json"))
        assert (code, field) == (1, "RBM_DATABASE_URL")


def test_a_token_is_one_line_that_can_be_copied(own: str) -> None:
    made = rbm(own, "token", "Anna Example", "--json").document
    assert (made["person"], made["email"]) == ("Anna Example", "anna.example@localhost")
    again = rbm(own, "token", "anna.example", COLUMNS="20")
    assert again.out.startswith("rbm_")
    assert len(again.out.splitlines()) == 1
    assert again.out.strip() != made["token"]
    assert len(stored_rows(own, "person")) == 1
    assert problem(rbm(own, "token", " ", "--json"))[:2] == (1, "name")


def test_a_token_is_limited_in_days_and_scopes(own: str) -> None:
    made = rbm(own, "token", "Anna", "--days", 7, "--scope", "see", "--scope", "report", "--json").document
    assert made["scopes"] == ["report", "see"]
    assert problem(rbm(own, "token", "Anna", "--days", 91, "--json"))[:2] == (1, "days")
    refused = rbm(own, "token", "Anna", "--scope", "everything")
    assert (refused.code, refused.out) == (2, "")


def stored_rows(url: str, table: str) -> list[str]:
    """The rows of one table."""
    return dump(url)[table]


def test_tables_for_people_fit_the_screen(url: str) -> None:
    ran = rbm(url, "figures", "--year", 2026, "--level", "corporate", "--explain")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "additivity undeclared" in " ".join(ran.out.split())


def test_the_main_job_on_postgresql(postgresql_address: str, folder: Path) -> None:
    with databases.postgresql(postgresql_address) as engine:
        with engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        url = engine.url.render_as_string(hide_password=False)
        assert rbm(url, "init", "--json").document["database"] == "postgresql"
        assert rbm(url, "import", "iati", folder / "chain.xml", "--consolidate").code == 0
        assert rbm(url, "rollup", "--json").document["figures"] == 8
        found = figures(url, "--year", 2026, "--level", "corporate", "--indicator", "helped")
        assert [str(row["value"]) for row in found] == ["0.2"]
