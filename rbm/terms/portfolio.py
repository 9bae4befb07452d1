"""Words of portfolio views."""

from enum import StrEnum


class PortfolioScope(StrEnum):
    """How far a view reaches: of a manager, a head of office, a regional director, headquarters. Source: R040."""

    PROJECT = "project"
    OFFICE = "office"
    REGION = "region"
    ORGANISATION = "organisation"
