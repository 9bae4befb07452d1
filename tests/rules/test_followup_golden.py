"""Golden numbers of evaluation practice: every published figure of evaluations, responses and actions, exactly."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rbm.clock import business_date
from rbm.errors import Invalid
from rbm.rules.deadlines import Deadlines, months_after, overdue_days
from rbm.rules.followup import action_figures, answer_figures, days
from rbm.rules.followup.ageing import ageing
from rbm.rules.followup.columns import Histories
from rbm.rules.followup.history import code
from rbm.rules.followup.key_figures import composite
from rbm.rules.followup.measures import POINTS, Definition, Share, mean_of, over_offices, score
from rbm.rules.followup.plan_figures import money
from rbm.rules.followup.view import View
from rbm.terms.evaluation import EvaluationLevel, QualityLevel
from rbm.terms.followup import ActionStage, Ageing, Light, NoValue
from rbm.terms.responses import ResponseDecision
from tests.followed import histories, seen

Q = QualityLevel
PLAIN = Definition()
ON = date(2026, 6, 30)
TODAY = ON.toordinal()
BEFORE, LATER = TODAY - 400, TODAY + 30


def percent(numerator: int, denominator: int) -> Fraction:
    found = Share(numerator, denominator).percent
    assert found is not None
    return found


def shown(value: Fraction | None, places: int = 4) -> float | None:
    return None if value is None else float(round(value, places))


def quality(*levels: QualityLevel) -> Fraction | None:
    return mean_of([Fraction(POINTS[level]) for level in levels])


def test_k1_2176_planned_63_overdue() -> None:
    assert shown(percent(2176 - 63, 2176)) == 97.1048


def test_k5_1924_reports_122_in_window_89_late() -> None:
    assert shown(percent(1924 - 122 - 89, 1924 - 122)) == 95.0610


def organisation(levels: Sequence[QualityLevel]) -> Histories:
    """2,176 planned evaluations, 63 late; 1,924 responses owed; 100 open actions, 10 late; reports of these levels."""
    due = [LATER] * 2113 + [TODAY - 1] * 63
    plans = [(0, 0, 0, 0, 1, BEFORE, end, 0, 0, 0) for end in due]
    final = [(0, 0, 0, 0, 1, BEFORE, BEFORE, TODAY, 0, 0)] * len(levels)
    owed = [(2176, 0, TODAY, 0, 0, 1)] * 122 + [(2176, 0, TODAY - 1, 0, 0, 1)] * 89
    owed += [(2176, 0, BEFORE, BEFORE, 0, 1)] * 1713
    late = [0] * 90 + [1] * 7 + [91] * 3
    return histories(
        evaluations=plans + final,
        responses=owed,
        recommendations=[(2176, 1, 0, TODAY, 0)],
        answers=[(0, 0, 0)],
        actions=[(0, -1, 0, code(ActionStage.IN_PROGRESS), BEFORE, TODAY - days, 0, 0, 1) for days in late],
        reviews=[(2176 + number, code(level), -1, TODAY) for number, level in enumerate(levels)],
    )


def test_composite_with_the_quality_of_six_reports_is_green() -> None:
    levels = (
        *(Q.HIGHLY_SATISFACTORY, Q.SATISFACTORY, Q.SATISFACTORY, Q.MODERATELY_SATISFACTORY),
        *(Q.MODERATELY_UNSATISFACTORY, Q.MODERATELY_UNSATISFACTORY),
    )
    found = composite(seen(organisation(levels), ON))
    assert [shown(part) for part in (found.timely, found.responsive, found.quality)] == [97.1048, 94.2805, 83.3333]
    assert found.score is not None
    assert (shown(found.score, 3), PLAIN.light(found.score)) == (90.749, Light.GREEN)
    assert shown(found.score) == 90.7489  # it is 90.748923: the published 90.7490 was rounded twice


def test_composite_with_80_is_yellow_and_not_about_90() -> None:
    found = composite(seen(organisation([Q.MODERATELY_SATISFACTORY]), ON))
    assert found.score is not None
    assert (shown(found.score), PLAIN.light(found.score)) == (89.4156, Light.YELLOW)


def test_lights_compare_unrounded_and_bounds_belong_to_the_better_side() -> None:
    bounds = [Fraction(90), Fraction(90) - Fraction(1, 10**9), Fraction(80), Fraction(80) - Fraction(1, 10**9)]
    assert [PLAIN.light(value) for value in bounds] == [Light.GREEN, Light.YELLOW, Light.YELLOW, Light.RED]


def followed(actions: Sequence[tuple[ActionStage, int, int]], decided: Sequence[ResponseDecision] = ()) -> View:
    """Recommendations with a decision each; actions by stage, due day and day of closing, one for each from the first.

    Without decisions all actions are of one recommendation.
    """
    count = max(len(decided), 1)
    under = range(len(actions)) if decided else [0] * len(actions)
    rows = [
        (answer, -1, 0, code(stage), BEFORE, due, 0, end, 1)
        for answer, (stage, due, end) in zip(under, actions, strict=True)
    ]
    made = histories(
        evaluations=[(0, 0, 0, 0, 1, BEFORE, BEFORE, BEFORE, 0, 0)],
        responses=[(0, 0, BEFORE, BEFORE, BEFORE, 1)],
        recommendations=[(0, 1, 0, BEFORE, 0)] * count,
        answers=[(number, 0, 0) for number in range(count)],
        decisions=[(number, -1, 1, code(decision), BEFORE) for number, decision in enumerate(decided)],
        actions=rows,
    )
    return seen(made, ON)


def test_wfp_closure_is_13_of_20_and_not_15() -> None:
    closed, going = ActionStage.VERIFIED_COMPLETE, ActionStage.IN_PROGRESS
    next_year = date(2027, 3, 1).toordinal()
    actions = [(closed, TODAY, TODAY)] * 13 + [(closed, next_year, TODAY)] * 2 + [(going, TODAY, 0)] * 7
    found = action_figures.closed_in_year(followed(actions)).share
    assert (found.numerator, found.denominator, found.percent) == (13, 20, 65)


def test_jiu_100_recommendations_68_accepted_58_implemented() -> None:
    words = [ResponseDecision.ACCEPTED] * 68 + [ResponseDecision.REJECTED] * 32
    done = [(ActionStage.VERIFIED_COMPLETE, TODAY, TODAY)] * 58 + [(ActionStage.IN_PROGRESS, TODAY, 0)] * 10
    view = followed(done, words)
    [of_all] = [each for each in answer_figures.carried_out_beside(view) if each.name == "of_all_issued"]
    rates = [answer_figures.accepted(view).share.percent, answer_figures.carried_out(view).share.percent, of_all.value]
    assert [shown(rate, 1) for rate in rates] == [68, 85.3, 58]


def test_response_clock_from_19_january_42_days() -> None:
    assert Deadlines().response_due(date(2026, 1, 19), EvaluationLevel.CENTRALIZED) == date(2026, 3, 2)


def test_follow_up_from_31_august_every_six_months() -> None:
    found = [Deadlines().round_opens(date(2026, 8, 31), number) for number in range(1, 5)]
    assert found == [date(2027, 2, 28), date(2027, 8, 31), date(2028, 2, 29), date(2028, 8, 31)]


def test_due_today_is_not_overdue_and_tomorrow_it_is() -> None:
    due = date(2026, 3, 2)
    assert [overdue_days(due, day) for day in (due, date(2026, 3, 3))] == [0, 1]


def test_at_23_59_of_the_due_day_in_geneva_it_is_not_overdue_and_at_00_30_it_is() -> None:
    moments = [datetime(2026, 3, 2, 22, 59, tzinfo=UTC), datetime(2026, 3, 2, 23, 30, tzinfo=UTC)]
    days_there = [business_date(moment, "Europe/Zurich") for moment in moments]
    assert [overdue_days(date(2026, 3, 2), day) for day in days_there] == [0, 1]


def test_1_of_17_responses() -> None:
    assert shown(percent(1, 17), 1) == 5.9


def test_40_planned_2_done_and_1_of_8_joint() -> None:
    assert (percent(2, 40), percent(1, 8)) == (5, Fraction(25, 2))


def test_audit_scores_are_averaged_over_offices_with_the_red_ones_beside() -> None:
    found = over_offices([Fraction(each) for each in (100, 100, 80, 0)], Definition(yellow=Fraction(70)), rising=True)
    assert (found.mean, found.offices, found.without, found.red) == (70, 4, 0, 1)


def test_undp_017_the_global_value_averages_offices_and_not_bureaus() -> None:
    found = over_offices([Fraction(100), Fraction(0), Fraction(80)], PLAIN, rising=True)
    assert (found.mean, found.red) == (60, 1)


def test_an_office_with_nothing_to_count_has_no_vote_and_is_told() -> None:
    found = over_offices([Fraction(100), None], PLAIN, rising=True)
    assert (found.mean, found.offices, found.without, found.red) == (100, 1, 1, 0)
    assert over_offices([None], PLAIN, rising=None).mean is None


def test_a_falling_figure_is_red_by_what_is_left_to_100() -> None:
    assert over_offices([Fraction(5), Fraction(25)], PLAIN, rising=False).red == 1


def test_ageing_turns_yellow_at_12_and_red_at_18_months() -> None:
    issued = date(2024, 8, 31)
    on = (date(2025, 8, 30), date(2025, 8, 31), date(2026, 2, 27), date(2026, 2, 28))
    assert [ageing(issued, day) for day in on] == [Ageing.GREEN, Ageing.YELLOW, Ageing.YELLOW, Ageing.RED]


def test_nothing_of_nothing_is_null() -> None:
    assert (Share(0, 0).percent, mean_of([]), mean_of([None]), score([None] * 3, PLAIN)) == (None,) * 4
    assert money([], []).reason is NoValue.NO_EXPENDITURE_KNOWN


@pytest.mark.parametrize("facts", [{"timely": Fraction(1)}, {"green": Fraction(101)}, {"coverage_years": 0}])
def test_what_is_no_definition_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        Definition(**facts)


def test_months_in_columns_are_months_one_by_one() -> None:
    starts = [date(2024, 1, 31), date(2024, 2, 29), date(2026, 8, 31), date(2023, 12, 1)]
    column = np.array([day.toordinal() for day in starts], dtype=np.int32)
    for months in (-6, 0, 1, 6, 12, 18, 36):
        expected = [months_after(day, months).toordinal() for day in starts]
        assert days.months_after(column, months).tolist() == expected


def test_percentiles_lie_between_values_in_proportion() -> None:
    values = np.array([6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49], dtype=np.int64)
    found = [days.quantile(values, share) for share in (0, 25, 50, 90, 100)]
    assert found == [6, Fraction(51, 2), 40, 47, 49]
    assert days.quantile(values[:0], 50) is None


def test_the_points_of_six_levels() -> None:
    assert Counter(POINTS.values()) == Counter([100, 90, 80, 70, 60, 50])
    assert quality(*QualityLevel) == 75
