"""Follow-up: actions from plan to verification, what is overdue, and the figures of the evaluation function."""

import graphene

from graph_schema.derive import node, roots
from rbm.model.followup import (
    Action,
    ActionEvidence,
    ActionRequest,
    ActionUpdate,
    ActionVerification,
    StatusReport,
)

node(
    Action,
    "number text stage planned_on original_due_on due_on milestone milestone_on depends_on_funding verification_scope "
    "claimed_on verify_by ended_on release_reason version "
    "response recommendation part office owner claimed_by superseded_by updates evidence verifications requests",
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


class Query(roots(Action, ActionUpdate, ActionEvidence, ActionVerification, ActionRequest, StatusReport)):
    """What one may ask about follow-up."""


class Mutation(graphene.ObjectType):
    """What one may do about follow-up."""
