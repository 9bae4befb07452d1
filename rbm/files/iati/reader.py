"""The reader of IATI activity files: a stream of bytes in, one record an activity out."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lxml import etree
from lxml.etree import _Element as Element

from rbm.errors import Invalid
from rbm.files.iati import activity, prolog
from rbm.files.iati.findings import Finding, quoted
from rbm.files.iati.limits import DEFAULT, Limits
from rbm.files.iati.records import ActivityRecord
from rbm.files.iati.spot import line_of
from rbm.files.iati.stream import Stream, unreadable

CHUNK = 64 * 1024
ROOT = "iati-activities"
ACTIVITY = "iati-activity"
VERSIONS = frozenset({"2.01", "2.02", "2.03"})
PLACE_IN_MESSAGE = re.compile(r",? line [0-9]+, column [0-9]+$")


def read(source: Path | BinaryIO, limits: Limits = DEFAULT) -> Iterator[ActivityRecord | Finding]:
    """Read an IATI activity file of version 2.01, 2.02 or 2.03, plain or gzipped, told by its first bytes.

    Yields one ActivityRecord a good activity and one Finding for each refused one, in the order of the file; memory
    holds one activity at a time. An open file is read from where it stands, once, and not closed. Raises Invalid with
    field "file" and the line in its message, possibly after some activities, for what is no such file: not XML, cut
    off, a document type or entities, another root or version, or beyond the limits.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from _read(Stream(file, limits), limits)
    else:
        yield from _read(Stream(source, limits), limits)


def _read(stream: Stream, limits: Limits) -> Iterator[ActivityRecord | Finding]:
    head, findings = prolog.checked(stream)
    yield from findings
    seen: set[str] = set()
    for element, version in _Walk(limits).elements(_chunks(head, stream), stream):
        record = activity.read(element, version) if element.tag == ACTIVITY else _stranger(element)
        if isinstance(record, ActivityRecord) and record.identifier in seen:
            record = _repeated(record)
        elif isinstance(record, ActivityRecord):
            seen.add(record.identifier)
        yield record


def _chunks(head: bytes, stream: Stream) -> Iterator[bytes]:
    for start in range(0, len(head), CHUNK):
        yield head[start : start + CHUNK]
    while chunk := stream.read(CHUNK):
        yield chunk


def _stranger(element: Element) -> Finding:
    reason = f"element {quoted(etree.QName(element).localname)} is no activity and is not read"
    return Finding("refused", None, "", line_of(element), reason)


def _repeated(record: ActivityRecord) -> Finding:
    reason = f"identifier {quoted(record.identifier)} was used before in this file, the activity is not read"
    return Finding("refused", record.identifier, "iati-identifier[1]", record.line, reason)


class _Walk:
    """The way of one parser through a file: how deep it stands, how many elements the activity has, the version."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._depth = 0
        self._count = 0
        self._version = ""
        self._parser = etree.XMLPullParser(
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
        )

    def elements(self, chunks: Iterator[bytes], stream: Stream) -> Iterator[tuple[Element, str]]:
        """Yield each child of the root when it is complete, with the version of the file, then clear it."""
        try:
            for chunk in chunks:
                self._parser.feed(chunk)
                yield from self._complete()
            self._parser.close()
        except etree.XMLSyntaxError as fault:
            raise _not_xml(fault, self._parser, stream.line) from fault

    def _complete(self) -> Iterator[tuple[Element, str]]:
        for event, element in self._parser.read_events():
            if not isinstance(element, Element):
                continue
            if event == "start":
                self._enter(element)
            elif self._leave():
                yield element, self._version
                _clear(element)

    def _enter(self, element: Element) -> None:
        if self._depth == 0:
            self._version = _checked_version(element)
        self._count = 0 if self._depth == 1 else self._count + 1
        self._depth += 1
        if self._count > self._limits.elements:
            line = line_of(element)
            raise unreadable(line, f"one activity has more than {self._limits.elements:,} elements")

    def _leave(self) -> bool:
        self._depth -= 1
        return self._depth == 1


def _checked_version(root: Element) -> str:
    line = line_of(root)
    if root.getroottree().docinfo.internalDTD is not None:
        raise unreadable(line, "it has a document type declaration (DOCTYPE), which is not accepted")
    if root.tag != ROOT:
        raise unreadable(line, f"its root is {quoted(root.tag)}, not {ROOT}")
    version = (root.get("version") or "").strip()
    if version not in VERSIONS:
        raise unreadable(line, f"its version is {quoted(version)}, not 2.01, 2.02 or 2.03")
    return version


def _clear(element: Element) -> None:
    parent = element.getparent()
    element.clear()
    while parent is not None and parent[0] is not element:
        del parent[0]


def _not_xml(fault: etree.XMLSyntaxError, parser: etree.XMLPullParser, line: int) -> Invalid:
    # An undefined entity ends the document without a line of its own; the parser's log has it.
    entries = [(entry.line, entry.message) for entry in parser.feed_error_log] if not fault.lineno else []
    found, message = entries[-1] if entries else (fault.lineno or line, fault.msg)
    return unreadable(found, f"it is no well-formed XML ({PLACE_IN_MESSAGE.sub('', message)})")
