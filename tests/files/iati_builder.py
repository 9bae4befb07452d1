"""A small builder of IATI activity files for the tests of the reader."""

import gzip
import io

from rbm.files.iati import ActivityRecord, Cell, Finding, IndicatorRecord, Limits, read

NAMED = (
    "<iati-identifier>XX-1</iati-identifier><reporting-org ref='XX' type='40'/><title><narrative>T</narrative></title>"
)
YEAR = "<period-start iso-date='2026-01-01'/><period-end iso-date='2026-12-31'/>"
PLENTY = Limits()
SMALL = Limits(size=200_000, ratio=20, ratio_from=50_000, elements=50)


def document(*activities: str, version: str = "2.03") -> bytes:
    """A whole file of the given iati-activity elements."""
    lines = [f"<iati-activities version='{version}'>", *activities, "</iati-activities>"]
    return "\n".join(lines).encode()


def activity(*parts: str, attributes: str = "default-currency='USD'", named: str = NAMED) -> str:
    """An activity XX-1 titled T with further children."""
    return f"<iati-activity {attributes}>{named}{''.join(parts)}</iati-activity>"


def result(*parts: str, kind: str = "1", title: str = "R") -> str:
    """A result with further children."""
    return f"<result type='{kind}'><title><narrative>{title}</narrative></title>{''.join(parts)}</result>"


def indicator(*parts: str, attributes: str = "measure='1'", title: str = "I") -> str:
    """An indicator with further children."""
    return f"<indicator {attributes}><title><narrative>{title}</narrative></title>{''.join(parts)}</indicator>"


def period(*cells: str, days: str = YEAR) -> str:
    """A period of the year 2026 with targets and actuals."""
    return f"<period>{days}{''.join(cells)}</period>"


def records(content: bytes, limits: Limits = PLENTY) -> list[ActivityRecord | Finding]:
    """Everything that the reader yields."""
    return list(read(io.BytesIO(content), limits))


def only(*parts: str, attributes: str = "default-currency='USD'") -> ActivityRecord:
    """The one activity of a file, made of further children."""
    [record] = records(document(activity(*parts, attributes=attributes)))
    assert isinstance(record, ActivityRecord)
    return record


def only_indicator(*parts: str, attributes: str = "measure='1'") -> tuple[IndicatorRecord, list[tuple[str, str, str]]]:
    """The one indicator of a file and what was told: kind, element, reason."""
    record = only(result(indicator(*parts, attributes=attributes)))
    return record.results[0].indicators[0], told(record)


def only_target(value: str, measure: str = "1") -> tuple[Cell, list[tuple[str, str]]]:
    """A target published as `value` and what was told about it: kind, reason."""
    found, findings = only_indicator(period(f"<target value='{value}'/>"), attributes=f"measure='{measure}'")
    return found.periods[0].targets[0], [(kind, reason) for kind, _, reason in findings]


def told(record: ActivityRecord) -> list[tuple[str, str, str]]:
    """The findings of an activity: kind, element, reason."""
    return [(finding.kind, finding.element, finding.reason) for finding in record.findings]


def zipped(content: bytes) -> bytes:
    """The content under gzip."""
    return gzip.compress(content, mtime=0)
