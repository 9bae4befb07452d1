"""Recommendations while they are drafts: what they say, to whom, and what they rest on."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from rbm.errors import Conflict, Invalid
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Recommendation
from rbm.rules.inputs import refuse_blank
from rbm.services.findings.authoring import oversees, refuse_settled, require_author
from rbm.services.findings.details import AddresseeInput, RecommendationDraft, RecommendationPartInput, clear, put
from rbm.terms.evaluation import SETTLED
from rbm.terms.findings import RecommendationStage
from rbm.work import Work


def draft_recommendation(work: Work, evaluation_id: UUID, draft: RecommendationDraft) -> Recommendation:
    """Draft a recommendation while the team of an evaluation is at work; from the final on the evaluation unit may.

    Forbidden to whoever ran what is judged. Conflict with `number` when the number is taken, with `stage` at other
    stages; Invalid names what of the draft is wrong.
    """
    evaluation = work.get(Evaluation, evaluation_id, "evaluation_id", hold=True)
    require_author(work, evaluation)
    _refuse_late(work, evaluation)
    number = _next(work, evaluation) if draft.number is None else draft.number
    _refuse_number(work, evaluation, number, None)
    row = Recommendation(
        code=code_of(evaluation, number),
        evaluation=evaluation,
        number=number,
        stage=RecommendationStage.DRAFT,
        edition=1,
    )
    _write(row, draft)
    work.add(row)
    put(work, row, draft)
    return row


def revise_recommendation(work: Work, recommendation_id: UUID, draft: RecommendationDraft) -> Recommendation:
    """Write a draft anew, all of it. Conflict with `stage` once it is issued: then it is corrected or superseded."""
    row, evaluation = _open(work, recommendation_id)
    number = row.number if draft.number is None else draft.number
    _refuse_number(work, evaluation, number, row)
    row.number, row.code = number, code_of(evaluation, number)
    _write(row, draft)
    clear(work, row)
    put(work, row, draft)
    return row


def remove_recommendation(work: Work, recommendation_id: UUID) -> Recommendation:
    """Take a draft out; returns it as it was. Conflict with `stage` once it is issued."""
    row, _ = _open(work, recommendation_id)
    clear(work, row)
    work.remove(row)
    return row


def code_of(evaluation: Evaluation, number: int) -> str:
    """The code of a recommendation: that of its evaluation, and its number."""
    return f"{evaluation.code}/{number}"


def _open(work: Work, recommendation_id: UUID) -> tuple[Recommendation, Evaluation]:
    row = work.get(Recommendation, recommendation_id, "recommendation_id")
    evaluation = work.get(Evaluation, row.evaluation_id, "evaluation_id", hold=True)
    require_author(work, evaluation)
    if row.stage is not RecommendationStage.DRAFT:
        raise Conflict(f"{row.code} is {row.stage}: its text is corrected by an erratum or superseded", "stage")
    _refuse_late(work, evaluation)
    return row, evaluation


def _refuse_late(work: Work, evaluation: Evaluation) -> None:
    """From the final on the evaluation unit alone drafts: what supersedes, and what is registered after the fact."""
    if not (evaluation.stage in SETTLED and oversees(work)):
        refuse_settled(work, evaluation)


def _write(row: Recommendation, draft: RecommendationDraft) -> None:
    row.text, row.language = refuse_blank(draft.text, "text"), draft.language
    row.priority, row.criterion = draft.priority, draft.criterion
    row.depends_on_funding = draft.depends_on_funding
    _refuse_addressees(draft.addressees)
    _refuse_parts(draft.parts)
    for name in ("basis_ids", "result_ids", "normative_target_ids"):
        _refuse_repeated(getattr(draft, name), name)


def _refuse_addressees(addressees: list[AddresseeInput]) -> None:
    """Each is an office or a name; one leads when there are several."""
    if not addressees:
        raise Invalid("a recommendation is addressed to somebody", "addressees")
    if any((one.office_id is None) == (not (one.name or "").strip()) for one in addressees):
        raise Invalid("an addressee is either an office or has a name", "addressees")
    _refuse_repeated([one.office_id or one.name for one in addressees], "addressees")
    if len(addressees) > 1 and sum(one.leads for one in addressees) != 1:
        raise Invalid("of several addressees exactly one leads", "addressees")


def _refuse_parts(parts: tuple[RecommendationPartInput, ...]) -> None:
    for part in parts:
        refuse_blank(part.letter, "parts")
        refuse_blank(part.text, "parts")
    _refuse_repeated([part.letter.strip() for part in parts], "parts")


def _refuse_repeated(values: Iterable[object], field: str) -> None:
    if any(count > 1 for count in Counter(values).values()):
        raise Invalid("the same is named twice", field)


def _next(work: Work, evaluation: Evaluation) -> int:
    query = sa.select(sa.func.max(Recommendation.number)).where(Recommendation.evaluation_id == evaluation.id)
    return (work.session.scalar(query) or 0) + 1


def _refuse_number(work: Work, evaluation: Evaluation, number: int, row: Recommendation | None) -> None:
    if number < 1:
        raise Invalid("numbers begin with 1", "number")
    taken = sa.select(Recommendation).where(
        Recommendation.evaluation_id == evaluation.id, Recommendation.number == number
    )
    if work.session.scalars(taken).one_or_none() not in (None, row):
        raise Conflict(f"recommendation {number} is there already", "number")
