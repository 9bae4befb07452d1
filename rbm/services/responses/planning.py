"""Planning actions: what an office will do about what it takes up, who owns it, and by when."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.findings import Recommendation
from rbm.model.followup import Action, ActionEvidence, ActionRequest, ActionUpdate, ActionVerification
from rbm.model.people import Office, Person
from rbm.model.responses import ManagementResponse
from rbm.rules.followup.scope import SCOPES
from rbm.rules.inputs import refuse_blank
from rbm.services import people
from rbm.services.responses.addressed import answering, decision_on, part_of, was_submitted
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage
from rbm.terms.responses import TAKEN_UP, ResponseStage
from rbm.work import Work

PLANNABLE = frozenset({ResponseStage.DRAFT, ResponseStage.RETURNED, ResponseStage.PUBLISHED})
REVISABLE = frozenset({ResponseStage.DRAFT, ResponseStage.RETURNED})
HAPPENING = (ActionUpdate, ActionEvidence, ActionVerification, ActionRequest)
"""What is kept of an action once something happened to it."""


@dataclass(frozen=True)
class ActionPlan:
    """What is done about a recommendation, or about the part with a letter: by whom, until when.

    `office_id` is the office that answers, needed by those who may answer for several; `responsible_office_id` the one
    that acts, the same unless one below it is named.
    """

    recommendation_id: UUID
    text: str
    owner_id: UUID
    due_on: date
    part: str | None = None
    milestone: str | None = None
    milestone_on: date | None = None
    depends_on_funding: bool | None = None
    office_id: UUID | None = None
    responsible_office_id: UUID | None = None


@dataclass(frozen=True)
class ActionRevision:
    """What is to read otherwise in a planned action; what is left out stays."""

    text: str | None = None
    owner_id: UUID | None = None
    due_on: date | None = None
    milestone: str | None = None
    milestone_on: date | None = None
    depends_on_funding: bool | None = None
    responsible_office_id: UUID | None = None


@dataclass(frozen=True)
class _Terms:
    """The terms of an action before they are checked."""

    text: str
    owner_id: UUID
    due_on: date
    milestone: str | None
    milestone_on: date | None
    depends_on_funding: bool
    office_id: UUID


def plan_action(work: Work, plan: ActionPlan) -> Action:
    """Plan an action for a recommendation that the office takes up, while it writes its response or afterwards.

    In a response that is published it is open to everyone at once: only who submits for the office adds one then, or a
    revision brings it. Invalid names what is wrong with text, owner, days or office; Conflict when the recommendation
    was not taken up, or the response waits for others.
    """
    recommendation = work.get(Recommendation, plan.recommendation_id, "recommendation_id")
    response = answering(work, recommendation, plan.office_id)
    if response.stage not in PLANNABLE:
        raise Conflict(f"the response is {response.stage}", "stage")
    if response.stage is ResponseStage.PUBLISHED and not work.actor.may(Permission.SUBMIT_RESPONSE, response.office_id):
        refusal = Forbidden("who submits the response adds an action to it once it is published, or a revision does")
        raise refusal.on(response.__tablename__, response.id)
    part = part_of(work, recommendation, plan.part)
    decision = decision_on(work, response, (recommendation, part), response.edition)
    if decision is None or decision.decision not in TAKEN_UP:
        stands = "not decided" if decision is None else decision.decision.replace("_", " ")
        raise Conflict(f"recommendation {recommendation.number} is {stands}: it takes no action", "recommendation_id")
    needs_funds = recommendation.depends_on_funding if plan.depends_on_funding is None else plan.depends_on_funding
    acting = plan.responsible_office_id or response.office_id
    terms = _Terms(plan.text, plan.owner_id, plan.due_on, plan.milestone, plan.milestone_on, needs_funds, acting)
    return work.add(
        Action(
            **_checked(work, terms, response, recommendation),
            response=response,
            recommendation=recommendation,
            part=part,
            number=_next_number(work, response, recommendation),
            edition=response.edition,
            stage=ActionStage.NOT_STARTED,
            planned_on=work.today,
            verification_scope=SCOPES[recommendation.priority],
        )
    )


def revise_planned_action(work: Work, action_id: UUID, revision: ActionRevision) -> Action:
    """Plan an action otherwise while the edition of the response that brought it is being written.

    Invalid as in planning it; Conflict once its edition was published or anything happened to the action, and for
    another due date once it was submitted: then a later one is asked for.
    """
    action, response = _planned(work, action_id)
    if revision.due_on not in {None, action.due_on} and was_submitted(work, response, action):
        raise Conflict(f"{action.due_on} was submitted: ask for a later day or for a release", "due_on")
    recommendation = work.session.get_one(Recommendation, action.recommendation_id)
    stated = {name: value for name, value in vars(revision).items() if value is not None}
    if "responsible_office_id" in stated:
        stated["office_id"] = stated.pop("responsible_office_id")
    current = _Terms(**{name: getattr(action, name) for name in _Terms.__dataclass_fields__})
    for name, value in _checked(work, replace(current, **stated), response, recommendation).items():
        setattr(action, name, value)
    work.flush()
    return action


def remove_planned_action(work: Work, action_id: UUID) -> Action:
    """Take an action out of the edition of a response that is being written; returns it as it was.

    Conflict once its edition was published, anything happened to the action, or it was submitted, and while a response
    that was submitted stands returned: then the action is planned otherwise, released or superseded, and stays.
    """
    action, response = _planned(work, action_id)
    if response.stage is ResponseStage.RETURNED:
        raise Conflict("what was submitted once keeps its actions", "stage")
    work.remove(action)
    return action


def _planned(work: Work, action_id: UUID) -> tuple[Action, ManagementResponse]:
    """An action that its office may still plan otherwise, held with its response."""
    action = work.get(Action, action_id, "action_id", hold=True)
    response = work.get(ManagementResponse, action.response_id, "action_id", hold=True)
    work.require(Permission.RESPOND, response)
    if response.stage not in REVISABLE:
        raise Conflict(f"the response is {response.stage}", "stage")
    if action.edition < response.edition:
        raise Conflict(f"action {action.number} stands in an edition that was published", "action_id")
    if action.stage is not ActionStage.NOT_STARTED or any(_any_of(work, action, cls) for cls in HAPPENING):
        raise Conflict(f"action {action.number} was begun, reported on or asked about", "action_id")
    return action, response


def _any_of(work: Work, action: Action, cls: Any) -> bool:
    return work.session.scalars(sa.select(cls.id).where(cls.action_id == action.id).limit(1)).first() is not None


def _checked(work: Work, terms: _Terms, response: ManagementResponse, recommendation: Recommendation) -> dict[str, Any]:
    """The columns of an action on these terms. Invalid names the one that is wrong."""
    text = refuse_blank(terms.text, "text")
    _refuse_days(work, terms, recommendation)
    office = _acting_office(work, terms.office_id, response)
    owner = _owner(work, terms.owner_id, office)
    milestone = (terms.milestone or "").strip() or None
    return {
        "text": text,
        "owner": owner,
        "owner_id": owner.id,
        "original_due_on": terms.due_on,
        "due_on": terms.due_on,
        "milestone": milestone,
        "milestone_on": terms.milestone_on if milestone else None,
        "depends_on_funding": terms.depends_on_funding,
        "office": office,
        "office_id": office.id,
    }


def _refuse_days(work: Work, terms: _Terms, recommendation: Recommendation) -> None:
    if terms.due_on < work.today:
        raise Invalid(f"{terms.due_on} has passed", "due_on")
    if recommendation.issued_on and terms.due_on < recommendation.issued_on:
        raise Invalid(f"the recommendation was issued on {recommendation.issued_on}", "due_on")
    said = bool((terms.milestone or "").strip())
    if recommendation.priority is RecommendationPriority.CRITICAL and not said:
        raise Invalid("an action for a critical recommendation needs a milestone", "milestone")
    if said != (terms.milestone_on is not None):
        raise Invalid("a milestone and its day go together", "milestone_on" if said else "milestone")
    if terms.milestone_on and not work.today <= terms.milestone_on <= terms.due_on:
        raise Invalid(f"a milestone lies between today and {terms.due_on}", "milestone_on")


def _acting_office(work: Work, office_id: UUID, response: ManagementResponse) -> Office:
    office = work.get(Office, office_id, "responsible_office_id")
    if office.id not in people.below(work, {response.office_id}, work.today):
        raise Invalid(f"{office.code} is not below the office that answers", "responsible_office_id")
    return office


def _owner(work: Work, person_id: UUID, office: Office) -> Person:
    person = work.get(Person, person_id, "owner_id")
    if not person.active:
        raise Invalid(f"{person.name} is not active", "owner_id")
    offices = people.upward(work, office.id)
    if not any(person.id in people.holders(work, one, Permission.SEE) for one in offices):
        raise Invalid(f"{person.name} has no role in {office.code}", "owner_id")
    return person


def _next_number(work: Work, response: ManagementResponse, recommendation: Recommendation) -> int:
    query = sa.select(sa.func.max(Action.number)).where(
        Action.response_id == response.id, Action.recommendation_id == recommendation.id
    )
    return (work.session.scalars(query).one() or 0) + 1
