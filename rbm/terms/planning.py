"""Words of the planning room: evaluation policy, plans of evaluations and what they must cover."""

from enum import StrEnum


class PolicyStage(StrEnum):
    """Life of an evaluation policy."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUPERSEDED = "superseded"


class CoverageKind(StrEnum):
    """What has to be evaluated. Source: evaluation policies of UNHCR, UNFPA, IOM Development Fund guidelines 2020."""

    FUND = "fund"
    """Every project under a theme that stands for a fund, before it closes."""
    BUDGET = "budget"
    """Every project of at least so much money."""
    OFFICE = "office"
    """Every office of a kind once in so many years."""
    STRATEGIC = "strategic"
    """At least one corporate or strategic evaluation in a plan."""


class PlanKind(StrEnum):
    """Kinds of evaluation plan. Source: UNEG standard 1.3, IOM biennial evaluation plan."""

    BIENNIAL = "biennial"
    REGIONAL = "regional"


class PlanApprover(StrEnum):
    """Who approves a kind of plan."""

    EVALUATION_HEAD = "evaluation_head"
    GOVERNING_BODY = "governing_body"


class PlanStage(StrEnum):
    """Life of an edition of a plan; an approved one is never changed, a new edition takes its place."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ENDORSED = "endorsed"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    CLOSED = "closed"


class PlanPriority(StrEnum):
    """How much an item of a plan matters."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class FundingSource(StrEnum):
    """Who pays for an evaluation. Source: UNDP Evaluation Resource Centre, requirement R104."""

    CORE = "core"
    PROJECT = "project"
    FUND = "fund"
    DONOR = "donor"
    SHARED = "shared"


class BudgetStage(StrEnum):
    """Life of an edition of the budget line of evaluation for a year."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


class RequestKind(StrEnum):
    """What management asks of a plan it may not write."""

    ADD = "add"
    DROP = "drop"
    CHANGE = "change"


class PlanRequestStage(StrEnum):
    """Life of what management asks of a plan."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"


class RequestStage(StrEnum):
    """Life of a request, from who may not do it to who may."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"


class ProposalStage(StrEnum):
    """Life of a proposal of something to evaluate."""

    SUBMITTED = "submitted"
    SELECTED = "selected"
    DECLINED = "declined"


class DecisionKind(StrEnum):
    """What a governing body decided about the evaluation function.

    It appoints the head of evaluation, admits a person to another role that is trusted, and removes either.
    """

    BUDGET = "budget"
    PLAN = "plan"
    APPOINTMENT = "appointment"
    REMOVAL = "removal"
    ADMISSION = "admission"
    REPORT_RECEIVED = "report_received"
    CANCELLATION = "cancellation"


class CoverageGap(StrEnum):
    """Why something that must be evaluated is flagged."""

    NOT_PLANNED = "not_planned"
    NO_STRATEGIC_EVALUATION = "no_strategic_evaluation"


class CoverageDimension(StrEnum):
    """By what the coverage of evaluations is shown. Source: requirement R114."""

    REGION = "region"
    TYPE = "type"
    THEME = "theme"
    FUND = "fund"


class RateGap(StrEnum):
    """Why a share of planning has no value."""

    NOTHING_COUNTED = "nothing_counted"
    SEVERAL_CURRENCIES = "several_currencies"


class ReserveGap(StrEnum):
    """What is wrong with the money of a project for its evaluation. Source: IOM Development Fund guidelines 2020."""

    NO_RESERVE = "no_reserve"
    BELOW_MINIMUM = "below_minimum"
    UNSPENT = "unspent"
