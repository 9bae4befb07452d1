"""What keeps an evaluation at its stage: guards of its FLOW, which read its rows and nothing else.

The row classes are reached through the relations of the evaluation, whose module imports this one.
"""

from datetime import date
from itertools import chain
from typing import Any

import sqlalchemy as sa

from rbm import bulk
from rbm.audit import AuditEntry, AuditKind
from rbm.db import table_of
from rbm.errors import Conflict
from rbm.stages import Transition
from rbm.terms.evaluation import DocumentKind, QualityGate, QualityStage, TeamRole

SECTIONS = ("methods", "sources", "limitations")
REVIEWED = {
    QualityGate.TERMS_OF_REFERENCE: DocumentKind.TERMS_OF_REFERENCE,
    QualityGate.INCEPTION: DocumentKind.INCEPTION_REPORT,
    QualityGate.DRAFT: DocumentKind.DRAFT_REPORT,
    QualityGate.FINAL: DocumentKind.FINAL_REPORT,
}
"""The document that is reviewed at each gate."""
SAYING = {
    "finding": "findings",
    "criterion_rating": "ratings",
    "recommendation": "recommendations",
    "evaluation_report": "reports",
}
"""Where it stands what an evaluation says, as tables and as relations of it."""
DETAILS = ("addressee", "recommendation_part", "recommendation_basis", "recommendation_link")
"""What belongs to its recommendations, and is made anew where it changes."""
OPEN = (QualityStage.ASSIGNED, QualityStage.RATED)


def refuse_missing_terms(work: Any, evaluation: Any) -> None:
    """Nothing, when terms of reference are attached. Conflict otherwise."""
    _newest(work, evaluation, DocumentKind.TERMS_OF_REFERENCE)


def refuse_unready(work: Any, evaluation: Any) -> None:
    """Nothing, when its terms of reference are approved and passed their gate, and subjects and team stand.

    Conflict otherwise.
    """
    if _newest(work, evaluation, DocumentKind.TERMS_OF_REFERENCE).approved_at is None:
        raise Conflict("the newest terms of reference are not approved", "documents")
    _refuse_failed(work, evaluation, QualityGate.TERMS_OF_REFERENCE)
    if _first(work, evaluation, "subjects") is None:
        raise Conflict("nothing is named that it judges", "subjects")
    refuse_unfit_team(work, evaluation)


def refuse_unfit_team(work: Any, evaluation: Any) -> None:
    """Nothing, when somebody leads its team and every member declared to have no conflict of interest.

    Conflict otherwise.
    """
    members = [one for one in _all(work, evaluation, "team") if one.left_on is None]
    if not any(one.role is TeamRole.LEAD for one in members):
        raise Conflict("nobody leads its team", "team")
    if any(one.conflict is None for one in members):
        raise Conflict("a member of its team has not declared the own interests", "team")
    if any(one.conflict for one in members):
        raise Conflict("a member of its team declared a conflict of interest", "team")


def refuse_missing_inception(work: Any, evaluation: Any) -> None:
    """Nothing, when the inception report is attached and passed its gate, and the team stands. Conflict otherwise."""
    _newest(work, evaluation, DocumentKind.INCEPTION_REPORT)
    _refuse_failed(work, evaluation, QualityGate.INCEPTION)
    refuse_unfit_team(work, evaluation)


def refuse_missing_draft(work: Any, evaluation: Any) -> None:
    """Nothing, when a draft of the report is attached and the team stands. Conflict otherwise."""
    _newest(work, evaluation, DocumentKind.DRAFT_REPORT)
    refuse_unfit_team(work, evaluation)


def refuse_poor_draft(work: Any, evaluation: Any) -> None:
    """Nothing, when the draft passed its gate and the team stands. Conflict otherwise."""
    _refuse_failed(work, evaluation, QualityGate.DRAFT)
    refuse_unfit_team(work, evaluation)


def refuse_unfinished(work: Any, evaluation: Any) -> None:
    """Nothing, when the days for comments are over, and the final report is attached, complete and passed its gate.

    Complete means that it states methods, sources and limitations, and finds or recommends something. Conflict
    otherwise, and while a review is open at the gate.
    """
    if evaluation.comments_until is None or work.today <= evaluation.comments_until:
        raise Conflict(f"comments are taken until {evaluation.comments_until}", "comments_until")
    if not _newest(work, evaluation, DocumentKind.FINAL_REPORT).public:
        raise Conflict("its final report is kept from the public", "documents")
    report = _first(work, evaluation, "reports")
    for name in SECTIONS:
        if not (getattr(report, name, None) or "").strip():
            raise Conflict(f"its report states no {name}", name)
    if _first(work, evaluation, "findings") is None and _first(work, evaluation, "recommendations") is None:
        raise Conflict("it finds and recommends nothing", "findings")
    if any(one.gate is QualityGate.FINAL for one in _all(work, evaluation, "quality_reviews") if one.stage in OPEN):
        raise Conflict("a review is open at the gate final", "quality_reviews")
    _refuse_failed(work, evaluation, QualityGate.FINAL)
    _refuse_rewritten(work, evaluation)
    refuse_unfit_team(work, evaluation)


def refuse_withheld(work: Any, evaluation: Any) -> None:
    """Nothing, when the head of evaluation does not withhold it today. Conflict otherwise."""
    if evaluation.withheld_until is not None and work.today <= evaluation.withheld_until:
        raise Conflict(f"it is withheld until {evaluation.withheld_until}", "withheld_until")


def passed(work: Any, evaluation: Any, gate: QualityGate) -> bool:
    """Whether the newest finished review of an evaluation at a gate says that its newest text there passed.

    A text attached after the one that was rated has not passed, whatever that one did.
    """
    newest = _newest_review(work, evaluation, gate)
    text = _last(work, evaluation, REVIEWED[gate])
    if newest is None or text is None:
        return False
    return bool(newest.passed) and (newest.document_id, newest.content_hash) == (text.id, text.content_hash)


def _newest_review(work: Any, evaluation: Any, gate: QualityGate) -> Any:
    """The review at a gate that was finished last, or None."""
    reviews = [
        one for one in _all(work, evaluation, "quality_reviews") if (one.gate, one.stage) == (gate, QualityStage.FINAL)
    ]
    return max(reviews, key=lambda one: (one.finished_on or date.min, one.assigned_at, one.id), default=None)


def _refuse_failed(work: Any, evaluation: Any, gate: QualityGate) -> None:
    if not passed(work, evaluation, gate):
        kind, name = REVIEWED[gate].replace("_", " "), gate.replace("_", " ")
        raise Conflict(f"the newest {kind} has not passed the review at the gate {name}", "quality_reviews")


def _refuse_rewritten(work: Any, evaluation: Any) -> None:
    """Nothing, when by the trail it still says what it said when its final report passed. Conflict otherwise."""
    review, entry = _newest_review(work, evaluation, QualityGate.FINAL), table_of(AuditEntry).c
    of_it = (Transition.entity == review.__tablename__, Transition.entity_id == review.id)
    finished = sa.select(sa.func.max(Transition.at)).where(*of_it).scalar_subquery()
    passing = sa.select(sa.func.min(entry.id)).where(entry.entity_id == str(review.id), entry.at >= finished)
    since = sa.select(entry.entity, entry.entity_id, entry.changes).where(
        entry.id > passing.scalar_subquery(), entry.entity.in_((*SAYING, *DETAILS)), entry.kind != AuditKind.REFUSED
    )
    own = {str(row.id) for relation in SAYING.values() for row in _all(work, evaluation, relation)}
    for row in bulk.select(work.session, since):
        above = (row.changes.get(name, ()) for name in ("evaluation_id", "recommendation_id"))
        if not {row.entity_id, *chain(*above)}.isdisjoint({*own, str(evaluation.id)}):
            words = SAYING.get(row.entity, "recommendations")
            raise Conflict(f"its {words} were changed since its final report passed the review", "quality_reviews")


def _newest(work: Any, evaluation: Any, kind: DocumentKind) -> Any:
    """The document of a kind that was attached last. Conflict without one."""
    found = _last(work, evaluation, kind)
    if found is None:
        raise Conflict(f"no {kind.replace('_', ' ')} is attached", "documents")
    return found


def _last(work: Any, evaluation: Any, kind: DocumentKind) -> Any:
    found = [one for one in _all(work, evaluation, "documents") if one.kind is kind]
    return max(found, key=lambda one: (one.attached_at, one.edition, one.id), default=None)


def _first(work: Any, evaluation: Any, relation: str) -> Any:
    return next(iter(_all(work, evaluation, relation)), None)


def _all(work: Any, evaluation: Any, relation: str) -> list[Any]:
    target = sa.inspect(type(evaluation)).relationships[relation].mapper.class_
    return list(work.session.scalars(sa.select(target).where(target.evaluation_id == evaluation.id)))
