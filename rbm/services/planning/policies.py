"""The evaluation policy: drafted with its rules of coverage, activated, superseded by the next one."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.people import Office
from rbm.model.planning import CoverageRule, EvaluationPolicy
from rbm.model.projects import Theme
from rbm.rules.inputs import refuse_blank
from rbm.rules.planning import refuse_amount, refuse_currency
from rbm.services.people import headquarters
from rbm.terms.people import OfficeKind
from rbm.terms.planning import CoverageKind, PolicyStage
from rbm.work import Work

MOST_YEARS = 50
NEEDED = {
    CoverageKind.FUND: {"theme_id"},
    CoverageKind.BUDGET: {"at_least", "currency"},
    CoverageKind.OFFICE: {"office_kind", "years"},
    CoverageKind.STRATEGIC: set[str](),
}
"""What a rule of each kind states besides its label; it states nothing else."""


@dataclass(frozen=True)
class PolicyParts:
    """What a policy says on coverage, quality and use; what is left out stays as it was."""

    title: str | None = None
    coverage: str | None = None
    quality: str | None = None
    use: str | None = None


@dataclass(frozen=True)
class CoverageRulePlan:
    """A rule of coverage. A fund names its theme, a budget its amount, an office its kind and years."""

    kind: CoverageKind
    label: str
    theme_id: UUID | None = None
    office_kind: OfficeKind | None = None
    at_least: Decimal | None = None
    currency: str | None = None
    years: int | None = None


def draft_policy(work: Work, code: str, title: str, parts: PolicyParts | None = None) -> EvaluationPolicy:
    """Draft an evaluation policy. Conflict when the code is taken."""
    work.require(Permission.DIRECT_EVALUATION)
    said = parts or PolicyParts()
    return work.add(
        EvaluationPolicy(
            code=refuse_blank(code, "code"),
            title=refuse_blank(title, "title"),
            stage=PolicyStage.DRAFT,
            coverage=said.coverage,
            quality=said.quality,
            use=said.use,
        )
    )


def revise_policy(work: Work, policy_id: UUID, parts: PolicyParts) -> EvaluationPolicy:
    """Change what a draft policy says. Conflict once it was activated."""
    policy = _draft(work, policy_id)
    for name, text in vars(parts).items():
        if text is not None:
            setattr(policy, name, refuse_blank(text, name))
    work.flush()
    return policy


def add_coverage_rule(work: Work, policy_id: UUID, rule: CoverageRulePlan) -> CoverageRule:
    """Add to a draft policy what has to be evaluated. Invalid names what its kind lacks or does not have."""
    policy = _draft(work, policy_id)
    label = refuse_blank(rule.label, "label")
    _refuse_unfit(rule)
    theme = work.get(Theme, rule.theme_id, "theme_id") if rule.theme_id else None
    return work.add(
        CoverageRule(
            policy=policy,
            kind=rule.kind,
            label=label,
            theme=theme,
            office_kind=rule.office_kind,
            at_least=rule.at_least,
            currency=rule.currency,
            years=rule.years,
        )
    )


def remove_coverage_rule(work: Work, rule_id: UUID) -> CoverageRule:
    """Take a rule of coverage out of a draft policy. Conflict once it was activated."""
    rule = work.get(CoverageRule, rule_id, "rule_id")
    _draft(work, rule.policy_id)
    work.remove(rule)
    return rule


def activate_policy(work: Work, policy_id: UUID) -> EvaluationPolicy:
    """Put a policy into force in place of the one before. Conflict without coverage, quality, use and a rule."""
    policy = work.get(EvaluationPolicy, policy_id, "policy_id")
    work.require(Permission.DIRECT_EVALUATION, about=policy)
    work.get(Office, headquarters(work).id, hold=True)
    before = work.session.scalars(_active().where(EvaluationPolicy.id != policy.id)).all()
    work.move(policy, PolicyStage.ACTIVE)
    policy.active_from = work.today
    for one in before:
        work.move(one, PolicyStage.SUPERSEDED, f"superseded by {policy.code}")
    work.flush()
    return policy


def rules_in_force(work: Work) -> list[CoverageRule]:
    """The rules of coverage of the active policy, in the order of their labels; none without a policy."""
    policy = work.session.scalars(_active().options(selectinload(EvaluationPolicy.coverage_rules))).first()
    return sorted(policy.coverage_rules, key=lambda rule: (rule.label, rule.id)) if policy else []


def _active() -> sa.Select[EvaluationPolicy]:
    return sa.select(EvaluationPolicy).where(EvaluationPolicy.stage == PolicyStage.ACTIVE)


def _draft(work: Work, policy_id: UUID) -> EvaluationPolicy:
    policy = work.get(EvaluationPolicy, policy_id, "policy_id")
    work.require(Permission.DIRECT_EVALUATION, about=policy)
    if policy.stage is not PolicyStage.DRAFT:
        raise Conflict(f"{policy.code} is {policy.stage}; draft another policy", "policy_id")
    return policy


def _refuse_unfit(rule: CoverageRulePlan) -> None:
    for name in ("theme_id", "office_kind", "at_least", "currency", "years"):
        stated, needed = getattr(rule, name) is not None, name in NEEDED[rule.kind]
        if stated is not needed:
            raise Invalid(f"a rule of {rule.kind} {'names' if needed else 'has no'} {name}", name)
    if rule.at_least is not None:
        refuse_amount(rule.at_least, "at_least")
    if rule.currency is not None:
        refuse_currency(rule.currency)
    if rule.years is not None and not 1 <= rule.years <= MOST_YEARS:
        raise Invalid(f"{rule.years} is no number of years from 1 to {MOST_YEARS}", "years")
