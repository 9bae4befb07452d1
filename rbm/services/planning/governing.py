"""What the governing body decides: its decisions, and the budget of evaluation by year."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.governance import EvaluationBudgetLine, GoverningDecision
from rbm.model.people import Person
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.rules.inputs import refuse_blank, refuse_year
from rbm.rules.planning import refuse_amount, refuse_currency
from rbm.services.planning.figures import IN_FORCE
from rbm.terms.people import TRUSTED, Role
from rbm.terms.planning import BudgetStage, DecisionKind
from rbm.work import Work

PERSONAL = frozenset({DecisionKind.APPOINTMENT, DecisionKind.REMOVAL, DecisionKind.ADMISSION})
"""The decisions that are about a person: as head of evaluation, or in a role that is trusted."""


@dataclass(frozen=True)
class DecisionRecord:
    """A decision of the governing body under its reference; an appointment, admission or removal names the person.

    An admission names the role as well.
    """

    reference: str
    kind: DecisionKind
    text: str
    decided_on: date
    person_id: UUID | None = None
    role: Role | None = None


@dataclass(frozen=True)
class BudgetProposal:
    """The budget of evaluation proposed for a year; `core_amount` is the part of it from core funds."""

    code: str
    year: int
    amount: Decimal
    core_amount: Decimal
    currency: str


@dataclass(frozen=True)
class BudgetOfYear:
    """What the governing body approved for evaluation in a year, in a currency; `editions` counts all of its lines.

    `planned` is the cost from core funds of what approved plans foresee to end in the year; `exceeded` when it is more
    than was approved.
    """

    year: int
    currency: str
    amount: Decimal
    core_amount: Decimal
    proposed: Decimal
    editions: int
    planned: Decimal
    exceeded: bool


def record_governing_decision(work: Work, decision: DecisionRecord) -> GoverningDecision:
    """Record a decision of the governing body. Invalid names the field; Conflict when the reference is taken.

    Forbidden to record one about oneself.
    """
    work.require(Permission.GOVERN)
    reference, text = refuse_blank(decision.reference, "reference"), refuse_blank(decision.text, "text")
    if decision.decided_on > work.today:
        raise Invalid(f"{decision.decided_on} has not come yet", "decided_on")
    if (decision.person_id is not None) is not (decision.kind in PERSONAL):
        raise Invalid("an appointment, admission or removal names the person, and nothing else does", "person_id")
    if (decision.role is not None) is not (decision.kind is DecisionKind.ADMISSION):
        raise Invalid("an admission names the role, and nothing else does", "role")
    if decision.role is not None and decision.role not in TRUSTED:
        raise Invalid(f"nobody is admitted to be {decision.role.replace('_', ' ')}", "role")
    person = work.get(Person, decision.person_id, "person_id") if decision.person_id else None
    if person and person.id == work.actor.person_id:
        raise Forbidden("nobody records what is decided about oneself", "person_id").on("person", person.id)
    facts = {name: getattr(decision, name) for name in ("kind", "decided_on", "role")}
    recorded = {"recorded_by_id": work.actor.person_id}
    return work.add(GoverningDecision(reference=reference, text=text, person=person, **facts, **recorded))


def propose_budget_line(work: Work, budget: BudgetProposal) -> EvaluationBudgetLine:
    """Propose to the governing body the budget of evaluation for a year. Conflict when the code has a line already."""
    work.require(Permission.DIRECT_EVALUATION)
    code = refuse_blank(budget.code, "code")
    refuse_year(budget.year)
    present = sa.select(EvaluationBudgetLine.id).where(EvaluationBudgetLine.code == code)
    if work.session.scalars(present).first():
        raise Conflict(f"there is a budget line {code} already", "code")
    facts = _amounts(budget.amount, budget.core_amount)
    currency = refuse_currency(budget.currency)
    return work.add(
        EvaluationBudgetLine(
            code=code, edition=1, year=budget.year, stage=BudgetStage.PROPOSED, currency=currency, **facts
        )
    )


def approve_budget_line(work: Work, line_id: UUID, decision_id: UUID) -> EvaluationBudgetLine:
    """Approve a budget line by a decision of the governing body. Invalid unless it is a decision on the budget."""
    line = work.get(EvaluationBudgetLine, line_id, "line_id")
    work.require(Permission.GOVERN, about=line)
    line.decision = decision_of(work, decision_id, DecisionKind.BUDGET)
    return work.move(line, BudgetStage.APPROVED)


def revise_budget_line(
    work: Work, line_id: UUID, amount: Decimal, core_amount: Decimal, decision_id: UUID
) -> EvaluationBudgetLine:
    """Change an approved budget line by another decision, as its next edition; the one before stays as superseded."""
    line = work.get(EvaluationBudgetLine, line_id, "line_id", hold=True)
    work.require(Permission.GOVERN, about=line)
    decision = decision_of(work, decision_id, DecisionKind.BUDGET)
    if decision.id == line.decision_id:
        raise Invalid("a change needs a decision of its own", "decision_id")
    facts = _amounts(amount, core_amount)
    work.move(line, BudgetStage.SUPERSEDED, f"superseded by {decision.reference}")
    return work.add(
        EvaluationBudgetLine(
            code=line.code,
            edition=line.edition + 1,
            year=line.year,
            stage=BudgetStage.APPROVED,
            currency=line.currency,
            decision=decision,
            **facts,
        )
    )


def evaluation_budget(work: Work) -> list[BudgetOfYear]:
    """The budget of evaluation by year and currency: what was approved and proposed, and what plans take of it."""
    found: dict[tuple[int, str], list[EvaluationBudgetLine]] = defaultdict(list)
    for line in work.session.scalars(sa.select(EvaluationBudgetLine)):
        found[line.year, line.currency].append(line)
    planned = _planned(work)
    return [_of_year(*of, lines, planned[of]) for of, lines in sorted(found.items())]


def decision_of(work: Work, decision_id: UUID, kind: DecisionKind) -> GoverningDecision:
    """The decision. Invalid when it is of another kind."""
    decision = work.get(GoverningDecision, decision_id, "decision_id")
    if decision.kind is not kind:
        raise Invalid(f"{decision.reference} is no decision on the {kind}", "decision_id")
    return decision


def _planned(work: Work) -> Mapping[tuple[int, str], Decimal]:
    """What the items of plans in force take from core funds, by the year of their planned end and currency."""
    found: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    query = sa.select(PlanItem.planned_end, PlanItem.currency, PlanItem.core_cost).join(PlanItem.plan)
    for ending, currency, cost in work.session.execute(query.where(EvaluationPlan.stage.in_(IN_FORCE))):
        if currency is not None and cost is not None:
            found[ending.year, currency] += cost
    return found


def _of_year(year: int, currency: str, lines: list[EvaluationBudgetLine], planned: Decimal) -> BudgetOfYear:
    approved = [line for line in lines if line.stage is BudgetStage.APPROVED]
    proposed = (line.amount for line in lines if line.stage is BudgetStage.PROPOSED)
    amount = sum((line.amount for line in approved), Decimal(0))
    return BudgetOfYear(
        year=year,
        currency=currency,
        amount=amount,
        core_amount=sum((line.core_amount for line in approved), Decimal(0)),
        proposed=sum(proposed, Decimal(0)),
        editions=len(lines),
        planned=planned,
        exceeded=planned > amount,
    )


def _amounts(amount: Decimal, core_amount: Decimal) -> dict[str, Decimal]:
    facts = {"amount": refuse_amount(amount, "amount"), "core_amount": refuse_amount(core_amount, "core_amount")}
    if core_amount > amount:
        raise Invalid("core funds are a part of the amount", "core_amount")
    return facts
