"""How far claims are verified, by the priority of what they follow up, as dated editions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rbm.access import Permission
from rbm.model.performance import RuleSet
from rbm.rules.followup.scope import SCOPES
from rbm.services.editions import edition_on, put_coming_edition
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import VerificationScope
from rbm.work import Work

RULE = "verification_scope"


@dataclass(frozen=True)
class ScopeRevision:
    """How far claims are verified from a day on, by priority; what is left out stays as it was."""

    effective_from: date
    critical: VerificationScope | None = None
    high: VerificationScope | None = None
    medium: VerificationScope | None = None
    low: VerificationScope | None = None


def scopes_on(work: Work, on: date) -> Mapping[RecommendationPriority, VerificationScope]:
    """How far claims are verified by the edition of a day, or as the program came."""
    edition = edition_on(work, RULE, on)
    stated = edition.parameters if edition else {}
    revised = {RecommendationPriority(name): VerificationScope(scope) for name, scope in stated.items()}
    return {**SCOPES, **revised}


def revise_verification_scope(work: Work, revision: ScopeRevision) -> RuleSet:
    """Verify claims otherwise from a day on; what was claimed before keeps its clock.

    Invalid for a day that is over or more than two years ahead; Conflict when an edition holds from that day or later.
    """
    work.require(Permission.DIRECT_EVALUATION)
    current = {name.value: scope.value for name, scope in scopes_on(work, revision.effective_from).items()}
    wanted = {name: scope.value for name, scope in vars(revision).items() if name in current and scope is not None}
    return put_coming_edition(work, RULE, current | wanted, revision.effective_from)
