"""The parameters of the rules as dated data, and the thresholds of ratings."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rbm.access import Permission
from rbm.db import to_fixed
from rbm.errors import Invalid
from rbm.model.people import Office
from rbm.model.performance import RuleSet
from rbm.rules.performance import Deadline, Rule, Shares, Thresholds, rule_named, stated
from rbm.services.editions import edition_on, put_edition
from rbm.services.people import HEADQUARTERS
from rbm.terms.performance import FlagRule
from rbm.work import Work

RATING = "rating"


@dataclass(frozen=True)
class RuleParameters:
    """New parameters of a rule; what is left out stays. Shares are written "2/3"; `grace_days` is of report_overdue."""

    rule: FlagRule
    effective_from: date
    minimum: int | None = None
    raised_at: str | None = None
    watch_at: str | None = None
    grace_days: int | None = None


def revise_rule(work: Work, revision: RuleParameters) -> RuleSet:
    """Give a rule other parameters from a day on; flags keep those that raised them.

    Invalid names the parameter that is wrong or that the rule does not have; Conflict when the day is not after the
    start of the edition before.
    """
    work.require(Permission.OPERATE, work.find(Office, HEADQUARTERS).id)
    current = parameters_on(work, rule_named(revision.rule), revision.effective_from)
    return put_edition(work, revision.rule, stated(_changed(current, revision)), revision.effective_from)


def parameters_on(work: Work, rule: Rule[Any], on: date) -> Shares | Deadline:
    """The parameters of a rule on a day: the edition in force, or those it came with."""
    default: Shares | Deadline = rule.parameters
    edition = edition_on(work, rule.name, on)
    return _read(default, edition.parameters) if edition else default


def version_on(work: Work, rule: Rule[Any], on: date) -> str:
    """The version of the rule and the edition of its parameters on a day, such as 1.1."""
    edition = edition_on(work, rule.name, on)
    return f"{rule.version}.{edition.edition if edition else 1}"


def revise_thresholds(work: Work, on_track: Decimal, at_risk: Decimal, effective_from: date) -> RuleSet:
    """Give ratings other thresholds from a day on: the lowest shares of the target that are on track and at risk.

    Invalid unless 0 < at_risk <= on_track <= 1; Conflict when the day is not after the start of the edition before.
    """
    work.require(Permission.OPERATE, work.find(Office, HEADQUARTERS).id)
    facts = {"on_track": to_fixed(on_track), "at_risk": to_fixed(at_risk)}
    Thresholds(**facts)
    return put_edition(work, RATING, facts, effective_from)


def thresholds_on(work: Work, on: date) -> Thresholds:
    """The thresholds of ratings on a day: the edition in force, or the ones they came with."""
    edition = edition_on(work, RATING, on)
    return Thresholds(**edition.parameters, version=edition.edition) if edition else Thresholds()


def _changed(current: Shares | Deadline, revision: RuleParameters) -> Shares | Deadline:
    wanted = {name: value for name, value in vars(revision).items() if value is not None}
    facts = {name: value for name, value in wanted.items() if name not in {"rule", "effective_from"}}
    for name in facts:
        if not hasattr(current, name):
            raise Invalid(f"{revision.rule} has no such parameter", name)
    return _read(current, stated(current) | facts)


def _read(default: Shares | Deadline, facts: dict[str, Any]) -> Shares | Deadline:
    values = {name: _number(name, value) if isinstance(value, str) else value for name, value in facts.items()}
    kind: Any = type(default)
    made: Shares | Deadline = kind(**values)
    return made


def _number(name: str, text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise Invalid(f"{text} is no share such as 2/3", name) from error
