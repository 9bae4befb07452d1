"""One sentence for each rule: the numbers of a verdict beside the thresholds they were held against."""

from rbm.rules.performance.verdicts import Verdict


def off_track(verdict: Verdict) -> str:
    """Of rated cells, those off track or missed."""
    return _share(verdict, ("off_track", "rated"), "rated cells of outcomes and outputs", "off track or missed")


def missed_target_twice(verdict: Verdict) -> str:
    """Of indicators rated in both periods, those missed in both."""
    return _share(
        verdict, ("missed_twice", "compared"), "indicators rated in this period and the one before", "missed in both"
    )


def no_baseline(verdict: Verdict) -> str:
    """Of indicators of outcomes and impact, those without a baseline."""
    return _share(
        verdict, ("without_baseline", "needing_baseline"), "indicators of outcomes and impact", "without a baseline"
    )


def stale_indicator(verdict: Verdict) -> str:
    """Of indicators due, those without a value."""
    return _share(verdict, ("stale", "expected"), "indicators due in the last closed period", "without a value")


def report_overdue(verdict: Verdict) -> str:
    """How late the report is."""
    due, last = verdict.inputs["report_due"], verdict.inputs["last_report"]
    if due is None:
        return "No report is waiting to be submitted."
    before = f"the last one was submitted on {last}" if last else "none was submitted before"
    late, grace = verdict.inputs["days_overdue"], verdict.thresholds["grace_days"]
    return f"A report due on {due} is not submitted and {late} days overdue, with {grace} days of grace; {before}."


def _share(verdict: Verdict, names: tuple[str, str], counted: str, found: str) -> str:
    part, whole = (verdict.inputs[name] for name in names)
    facts = f"{part} of {whole} {counted} {'is' if part == 1 else 'are'} {found}"
    return f"{facts}: {_standing(verdict)}; {_bounds(verdict)}."


def _standing(verdict: Verdict) -> str:
    if verdict.raised:
        return "flagged"
    return "to watch" if verdict.watch else "not flagged"


def _bounds(verdict: Verdict) -> str:
    raised, watch, minimum = (verdict.thresholds[name] for name in ("raised_at", "watch_at", "minimum"))
    to_watch = "any" if watch == "0" else f"at least {watch}"
    return f"at least {raised} raises a flag and {to_watch} puts to watch, where {minimum} or more are counted"
