"""Findings: what evaluations find, how they rate, and what they recommend to whom."""

import graphene

from graph_schema.derive import Where, figure, find, mutation, needs, node, part, roots
from rbm.access import Permission
from rbm.model.findings import (
    Addressee,
    CriterionRating,
    Erratum,
    Finding,
    Recommendation,
    RecommendationBasis,
    RecommendationLink,
    RecommendationPart,
    SynthesisEntry,
)
from rbm.services import findings, followup
from rbm.terms.evaluation import SETTLED, UNDER_WAY
from rbm.terms.findings import RecommendationStage

DRAFTS = (*UNDER_WAY, RecommendationStage.DRAFT)
ISSUED = (RecommendationStage.ISSUED,)
_WRITE = needs(Permission.RECORD_FINDINGS, stages=UNDER_WAY, own=True)

node(Finding, "kind number text language criterion recorded_at version evaluation recorded_by")
node(CriterionRating, "criterion scale scale_edition rating points justification version evaluation")
node(
    Recommendation,
    "code number text language priority criterion stage depends_on_funding edition issued_on effect_observed effect "
    "version evaluation superseded_by parts addressees bases links errata",
    status=part(followup.standings, "status", "Where it stands, derived from responses and actions the caller sees."),
    standing_by_office=part(followup.standings, "offices", "Where it stands with each office it is addressed to."),
    open_actions=part(followup.standings, "open_actions", "How many of its actions are not claimed complete yet."),
    overdue_actions=part(followup.standings, "overdue_actions", "How many of its open actions are overdue."),
    ageing=part(followup.standings, "ageing", "The colour of its age while it is open; null once it is closed."),
)
node(RecommendationPart, "letter text recommendation")
node(Addressee, "kind name leads due_on recommendation office")
node(RecommendationBasis, "recommendation finding")
node(RecommendationLink, "recommendation result normative_target")
node(Erratum, "edition before after reason corrected_at recommendation corrected_by")
node(SynthesisEntry, "year topic sample positive negative not_assessed source version")


class Query(
    roots(
        Finding,
        CriterionRating,
        Recommendation,
        RecommendationPart,
        Addressee,
        RecommendationBasis,
        RecommendationLink,
        Erratum,
        SynthesisEntry,
    )
):
    """What one may ask about findings and recommendations."""

    evaluation_ratings = figure(findings.evaluation_ratings)
    synthesis_dataset = figure(findings.synthesis_dataset, weight=1_000)
    wording_hints = figure(findings.wording_hints)

    recommendations = find(Recommendation, followup.find_recommendations)


class Mutation(graphene.ObjectType):
    """What one may do about findings and recommendations."""

    record_finding = mutation(findings.record_finding, _WRITE)
    revise_finding = mutation(findings.revise_finding, _WRITE)
    remove_finding = mutation(findings.remove_finding, _WRITE)
    rate_criterion = mutation(findings.rate_criterion, _WRITE)
    withdraw_rating = mutation(findings.withdraw_rating, _WRITE)
    draft_recommendation = mutation(findings.draft_recommendation, _WRITE)
    revise_recommendation = mutation(
        findings.revise_recommendation, needs(Permission.RECORD_FINDINGS, stages=DRAFTS, own=True)
    )
    remove_recommendation = mutation(
        findings.remove_recommendation, needs(Permission.RECORD_FINDINGS, stages=DRAFTS, own=True)
    )
    issue_recommendation = mutation(
        findings.issue_recommendation,
        needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=[*SETTLED, RecommendationStage.DRAFT]),
    )
    correct_recommendation = mutation(
        findings.correct_recommendation, needs(Permission.DIRECT_EVALUATION, at=Where.CENTRAL, stages=ISSUED)
    )
    supersede_recommendation = mutation(
        findings.supersede_recommendation, needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=ISSUED)
    )
    record_effect = mutation(
        findings.record_effect, needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL, stages=ISSUED)
    )
    record_synthesis = mutation(findings.record_synthesis, needs(Permission.OVERSEE_EVALUATION, at=Where.CENTRAL))
