"""When a review of the evaluation function by its peers is due."""

from datetime import date

from rbm.rules.spans import months_later

PEER_REVIEW_YEARS = 5
"""How many years after a review the next one is due. Source: requirement R121."""


def peer_review_day(completed_on: date) -> date:
    """The last day on which a review of a day is recent enough."""
    return months_later(completed_on, 12 * PEER_REVIEW_YEARS)
