"""What stands before the first element, checked as bytes so that no parser ever sees a document type."""

import re

from rbm.files.iati.findings import Finding
from rbm.files.iati.stream import Stream, unreadable

LONGEST = 1024 * 1024
WIDE_MARKS = (b"\xfe\xff", b"\xff\xfe", b"\x00", b"<\x00")
ENCODING = re.compile(rb"""\A<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
READABLE_ENCODING = re.compile(rb"utf-?8|us-ascii|ascii|iso-8859-[0-9]{1,2}|windows-125[0-9]", re.IGNORECASE)
PASSED_OVER = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
DECLARATION = b"<!DOCTYPE"
ELEMENT = re.compile(rb"<[^!?\s]")
# Publishers leave lists of plain-text entities behind. Cut out unread they harm nobody; anything else may.
PLAIN_ENTITIES = re.compile(
    rb"""<!DOCTYPE\s+[\w:.-]+\s*\[(?:\s|<!ENTITY\s+[\w:.-]+\s+(?:"[^"&%<]*"|'[^'&%<]*')\s*>)*+\]\s*>"""
)


def checked(stream: Stream) -> tuple[bytes, tuple[Finding, ...]]:
    """Take up to 1 MiB from the stream and return it without document type, with the finding if there was one.

    Raises Invalid, naming the line, for an empty file, an encoding that hides its markup (UTF-16, UTF-7 and the
    like) and every DOCTYPE but a list of entities of plain text; those stay undeclared, so using one is an error.
    """
    head = _head(stream)
    if not head:
        raise unreadable(1, "it is empty")
    _check_encoding(head)
    place = _end_of_prolog(head)
    line = head.count(b"\n", 0, place) + 1
    opened = ELEMENT.match(head, place) or head.startswith(DECLARATION, place)
    if len(head) >= LONGEST and not opened:
        raise unreadable(line, "its first element does not come within 1 MiB")
    if not head.startswith(DECLARATION, place):
        return head, ()
    declared = PLAIN_ENTITIES.match(head, place)
    if declared is None:
        raise unreadable(line, "it has a document type declaration (DOCTYPE), which is not accepted")
    blank = b"\n" * declared.group().count(b"\n")
    rest = head[declared.end() :]
    _check_single(rest, head.count(b"\n", 0, declared.end()) + 1)
    reason = "DOCTYPE with entities of plain text left unread; an entity used in the file would refuse it"
    return head[:place] + blank + rest, (Finding("noted", None, "!DOCTYPE", line, reason),)


def _head(stream: Stream) -> bytes:
    pieces = []
    wanted = LONGEST
    while wanted > 0 and (piece := stream.read(wanted)):
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)


def _check_encoding(head: bytes) -> None:
    if head.startswith(WIDE_MARKS):
        raise unreadable(1, "its encoding is not accepted, save it as UTF-8")
    declared = ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    if declared and not READABLE_ENCODING.fullmatch(declared[1]):
        raise unreadable(1, f"its encoding {declared[1].decode('ascii')} is not accepted, save it as UTF-8")


def _end_of_prolog(head: bytes) -> int:
    place = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    while passed := PASSED_OVER.match(head, place):
        place = passed.end()
    return place


def _check_single(rest: bytes, line: int) -> None:
    place = _end_of_prolog(rest)
    if rest.startswith(DECLARATION, place):
        raise unreadable(line + rest.count(b"\n", 0, place), "it has two document type declarations (DOCTYPE)")
