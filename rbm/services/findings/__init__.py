"""Findings: what evaluations find, rate and recommend; issued recommendations are transmitted to management."""

from rbm.services.findings.details import AddresseeInput, RecommendationDraft, RecommendationPartInput
from rbm.services.findings.hints import wording_hints
from rbm.services.findings.interests import conflict_of, refuse_conflict
from rbm.services.findings.issuing import (
    correct_recommendation,
    issue_drafts,
    issue_recommendation,
    record_effect,
    supersede_recommendation,
)
from rbm.services.findings.rating import (
    RatingInput,
    evaluation_ratings,
    rate_criterion,
    shown,
    withdraw_rating,
)
from rbm.services.findings.recommending import (
    code_of,
    draft_recommendation,
    remove_recommendation,
    revise_recommendation,
)
from rbm.services.findings.recording import FindingInput, record_finding, remove_finding, revise_finding
from rbm.services.findings.sampling import FinalYears, final_evaluations
from rbm.services.findings.synthesis import SynthesisInput, record_synthesis, synthesis_dataset

__all__ = [
    "AddresseeInput",
    "FinalYears",
    "FindingInput",
    "RatingInput",
    "RecommendationDraft",
    "RecommendationPartInput",
    "SynthesisInput",
    "code_of",
    "conflict_of",
    "correct_recommendation",
    "draft_recommendation",
    "evaluation_ratings",
    "final_evaluations",
    "issue_drafts",
    "issue_recommendation",
    "rate_criterion",
    "record_effect",
    "record_finding",
    "record_synthesis",
    "refuse_conflict",
    "remove_finding",
    "remove_recommendation",
    "revise_finding",
    "revise_recommendation",
    "shown",
    "supersede_recommendation",
    "synthesis_dataset",
    "withdraw_rating",
    "wording_hints",
]
