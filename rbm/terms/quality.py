"""Words of the quality room: checks of values and issues found in data."""

from enum import StrEnum


class IssueRule(StrEnum):
    """What is wrong with a value or target. Source: requirement R053, design of achievement."""

    TARGET_AGAINST_DIRECTION = "target_against_direction"
    DUPLICATE_CELL = "duplicate_cell"
    TARGET_ZERO = "target_zero"


class IssueStage(StrEnum):
    """Life of a data-quality issue."""

    OPEN = "open"
    RESOLVED = "resolved"
    ACCEPTED = "accepted"
