"""Where an evaluation stands: read and held, and refused where its stage allows no change any more."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Conflict
from rbm.model.evaluation import Evaluation
from rbm.services.findings.interests import refuse_conflict
from rbm.terms.evaluation import BEFORE_FINAL, EvaluationStage
from rbm.work import Work


def hold(work: Work, evaluation_id: UUID) -> Evaluation:
    """The evaluation as it stands now, held so that changes of it follow one another. NotFound when it is not seen."""
    return work.get(Evaluation, evaluation_id, "evaluation_id", hold=True)


def manage(
    work: Work, evaluation_id: UUID, permission: Permission = Permission.MANAGE_EVALUATION, *, central: bool = False
) -> Evaluation:
    """The evaluation, held for a change by somebody with a permission in its office, or in a central one.

    Every change by those who manage or oversee it begins here. Forbidden without the permission, and to whoever ran
    what it judges; NotFound when it is not seen.
    """
    evaluation = hold(work, evaluation_id)
    if central:
        work.require(permission, about=evaluation)
    else:
        work.require(permission, evaluation)
    refuse_conflict(work, evaluation)
    return evaluation


def refuse_stage(evaluation: Evaluation | sa.Row[Any], stages: Sequence[EvaluationStage] = BEFORE_FINAL) -> None:
    """Nothing, when an evaluation is at one of the stages, those before the final unless named. Conflict otherwise."""
    if evaluation.stage not in stages:
        raise Conflict(f"the evaluation is {evaluation.stage.replace('_', ' ')}", "stage")
