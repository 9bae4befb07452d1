"""What the budget of a project stands at: of each span the revised amount where there is one, else the original."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rbm.terms.projects import BudgetKind

EARLY = date.min


@dataclass(frozen=True, slots=True)
class BudgetFact:
    """A budget of a span of days as one of the plans of a project states it."""

    kind: BudgetKind
    start: date | None
    end: date | None
    amount: Decimal
    currency: str
    value_date: date | None


def standing_budget(facts: Iterable[BudgetFact]) -> Mapping[str, Decimal]:
    """The amount by currency. Of each span and currency one statement counts: revised before original, then the latest.

    The same budget stated by several plans is therefore counted once.
    """
    best: dict[tuple[date | None, date | None, str], BudgetFact] = {}
    for fact in facts:
        span = (fact.start, fact.end, fact.currency)
        if span not in best or _rank(fact) >= _rank(best[span]):
            best[span] = fact
    total: dict[str, Decimal] = {}
    for fact in best.values():
        total[fact.currency] = total.get(fact.currency, Decimal(0)) + fact.amount
    return total


def _rank(fact: BudgetFact) -> tuple[bool, date]:
    return fact.kind is BudgetKind.REVISED, fact.value_date or EARLY
