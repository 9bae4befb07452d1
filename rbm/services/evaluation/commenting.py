"""Comments on a draft: by the offices concerned, in the days set for it, answered by those who evaluate."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.appraisal import EvaluationComment
from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.model.people import Office, Person
from rbm.rules.inputs import refuse_blank
from rbm.services.evaluation.standing import hold, refuse_stage
from rbm.services.findings.authoring import require_author
from rbm.services.people import headquarters, holders, upward
from rbm.terms.evaluation import EvaluationScope, EvaluationStage
from rbm.terms.people import OfficeKind
from rbm.work import Work

COMMENTED = (EvaluationStage.DRAFT_REPORT, EvaluationStage.QUALITY_REVIEW)
IN_COUNTRY = (EvaluationScope.COUNTRY, EvaluationScope.PROJECT)


@dataclass(frozen=True)
class Reviewer:
    """An office to which a draft goes for comments, and the persons who comment for it."""

    office: Office
    persons: tuple[Person, ...]


def comment_on_draft(work: Work, evaluation_id: UUID, office_id: UUID, text: str) -> EvaluationComment:
    """Say what an office concerned thinks of a draft. It changes nothing of what the evaluation says.

    The office is judged, or reviews drafts of this scope: Invalid otherwise. Conflict before and after the days for
    comments.
    """
    evaluation = hold(work, evaluation_id)
    office = work.get(Office, office_id, "office_id")
    work.require(Permission.COMMENT, office.id)
    refuse_stage(evaluation, COMMENTED)
    opened, closed = evaluation.comments_from, evaluation.comments_until
    if opened is None or closed is None or not opened <= work.today <= closed:
        raise Conflict(f"comments were taken from {opened} to {closed}", "evaluation_id")
    concerned = {*_judged(work, evaluation), *(reviewing for reviewing, _ in _routes(work, evaluation))}
    if office.id not in concerned:
        raise Invalid(f"the evaluation does not judge {office.code}, which reviews no draft of it", "office_id")
    return work.add(
        EvaluationComment(
            evaluation=evaluation,
            office=office,
            text=refuse_blank(text, "text"),
            made_at=work.now,
            made_by_id=work.actor.person_id,
        )
    )


def answer_comment(work: Work, comment_id: UUID, answer: str) -> EvaluationComment:
    """Say what was made of a comment on a draft.

    Forbidden to whoever ran what is judged; Conflict when it is answered, or the evaluation is final.
    """
    comment = work.get(EvaluationComment, comment_id, "comment_id")
    evaluation = hold(work, comment.evaluation_id)
    require_author(work, evaluation)
    refuse_stage(evaluation, COMMENTED)
    if comment.answer is not None:
        raise Conflict("the comment is answered already", "comment_id")
    comment.answer, comment.answered_at = refuse_blank(answer, "answer"), work.now
    comment.answered_by_id = work.actor.person_id
    work.flush()
    return comment


def reviewers(work: Work, evaluation_id: UUID) -> tuple[Reviewer, ...]:
    """Who reviews the draft of an evaluation beside its quality assessor, by its scope.

    Of a country or project the chiefs of mission judged; of a region its director as well; of a theme or the whole
    organisation the results division of headquarters and the evaluation office. NotFound when it is not seen.
    """
    evaluation = work.get(Evaluation, evaluation_id, "evaluation_id")
    return tuple(_reviewer(work, *one) for one in dict.fromkeys(_routes(work, evaluation)))


def _routes(work: Work, evaluation: Evaluation) -> Iterator[tuple[UUID, Permission]]:
    """The offices that review, each with the permission of those who do it there."""
    judged = _judged(work, evaluation)
    if evaluation.scope in IN_COUNTRY:
        yield from ((office_id, Permission.APPROVE) for office_id in judged)
    elif evaluation.scope is EvaluationScope.REGIONAL:
        regional = sa.select(Office.id).where(Office.kind == OfficeKind.REGIONAL)
        regions = set(work.session.scalars(regional))
        above = (next((one for one in upward(work, office_id) if one in regions), office_id) for office_id in judged)
        yield from ((office_id, Permission.APPROVE) for office_id in above)
    else:
        yield headquarters(work).id, Permission.OPERATE
        units = sa.select(Office.id).where(Office.kind == OfficeKind.EVALUATION).order_by(Office.code)
        yield from ((office_id, Permission.OVERSEE_EVALUATION) for office_id in work.session.scalars(units))


def _reviewer(work: Work, office_id: UUID, permission: Permission) -> Reviewer:
    persons = sa.select(Person).where(Person.id.in_(holders(work, office_id, permission))).order_by(Person.name)
    return Reviewer(work.get(Office, office_id), tuple(work.session.scalars(persons)))


def _judged(work: Work, evaluation: Evaluation) -> list[UUID]:
    query = sa.select(Office.id).join(EvaluationSubject, EvaluationSubject.office_id == Office.id)
    return list(
        work.session.scalars(query.where(EvaluationSubject.evaluation_id == evaluation.id).order_by(Office.code))
    )
