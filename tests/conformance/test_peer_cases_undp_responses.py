"""Cases of UNDP's evaluation management: a management response that came late."""

from datetime import timedelta

from rbm.services import responses
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.responses import ResponseStage
from rbm.work import Work
from tests.evaluating import FINAL, Evaluating
from tests.make import Make


def test_undp_011_a_response_that_came_after_eight_weeks_is_late_and_no_longer_overdue(work: Work, make: Make) -> None:
    evaluating = Evaluating(make)
    came = {"stage": ResponseStage.SUBMITTED, "submitted_on": FINAL + timedelta(weeks=8)}
    row = evaluating.response(evaluating.evaluation(EvaluationStage.FINAL), make.office(), **came)
    (clock,) = responses.response_clocks(work, [row])
    assert (clock.overdue_days > 0, clock.was_late) == (False, True)
