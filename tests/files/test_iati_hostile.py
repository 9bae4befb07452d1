"""Files that are broken or mean harm are refused with a line, and cost little."""

import io
from pathlib import Path

import pytest

from rbm.errors import Invalid
from rbm.files.iati import ActivityRecord, Finding, Limits, read
from tests.files.iati_builder import PLENTY, SMALL, activity, document, records, zipped

GOOD = document(activity())
LAUGHS = b"""<!DOCTYPE lolz [
<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
]>
<iati-activities version="2.03">&lol2;</iati-activities>"""
EXTERNAL = b'<!DOCTYPE iati-activities [\n<!ENTITY x SYSTEM "file:///etc/hostname">\n]>\n<iati-activities>&x;</iati-activities>'
PARAMETER = b'<!DOCTYPE iati-activities [<!ENTITY % x SYSTEM "http://x.example/"> %x;]>\n<iati-activities/>'
DEFINITION = b'<!DOCTYPE iati-activities SYSTEM "http://x.example/iati.dtd">\n<iati-activities version="2.03"/>'
LISTED = b"<!DOCTYPE iati-activities [\n<!ENTITY page \"p\">\n<!ENTITY rsquo ''>\n]>\n"
USED = activity("\n<description><narrative>&page;</narrative></description>")
DEEP = document("<a>" * 300 + "</a>" * 300)


def refusal(content: bytes, limits: Limits = PLENTY) -> str:
    with pytest.raises(Invalid) as caught:
        records(content, limits)
    assert caught.value.field == "file"
    return caught.value.message


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "empty"),
        (b"hello", 1, "no well-formed XML"),
        (b"\x00\x01\x02\x03", 1, "encoding"),
        (b"<html>\n<br/>\n</html>", 1, "root is html"),
        (b"<html>\n<br>\n</html>", 3, "mismatch"),
        (b"<!DOCTYPE html>\n<html><br></html>", 1, "DOCTYPE"),
        (b"\n<!-- c\n -->\n" + LAUGHS, 4, "DOCTYPE"),
        (EXTERNAL, 1, "DOCTYPE"),
        (PARAMETER, 1, "DOCTYPE"),
        (DEFINITION, 1, "DOCTYPE"),
        (b"<!DOCTYPE a [<!ELEMENT a ANY>]>\n" + GOOD, 1, "DOCTYPE"),
        (LISTED + LISTED + GOOD, 5, "two document type"),
        (LISTED + document(USED), 7, "page"),
        (LISTED + document(activity("\n<sector code='&page;'/>")), 7, "page"),
        (document("\n" + activity("<description>\n&nbsp;</description>")), 4, "nbsp"),
        (GOOD[:-10], 3, "no well-formed XML"),
        (document("<iati-activity>\n</iati-activities>"), 3, "mismatch"),
        (document("\n<a>\x01</a>"), 3, "no well-formed XML"),
        (document() + b"\n<a/>", 3, "Extra content"),
        (GOOD.replace(b"<title>", b"<title>\n\xff"), 3, "encoding"),
        (DEEP, 2, "Excessive depth"),
        (document(version="1.05"), 1, "version is 1.05"),
        (document(version=""), 1, 'version is ""'),
        (document(version="3.0"), 1, "version is 3.0"),
        (b"<iati-organisations version='2.03'/>", 1, "root is iati-organisations"),
        (b"<x:iati-activities xmlns:x='u' version='2.03'/>", 1, "root is"),
        (GOOD.decode().encode("utf-16"), 1, "encoding"),
        (b"<?xml version='1.0' encoding='UTF-7'?>\n+ADwAIQ-DOCTYPE a>", 1, "UTF-7"),
        (zipped(GOOD)[:-12], 1, "gzip"),
        (zipped(GOOD)[:40] + b"\x00" * 40, 1, "gzip"),
        (zipped(GOOD) + b"rest", 1, "gzip"),
        (zipped(zipped(GOOD)), 1, "no well-formed XML"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(content: bytes, line: int, reason: str) -> None:
    message = refusal(content)
    assert f"line {line}: " in message
    assert reason in message


def test_no_file_is_opened_for_an_external_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    content = EXTERNAL.replace(b"file:///etc/hostname", secret.as_uri().encode())
    assert "the secret" not in refusal(content)


def test_a_list_of_plain_entities_that_nobody_uses_is_noted() -> None:
    finding, record = records(LISTED + GOOD)
    assert isinstance(finding, Finding)
    assert (finding.kind, finding.activity, finding.element, finding.line) == ("noted", None, "!DOCTYPE", 1)
    assert isinstance(record, ActivityRecord)
    assert record.line == 6


def test_a_prolog_cannot_hide_a_document_type_behind_its_length() -> None:
    padding = b"<!--" + b"x" * 1_100_000 + b"-->"
    assert "within 1 MiB" in refusal(padding + LAUGHS)
    assert "within 1 MiB" in refusal(b" " * 1_048_570 + LAUGHS)


def test_a_file_that_is_too_large_is_refused() -> None:
    assert "line 3: it is larger than 200,000 bytes" in refusal(document("<!--" + "x" * 200_000 + "-->"), SMALL)


def test_a_bomb_is_refused_while_it_unpacks() -> None:
    bomb = zipped(document("\n" * 150_000))
    assert "unpacks to more than 20 times its size" in refusal(bomb, SMALL)
    assert len(records(zipped(document(activity())), SMALL)) == 1


def test_an_activity_of_too_many_elements_is_refused() -> None:
    message = refusal(document(activity(), activity("\n<tag/>" * 60)), SMALL)
    assert "one activity has more than 50 elements" in message
    assert "line 50: " in message
    assert len(records(document(*[activity()] * 30), SMALL)) == 30


def test_faults_do_not_cost_more_than_they_should() -> None:
    many = activity("<transaction/>" * 20_000, "<title><narrative>a</narrative></title>" * 5_000)
    [record] = records(document(many))
    assert isinstance(record, ActivityRecord)
    assert len(record.findings) == 3 * 20_000 + 5_000


def test_what_came_before_the_fault_is_yielded_first() -> None:
    found = read(io.BytesIO(document(activity(), "<b/>" * 50_000, "<a>")))
    assert isinstance(next(found), ActivityRecord)
    with pytest.raises(Invalid):
        list(found)


def test_an_open_file_is_not_closed_and_a_path_is_read_by_content(tmp_path: Path) -> None:
    file = io.BytesIO(zipped(GOOD))
    assert len(list(read(file))) == 1
    assert not file.closed
    path = tmp_path / "plain.gz"
    path.write_bytes(b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\n" + GOOD)
    assert len(list(read(path))) == 1


def test_lines_beyond_sixteen_bits_are_right() -> None:
    [record] = records(document("\n" * 70_000 + activity("<result type='1'/>")))
    assert isinstance(record, ActivityRecord)
    assert record.findings[0].line == 70_002
