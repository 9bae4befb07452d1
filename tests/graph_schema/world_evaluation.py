"""The evaluation room of the small world: rows on which its mutations act, and the arguments with which they do."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from rbm.model.appraisal import EvaluationComment
from rbm.services import people
from rbm.services.evaluation import (
    DocumentInput,
    EvaluationBrief,
    EvaluationRevision,
    PartnerInput,
    ReportSections,
    SourceBrief,
    SubjectInput,
)
from rbm.terms.evaluation import (
    ConductedBy,
    DocumentKind,
    EvaluationLevel,
    EvaluationScope,
    EvaluationStage,
    EvaluationType,
    SourceKind,
    TextLanguage,
    Timing,
)
from rbm.terms.people import Role
from tests.evaluating import Evaluating
from tests.make import Make

Keys = dict[str, UUID]
TODAY = date(2026, 3, 2)
BRIEF = {
    "unplanned_reason": "asked for by the government",
    "title": "New",
    "type": EvaluationType.PROJECT,
    "timing": Timing.FINAL,
    "conducted_by": ConductedBy.EXTERNAL,
    "scope": EvaluationScope.PROJECT,
    "planned_end": date(2026, 12, 31),
}
WINDOW = {"comments_from": TODAY, "comments_until": date(2026, 3, 16)}
OVER = {"comments_from": date(2026, 2, 1), "comments_until": date(2026, 2, 15)}


def rows(make: Make, known: dict[str, Any]) -> dict[str, Any]:
    """Rows of this room by name; `known` are those of the rooms before (office, evaluation, project, person …).

    Every evaluation is commissioned by the office, and judges it.
    """
    return _lives(make, known["office"], known["person"])


def _lives(make: Make, office: Any, person: Any) -> dict[str, Any]:
    """An evaluation at each stage at which something is done, and what belongs to it."""
    of = Evaluating(make)
    shared = {"office": office, "level": EvaluationLevel.DECENTRALIZED}
    planned = of.evaluation(EvaluationStage.PLANNED, **shared)
    drafted = of.evaluation(EvaluationStage.DRAFT_REPORT, **shared, **WINDOW)
    subject = of.subject(planned, office)
    of.subject(drafted, office)
    manager = make.person()
    people.grant_role(make.work, manager.id, office.id, Role.EVALUATION_MANAGER)
    comment = make.work.add(
        EvaluationComment(evaluation=drafted, office=office, text="too short", made_at=make.work.now)
    )
    return {
        "planned_evaluation": planned,
        "drafted_evaluation": drafted,
        "finished_evaluation": of.complete(of.evaluation(EvaluationStage.QUALITY_REVIEW, **shared, **OVER), office),
        "final_evaluation": of.evaluation(final_on=date(2026, 2, 20), disclosed_on=date(2026, 3, 22), **shared),
        "postponed_evaluation": of.evaluation(EvaluationStage.POSTPONED, **shared),
        "evaluation_manager": manager,
        "evaluation_subject": subject,
        "team_member": of.member(planned, person=person, conflict=None, declared_at=None, declaration=None),
        "candidate": make.person(),
        "terms": of.document(planned, DocumentKind.TERMS_OF_REFERENCE),
        "comment": comment,
    }


def _document(key: UUID, kind: DocumentKind, language: TextLanguage = TextLanguage.FRENCH) -> DocumentInput:
    return DocumentInput(key, kind, language, "New", text="what it says")


ARGUMENTS: dict[str, Callable[[Keys], tuple[Any, ...]]] = {
    "addPartner": lambda key: (PartnerInput(key["planned_evaluation"], "UNDP"),),
    "addSubject": lambda key: (SubjectInput(key["planned_evaluation"], project_id=key["project"]),),
    "addTeamMember": lambda key: (key["planned_evaluation"], key["candidate"]),
    "advanceEvaluation": lambda key: (key["planned_evaluation"], EvaluationStage.TOR),
    "answerComment": lambda key: (key["comment"], "made longer"),
    "approveTermsOfReference": lambda key: (key["terms"],),
    "assignEvaluationManager": lambda key: (key["planned_evaluation"], key["evaluation_manager"]),
    "attachDocument": lambda key: (_document(key["planned_evaluation"], DocumentKind.ANNEX),),
    "attachToFinal": lambda key: (_document(key["final_evaluation"], DocumentKind.FINAL_REPORT),),
    "cancelEvaluation": lambda key: (key["planned_evaluation"], "no money"),
    "commentOnDraft": lambda key: (key["drafted_evaluation"], key["office"], "too long"),
    "declareInterest": lambda key: (key["team_member"], "none"),
    "finaliseEvaluation": lambda key: (key["finished_evaluation"],),
    "leaveTeam": lambda key: (key["team_member"],),
    "planEvaluation": lambda key: (EvaluationBrief("NEW", key["office"], **BRIEF),),
    "postponeEvaluation": lambda key: (key["planned_evaluation"], "floods"),
    "publishEvaluation": lambda key: (key["final_evaluation"],),
    "registerSource": lambda key: (
        SourceBrief("AUDIT", "Audit", SourceKind.AUDIT, key["evaluation"], "Board of Auditors", TODAY),
    ),
    "widenEvaluation": lambda key: (SubjectInput(key["judging"], office_id=key["region"]),),
    "removeSubject": lambda key: (key["evaluation_subject"],),
    "reportInterference": lambda key: (key["planned_evaluation"], "asked to leave a finding out"),
    "resumeEvaluation": lambda key: (key["postponed_evaluation"], date(2026, 12, 31)),
    "reviseEvaluation": lambda key: (key["planned_evaluation"], EvaluationRevision(title="Newer")),
    "withholdReport": lambda key: (key["final_evaluation"], "persons at risk", date(2026, 6, 30)),
    "writeReportSections": lambda key: (key["planned_evaluation"], ReportSections(methods="interviews")),
}
KEYWORDS: dict[str, dict[str, Any]] = {"declareInterest": {"conflict": False}}
