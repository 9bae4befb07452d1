"""Registers of recommendations as files: what each cell says, and what is refused by row and column."""

import struct
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rbm.errors import Invalid
from rbm.files.registers import Fault, Faulty, Register, group, read_register, words
from rbm.terms.evaluation import SourceKind, TextLanguage
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage
from rbm.terms.responses import ResponseDecision, ResponseReason
from tests.files.register_builder import HEAD, cells, csv_file, with_part, workbook

TODAY = date(2026, 3, 2)


def told(register: Register, today: date = TODAY, office: str | None = None) -> list[str]:
    """Every fault in words."""
    _, faults = group(register.rows, register.faults, today, office)
    return [register.told(fault) for fault in faults]


def wrong(folder: Path, *rows: Any) -> list[str]:
    return told(read_register(csv_file(folder, *rows)))


def test_a_row_is_read_with_the_words_of_others_as_ours(tmp_path: Path) -> None:
    done = cells(
        Status="Completed", Completed_on="2025-11-30", Evidence="https://a.org/1 https://a.org/2", Language="French"
    )
    [row] = read_register(csv_file(tmp_path, done)).rows
    assert (row.row, row.evaluation, row.number, row.office, row.owner) == (2, "A-1", 1, "JOR", "lina@example.org")
    assert (row.source, row.priority, row.language) == (
        SourceKind.AUDIT,
        RecommendationPriority.HIGH,
        TextLanguage.FRENCH,
    )
    assert (row.decision, row.status) == (ResponseDecision.ACCEPTED, ActionStage.REPORTED_COMPLETE)
    assert (row.final_on, row.completed_on) == (date(2025, 6, 30), date(2025, 11, 30))
    assert row.evidence == ("https://a.org/1", "https://a.org/2")
    assert (row.reasons, row.explanation, row.responded_on) == (None, None, None)


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        ("Not Initiated", ActionStage.NOT_STARTED),
        ("no action", ActionStage.NOT_STARTED),
        ("Overdue", ActionStage.NOT_STARTED),
        ("Initiated", ActionStage.IN_PROGRESS),
        ("UNDERWAY", ActionStage.IN_PROGRESS),
        ("in_progress", ActionStage.IN_PROGRESS),
        ("Implemented", ActionStage.REPORTED_COMPLETE),
        ("verified_complete", ActionStage.REPORTED_COMPLETE),
        ("No Longer Applicable", ActionStage.NO_LONGER_APPLICABLE),
        ("cancelled", ActionStage.NO_LONGER_APPLICABLE),
    ],
)
def test_a_status_is_never_more_than_reported(tmp_path: Path, words: str, stage: ActionStage) -> None:
    [row] = read_register(csv_file(tmp_path, cells(Status=words))).rows
    assert row.status is stage


@pytest.mark.parametrize(
    ("words", "decision"),
    [
        ("Accepted", ResponseDecision.ACCEPTED),
        ("agreed", ResponseDecision.ACCEPTED),
        ("Partially agreed", ResponseDecision.PARTIALLY_ACCEPTED),
        ("partially_accepted", ResponseDecision.PARTIALLY_ACCEPTED),
        ("Not accepted", ResponseDecision.REJECTED),
        ("Disagreed", ResponseDecision.REJECTED),
        ("under consideration", ResponseDecision.UNDER_CONSIDERATION),
        ("Not relevant", ResponseDecision.NOT_RELEVANT),
    ],
)
def test_decisions_have_the_labels_of_many(tmp_path: Path, words: str, decision: ResponseDecision) -> None:
    [row] = read_register(csv_file(tmp_path, cells(Decision=words, Reason="Contradicts policy; other"))).rows
    assert row.decision is decision
    assert row.reasons == (ResponseReason.CONTRADICTS_POLICY, ResponseReason.OTHER)


@pytest.mark.parametrize(
    ("before", "dialect"), [(b"\xef\xbb\xbf", {}), (b"", {"delimiter": ";"}), (b"\r\n", {"delimiter": "\t"})]
)
def test_marks_and_separators_of_spreadsheets_are_understood(
    tmp_path: Path, before: bytes, dialect: dict[str, str]
) -> None:
    path = csv_file(tmp_path, cells(Recommendation="one, two;\nthree"), **dialect)
    path.write_bytes(before + path.read_bytes())
    [row] = read_register(path).rows
    assert (row.text, row.due_on) == ("one, two;\nthree", date(2025, 12, 31))


def test_a_workbook_is_read_by_its_cells(tmp_path: Path) -> None:
    dated = cells(Final_date=date(2025, 6, 30), Number=1, Due_date=date(2025, 12, 31))
    path = workbook(tmp_path, dated, [None] * 5)
    register = read_register(path)
    [row] = register.rows
    assert (row.number, row.final_on, row.due_on) == (1, date(2025, 6, 30), date(2025, 12, 31))
    assert register.faults == []


def test_a_formula_is_the_text_it_is(tmp_path: Path) -> None:
    path = workbook(tmp_path, cells(Recommendation='=HYPERLINK("http://x")', Due_date="=TODAY()"))
    register = read_register(path)
    assert register.rows[0].text == '=HYPERLINK("http://x")'
    words = "row 2, Due date (O): '=TODAY()' is no date: write year, month and day, such as 2026-12-31"
    assert [register.told(fault) for fault in register.faults] == [words]


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        (
            "Due_date",
            "31/12/2026",
            "Due date (O): '31/12/2026' is no date: write year, month and day, such as 2026-12-31",
        ),
        ("Due_date", "2026-02-30", "Due date (O): '2026-02-30' is no day of the calendar"),
        ("Final_date", "0215-06-30", "Final date (D): 0215-06-30 is not between 1900 and 2200"),
        ("Number", "1.5", "Number (E): '1.5' is no whole number from 1 to 9,999"),
        ("Number", "0", "Number (E): '0' is no whole number from 1 to 9,999"),
        ("Number", "R1", "Number (E): 'R1' is no whole number from 1 to 9,999"),
        (
            "Evidence",
            "javascript:alert(1)",
            "Evidence (R): 'javascript:alert(1)' is no link: it has to begin with https:// or http://",
        ),
        ("Owner", "#REF!", "Owner (N): #REF! is an error of the spreadsheet"),
        ("Priority", "urgent", "Priority (G): 'urgent' is none of: critical, high, important, low, medium"),
    ],
)
def test_a_cell_that_says_nothing_is_told_with_row_and_column(
    tmp_path: Path, column: str, cell: str, words: str
) -> None:
    register = read_register(csv_file(tmp_path, cells(), cells(**{"Number": 2, column: cell})))
    assert [register.told(fault) for fault in register.faults] == [f"row 3, {words}"]


def test_an_unknown_word_is_refused_and_what_is_known_is_named(tmp_path: Path) -> None:
    [fault] = read_register(csv_file(tmp_path, cells(Status="closed"))).faults
    assert (fault.row, fault.column) == (2, "status")
    assert fault.reason.startswith("'closed' is none of: cancelled, complete, completed, ")


def test_a_serial_number_is_no_date(tmp_path: Path) -> None:
    register = read_register(workbook(tmp_path, cells(Due_date=45000, Final_date=True)))
    assert [(fault.column, fault.reason.partition(":")[0]) for fault in register.faults] == [
        ("final_on", "True is no date"),
        ("due_on", "45000 is no date"),
    ]


def test_headings_are_refused_together(tmp_path: Path) -> None:
    head = ["Evaluation", "Evaluation code", "Title", "Mood", "Final date", "No.", "Recommendation", "Priority", ""]
    with pytest.raises(Faulty) as refused:
        read_register(csv_file(tmp_path, ["x"], head=head))
    assert [(fault.row, fault.column) for fault, _ in refused.value.faults] == [
        (1, "Mood"),
        (1, "evaluation"),
        (1, "source"),
    ]
    assert [words for _, words in refused.value.faults][1:] == [
        "row 1, Evaluation (A): the same column as A",
        "row 1, Source: this column is missing",
    ]


def test_a_cell_under_no_heading_is_not_lost(tmp_path: Path) -> None:
    [fault] = read_register(csv_file(tmp_path, [*cells(), "by the way"])).faults
    assert fault == Fault(2, "column T", "it stands under no heading")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"Action": None, "Owner": None, "Due_date": None, "Status": None},
            "Action (M): what is accepted needs an action with an owner and a due date",
        ),
        (
            {"Decision": "Rejected", "Explanation": "No"},
            "Decision (I): an action needs a recommendation that is accepted, in full or in part",
        ),
        ({"Decision": "Partially agreed"}, "Explanation (K): partially accepted needs an explanation"),
        ({"Reason": "other"}, "Reason (J): only what is not fully accepted has a reason"),
        ({"Owner": None}, "Owner (N): an action needs it"),
        ({"Due_date": None}, "Due date (O): an action needs it"),
        ({"Due_date": "2025-06-29"}, "Due date (O): 2025-06-29 is before the issue of 2025-06-30"),
        ({"Response_date": "2025-06-01"}, "Response date (L): 2025-06-01 is before the final date 2025-06-30"),
        ({"Final_date": "2026-03-03", "Due_date": "2026-04-01"}, "Final date (D): 2026-03-03 is in the future"),
        ({"Completed_on": "2025-11-30"}, "Completed on (Q): the status is not started, so it was not completed"),
        (
            {"Status": "Completed", "Completed_on": "2025-11-30"},
            "Evidence (R): what is completed needs a link to its evidence",
        ),
        ({"Status": "Completed", "Evidence": "https://a.org"}, "Completed on (Q): what is completed needs the day"),
        ({"Priority": "Critical"}, "Milestone: what is critical needs an action with a milestone"),
        ({"Office": None}, "Office (H): it is missing"),
        ({"Evaluation_code": " "}, "Evaluation code (A): it is missing"),
    ],
)
def test_what_the_interface_refuses_a_register_is_refused_too(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    assert wrong(tmp_path, cells(**changes)) == [f"row 2, {words}"]


def test_what_was_done_lies_between_the_issue_and_today(tmp_path: Path) -> None:
    done = {"Status": "Completed", "Evidence": "https://a.org"}
    assert wrong(
        tmp_path, cells(**done, Completed_on="2026-03-03"), cells(**done, Completed_on="2025-06-29", Number=2)
    ) == [
        "row 2, Completed on (Q): 2026-03-03 is in the future",
        "row 3, Completed on (Q): 2025-06-29 is before the issue of 2025-06-30",
    ]


def test_a_number_twice_says_the_same_or_is_refused(tmp_path: Path) -> None:
    other = cells(Recommendation="Something else", Action="Another action", Priority="Low", Evaluation_title=None)
    bare = cells(Number=2, Decision=None, Action=None, Owner=None, Due_date=None)
    assert wrong(tmp_path, cells(), other, cells(), bare) == [
        "row 3, Recommendation (F): 'Something else' here, but 'Keep a register of assets' from row 2 on",
        "row 3, Priority (G): 'low' here, but 'high' from row 2 on",
        "row 4, Action (M): the same action is in row 2",
        "row 5, Status (P): there is no action in this row",
    ]


def test_two_rows_of_a_recommendation_are_two_actions(tmp_path: Path) -> None:
    more = cells(
        Action="Check it",
        Evaluation_title=None,
        Source=None,
        Final_date=None,
        Recommendation=None,
        Priority=None,
        Decision=None,
    )
    register = read_register(csv_file(tmp_path, cells(), more))
    [entry], faults = group(register.rows, register.faults, TODAY)
    assert faults == []
    [answer] = entry.recommendations[1].answers.values()
    assert [(action.row, action.text) for action in answer.actions] == [(2, "Write the register"), (3, "Check it")]


def test_the_office_of_a_tracker_stands_for_rows_that_name_none(tmp_path: Path) -> None:
    register = read_register(csv_file(tmp_path, cells(Office=None)))
    [entry], faults = group(register.rows, register.faults, TODAY, "SYR")
    assert (list(entry.recommendations[1].answers), faults) == ([("SYR", None)], [])


def test_all_faults_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    register = read_register(csv_file(tmp_path, cells(Owner=None), cells(Number=2, Due_date="soon", Status="closed")))
    _, faults = group(register.rows, register.faults, TODAY)
    with pytest.raises(Faulty) as refused:
        register.refuse_faulty(faults)
    assert [(fault.row, fault.column) for fault, _ in refused.value.faults] == [
        (2, "owner"),
        (3, "due_on"),
        (3, "status"),
    ]
    assert refused.value.message == "row 2, Owner (N): an action needs it; and 2 more"
    assert refused.value.field == "owner"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b"\n \n", "a.csv is empty"),
        ("a.csv", "Straße".encode("latin-1"), "a.csv is not UTF-8, first in line 1: save it as CSV in UTF-8"),
        ("a.csv", b"a\nb\xff", "a.csv is not UTF-8, first in line 2: save it as CSV in UTF-8"),
        ("a.csv", "Number".encode("utf-16"), "a.csv is UTF-16: save it as CSV in UTF-8"),
        ("a.csv", b"a\0b", "a.csv holds what is no text"),
        ("a.csv", b'Number\n"never closed', "a.csv, line 2: unexpected end of data"),
        ("a.csv", b"x" * 32_768, "a.csv, row 1: a cell has more than 32,767 characters"),
        ("a.csv", b"," * 60 + b"x", "a.csv, row 1: it has more than 60 columns"),
        ("a.csv", b"x\n" * 20_001, "a.csv has more than 20,000 rows"),
        ("a.csv", b"PK\x03\x04", "a.csv is neither a .xlsx workbook nor a .csv file"),
        ("a.xlsx", b"<html></html>", "a.xlsx is neither a .xlsx workbook nor a .csv file"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0old",
            "a.xlsx is an old or encrypted workbook: save it as .xlsx without a password",
        ),
        ("a.xlsx", b"PK\x03\x04broken", "a.xlsx cannot be read as a workbook (BadZipFile)"),
        ("a.ods", b"PK\x03\x04", "a.ods is neither a .xlsx workbook nor a .csv file"),
    ],
)
def test_i_05_a_file_that_is_no_register_is_refused_whole(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Invalid) as refused:
        read_register(path)
    assert (refused.value.message, refused.value.field) == (words, "file")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"none.csv cannot be read: No such file or directory"):
        read_register(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("part", "content", "words"),
    [
        ("xl/vbaProject.bin", b"x", "holds macros, links or objects (xl/vbaProject.bin)"),
        ("xl/externalLinks/externalLink1.xml", b"<a/>", "holds macros, links or objects"),
        ("xl/embeddings/oleObject1.bin", b"x", "holds macros, links or objects"),
        ("../out.xml", b"<a/>", "has parts that lead out of it"),
        ("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>', "holds XML with a document type"),
        ("xl/workbook.xml", "<workbook/>".encode("utf-16"), "or in UTF-16 (xl/workbook.xml)"),
        ("xl/workbook.xml", b"<workbook", "cannot be read as a workbook"),
        ("xl/media/big.bin", bytes(60_000_001).replace(b"\0", b" "), "unpacks to more than 60,000,000 bytes"),
    ],
)
def test_i_04_an_unsafe_workbook_is_refused(tmp_path: Path, part: str, content: bytes, words: str) -> None:
    path = with_part(workbook(tmp_path, cells()), part, content)
    with pytest.raises(Invalid) as refused:
        read_register(path)
    assert words in refused.value.message


def test_i_02_what_a_workbook_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    path = workbook(tmp_path, cells())
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")
    struct.pack_into("<I", content, place + 24, 1)
    path.write_bytes(bytes(content))
    with pytest.raises(Invalid, match="cannot be read as a workbook"):
        read_register(path)


def test_several_sheets_need_the_one_with_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, cells(), head=[*HEAD], sheet="Recommendations")
    assert len(read_register(path).rows) == 1


def test_the_words_of_the_documentation_are_those_that_are_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")
    table = page.partition("| ours | theirs |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    told = {(words.plainly(word), words.plainly(ours)) for ours, theirs in rows for word in theirs.split(",")}
    read = [*words.DECISIONS.items(), *words.STATUSES.items()]
    assert told == {(word, words.plainly(ours)) for word, ours in read}
