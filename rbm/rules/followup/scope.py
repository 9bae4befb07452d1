"""How far claims are verified, by the priority of the recommendation, and which claims are in the sample."""

from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import VerificationScope

SCOPES: Mapping[RecommendationPriority, VerificationScope] = {
    RecommendationPriority.CRITICAL: VerificationScope.FULL,
    RecommendationPriority.HIGH: VerificationScope.FULL,
    RecommendationPriority.MEDIUM: VerificationScope.SAMPLE,
    RecommendationPriority.LOW: VerificationScope.NONE,
}
"""What the program comes with."""


def sampled(key: UUID) -> bool:
    """Whether the claims of an action are in the sample: about half are, and always the same ones."""
    return sha256(key.bytes).digest()[0] % 2 == 0


def owed(scope: VerificationScope, key: UUID) -> bool:
    """Whether somebody owes the verification of a claim of an action."""
    return scope is VerificationScope.FULL or (scope is VerificationScope.SAMPLE and sampled(key))
