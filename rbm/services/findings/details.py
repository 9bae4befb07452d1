"""What is recommended, and what stands around its text: addressees, parts, bases and links."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from rbm.db import Row
from rbm.errors import Invalid
from rbm.model.findings import (
    Addressee,
    Finding,
    Recommendation,
    RecommendationBasis,
    RecommendationLink,
    RecommendationPart,
)
from rbm.model.people import Office
from rbm.model.strategy import NormativeTarget, Result
from rbm.terms.evaluation import TextLanguage
from rbm.terms.findings import AddresseeKind, Criterion, FindingKind, RecommendationPriority
from rbm.work import Work


@dataclass(frozen=True)
class AddresseeInput:
    """Whom a recommendation is addressed to: an office, which has to answer, or somebody outside by name."""

    kind: AddresseeKind
    office_id: UUID | None = None
    name: str | None = None
    leads: bool = False


@dataclass(frozen=True)
class RecommendationPartInput:
    """A part of a recommendation that is answered on its own, by its letter."""

    letter: str
    text: str


@dataclass(frozen=True)
class RecommendationDraft:
    """What is recommended, and to whom. Without a number it gets the next; revised without one it keeps its own.

    Of several addressees exactly one leads. It rests on findings and conclusions of its evaluation, and may be about
    results and targets of the SDGs.
    """

    text: str
    addressees: list[AddresseeInput]
    priority: RecommendationPriority = RecommendationPriority.MEDIUM
    number: int | None = None
    language: TextLanguage = TextLanguage.ENGLISH
    criterion: Criterion | None = None
    depends_on_funding: bool = False
    parts: tuple[RecommendationPartInput, ...] = ()
    basis_ids: tuple[UUID, ...] = ()
    result_ids: tuple[UUID, ...] = ()
    normative_target_ids: tuple[UUID, ...] = ()


def put(work: Work, row: Recommendation, draft: RecommendationDraft) -> None:
    """Put addressees, parts, bases and links around a text. NotFound or Invalid names what is not there or not fit."""
    alone = len(draft.addressees) == 1
    for one in draft.addressees:
        office = work.get(Office, one.office_id, "addressees") if one.office_id else None
        name = None if office else (one.name or "").strip()
        work.add(Addressee(recommendation=row, kind=one.kind, office=office, name=name, leads=one.leads or alone))
    for part in draft.parts:
        work.add(RecommendationPart(recommendation=row, letter=part.letter.strip(), text=part.text.strip()))
    for finding_id in draft.basis_ids:
        work.add(RecommendationBasis(recommendation=row, finding=_basis(work, row, finding_id)))
    for result_id in draft.result_ids:
        work.add(RecommendationLink(recommendation=row, result=work.get(Result, result_id, "result_ids")))
    for target_id in draft.normative_target_ids:
        target = work.get(NormativeTarget, target_id, "normative_target_ids")
        work.add(RecommendationLink(recommendation=row, normative_target=target))


def clear(work: Work, row: Recommendation) -> None:
    """Take away all that stands around a text."""
    kinds: tuple[type[Row], ...] = (Addressee, RecommendationPart, RecommendationBasis, RecommendationLink)
    for kind in kinds:
        column = kind.__table__.c["recommendation_id"]
        for detail in work.session.scalars(sa.select(kind).where(column == row.id)):
            work.session.delete(detail)
    work.flush()


def _basis(work: Work, row: Recommendation, finding_id: UUID) -> Finding:
    finding = work.get(Finding, finding_id, "basis_ids")
    if finding.evaluation_id != row.evaluation_id:
        raise Invalid("it was found by another evaluation", "basis_ids")
    if finding.kind is FindingKind.LESSON:
        raise Invalid("a recommendation rests on findings and conclusions, not on lessons", "basis_ids")
    return finding
