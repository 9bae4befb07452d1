"""Authoring: who writes what an evaluation says, and until when."""

from rbm.access import Permission
from rbm.errors import Conflict
from rbm.model.evaluation import Evaluation
from rbm.services.findings.interests import refuse_conflict
from rbm.terms.evaluation import REGISTERED, SETTLED, UNDER_WAY
from rbm.work import Work


def require_author(work: Work, evaluation: Evaluation) -> None:
    """Ask to record findings of an evaluation. Forbidden without it, and to whoever ran what it judges."""
    work.require(Permission.RECORD_FINDINGS, evaluation)
    refuse_conflict(work, evaluation)


def refuse_settled(work: Work, evaluation: Evaluation) -> None:
    """Nothing, while the team of an evaluation is at work. Conflict before and, with the final, for ever.

    What an audit or an assessment from outside found is registered after the fact, and so the evaluation unit writes
    it down later.
    """
    late = evaluation.stage in SETTLED and evaluation.source in REGISTERED
    if evaluation.stage in UNDER_WAY or (late and oversees(work)):
        return
    raise Conflict(
        f"{evaluation.code} is {evaluation.stage.replace('_', ' ')}: what it says is not written now", "stage"
    )


def oversees(work: Work) -> bool:
    """Whether the actor oversees evaluation for the whole organisation."""
    return work.actor.may(Permission.OVERSEE_EVALUATION, None)
