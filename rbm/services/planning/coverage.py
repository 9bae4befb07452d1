"""Coverage: what must be evaluated and is neither planned nor evaluated."""

from dataclasses import dataclass

import sqlalchemy as sa

from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.services.planning.policies import rules_in_force
from rbm.services.planning.requiring import PREPARED, requirements
from rbm.terms.evaluation import STRATEGIC_TYPES
from rbm.terms.planning import CoverageGap, CoverageKind, PlanKind
from rbm.work import Work

ORGANISATION = "organisation"


@dataclass(frozen=True)
class CoverageFlag:
    """Something that a rule of the active policy wants evaluated and that is missing, with the reason in words."""

    rule: str
    kind: CoverageKind
    gap: CoverageGap
    subject: str
    explanation: str


def coverage_gaps(work: Work) -> list[CoverageFlag]:
    """What must be evaluated by the active policy and is neither planned nor evaluated, by rule and subject.

    Of projects that the caller sees. Nothing without an active policy.
    """
    missing = [one for one in requirements(work) if not one.planned]
    flags = [
        CoverageFlag(
            rule=one.rule.label,
            kind=one.rule.kind,
            gap=CoverageGap.NOT_PLANNED,
            subject=one.code,
            explanation=f"{one.title} is in no plan and was not evaluated",
        )
        for one in missing
    ]
    strategic = [rule.label for rule in rules_in_force(work) if rule.kind is CoverageKind.STRATEGIC]
    lacking = _without_strategic(work) if strategic else []
    return flags + [_strategic(label, subject) for label in strategic for subject in lacking]


def _without_strategic(work: Work) -> list[str]:
    """The codes of the plans of the organisation that last and have no such item; without a plan the organisation."""
    plans = sa.select(EvaluationPlan.id, EvaluationPlan.code).where(
        EvaluationPlan.kind == PlanKind.BIENNIAL,
        EvaluationPlan.stage.in_(PREPARED),
        EvaluationPlan.period_end >= work.today,
    )
    found = work.session.execute(plans).all()
    if not found:
        return [ORGANISATION]
    having = set(work.session.scalars(sa.select(PlanItem.plan_id).where(PlanItem.type.in_(STRATEGIC_TYPES))))
    return sorted({code for key, code in found if key not in having})


def _strategic(label: str, subject: str) -> CoverageFlag:
    return CoverageFlag(
        rule=label,
        kind=CoverageKind.STRATEGIC,
        gap=CoverageGap.NO_STRATEGIC_EVALUATION,
        subject=subject,
        explanation="no corporate, strategic or policy evaluation is planned",
    )
