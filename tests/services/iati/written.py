"""Activities written in a test: identifier, days, relations and results by the facts that matter."""

from tests.files.iati_builder import indicator, period, result

PUBLISHER = "<reporting-org ref='XX' type='40'><narrative>Publisher</narrative></reporting-org>"


def days(year: int) -> str:
    """The first and last day of a year as a period has them."""
    return f"<period-start iso-date='{year}-01-01'/><period-end iso-date='{year}-12-31'/>"


def plan(code: str, *parts: str, year: int | None = 2026, level: int | None = None, **related: str) -> str:
    """An activity of a year; `parent`, `child` and `sibling` name others, several parted by spaces."""
    kinds = {"parent": 1, "child": 2, "sibling": 3}
    relations = (
        f"<related-activity type='{kinds[name]}' ref='{ref}'/>"
        for name, refs in related.items()
        for ref in refs.split()
    )
    named = f"<iati-identifier>{code}</iati-identifier>{PUBLISHER}<title><narrative>Plan {code}</narrative></title>"
    dated = "".join(
        f"<activity-date type='{kind}' iso-date='{year}-{day}'/>" for kind, day in ((1, "01-01"), (3, "12-31"))
    )
    stated = "default-currency='USD'" + (f" hierarchy='{level}'" if level else "")
    return f"<iati-activity {stated}>{named}{dated if year else ''}{''.join(relations)}{''.join(parts)}</iati-activity>"


def counted(*values: object, title: str = "People helped", year: int = 2026, **facts: str) -> str:
    """A result with one indicator that adds up, unless said otherwise, and one actual a value."""
    actuals = "".join(f"<actual value='{value}'/>" for value in values)
    status = facts.get("status", "aggregation-status='1'")
    stated = f"measure='{facts.get('measure', '1')}' ascending='1' {status}"
    return result(indicator(period(actuals, days=days(year)), attributes=stated, title=title), title="Help")
