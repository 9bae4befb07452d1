"""Follow-up: actions from plan to verification, what is overdue, and the figures of the evaluation function."""

import graphene

from graph_schema.derive import Where, batched, figure, find, mutation, needs, node, part, roots
from rbm.access import Permission
from rbm.model.followup import (
    Action,
    ActionEvidence,
    ActionRequest,
    ActionUpdate,
    ActionVerification,
    StatusReport,
)
from rbm.services import deadlines, followup
from rbm.terms.followup import OPEN_STAGES, ActionStage

OPEN = tuple(sorted(OPEN_STAGES))
LIVING = (*OPEN, ActionStage.REPORTED_COMPLETE)
CLAIMED, VERIFIED = [ActionStage.REPORTED_COMPLETE], [ActionStage.VERIFIED_COMPLETE]
CONFIRM, OVERSEE = Permission.CONFIRM_ACTION, Permission.OVERSEE_EVALUATION

node(
    Action,
    "number text stage planned_on original_due_on due_on milestone milestone_on depends_on_funding verification_scope "
    "completed_on claimed_on verify_by ended_on release_reason version "
    "response recommendation part office owner claimed_by superseded_by updates evidence verifications requests",
    overdue_days=part(
        followup.timings, "overdue_days", "Days since the due date of an open action; 0 on it and before."
    ),
    long_overdue=part(
        followup.timings, "long_overdue", "Whether it is overdue by more days than the deadlines in force allow."
    ),
    awaiting_verification=part(
        followup.timings, "awaiting_verification", "Whether it is claimed, and neither verified nor refused yet."
    ),
    verification_overdue_days=part(
        followup.timings, "verification_overdue_days", "Days since the verification of its claim was owed."
    ),
    stale=part(
        followup.timings, "stale", "Whether it is open, and nothing was reported on it for the interval of the rounds."
    ),
    original_due_missed=part(
        followup.timings,
        "original_due_missed",
        "Whether it was not done by the first due date, whatever was granted since.",
    ),
    escalation=batched(followup.escalations, guard=followup.told_within),
)
node(ActionUpdate, "stage text next_steps percent reported_at action round reported_by")
node(ActionEvidence, "title url content_hash added_at action added_by")
node(ActionVerification, "verdict note evidence_seen verified_at action verified_by")
node(
    ActionRequest,
    "kind stage reason due_before due_wanted release_reason requested_at decided_on decision_reason version "
    "action requested_by decided_by",
)
node(StatusReport, "year cut_off addressed_to contents content_hash locked_at locked_by")


COUNTING = 5_000
"""Points of reading the histories of all evaluations, recommendations and actions."""


class Query(roots(Action, ActionUpdate, ActionEvidence, ActionVerification, ActionRequest, StatusReport)):
    """What one may ask about follow-up."""

    actions = find(Action, followup.find_actions)

    outstanding_actions = find(Action, followup.find_outstanding_actions)
    key_figures = figure(followup.key_figures, weight=COUNTING)
    composite = figure(followup.composite_score, weight=COUNTING)
    status_report_check = figure(followup.verify_status_report, weight=COUNTING)


class Mutation(graphene.ObjectType):
    """What one may do about follow-up."""

    update_action = mutation(followup.update_action, needs(Permission.IMPLEMENT, stages=LIVING))
    pause_action = mutation(followup.pause_action, needs(Permission.IMPLEMENT, stages=[ActionStage.IN_PROGRESS]))
    add_evidence = mutation(followup.add_evidence, needs(Permission.IMPLEMENT, stages=LIVING))
    claim_action_complete = mutation(
        followup.claim_action_complete, needs(Permission.IMPLEMENT, stages=[ActionStage.IN_PROGRESS])
    )
    verify_action = mutation(followup.verify_action, needs(CONFIRM, at=Where.CENTRAL, stages=CLAIMED))
    reject_action_claim = mutation(followup.reject_action_claim, needs(CONFIRM, at=Where.CENTRAL, stages=CLAIMED))
    reopen_action = mutation(followup.reopen_action, needs(CONFIRM, at=Where.CENTRAL, stages=VERIFIED))
    request_extension = mutation(followup.request_extension, needs(Permission.IMPLEMENT, stages=OPEN))
    decide_extension = mutation(followup.decide_extension, needs(OVERSEE, at=Where.CENTRAL, stages=OPEN))
    request_release = mutation(followup.request_release, needs(Permission.RESPOND, stages=LIVING))
    release_action = mutation(followup.release_action, needs(OVERSEE, at=Where.CENTRAL, stages=LIVING))
    decline_release = mutation(followup.decline_release, needs(OVERSEE, at=Where.CENTRAL))
    supersede_action = mutation(followup.supersede_action, needs(OVERSEE, at=Where.CENTRAL, stages=LIVING))
    revise_verification_scope = mutation(
        followup.revise_verification_scope, needs(Permission.DIRECT_EVALUATION, at=Where.CENTRAL)
    )
    revise_key_figures = mutation(followup.revise_key_figures, needs(Permission.DIRECT_EVALUATION, at=Where.CENTRAL))
    revise_deadlines = mutation(deadlines.revise_deadlines, needs(Permission.DIRECT_EVALUATION, at=Where.CENTRAL))
    lock_status_report = mutation(followup.lock_status_report, needs(Permission.DIRECT_EVALUATION, at=Where.CENTRAL))
