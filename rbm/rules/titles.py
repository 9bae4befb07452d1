"""Titles of indicators: the number many of them lead with, by which they are known from year to year."""

import re

LEADING_NUMBER = re.compile(r"^\s*(\d+(?:\.\d+)*[a-z]?)[\s.:]")


def leading_number(title: str) -> str | None:
    """The number a title begins with, such as 4.2a; None when it begins with none."""
    found = LEADING_NUMBER.match(title)
    return found.group(1) if found else None
