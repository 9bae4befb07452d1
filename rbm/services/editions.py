"""Parameters of rules as dated data: numbered editions, of which the one in force on a day decides."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from rbm.errors import Conflict, Invalid
from rbm.model.performance import RuleSet
from rbm.work import Work

AHEAD = timedelta(days=731)
"""How far ahead an edition may be put."""


def editions(work: Work, rule: str) -> list[RuleSet]:
    """The editions of a rule that were ever put, the oldest first."""
    query = sa.select(RuleSet).where(RuleSet.rule == rule).order_by(RuleSet.edition)
    return list(work.session.scalars(query))


def edition_on(work: Work, rule: str, on: date) -> RuleSet | None:
    """The edition in force on a day; None before the first, when the rule is as the program came with it."""
    past = [edition for edition in editions(work, rule) if edition.effective_from <= on]
    return past[-1] if past else None


def put_edition(work: Work, rule: str, parameters: dict[str, Any], effective_from: date) -> RuleSet:
    """Add an edition, the second or a later one: the first is what the program came with.

    Invalid for a day too far ahead, after which nothing could be put for long; Conflict when it is not after the start
    of the edition before.
    """
    if effective_from > work.today + AHEAD:
        raise Invalid(f"{effective_from} is more than two years ahead", "effective_from")
    before = editions(work, rule)
    if before:
        if before[-1].effective_from >= effective_from:
            raise Conflict(f"an edition holds from {before[-1].effective_from}", "effective_from")
        before[-1].effective_to = effective_from - timedelta(days=1)
    edition = len(before) + 2
    return work.add(RuleSet(rule=rule, edition=edition, parameters=parameters, effective_from=effective_from))


def put_coming_edition(work: Work, rule: str, parameters: dict[str, Any], effective_from: date) -> RuleSet:
    """Add an edition from today on or a later day, of a rule by which past days stay as they were counted then.

    Invalid also for a day that is over: what was due or counted by then would change.
    """
    if effective_from < work.today:
        raise Invalid(f"{effective_from} is over, and what held then stays", "effective_from")
    return put_edition(work, rule, parameters, effective_from)
