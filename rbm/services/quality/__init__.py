"""Quality: verification of values by another unit, and issues found in data."""

from rbm.services.quality.checks import find_checks, find_to_verify, open_check, reject_measurement, verify_measurement
from rbm.services.quality.issues import (
    IssuesRaised,
    accept_issue,
    find_issues,
    raise_all_issues,
    raise_issues,
    resolve_issue,
)
from rbm.services.quality.matching import MatchedCell, matched_cells

__all__ = [
    "IssuesRaised",
    "MatchedCell",
    "accept_issue",
    "find_checks",
    "find_issues",
    "find_to_verify",
    "matched_cells",
    "open_check",
    "raise_all_issues",
    "raise_issues",
    "reject_measurement",
    "resolve_issue",
    "verify_measurement",
]
