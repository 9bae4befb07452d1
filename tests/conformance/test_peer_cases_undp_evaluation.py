"""Cases of UNDP's evaluation management, by the rules of the figures: on time, answered, overdue, good, composed."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import numpy as np

from rbm.rules.followup import action_figures, answer_figures, plan_figures
from rbm.rules.followup.columns import Histories
from rbm.rules.followup.history import code
from rbm.rules.followup.key_figures import composite, measure
from rbm.rules.followup.measures import Counted, Definition, action_score, over_offices, score
from rbm.rules.followup.view import View
from rbm.terms.evaluation import QualityLevel
from rbm.terms.followup import ActionStage, KeyFigure, Light
from tests.followed import histories, seen

ON = date(2026, 6, 30)
TODAY = ON.toordinal()
BEFORE, LATER = TODAY - 400, TODAY + 30
NOWHERE = np.zeros(1, dtype=np.bool_)
S = ActionStage


def evaluation(end: int = LATER, final: int = 0) -> tuple[int, ...]:
    return (0, 0, 0, 0, 1, BEFORE, end, final, 0, 0)


def shown(found: Counted, places: int = 1) -> float:
    assert found.share.percent is not None
    return float(round(found.share.percent, places))


def acted(stages: Sequence[tuple[ActionStage, int, int]]) -> View:
    """Actions under one recommendation: a stage, how many, and for how many days they are due."""
    rows = [
        (0, -1, 0, code(stage), BEFORE, TODAY - days, 0, TODAY, 1)
        for stage, count, days in stages
        for _ in range(count)
    ]
    return seen(
        histories(
            evaluations=[evaluation(final=BEFORE)],
            recommendations=[(0, 1, 0, BEFORE, 0)],
            answers=[(0, 0, 0)],
            responses=[(0, 0, BEFORE, BEFORE, BEFORE, 1)],
            actions=rows,
        ),
        ON,
    )


def test_undp_009_the_share_of_evaluations_on_time() -> None:
    made = histories(evaluations=[evaluation()] * 2113 + [evaluation(TODAY - 1)] * 63)
    found = plan_figures.on_time(seen(made, ON))
    assert (found.share.numerator, found.share.denominator) == (2113, 2176)
    assert shown(found) == 97.1


def owed(waiting: int, late: int, sent: int) -> Histories:
    """Responses that are still in their window, that are missing after it, and that were sent."""
    rows = [(0, 0, TODAY, 0, 0, 1)] * waiting + [(0, 0, TODAY - 1, 0, 0, 1)] * late
    rows += [(0, 0, BEFORE, TODAY - number % 300, 0, 1) for number in range(sent)]
    return histories(evaluations=[evaluation(final=BEFORE)], responses=rows)


def test_undp_010_the_share_of_reports_that_are_not_long_without_a_response() -> None:
    found = answer_figures.not_missing(seen(owed(waiting=122, late=89, sent=1713), ON))
    assert (found.share.numerator, found.share.denominator) == (1713, 1924 - 122)
    assert shown(found, 2) == 95.06


def test_undp_012_what_is_long_overdue_counts_twice() -> None:
    view = acted([(S.IN_PROGRESS, 7, -30), (S.IN_PROGRESS, 2, 10), (S.NOT_STARTED, 1, 91)])
    both = [action_figures.not_overdue(view).share.percent, action_figures.not_long_overdue(view).share.percent]
    assert (both, action_score(*both)) == ([70, 90], 80)


def test_undp_013_the_overdue_share_of_open_actions_and_of_all() -> None:
    view = acted(
        [
            *((S.IN_PROGRESS, 3, 10), (S.NOT_STARTED, 2, -10), (S.IN_PROGRESS, 5, -10)),
            *((S.VERIFIED_COMPLETE, 90, 10), (S.NO_LONGER_APPLICABLE, 10, 10)),
        ]
    )
    found = [measure(view, KeyFigure.K9, NOWHERE, over_all=over_all).value for over_all in (False, True)]
    overdue = [round(float(100 - value), 2) for value in found if value is not None]
    assert overdue == [30, 2.73]


def reviewed(levels: Sequence[QualityLevel]) -> Histories:
    return histories(
        evaluations=[evaluation(final=TODAY)] * len(levels),
        reviews=[(number, code(level), -1, TODAY) for number, level in enumerate(levels)],
    )


def test_undp_014_six_grades_and_their_mean() -> None:
    _, points = plan_figures.quality_scores(seen(reviewed(list(QualityLevel)), ON))
    assert (points.tolist(), plan_figures.mean(points)) == ([100, 90, 80, 70, 60, 50], 75)


def test_undp_015_a_weighed_score_and_its_light() -> None:
    plain = Definition()
    parts = ((97, 90, 80), (90, 90, 90), (79, 79, 79))
    scores = [score([Fraction(part) for part in each], plain) or Fraction(0) for each in parts]
    assert [float(each) for each in scores] == [88.1, 90, 79]
    assert [plain.light(each) for each in scores] == [Light.YELLOW, Light.GREEN, Light.RED]


def test_a_composite_without_one_of_its_parts_is_none() -> None:
    assert composite(seen(reviewed([QualityLevel.SATISFACTORY]), ON)).score is None


def test_undp_017_audits_are_averaged_over_countries_and_not_over_bureaus() -> None:
    found = over_offices([Fraction(each) for each in (100, 0, 80)], Definition(), rising=True)
    assert (found.mean, found.offices, found.red) == (60, 3, 1)
