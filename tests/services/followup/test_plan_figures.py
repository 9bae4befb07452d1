"""Figures of what plans foresaw: what was never begun counts, each evaluation once, on any day; and the composite."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Invalid
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee
from rbm.model.planning import EvaluationPlan, PlanItem
from rbm.model.responses import FollowUpRound
from rbm.services.followup.definitions import FigureRevision, revise_key_figures
from rbm.services.followup.figures import CompositeQuestion, FigureQuestion, composite_score, key_figures
from rbm.stages import Transition
from rbm.terms.evaluation import EvaluationLevel, EvaluationStage, EvaluationType, QualityGate, QualityLevel, SourceKind
from rbm.terms.followup import ActionStage, KeyFigure, Light
from rbm.terms.planning import PlanStage
from rbm.terms.responses import ResponseStage, RoundStage
from rbm.work import Work
from tests.conftest import NOW
from tests.evaluating import FINAL, Evaluating
from tests.make import Make

TODAY = NOW.date()
DAY = timedelta(days=1)
APPROVED = date(2026, 1, 5)
PAST = {"original_end": TODAY - DAY}
K1, K2, K21, K23 = KeyFigure.K1, KeyFigure.K2, KeyFigure.K21, KeyFigure.K23


@pytest.fixture
def rows(make: Make) -> Evaluating:
    return Evaluating(make)


def counts(work: Work, *which: KeyFigure, **facts: Any) -> list[tuple[int | None, int | None]]:
    work.flush()
    found = key_figures(work, FigureQuestion(figures=list(which), **facts))
    return [(each.numerator, each.denominator) for each in found]


def begun(rows: Evaluating, item: PlanItem, stage: EvaluationStage, **facts: object) -> Evaluation:
    """An evaluation of an item, begun after its plan was approved."""
    defaults = {"original_end": item.original_end, "planned_on": APPROVED + DAY, "office": item.plan.office}
    return rows.evaluation(stage, item=item, **(defaults | facts))


def next_edition(rows: Evaluating, plan: EvaluationPlan, approved_on: date) -> EvaluationPlan:
    plan.stage = PlanStage.SUPERSEDED
    return rows.plan(code=plan.code, edition=plan.edition + 1, office=plan.office, approved_on=approved_on)


def test_what_was_never_begun_is_planned_and_not_done(work: Work, rows: Evaluating) -> None:
    plan = rows.plan()
    items = [rows.item(plan, **PAST) for _ in range(3)]
    begun(rows, items[0], EvaluationStage.FINAL)
    rows.item(plan, type=EvaluationType.JOINT)
    assert counts(work, K1, K2, K21) == [(1, 3), (1, 4), (1, 4)]
    assert counts(work, K1, K2, as_of=TODAY - DAY) == [(3, 3), (1, 4)]
    assert counts(work, K1, K2, as_of=APPROVED - DAY) == [(0, 0), (0, 0)]


def test_a_plan_that_was_not_approved_counts_nowhere(work: Work, rows: Evaluating) -> None:
    rows.item(rows.plan(stage=PlanStage.SUBMITTED, approved_on=None), **PAST)
    assert counts(work, K1, K2) == [(0, 0), (0, 0)]


def test_an_item_begun_again_after_a_cancellation_counts_once(work: Work, rows: Evaluating) -> None:
    item = rows.item(**PAST)
    begun(rows, item, EvaluationStage.CANCELLED)
    assert counts(work, K1, K2) == [(0, 0), (0, 1)]
    begun(rows, item, EvaluationStage.TOR)
    assert counts(work, K1, K2) == [(0, 1), (0, 1)]


def test_copies_in_later_editions_and_what_is_carried_over_count_once(work: Work, rows: Evaluating) -> None:
    plan = rows.plan()
    item = rows.item(plan, **PAST)
    copy = rows.item(next_edition(rows, plan, date(2026, 2, 1)), earlier=item, joint=True, **PAST)
    rows.item(rows.plan(approved_on=date(2026, 2, 10)), carried_from=copy, joint=True, **PAST)
    days = [date(2026, 1, 31), date(2026, 2, 1), TODAY]
    assert [counts(work, K1, K2, K21, as_of=day) for day in days] == [
        [(1, 1), (0, 1), (0, 1)],
        [(1, 1), (0, 1), (1, 1)],
        [(0, 1), (0, 1), (1, 1)],
    ]
    begun(rows, item, EvaluationStage.FINAL)
    assert counts(work, K1, K2, K21) == [(0, 0), (1, 1), (1, 1)]


def test_what_a_later_edition_drops_is_no_more_late_but_was_planned(work: Work, rows: Evaluating) -> None:
    plan = rows.plan()
    rows.item(plan, **PAST)
    next_edition(rows, plan, TODAY)
    days = [TODAY - DAY, TODAY]
    assert [counts(work, K1, K2, as_of=day) for day in days] == [[(1, 1), (0, 1)], [(0, 0), (0, 1)]]


def test_a_closed_plan_gives_up_what_was_not_begun(work: Work, rows: Evaluating) -> None:
    plan = rows.plan(stage=PlanStage.CLOSED)
    rows.item(plan, **PAST)
    key = {"entity": EvaluationPlan.__tablename__, "entity_id": plan.id}
    closed_at = datetime(2026, 2, 20, 9, tzinfo=UTC)
    work.add(Transition(**key, from_stage="approved", to_stage="closed", at=closed_at))
    days = [date(2026, 2, 19), date(2026, 2, 20)]
    assert [counts(work, K1, K2, as_of=day) for day in days] == [[(1, 1), (0, 1)], [(0, 0), (0, 1)]]


def test_items_stand_with_the_office_that_would_commission_them(work: Work, rows: Evaluating, make: Make) -> None:
    plan, country, project = rows.plan(), make.office(), make.project()
    own = {"level": EvaluationLevel.DECENTRALIZED} | PAST
    rows.item(plan, **PAST)
    rows.item(plan, office=country, **own)
    judged = rows.item(plan, project=project, **own)
    assert [counts(work, K2, level=level) for level in EvaluationLevel] == [[(0, 1)], [(0, 2)]]
    offices = [plan.office_id, country.id, project.office_id]
    assert [counts(work, K2, office_id=key) for key in offices] == [[(0, 1)]] * 3
    begun(rows, judged, EvaluationStage.FINAL, office=country, level=EvaluationLevel.DECENTRALIZED)
    assert [counts(work, K2, office_id=key) for key in offices] == [[(0, 1)], [(1, 2)], [(0, 0)]]


def test_what_donors_evaluated_was_in_no_plan(work: Work, rows: Evaluating) -> None:
    rows.evaluation(source=SourceKind.DONOR_EVALUATION, original_end=FINAL)
    assert counts(work, K2, K21) == [(0, 0), (0, 0)]


def test_the_newest_review_of_a_report_counts_and_no_other(work: Work, rows: Evaluating) -> None:
    evaluation = rows.evaluation()
    rows.review(evaluation, QualityGate.FINAL, level=QualityLevel.UNSATISFACTORY, finished_on=FINAL, gender_points=2)
    repaired = {"level": QualityLevel.SATISFACTORY, "finished_on": FINAL + 2 * DAY, "gender_points": 8}
    rows.review(evaluation, QualityGate.FINAL, **repaired)
    days = [FINAL, FINAL + DAY, FINAL + 2 * DAY]
    assert [counts(work, KeyFigure.K15, KeyFigure.K16, as_of=day) for day in days] == [
        [(0, 1), (2, 1)],
        [(0, 1), (2, 1)],
        [(1, 1), (8, 1)],
    ]


def test_a_report_whose_days_are_not_over_is_not_late(work: Work, rows: Evaluating) -> None:
    rows.evaluation(final_on=FINAL)
    last = FINAL + timedelta(days=30)
    assert [counts(work, KeyFigure.K20, as_of=day) for day in (FINAL + DAY, last, last + DAY)] == [
        [(0, 0)],
        [(0, 0)],
        [(0, 1)],
    ]


def test_what_was_begun_without_a_plan_is_not_late_by_it(work: Work, rows: Evaluating) -> None:
    rows.evaluation(EvaluationStage.TOR, unplanned_reason="asked by the board", **PAST)
    assert counts(work, K1) == [(0, 0)]


@pytest.mark.parametrize("word", ["NaN", "sNaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("name", ["timely", "green"])
def test_what_is_no_number_weighs_nothing(work: Work, name: str, word: str) -> None:
    with pytest.raises(Invalid) as refusal:
        revise_key_figures(work, FigureRevision(TODAY, **{name: Decimal(word)}))
    assert refusal.value.field == name


def test_k23_knows_only_rounds_that_were_opened_and_are_submitted_or_over(work: Work, rows: Evaluating) -> None:
    published = FINAL + DAY
    facts = {"stage": ResponseStage.PUBLISHED, "submitted_on": published, "published_on": published}
    response = rows.response(rows.evaluation(), rows.make.office(), **facts)
    opens, closes = date(2026, 2, 1), date(2026, 2, 20)

    def add(number: int, stage: RoundStage, **more: object) -> FollowUpRound:
        days = {"opens_on": opens, "closes_on": closes} | more
        return work.add(FollowUpRound(response=response, number=number, stage=stage, **days))

    add(1, RoundStage.SCHEDULED)
    add(2, RoundStage.OPEN, closes_on=TODAY)
    assert counts(work, K23) == [(0, 0)]
    missed = add(3, RoundStage.MISSED)
    key = {"entity": FollowUpRound.__tablename__, "entity_id": missed.id}
    work.add(Transition(**key, from_stage="scheduled", to_stage="open", at=datetime(2026, 2, 3, 9, tzinfo=UTC)))
    add(4, RoundStage.SUBMITTED, submitted_on=closes)
    assert counts(work, K23) == [(1, 2)]
    days = [date(2026, 2, 2), closes - DAY, closes, closes + DAY]
    assert [counts(work, K23, as_of=day) for day in days] == [[(0, 0)], [(0, 0)], [(1, 1)], [(1, 2)]]


def test_what_was_issued_after_the_answer_is_answered_when_its_own_clock_is_met(work: Work, rows: Evaluating) -> None:
    evaluation, office = rows.evaluation(), rows.make.office()
    response = rows.response(evaluation, office, stage=ResponseStage.SUBMITTED, submitted_on=FINAL)
    recommendation = rows.recommendation(evaluation, office)
    rows.decision(response, recommendation, decided_on=FINAL)
    [addressee] = work.session.scalars(sa.select(Addressee).where(Addressee.recommendation_id == recommendation.id))
    assert counts(work, KeyFigure.K6) == [(1, 1)]
    addressee.due_on = TODAY
    assert counts(work, KeyFigure.K6) == [(0, 0)]
    addressee.answered_on = TODAY - DAY
    days = [TODAY - 2 * DAY, TODAY - DAY]
    assert [counts(work, KeyFigure.K6, as_of=day) for day in days] == [[(0, 0)], [(1, 1)]]


def test_the_composite_is_over_all_actions_as_published_unless_open_ones_are_asked_for(
    work: Work, rows: Evaluating
) -> None:
    facts = {"stage": ResponseStage.SUBMITTED, "submitted_on": FINAL}
    evaluation = rows.evaluation()
    response = rows.response(evaluation, rows.make.office(), **facts)
    recommendation = rows.recommendation(evaluation, response.office)
    for _ in range(9):
        rows.action(response, recommendation, stage=ActionStage.VERIFIED_COMPLETE, due_on=FINAL)
    rows.action(response, recommendation, due_on=TODAY - DAY)
    rows.evaluation(EvaluationStage.TOR, original_end=TODAY)
    rows.review(evaluation, QualityGate.FINAL, level=QualityLevel.SATISFACTORY)
    work.flush()
    published, opened = (composite_score(work, CompositeQuestion(**given)) for given in ({}, {"over_all": False}))
    assert (published.score, published.light, published.over_all) == (Decimal("95.25"), Light.GREEN, True)
    assert (opened.score, opened.light, opened.over_all) == (Decimal("88.5"), Light.YELLOW, False)
