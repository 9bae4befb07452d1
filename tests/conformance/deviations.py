"""Cases in which we mean to do otherwise than the peer, or which wait for a later issue; each with its reason."""

DEVIATIONS = {
    "akvo-010": "a second percentage of a period is not refused: parts of several updates add, corrections supersede",
    "akvo-018": "running totals are keyed by unit, never by person, and the last stands whole: 2, 4 and 5, not 6 and 8",
    "akvo-019": "a running total of percentages is an illegal combination and is refused",
    "akvo-020": "two running totals of one unit are not added because two persons reported them: 3, not 4",
    "prp-015": "what is missing is null with a reason, and x / 0 is null; neither is ever shown as 0",
    "tola-006": "target / actual of a falling indicator is unstable near 0: without a baseline it is met or missed",
    "dhis2-007": "no intermediate result is rounded: 299 / 3 is 99.666667",
    "undp-004": "a missing target or result is null with its reason and leaves the mean; it is never scored as 0",
    "dhis2-031": "each office approves its own report, whatever stands below it; how many units are approved is shown",
    "etools-006": "a new entry is refused while a positive verdict stands: the verifier reopens the action first",
}
"""Documented deviations, twelve at most."""

AWAITING = {
    "trap-006": "a missing value in a published file: nothing is exported yet",
}
"""Cases about what does not exist yet: follow-up of evaluations, and the export of publications."""
