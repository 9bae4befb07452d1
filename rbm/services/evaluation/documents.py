"""The documents of an evaluation, each in a language with the hash of its text, and the sections of its report."""

import hashlib
import re
from dataclasses import dataclass, fields
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.evaluation import Evaluation, EvaluationDocument, EvaluationReport
from rbm.rules.inputs import refuse_blank
from rbm.services.evaluation.standing import hold, manage, refuse_stage
from rbm.services.findings.authoring import require_author
from rbm.services.findings.interests import refuse_assessor
from rbm.terms.evaluation import (
    BEFORE_FINAL,
    DISCLOSED,
    REGISTERED,
    SETTLED,
    DocumentKind,
    EvaluationStage,
    TextLanguage,
)
from rbm.work import Work

PREPARING = (EvaluationStage.PLANNED, EvaluationStage.TOR, EvaluationStage.POSTPONED)
DRAFTING = (EvaluationStage.DATA_COLLECTION, EvaluationStage.DRAFT_REPORT, EvaluationStage.QUALITY_REVIEW)
STAGES = {
    DocumentKind.TERMS_OF_REFERENCE: PREPARING,
    DocumentKind.INCEPTION_REPORT: (EvaluationStage.TEAM_ONBOARD, EvaluationStage.INCEPTION),
    DocumentKind.DRAFT_REPORT: DRAFTING,
    DocumentKind.FINAL_REPORT: DRAFTING[1:],
}
"""At which stages a kind of document is attached; the other kinds at all before the final."""
TRANSLATED = (DocumentKind.FINAL_REPORT, DocumentKind.ANNEX)
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class DocumentInput:
    """A document in a language: its text, or where it lies with the SHA-256 of it in hexadecimal.

    Only what may be disclosed by its kind is ever public; `public` false keeps back an annex, and nothing else.
    """

    evaluation_id: UUID
    kind: DocumentKind
    language: TextLanguage
    title: str
    text: str | None = None
    url: str | None = None
    content_hash: str | None = None
    public: bool = True


@dataclass(frozen=True)
class ReportSections:
    """What a report says of itself; what is not stated stays."""

    language: TextLanguage | None = None
    summary: str | None = None
    methods: str | None = None
    sources: str | None = None
    limitations: str | None = None


def attach_document(work: Work, document: DocumentInput) -> EvaluationDocument:
    """Attach a document to an evaluation before its final; of a kind and language there already, another edition.

    Terms of reference are shared with everyone within at once. Invalid without a text or a link with its hash, and with
    `public` when anything but an annex would be kept back; Conflict when the stage of the evaluation takes no document
    of this kind.
    """
    evaluation = manage(work, document.evaluation_id)
    refuse_assessor(work, evaluation)
    refuse_stage(evaluation, STAGES.get(document.kind, BEFORE_FINAL))
    return _attach(work, evaluation, document)


def attach_to_final(work: Work, document: DocumentInput) -> EvaluationDocument:
    """Attach to what is final: a translation of the report or an annex, or a text of a registered source.

    The final text itself is never replaced: Conflict when the language is there, or the kind is another one.
    """
    evaluation = manage(work, document.evaluation_id, Permission.OVERSEE_EVALUATION, central=True)
    refuse_stage(evaluation, SETTLED)
    kinds = DISCLOSED if evaluation.source in REGISTERED else TRANSLATED
    if document.kind not in kinds:
        raise Conflict(f"no {document.kind.replace('_', ' ')} is attached to what is final", "kind")
    if _editions(work, evaluation, document) and document.kind is not DocumentKind.ANNEX:
        raise Conflict("the final text is in this language already and is not replaced", "language")
    return _attach(work, evaluation, document)


def approve_terms_of_reference(work: Work, document_id: UUID) -> EvaluationDocument:
    """Approve terms of reference for the evaluation unit. Conflict when they are, or the evaluation is past them."""
    document = work.get(EvaluationDocument, document_id, "document_id")
    refuse_stage(manage(work, document.evaluation_id, Permission.OVERSEE_EVALUATION, central=True), PREPARING)
    if document.kind is not DocumentKind.TERMS_OF_REFERENCE:
        raise Invalid("these are no terms of reference", "document_id")
    if document.approved_at is not None:
        raise Conflict("they are approved already", "document_id")
    document.approved_at, document.approved_by_id = work.now, work.actor.person_id
    work.flush()
    return document


def write_report_sections(work: Work, evaluation_id: UUID, sections: ReportSections) -> EvaluationReport:
    """Write what the report says of itself, until the final.

    Forbidden for whoever ran what is judged, or reviews its quality; Conflict from the final on.
    """
    evaluation = hold(work, evaluation_id)
    require_author(work, evaluation)
    refuse_stage(evaluation)
    query = sa.select(EvaluationReport).where(EvaluationReport.evaluation_id == evaluation.id)
    report = work.session.scalars(query).one_or_none()
    if report is None:
        report = work.add(EvaluationReport(evaluation=evaluation, language=sections.language or TextLanguage.ENGLISH))
    for one in fields(sections):
        if (value := getattr(sections, one.name)) is not None:
            setattr(report, one.name, value)
    work.flush()
    return report


def newest(work: Work, evaluation: Evaluation, kind: DocumentKind) -> EvaluationDocument | None:
    """The document of a kind that was attached last."""
    query = sa.select(EvaluationDocument).where(
        EvaluationDocument.evaluation_id == evaluation.id, EvaluationDocument.kind == kind
    )
    return max(work.session.scalars(query), key=lambda one: (one.attached_at, one.edition, one.id), default=None)


def _attach(work: Work, evaluation: Evaluation, document: DocumentInput) -> EvaluationDocument:
    before = _editions(work, evaluation, document)
    title = refuse_blank(document.title, "title")
    disclosed, annex = document.kind in DISCLOSED, document.kind is DocumentKind.ANNEX
    if disclosed and not (annex or document.public):
        raise Invalid("an annex alone can be kept back", "public")
    for earlier in before:
        # A text that another one replaced is a draft of it. Annexes stand side by side unless they bear one title.
        earlier.public = earlier.public and annex and earlier.title != title
    return work.add(
        EvaluationDocument(
            evaluation=evaluation,
            kind=document.kind,
            edition=max((one.edition for one in before), default=0) + 1,
            language=document.language,
            title=title,
            text=document.text,
            url=document.url,
            content_hash=_hash(document),
            shared=document.kind is DocumentKind.TERMS_OF_REFERENCE,
            public=disclosed and document.public,
            attached_at=work.now,
            attached_by_id=work.actor.person_id,
        )
    )


def _editions(work: Work, evaluation: Evaluation, document: DocumentInput) -> list[EvaluationDocument]:
    """What is there of the same kind in the same language."""
    query = sa.select(EvaluationDocument).where(EvaluationDocument.evaluation_id == evaluation.id)
    same = (EvaluationDocument.kind == document.kind, EvaluationDocument.language == document.language)
    return list(work.session.scalars(query.where(*same)))


def _hash(document: DocumentInput) -> str:
    """The SHA-256 of the text, or the one stated for what lies elsewhere."""
    if document.text and document.text.strip():
        return hashlib.sha256(document.text.encode()).hexdigest()
    refuse_blank(document.url, "text")
    stated = (document.content_hash or "").lower()
    if not SHA256.fullmatch(stated):
        raise Invalid("what lies elsewhere needs its SHA-256 in hexadecimal", "content_hash")
    return stated
