"""The roster of evaluators: who is on it, from within or outside, and with what training."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict, Invalid
from rbm.model.appraisal import Evaluator
from rbm.model.people import Person
from rbm.rules.inputs import refuse_blank
from rbm.work import Work


def is_qualified(work: Work, person_id: UUID) -> bool:
    """Whether a person may lead an evaluation: on the roster, and external or trained by today."""
    trained = sa.or_(Evaluator.external.is_(True), Evaluator.trained_on <= work.today)
    query = sa.select(Evaluator.id).where(Evaluator.person_id == person_id, trained)
    return work.session.scalars(query).first() is not None


def register_evaluator(work: Work, person_id: UUID, *, external: bool, coaching: str | None = None) -> Evaluator:
    """Put a person on the roster of evaluators. Invalid when not active; Conflict when on it already."""
    person = work.get(Person, person_id, "person_id")
    work.require(Permission.OVERSEE_EVALUATION, about=person)
    if not person.active:
        raise Invalid(f"{person.name} is not active", "person_id")
    present = sa.select(Evaluator.id).where(Evaluator.person_id == person.id)
    if work.session.scalars(present).first():
        raise Conflict(f"{person.name} is on the roster already", "person_id")
    return work.add(Evaluator(person=person, external=external, coaching=coaching))


def record_training(
    work: Work, evaluator_id: UUID, training: str, trained_on: date, coaching: str | None = None
) -> Evaluator:
    """Record the training an evaluator completed, and the coaching where it is named; what is left out stays.

    Invalid when the training is not named or the day has not come.
    """
    evaluator = work.get(Evaluator, evaluator_id, "evaluator_id")
    work.require(Permission.OVERSEE_EVALUATION, about=evaluator)
    named = refuse_blank(training, "training")
    if trained_on > work.today:
        raise Invalid(f"{trained_on} has not come yet", "trained_on")
    evaluator.training, evaluator.trained_on = named, trained_on
    evaluator.coaching = coaching or evaluator.coaching
    work.flush()
    return evaluator
