"""Figures of the evaluation function from rows, as of any day, with exact values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from rbm.errors import Invalid
from rbm.model.appraisal import Checklist, QualityReview
from rbm.model.evaluation import Evaluation
from rbm.model.followup import Action, ActionRequest, ActionVerification
from rbm.model.people import Office
from rbm.model.projects import ProjectTransaction
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.services.followup.definitions import FigureRevision, revise_key_figures
from rbm.services.followup.figures import (
    CompositeQuestion,
    FigureQuestion,
    KeyFigureValue,
    composite_score,
    key_figures,
)
from rbm.services.followup.linking import business_days
from rbm.stages import Transition
from rbm.terms.evaluation import EvaluationLevel, EvaluationStage, QualityGate, QualityLevel, QualityStage, SourceKind
from rbm.terms.findings import RecommendationStage
from rbm.terms.followup import ActionRequestKind, ActionStage, KeyFigure, Light, NoValue, Verdict
from rbm.terms.planning import RequestStage
from rbm.terms.projects import TransactionKind
from rbm.terms.responses import ResponseDecision, ResponseStage, RoundStage
from rbm.work import Work
from tests.conftest import NOW
from tests.evaluating import FINAL, Evaluating
from tests.make import Make

TODAY = NOW.date()


@pytest.fixture
def rows(make: Make) -> Evaluating:
    return Evaluating(make)


def figure(work: Work, which: KeyFigure, **facts: object) -> KeyFigureValue:
    [found] = key_figures(work, FigureQuestion(figures=[which], **facts))  # type: ignore[arg-type]
    return found


def counts(work: Work, which: KeyFigure, **facts: object) -> tuple[int | None, int | None]:
    found = figure(work, which, **facts)
    return found.numerator, found.denominator


def beside(work: Work, which: KeyFigure, name: str, **facts: object) -> tuple[Decimal | None, int | None, int | None]:
    [found] = [each for each in figure(work, which, **facts).beside if each.name == name]
    return found.value, found.numerator, found.denominator


def answered(rows: Evaluating, office: Office | None = None, **facts: object) -> ManagementResponse:
    """A submitted response of an office to an evaluation of its own."""
    office = office or rows.make.office()
    defaults = {"stage": ResponseStage.SUBMITTED, "submitted_on": FINAL + timedelta(days=20)}
    return rows.response(rows.evaluation(), office, **(defaults | facts))


def planned(
    rows: Evaluating,
    stage: ActionStage = ActionStage.NOT_STARTED,
    response: ManagementResponse | None = None,
    **facts: object,
) -> Action:
    """An action under a recommendation of its own that was accepted."""
    response = response or answered(rows)
    recommendation = rows.recommendation(response.evaluation, response.office)
    rows.decision(response, recommendation)
    return rows.action(response, recommendation, stage=stage, **facts)


def moved(work: Work, row: Action | Evaluation, before: str, after: str, on: date, hour: int = 9) -> None:
    at = datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
    key = {"entity": row.__tablename__, "entity_id": row.id}
    work.add(Transition(**key, from_stage=before, to_stage=after, at=at))


def test_nothing_counted_is_null_with_the_reason_and_never_0_or_100(work: Work) -> None:
    found = key_figures(work, FigureQuestion())
    assert [each.figure for each in found] == list(KeyFigure)
    assert {each.value for each in found} == {None}
    assert {each.reason for each in found} == {NoValue.NOTHING_COUNTED, NoValue.NO_EXPENDITURE_KNOWN}


def test_k1_planned_evaluations_are_late_after_their_original_end(work: Work, rows: Evaluating) -> None:
    for end in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)):
        rows.evaluation(EvaluationStage.TOR, original_end=end, planned_end=TODAY + timedelta(days=90))
    rows.evaluation(EvaluationStage.FINAL)
    rows.evaluation(EvaluationStage.CANCELLED)
    rows.evaluation(EvaluationStage.TOR, source=SourceKind.AUDIT)
    assert counts(work, KeyFigure.K1) == (2, 3)


def test_k1_of_the_past_knows_what_was_cancelled_and_final_since(work: Work, rows: Evaluating) -> None:
    row = rows.evaluation(EvaluationStage.CANCELLED, original_end=date(2026, 6, 30))
    rows.evaluation(EvaluationStage.FINAL, original_end=date(2026, 6, 30))
    moved(work, row, "planned", "cancelled", date(2026, 2, 10))
    days = (FINAL - timedelta(days=1), FINAL, date(2026, 2, 9), date(2026, 2, 10))
    assert [counts(work, KeyFigure.K1, as_of=day) for day in days] == [(2, 2), (1, 1), (1, 1), (0, 0)]


def test_k2_cancelled_evaluations_stay_among_those_planned_for_the_year(work: Work, rows: Evaluating) -> None:
    this_year = {"original_end": date(2026, 10, 1)}
    rows.evaluation(**this_year)
    rows.evaluation(EvaluationStage.CANCELLED, **this_year)
    rows.evaluation(EvaluationStage.PLANNED, **this_year)
    rows.evaluation(EvaluationStage.PLANNED, unplanned_reason="asked for by a donor", **this_year)
    assert counts(work, KeyFigure.K2) == (1, 3)
    assert figure(work, KeyFigure.K2).value == Decimal("33.3333")


def test_k3_to_k5_late_answers_count_as_late_and_no_more_as_missing(work: Work, rows: Evaluating) -> None:
    due = date(2026, 2, 20)
    answered(rows, due_on=due, submitted_on=due)
    answered(rows, due_on=due, submitted_on=due + timedelta(days=3))
    silent = {"stage": ResponseStage.DUE, "submitted_on": None}
    answered(rows, **silent, due_on=due)
    answered(rows, **silent, due_on=TODAY)
    assert [counts(work, each) for each in (KeyFigure.K3, KeyFigure.K4, KeyFigure.K5)] == [(1, 3), (2, 4), (2, 3)]
    assert counts(work, KeyFigure.K5, as_of=due) == (1, 1)
    assert counts(work, KeyFigure.K5, as_of=due + timedelta(days=1)) == (1, 4 - 1)


def test_k6_and_k12_count_each_office_that_answers(work: Work, rows: Evaluating) -> None:
    response = answered(rows)
    words = list(ResponseDecision)
    for word in words:
        recommendation = rows.recommendation(response.evaluation, response.office)
        rows.decision(response, recommendation, decision=word)
    assert counts(work, KeyFigure.K6) == (2, 4)
    assert beside(work, KeyFigure.K6, "wholly_accepted") == (Decimal(25), 1, 4)
    assert counts(work, KeyFigure.K12) == (2, 2)


def test_a_decision_counts_from_the_day_its_response_was_submitted(work: Work, rows: Evaluating) -> None:
    response = answered(rows)
    rows.decision(response, rows.recommendation(response.evaluation, response.office))
    day = FINAL + timedelta(days=20)
    assert [counts(work, KeyFigure.K6, as_of=day - timedelta(days=ago)) for ago in (1, 0)] == [(0, 0), (1, 1)]


def test_what_was_decided_stands_until_the_revision_is_published(work: Work, rows: Evaluating) -> None:
    response = answered(rows, stage=ResponseStage.DRAFT, edition=2)
    recommendation = rows.recommendation(response.evaluation, response.office)
    rows.decision(response, recommendation, edition=1)
    rows.decision(response, recommendation, edition=2, decision=ResponseDecision.REJECTED)
    assert counts(work, KeyFigure.K6) == (1, 1)
    response.stage = ResponseStage.ENDORSED
    assert counts(work, KeyFigure.K6) == (1, 1)
    response.stage = ResponseStage.PUBLISHED
    assert counts(work, KeyFigure.K6) == (0, 1)


def test_k7_counts_what_is_verified_at_fixed_ages(work: Work, rows: Evaluating) -> None:
    done = planned(rows, ActionStage.VERIFIED_COMPLETE, ended_on=date(2026, 2, 20))
    moved(work, done, "not_started", "in_progress", date(2026, 1, 31))
    moved(work, done, "in_progress", "reported_complete", date(2026, 2, 18))
    moved(work, done, "reported_complete", "verified_complete", date(2026, 2, 20))
    planned(rows, ActionStage.REPORTED_COMPLETE)
    done.recommendation.issued_on = date(2025, 2, 19)
    assert counts(work, KeyFigure.K7) == (1, 2)
    assert beside(work, KeyFigure.K7, "within_12_months") == (Decimal(0), 0, 1)
    done.recommendation.issued_on = date(2025, 2, 20)
    assert beside(work, KeyFigure.K7, "within_12_months") == (Decimal(100), 1, 1)
    assert beside(work, KeyFigure.K7, "reported") == (Decimal(100), 2, 2)
    assert counts(work, KeyFigure.K7, as_of=date(2026, 2, 19)) == (0, 2)


def test_k8_counts_what_was_due_and_closed_in_one_year(work: Work, rows: Evaluating) -> None:
    response = answered(rows)
    closed = {"stage": ActionStage.VERIFIED_COMPLETE, "ended_on": date(2026, 2, 1), "response": response}
    planned(rows, due_on=date(2026, 2, 20), **closed)
    planned(rows, due_on=date(2027, 1, 1), **closed)
    planned(rows, due_on=date(2026, 2, 20), response=response)
    planned(rows, stage=ActionStage.SUPERSEDED, due_on=date(2026, 2, 20), response=response)
    assert counts(work, KeyFigure.K8) == (1, 2)


def test_k9_and_k10_look_at_what_is_open_unless_all_is_asked_for(work: Work, rows: Evaluating) -> None:
    response = answered(rows)
    for ago in (-1, 0, 1, 90, 91):
        due = TODAY - timedelta(days=ago)
        planned(rows, response=response, original_due_on=due, due_on=due, planned_on=FINAL)
    planned(rows, ActionStage.REPORTED_COMPLETE, response, due_on=FINAL)
    assert [counts(work, each) for each in (KeyFigure.K9, KeyFigure.K10)] == [(2, 5), (4, 5)]
    found = [counts(work, each, over_all=True) for each in (KeyFigure.K9, KeyFigure.K10)]
    assert found == [(3, 6), (5, 6)]


def test_due_days_are_those_granted_by_the_day(work: Work, rows: Evaluating) -> None:
    action = planned(rows, due_on=date(2026, 2, 10))
    facts = {"kind": ActionRequestKind.EXTENSION, "stage": RequestStage.GRANTED, "reason": "late", "requested_at": NOW}
    work.add(ActionRequest(action=action, due_wanted=date(2026, 3, 31), decided_on=date(2026, 2, 15), **facts))
    found = [counts(work, KeyFigure.K9, as_of=date(2026, 2, day)) for day in (10, 11, 14, 15)]
    assert found == [(1, 1), (0, 1), (0, 1), (1, 1)]
    assert counts(work, KeyFigure.K24) == (1, 1)
    assert beside(work, KeyFigure.K24, "median_slip")[0] == 49
    assert beside(work, KeyFigure.K24, "closed_by_original_day") == (Decimal(0), 0, 1)


def test_a_move_counts_from_its_day_on(work: Work, rows: Evaluating) -> None:
    action = planned(rows, ActionStage.VERIFIED_COMPLETE)
    moved(work, action, "reported_complete", "verified_complete", date(2026, 2, 10), hour=23)
    found = [counts(work, KeyFigure.K13, as_of=date(2026, 2, day)) for day in (9, 10)]
    assert found == [(0, 1), (1, 1)]


def test_days_are_those_of_the_organisation() -> None:
    moments = np.array([int(datetime(2026, 2, day, 23, 30, tzinfo=UTC).timestamp()) for day in (10, 28)])
    found = [business_days(moments, zone).tolist() for zone in ("UTC", "Europe/Zurich")]
    tenth, last = date(2026, 2, 10).toordinal(), date(2026, 2, 28).toordinal()
    assert found == [[tenth, last], [tenth + 1, last + 1]]


def test_k11_the_age_of_what_is_open(work: Work, rows: Evaluating) -> None:
    response = answered(rows)
    for issued in (date(2026, 2, 20), date(2025, 3, 3), date(2025, 3, 2), date(2024, 9, 2), date(2020, 1, 1)):
        recommendation = rows.recommendation(response.evaluation, response.office, issued_on=issued)
        rows.decision(response, recommendation)
    found = figure(work, KeyFigure.K11)
    assert (found.value, found.denominator) == (Decimal(365), 5)
    classes = [each.numerator for each in found.beside if each.name.startswith("months")]
    assert classes == [2, 1, 1, 0, 1]


def test_k13_and_k14_count_claims_and_verdicts(work: Work, rows: Evaluating) -> None:
    response = answered(rows)
    for verdict, stage in (
        (Verdict.CONFIRMED, ActionStage.VERIFIED_COMPLETE),
        (Verdict.REJECTED, ActionStage.IN_PROGRESS),
    ):
        action = planned(rows, stage, response)
        moved(work, action, "in_progress", "reported_complete", date(2026, 2, 1))
        moved(work, action, "reported_complete", stage.value, date(2026, 2, 2))
        work.add(ActionVerification(action=action, verdict=verdict, note="seen", verified_at=NOW))
    assert counts(work, KeyFigure.K13) == (1, 2)
    assert counts(work, KeyFigure.K14) == (1, 2)


def review(work: Work, evaluation: Evaluation, level: QualityLevel, points: int | None = None) -> None:
    """A final review of a final report."""
    number = evaluation.code
    checklist = work.add(
        Checklist(
            gate=QualityGate.FINAL, edition=int(number[1:]), title="Grid", effective_from=FINAL, pass_mark=Decimal(50)
        )
    )
    facts = {"gate": QualityGate.FINAL, "stage": QualityStage.FINAL, "assigned_at": NOW, "finished_on": FINAL}
    work.add(
        QualityReview(
            evaluation=evaluation,
            checklist=checklist,
            assessor=Make(work).person(),
            level=level,
            gender_points=points,
            **facts,
        )
    )


def test_k15_and_k16_the_quality_of_final_reports(work: Work, rows: Evaluating) -> None:
    levels = (QualityLevel.HIGHLY_SATISFACTORY, QualityLevel.SATISFACTORY, QualityLevel.MODERATELY_SATISFACTORY)
    for level, points in zip(levels, (8, None, 3), strict=True):
        review(work, rows.evaluation(), level, points)
    assert counts(work, KeyFigure.K15) == (2, 3)
    assert beside(work, KeyFigure.K15, "average_score") == (Decimal(90), 270, 3)
    assert figure(work, KeyFigure.K16).value == Decimal("5.5")


def test_k17_country_offices_evaluated_in_the_last_years(work: Work, rows: Evaluating, make: Make) -> None:
    offices = [make.office() for _ in range(3)]
    rows.subject(rows.evaluation(), offices[0])
    rows.subject(rows.evaluation(EvaluationStage.TOR), offices[1])
    assert counts(work, KeyFigure.K17) == (1, 3)


def test_k18_and_k19_are_null_where_currencies_differ(work: Work, rows: Evaluating, make: Make) -> None:
    projects = [make.project() for _ in range(2)]
    facts = {"kind": TransactionKind.EXPENDITURE, "moved_on": date(2026, 2, 1), "currency": "USD"}
    for project, amount in zip(projects, (300, 700), strict=True):
        work.add(ProjectTransaction(project_id=project.id, amount=Decimal(amount), **facts))
    evaluation = rows.evaluation(spent=Decimal("12.50"), currency="USD")
    rows.subject(evaluation, projects[0].office, project=projects[0])
    assert [figure(work, each).value for each in (KeyFigure.K18, KeyFigure.K19)] == [Decimal(30), Decimal("1.25")]
    evaluation.currency = "EUR"
    found = figure(work, KeyFigure.K19)
    assert (found.value, found.reason) == (None, NoValue.SEVERAL_CURRENCIES)


def test_k20_published_in_time_with_every_response(work: Work, rows: Evaluating, make: Make) -> None:
    for published, answered_on in ((10, 10), (31, 10), (10, 31), (10, None)):
        evaluation = rows.evaluation(EvaluationStage.PUBLISHED, published_on=FINAL + timedelta(days=published))
        day = None if answered_on is None else FINAL + timedelta(days=answered_on)
        rows.response(evaluation, make.office(), published_on=day)
    assert counts(work, KeyFigure.K20) == (1, 4)
    assert beside(work, KeyFigure.K20, "median_delay")[0] == 10


def test_k21_one_joint_evaluation_of_eight(work: Work, rows: Evaluating) -> None:
    for number in range(8):
        rows.evaluation(EvaluationStage.PLANNED, original_end=date(2026, 10, 1), joint=number == 0)
    assert figure(work, KeyFigure.K21).value == Decimal("12.5")


def test_k23_rounds_submitted_before_they_closed(work: Work, rows: Evaluating) -> None:
    response = answered(rows, published_on=FINAL + timedelta(days=20))
    opens, closes = date(2026, 2, 1), date(2026, 2, 20)
    for number, sent in enumerate((closes, closes + timedelta(days=1), None), 1):
        facts = {"number": number, "stage": RoundStage.OPEN, "opens_on": opens, "closes_on": closes}
        work.add(FollowUpRound(response=response, submitted_on=sent, **facts))
    assert counts(work, KeyFigure.K23) == (1, 3)


def test_sources_are_never_mixed(work: Work, rows: Evaluating, make: Make) -> None:
    audit = rows.evaluation(source=SourceKind.AUDIT)
    rows.response(audit, make.office(), submitted_on=FINAL)
    answered(rows, stage=ResponseStage.DUE, submitted_on=None)
    assert counts(work, KeyFigure.K4) == (0, 1)
    assert counts(work, KeyFigure.K4, source=SourceKind.AUDIT) == (1, 1)


def test_a_level_is_counted_on_its_own(work: Work, rows: Evaluating) -> None:
    for level in (*EvaluationLevel, EvaluationLevel.DECENTRALIZED):
        rows.evaluation(EvaluationStage.PLANNED, original_end=TODAY, level=level)
    assert [counts(work, KeyFigure.K1, level=level) for level in EvaluationLevel] == [(1, 1), (2, 2)]


def test_drafts_are_counted_nowhere(work: Work, rows: Evaluating) -> None:
    response = answered(rows)
    draft = {"stage": RecommendationStage.DRAFT, "issued_on": None}
    rows.decision(response, rows.recommendation(response.evaluation, response.office, **draft))
    assert [counts(work, each) for each in (KeyFigure.K6, KeyFigure.K7)] == [(0, 0), (0, 0)]
    assert figure(work, KeyFigure.K11).denominator == 0


def test_an_office_is_counted_with_those_below_and_its_mean_is_over_offices(work: Work, rows: Evaluating) -> None:
    region = rows.make.office()
    one, other = (rows.make.office(region) for _ in range(2))
    for office, submitted in ((one, 3), (one, None), (one, None), (one, None), (other, 3)):
        day = None if submitted is None else FINAL + timedelta(days=submitted)
        answered(rows, office, stage=ResponseStage.DUE, submitted_on=day)
    answered(rows)
    found = figure(work, KeyFigure.K4, office_id=region.id)
    assert (found.numerator, found.denominator, found.value) == (2, 5, Decimal(40))
    over = found.over_offices
    assert over
    assert (over.mean, over.offices, over.without, over.red) == (Decimal("62.5"), 2, 1, 1)


def test_1_of_17_responses_is_5_9_percent(work: Work, rows: Evaluating) -> None:
    for number in range(17):
        answered(rows, stage=ResponseStage.DUE, submitted_on=FINAL if number == 0 else None)
    found = figure(work, KeyFigure.K4).value
    assert found
    assert round(found, 1) == Decimal("5.9")


def test_the_composite_has_a_light_and_is_null_without_one_of_its_parts(work: Work, rows: Evaluating) -> None:
    answered(rows)
    planned(rows)
    rows.evaluation(EvaluationStage.PLANNED, original_end=date(2026, 10, 1))
    assert composite_score(work, CompositeQuestion()).score is None
    review(work, rows.evaluation(), QualityLevel.MODERATELY_UNSATISFACTORY)
    found = composite_score(work, CompositeQuestion())
    assert (found.timely, found.responsive, found.quality) == (100, 100, 70)
    assert (found.score, found.light, found.definition) == (Decimal(88), Light.YELLOW, 1)


def test_other_thresholds_hold_from_their_day(work: Work, rows: Evaluating) -> None:
    revise_key_figures(work, FigureRevision(TODAY, green=Decimal(88)))
    assert [figure(work, KeyFigure.K1, as_of=day).definition for day in (TODAY, TODAY - timedelta(days=1))] == [2, 1]


@pytest.mark.parametrize("facts", [{"timely": Decimal(1)}, {"yellow": Decimal(95)}, {"quality_years": 0}])
def test_what_is_no_definition_is_refused(work: Work, facts: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        revise_key_figures(work, FigureRevision(TODAY, **facts))  # type: ignore[arg-type]


def test_a_day_to_come_is_refused(work: Work) -> None:
    with pytest.raises(Invalid, match="still to come"):
        key_figures(work, FigureQuestion(as_of=TODAY + timedelta(days=1)))
