"""One sentence for each rule: the numbers of a verdict beside the thresholds they were held against."""

from datetime import date
from fractions import Fraction

from rbm.rules.performance.parameters import Deadline, Shares
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
    parameters, due = verdict.parameters, verdict.inputs["report_due"]
    assert isinstance(parameters, Deadline)
    if not isinstance(due, date):
        return "No report is waiting to be submitted."
    last = verdict.inputs["last_report"]
    before = f"the last one was submitted on {last}" if last else "none was submitted before"
    late = verdict.inputs["days_overdue"]
    return f"A report due on {due} is not submitted, {late} days late with {parameters.grace_days} forgiven; {before}."


def _share(verdict: Verdict, names: tuple[str, str], counted: str, found: str) -> str:
    parameters = verdict.parameters
    assert isinstance(parameters, Shares)
    part, whole = (verdict.inputs[name] for name in names)
    facts = f"{part} of {whole} {counted} {'is' if part == 1 else 'are'} {found}"
    return f"{facts}: {_standing(verdict)}; a flag needs {_bound(parameters.raised_at)}{_least(parameters)}."


def _standing(verdict: Verdict) -> str:
    if verdict.raised:
        return "flagged"
    return "to watch" if verdict.watch else "not flagged"


def _bound(share: Fraction) -> str:
    return f"at least {share}" if share < 1 else "all"


def _least(parameters: Shares) -> str:
    watch = f"at least {parameters.watch_at}" if parameters.watch_at else "any"
    return f", watching {watch}, of {parameters.minimum} or more"
