"""The deadlines in force on a day, as dated editions: a figure and a due date keep the one that made them."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from rbm.access import Permission
from rbm.model.performance import RuleSet
from rbm.rules.deadlines import Deadlines
from rbm.services.editions import edition_on, put_coming_edition
from rbm.terms.evaluation import EvaluationLevel
from rbm.work import Work

RULE = "evaluation_deadlines"


@dataclass(frozen=True)
class DeadlineRevision:
    """New deadlines in days from a day on; what is left out stays as it was."""

    effective_from: date
    centralized_response_days: int | None = None
    decentralized_response_days: int | None = None
    long_overdue_days: int | None = None
    verification_days: int | None = None
    comment_days: int | None = None
    disclosure_days: int | None = None
    withholding_days: int | None = None
    round_months: int | None = None
    rounds: int | None = None
    round_days: int | None = None


def deadlines_on(work: Work, on: date) -> Deadlines:
    """The deadlines in force on a day: the edition of the day, or those the program came with."""
    edition = edition_on(work, RULE, on)
    return _read(edition.parameters, edition.edition) if edition else Deadlines()


def revise_deadlines(work: Work, revision: DeadlineRevision) -> RuleSet:
    """Give evaluation follow-up other deadlines from a day on; what is due already keeps its day.

    Invalid names the deadline that is no number of days, or a day that is over; Conflict when an edition holds
    from that day or later.
    """
    work.require(Permission.DIRECT_EVALUATION)
    current = deadlines_on(work, revision.effective_from)
    facts = _stated(current)
    levels = {
        EvaluationLevel.CENTRALIZED: revision.centralized_response_days,
        EvaluationLevel.DECENTRALIZED: revision.decentralized_response_days,
    }
    facts["response_days"] |= {level.value: days for level, days in levels.items() if days is not None}
    wanted = {name: value for name, value in vars(revision).items() if name in facts and value is not None}
    _read(facts | wanted, current.edition + 1)
    return put_coming_edition(work, RULE, facts | wanted, revision.effective_from)


def _stated(deadlines: Deadlines) -> dict[str, Any]:
    facts = {one.name: getattr(deadlines, one.name) for one in fields(deadlines) if one.name != "edition"}
    days = {str(level): days for level, days in deadlines.response_days.items()}
    return facts | {"ladder": list(deadlines.ladder), "response_days": days}


def _read(facts: dict[str, Any], edition: int) -> Deadlines:
    return Deadlines(**facts | {"ladder": tuple(facts["ladder"])}, edition=edition)
