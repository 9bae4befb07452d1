"""Finds actions by how late they are and whose, and recommendations by where they stand and how old they are."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee, Recommendation
from rbm.model.followup import Action
from rbm.model.people import Office
from rbm.rules.followup.ageing import issued_within
from rbm.services.deadlines import deadlines_on
from rbm.services.followup.conditions import acting, addressed_to, status_of
from rbm.services.followup.timing import stale
from rbm.terms.evaluation import SourceKind
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import CLOSED_STATUSES, OPEN_STAGES, ActionStage, AgeBucket, RecommendationStatus
from rbm.work import Work


@dataclass(frozen=True)
class ActionQuestion:
    """Which actions are asked for: late today or not, of an office or evaluation by its code, of an owner, of a source.

    `overdue`: open after the due date; `long_overdue`: by more days than the deadlines in force allow;
    `awaiting_verification`: claimed and not judged yet; `stale`: open, and not reported on for the interval of rounds.
    """

    overdue: bool | None = None
    long_overdue: bool | None = None
    awaiting_verification: bool | None = None
    stale: bool | None = None
    office: str | None = None
    owner_id: UUID | None = None
    evaluation: str | None = None
    source: SourceKind | None = None
    priority: RecommendationPriority | None = None


@dataclass(frozen=True)
class RecommendationQuestion:
    """Which recommendations are asked for: by status, source, evaluation, office addressed and priority.

    `overdue`: with an open action after its due date; `age`: open, and issued so many months ago.
    """

    status: RecommendationStatus | None = None
    source: SourceKind | None = None
    evaluation: str | None = None
    office: str | None = None
    priority: RecommendationPriority | None = None
    overdue: bool | None = None
    age: AgeBucket | None = None


def find_actions(work: Work, question: ActionQuestion | None = None) -> sa.Select[Action]:
    """The actions, those due first before others: what is overdue, whose, and since when, in one list."""
    asked = question or ActionQuestion()
    query = sa.select(Action).where(*_late(work, asked))
    about = _about(asked)
    if about:
        query = query.where(Action.recommendation_id.in_(sa.select(Recommendation.id).where(*about)))
    if asked.office is not None:
        query = query.where(Action.office_id.in_(_named(asked.office)))
    if asked.owner_id is not None:
        query = query.where(Action.owner_id == asked.owner_id)
    return query.order_by(Action.due_on, Action.id)


def find_recommendations(work: Work, question: RecommendationQuestion | None = None) -> sa.Select[Recommendation]:
    """The recommendations in the order of their evaluations and numbers, by what the caller sees of their follow-up."""
    asked = question or RecommendationQuestion()
    query = sa.select(Recommendation).where(*_about(asked))
    if asked.status is not None:
        query = query.where(status_of() == asked.status.value)
    if asked.office is not None:
        query = query.where(sa.exists(addressed_to(Addressee.office_id.in_(_named(asked.office)))))
    if asked.overdue is not None:
        late = acting(OPEN_STAGES, Action.due_on < work.today)
        query = query.where(late if asked.overdue else ~late)
    if asked.age is not None:
        query = query.where(*_aged(work, asked.age))
    return query.order_by(Recommendation.evaluation_id, Recommendation.number, Recommendation.id)


def _about(asked: ActionQuestion | RecommendationQuestion) -> list[Any]:
    """The conditions on recommendations that both questions know."""
    conditions: list[Any] = []
    pairs = ((Evaluation.code, asked.evaluation), (Evaluation.source, asked.source))
    wanted = [column == value for column, value in pairs if value is not None]
    if wanted:
        conditions.append(Recommendation.evaluation_id.in_(sa.select(Evaluation.id).where(*wanted)))
    if asked.priority is not None:
        conditions.append(Recommendation.priority == asked.priority)
    return conditions


def _named(code: str) -> sa.Select[Any]:
    return sa.select(Office.id).where(Office.code == code)


def _late(work: Work, asked: ActionQuestion) -> list[Any]:
    """The conditions of the questions on how late, each of which may be asked the other way round."""
    still_open = Action.stage.in_(sorted(OPEN_STAGES))
    long_ago = work.today - timedelta(days=deadlines_on(work, work.today).long_overdue_days)
    pairs = (
        (still_open & (Action.due_on < work.today), asked.overdue),
        (still_open & (Action.due_on < long_ago), asked.long_overdue),
        (Action.stage == ActionStage.REPORTED_COMPLETE, asked.awaiting_verification),
        (stale(work), asked.stale),
    )
    return [condition if wanted else ~condition for condition, wanted in pairs if wanted is not None]


def _aged(work: Work, age: AgeBucket) -> list[Any]:
    first, last = issued_within(age, work.today)
    conditions: list[Any] = [Recommendation.issued_on.is_not(None), status_of().not_in(sorted(CLOSED_STATUSES))]
    if first is not None:
        conditions.append(Recommendation.issued_on >= first)
    if last is not None:
        conditions.append(Recommendation.issued_on <= last)
    return conditions
