"""Calls for proposals of what to evaluate: opened, answered by offices, scored, selected or declined."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.people import Office
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.model.proposals import Proposal, ProposalCall
from rbm.rules.inputs import refuse_blank
from rbm.rules.spans import covers, refuse_reversed
from rbm.terms.planning import PlanStage, ProposalStage
from rbm.work import Work

MOST_POINTS = 5
MOST_CRITERIA = 20


@dataclass(frozen=True)
class CallPlan:
    """A call for proposals, open from a day to a day (both inclusive), and the criteria by which they are scored."""

    code: str
    title: str
    criteria: list[str]
    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class CriterionScore:
    """The points of a proposal, 0 to 5, by one criterion of the call."""

    criterion: str
    points: int


def open_proposal_call(work: Work, call: CallPlan) -> ProposalCall:
    """Open a call for proposals of what to evaluate. Invalid names the field; Conflict when the code is taken."""
    work.require(Permission.PLAN_EVALUATION)
    criteria = [refuse_blank(one, "criteria") for one in call.criteria]
    if not 1 <= len(criteria) <= MOST_CRITERIA or len(set(criteria)) < len(criteria):
        raise Invalid(f"a call has 1 to {MOST_CRITERIA} different criteria", "criteria")
    refuse_reversed((call.opens_on, call.closes_on), "closes_on")
    return work.add(
        ProposalCall(
            code=refuse_blank(call.code, "code"),
            title=refuse_blank(call.title, "title"),
            criteria=criteria,
            opens_on=call.opens_on,
            closes_on=call.closes_on,
        )
    )


def submit_proposal(work: Work, call_id: UUID, office_id: UUID, title: str, rationale: str) -> Proposal:
    """Propose something to evaluate, for an office, as who plans its work. Conflict when the call is closed."""
    call = work.get(ProposalCall, call_id, "call_id")
    office = work.get(Office, office_id, "office_id")
    work.require(Permission.PLAN, office.id)
    proposed, why = refuse_blank(title, "title"), refuse_blank(rationale, "rationale")
    if not covers((call.opens_on, call.closes_on), work.today):
        raise Conflict(f"{call.code} is open from {call.opens_on} to {call.closes_on}", "call_id")
    return work.add(Proposal(call=call, office=office, title=proposed, rationale=why, stage=ProposalStage.SUBMITTED))


def score_proposal(work: Work, proposal_id: UUID, scores: list[CriterionScore]) -> Proposal:
    """Score a proposal by each criterion of its call, and by nothing else. Invalid otherwise; Conflict once decided."""
    proposal = work.get(Proposal, proposal_id, "proposal_id")
    work.require(Permission.PLAN_EVALUATION, about=proposal)
    if proposal.stage is not ProposalStage.SUBMITTED:
        raise Conflict(f"the proposal was {proposal.stage}", "stage")
    criteria = work.get(ProposalCall, proposal.call_id).criteria
    if sorted(one.criterion for one in scores) != sorted(criteria):
        raise Invalid(f"the criteria of the call are: {', '.join(criteria)}", "scores")
    if any(not 0 <= one.points <= MOST_POINTS for one in scores):
        raise Invalid(f"points are 0 to {MOST_POINTS}", "scores")
    proposal.scores = {one.criterion: one.points for one in scores}
    work.flush()
    return proposal


def select_proposal(work: Work, proposal_id: UUID, item_id: UUID, reason: str) -> Proposal:
    """Select a scored proposal, with the reason, as an item of a draft plan. Conflict when it has no scores."""
    proposal = work.get(Proposal, proposal_id, "proposal_id")
    work.require(Permission.DIRECT_EVALUATION, about=proposal)
    item = work.get(PlanItem, item_id, "item_id")
    plan = work.get(EvaluationPlan, item.plan_id, "item_id")
    if plan.stage is not PlanStage.DRAFT:
        raise Conflict(f"{plan.code} is {plan.stage}, not a draft", "item_id")
    if not proposal.scores:
        raise Conflict("a proposal is scored before it is selected", "proposal_id")
    work.move(proposal, ProposalStage.SELECTED, reason)
    proposal.item, proposal.item_id, proposal.decision_reason = item, item.id, reason.strip()
    work.flush()
    return proposal


def decline_proposal(work: Work, proposal_id: UUID, reason: str) -> Proposal:
    """Decline a proposal, with the reason."""
    proposal = work.move(work.get(Proposal, proposal_id, "proposal_id"), ProposalStage.DECLINED, reason)
    proposal.decision_reason = reason.strip()
    work.flush()
    return proposal
