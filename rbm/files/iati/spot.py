"""Where a reader stands: an element, its path, and the report of its activity that faults are told to."""

from collections import Counter
from collections.abc import Iterator
from typing import cast

from lxml.etree import _Element as Element

from rbm.files.iati.findings import Finding, Kind


def line_of(element: Element) -> int:
    """Return the line of an element in its file, from 1; 0 when it came from none."""
    return cast("int | None", element.sourceline) or 0


class Report:
    """What is gathered while one activity is read."""

    __slots__ = ("activity", "currency", "findings", "language", "location_refs", "lost")

    def __init__(self, activity: str, language: str) -> None:
        self.activity = activity
        self.language = language
        self.currency: str | None = None
        self.location_refs: frozenset[str] = frozenset()
        self.lost: Counter[str] = Counter()
        self.findings: list[Finding] = []


class Spot:
    """An element with its readable path, such as "result[3]/indicator[2]", inside the activity of a report."""

    __slots__ = ("element", "path", "report")

    def __init__(self, element: Element, path: str, report: Report) -> None:
        self.element = element
        self.path = path
        self.report = report

    @property
    def line(self) -> int:
        """The line of the element in the file, from 1."""
        return line_of(self.element)

    def each(self, tag: str) -> Iterator["Spot"]:
        """Yield the children of a tag in the order of the file."""
        prefix = f"{self.path}/{tag}" if self.path else tag
        for number, child in enumerate(self.element.iterchildren(tag), 1):
            yield Spot(child, f"{prefix}[{number}]", self.report)

    def one(self, tag: str) -> "Spot | None":
        """Return the first child of a tag, if any; further ones are told as refused."""
        found = self.each(tag)
        first = next(found, None)
        for further in found:
            further.tell("refused", f"only one {tag} belongs here, the first one is kept")
        return first

    def get(self, attribute: str) -> str | None:
        """Return an attribute without outer spaces; None when it is absent or blank."""
        return (self.element.get(attribute) or "").strip() or None

    def tell(self, kind: Kind, reason: str, part: str = "") -> None:
        """Add a finding about the element, or about its `part`, such as "@value"."""
        place = "/".join(step for step in (self.path, part) if step)
        self.report.findings.append(Finding(kind, self.report.activity, place, self.line, reason))
