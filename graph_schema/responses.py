"""Responses: what management answers to recommendations, and the rounds in which it reports."""

import graphene

from graph_schema.derive import node, roots
from rbm.model.responses import FollowUpRound, ManagementResponse, RecommendationResponse, ResponseEdition

node(
    ManagementResponse,
    "stage edition transmitted_on due_on rule_edition submitted_on endorsed_on published_on version "
    "evaluation office drafted_by submitted_by endorsed_by editions decisions actions rounds",
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


class Mutation(graphene.ObjectType):
    """What one may do about management responses."""
