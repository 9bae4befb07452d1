"""Findings: what evaluations find, how they rate, and what they recommend to whom."""

import graphene

from graph_schema.derive import node, roots
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

node(Finding, "kind number text language criterion recorded_at version evaluation recorded_by")
node(CriterionRating, "criterion scale scale_edition rating points justification version evaluation")
node(
    Recommendation,
    "code number text language priority criterion stage depends_on_funding edition issued_on effect_observed effect "
    "version evaluation superseded_by parts addressees bases links errata",
)
node(RecommendationPart, "letter text recommendation")
node(Addressee, "kind name leads recommendation office")
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


class Mutation(graphene.ObjectType):
    """What one may do about findings and recommendations."""
