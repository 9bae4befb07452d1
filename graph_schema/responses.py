"""Responses: what management answers to recommendations, and the rounds in which it reports."""

import graphene

from graph_schema.derive import Where, batched, find, mutation, needs, node, part, roots
from rbm.access import Permission
from rbm.model.responses import FollowUpRound, ManagementResponse, RecommendationResponse, ResponseEdition
from rbm.services import followup, responses
from rbm.terms.responses import ResponseStage, RoundStage

BEING_WRITTEN = (ResponseStage.DUE, ResponseStage.DRAFT, ResponseStage.RETURNED)
REVISABLE = (ResponseStage.DRAFT, ResponseStage.RETURNED)

node(
    ManagementResponse,
    "stage edition transmitted_on due_on rule_edition submitted_on endorsed_on published_on version "
    "evaluation office drafted_by submitted_by endorsed_by editions decisions actions rounds",
    overdue_days=part(
        responses.response_clocks,
        "overdue_days",
        "Days since the due day of a response that never came; 0 on that day, before it, and once it came.",
    ),
    was_late=part(
        responses.response_clocks,
        "was_late",
        "Whether it first came after its due day, kept for ever; null while it did not come.",
    ),
    escalation=batched(followup.response_escalations, guard=followup.told_within),
    missing_answers=batched(responses.missing_answers, guard=responses.may_see_written),
)
node(ResponseEdition, "edition language overall reason written_at version response")
node(
    RecommendationResponse,
    "edition decision reasons explanation alternative language decided_on version "
    "response recommendation part decided_by",
)
node(FollowUpRound, "number stage opens_on closes_on submitted_on note version response")


class Query(roots(ManagementResponse, ResponseEdition, RecommendationResponse, FollowUpRound)):
    """What one may ask about management responses."""

    responses = find(ManagementResponse, responses.find_responses)


class Mutation(graphene.ObjectType):
    """What one may do about management responses."""

    respond_to_recommendation = mutation(
        responses.respond_to_recommendation, needs(Permission.RESPOND, stages=BEING_WRITTEN)
    )
    write_overall_response = mutation(responses.write_overall_response, needs(Permission.RESPOND, stages=BEING_WRITTEN))
    plan_action = mutation(
        responses.plan_action, needs(Permission.RESPOND, stages=[*REVISABLE, ResponseStage.PUBLISHED])
    )
    revise_planned_action = mutation(responses.revise_planned_action, needs(Permission.RESPOND, stages=REVISABLE))
    remove_planned_action = mutation(
        responses.remove_planned_action, needs(Permission.RESPOND, stages=[ResponseStage.DRAFT])
    )
    submit_response = mutation(responses.submit_response, needs(Permission.SUBMIT_RESPONSE, stages=REVISABLE))
    return_response = mutation(
        responses.return_response,
        needs(
            Permission.OVERSEE_EVALUATION,
            at=Where.CENTRAL,
            stages=[ResponseStage.SUBMITTED, ResponseStage.ENDORSED],
        ),
    )
    endorse_response = mutation(responses.endorse_response, needs(Permission.ENDORSE, stages=[ResponseStage.SUBMITTED]))
    publish_response = mutation(
        responses.publish_response,
        needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=[ResponseStage.ENDORSED]),
    )
    revise_response = mutation(
        responses.revise_response, needs(Permission.SUBMIT_RESPONSE, stages=[ResponseStage.PUBLISHED])
    )
    open_follow_up_round = mutation(
        responses.open_follow_up_round,
        needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=[RoundStage.SCHEDULED]),
    )
    submit_follow_up_round = mutation(
        responses.submit_follow_up_round, needs(Permission.SUBMIT_RESPONSE, stages=[RoundStage.OPEN])
    )
    review_follow_up_round = mutation(
        responses.review_follow_up_round,
        needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=[RoundStage.SUBMITTED]),
    )
    close_follow_up_round = mutation(
        responses.close_follow_up_round,
        needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=[RoundStage.REVIEWED]),
    )
