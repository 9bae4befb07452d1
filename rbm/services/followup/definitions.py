"""How the figures of the evaluation function are counted, as dated editions: weights, thresholds, years."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rbm.access import Permission
from rbm.errors import Invalid
from rbm.model.performance import RuleSet
from rbm.rules.followup.measures import Definition
from rbm.services.editions import edition_on, put_coming_edition
from rbm.work import Work

RULE = "evaluation_figures"
EXACT = ("timely", "responsive", "quality", "green", "yellow")
WHOLE = ("quality_years", "coverage_years")


@dataclass(frozen=True)
class FigureRevision:
    """Other weights (three that make 1), thresholds of 100 and years from a day on; what is left out stays."""

    effective_from: date
    timely: Decimal | None = None
    responsive: Decimal | None = None
    quality: Decimal | None = None
    green: Decimal | None = None
    yellow: Decimal | None = None
    quality_years: int | None = None
    coverage_years: int | None = None


def definition_on(work: Work, on: date) -> Definition:
    """How figures are counted on a day: the edition in force, or what the program came with."""
    edition = edition_on(work, RULE, on)
    return _read(edition.parameters, edition.edition) if edition else Definition()


def revise_key_figures(work: Work, revision: FigureRevision) -> RuleSet:
    """Count the figures of the evaluation function otherwise from a day on; figures of earlier days stay as they were.

    Invalid names the parameter that cannot be, or a day that is over; Conflict when an edition holds from that
    day or later.
    """
    work.require(Permission.DIRECT_EVALUATION)
    current = definition_on(work, revision.effective_from)
    facts: dict[str, Any] = {name: str(getattr(current, name)) for name in EXACT}
    facts |= {name: getattr(current, name) for name in WHOLE}
    wanted = {name: value for name, value in vars(revision).items() if name in facts and value is not None}
    _refuse_endless(wanted)
    facts |= {name: str(Fraction(value)) if name in EXACT else value for name, value in wanted.items()}
    _read(facts, current.edition + 1)
    return put_coming_edition(work, RULE, facts, revision.effective_from)


def _refuse_endless(wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        if isinstance(value, Decimal) and not value.is_finite():
            raise Invalid(f"{value} is no number to count with", name)


def _read(facts: dict[str, Any], edition: int) -> Definition:
    known: dict[str, Any] = {name: Fraction(facts[name]) for name in EXACT}
    return Definition(**known | {name: facts[name] for name in WHOLE}, edition=edition)
