"""What is overdue, whose, since when; where recommendations stand; and that lists tell what the rule tells."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_schema.execute import execute
from rbm.access import PUBLIC, Actor, Permission
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Recommendation, RecommendationPart
from rbm.model.followup import Action
from rbm.model.people import Office, Person
from rbm.model.responses import ManagementResponse
from rbm.rules.followup.standing import by_recommendation, statuses
from rbm.services import followup
from rbm.services.followup import ActionQuestion, FigureQuestion, RecommendationQuestion
from rbm.services.followup.figures import view_of
from rbm.services.followup.histories import load
from rbm.services.rollup.sheets import uuids
from rbm.terms.evaluation import SourceKind
from rbm.terms.findings import RecommendationPriority, RecommendationStage
from rbm.terms.followup import ActionStage, AgeBucket, RecommendationStatus
from rbm.terms.people import Role
from rbm.terms.responses import ResponseDecision, ResponseStage
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import FINAL, Evaluating
from tests.make import Make
from tests.services.followup.field import SUBMITTED, TODAY, build, due

LATE, LONG_LATE = TODAY - timedelta(days=90), TODAY - timedelta(days=91)
STAGES = st.sampled_from(ActionStage)
DECISIONS = st.sampled_from([*ResponseDecision, None, *[ResponseDecision.ACCEPTED] * 6])
STANDS = st.sampled_from([ResponseStage.DRAFT, ResponseStage.RETURNED, ResponseStage.PUBLISHED])
ANSWERS = st.lists(st.tuples(DECISIONS, st.lists(STAGES, max_size=2)), min_size=1, max_size=2)
OFFICES = st.lists(
    st.tuples(st.sampled_from([True, True, True, False]), STANDS, st.integers(1, 2), ANSWERS), max_size=2
)
EXAMPLES: list[list[tuple[ResponseDecision | None, list[ActionStage]]]] = [
    [(None, [])],
    [(ResponseDecision.REJECTED, [])],
    [(ResponseDecision.ACCEPTED, [])],
    *([(ResponseDecision.ACCEPTED, [stage])] for stage in ActionStage),
    [(ResponseDecision.ACCEPTED, [ActionStage.VERIFIED_COMPLETE, ActionStage.NO_LONGER_APPLICABLE])],
]
"""What one office decided and how far its actions are, so that every status is reached."""


def codes(work: Work, **asked: Any) -> list[int]:
    """The numbers of the actions asked for, in the order of the list."""
    return [row.number for row in work.session.scalars(followup.find_actions(work, ActionQuestion(**asked)))]


def test_overdue_is_after_the_due_day_and_long_overdue_after_ninety_more(work: Work, make: Make) -> None:
    evaluating = Evaluating(make)
    office = make.office()
    evaluation = evaluating.evaluation()
    recommendation = evaluating.recommendation(evaluation, office)
    response = evaluating.response(evaluation, office, **SUBMITTED)
    days = [TODAY, TODAY - timedelta(days=1), LATE, LONG_LATE]
    for number, on in enumerate(days, 1):
        evaluating.action(response, recommendation, number=number, **due(on))
    claimed = {"stage": ActionStage.REPORTED_COMPLETE, "verify_by": TODAY - timedelta(days=1)}
    evaluating.action(response, recommendation, number=5, **due(LONG_LATE), **claimed)
    assert codes(work) == [4, 5, 3, 2, 1]
    assert codes(work, overdue=True) == [4, 3, 2]
    assert codes(work, overdue=False) == [5, 1]
    assert codes(work, long_overdue=True) == [4]
    assert codes(work, awaiting_verification=True) == [5]
    actions = list(work.session.scalars(sa.select(Action).order_by(Action.number)))
    told = followup.timings(work, actions)
    assert [one.overdue_days for one in told] == [0, 1, 90, 91, 0]
    assert [one.long_overdue for one in told] == [False, False, False, True, False]
    assert [one.verification_overdue_days for one in told] == [0, 0, 0, 0, 1]
    assert [one.awaiting_verification for one in told] == [False, False, False, False, True]
    assert [one.original_due_missed for one in told] == [False, True, True, True, True]


def test_the_original_due_date_is_missed_for_good(work: Work, make: Make) -> None:
    evaluating = Evaluating(make)
    response = evaluating.response(evaluating.evaluation(), make.office(), **SUBMITTED)
    done = {"stage": ActionStage.VERIFIED_COMPLETE, "original_due_on": LATE, "due_on": TODAY}
    facts = ({"completed_on": LATE, "ended_on": TODAY}, {"completed_on": TODAY, "ended_on": TODAY})
    actions = [evaluating.action(response, evaluating.recommendation(), **done, **fact) for fact in facts]
    assert [one.original_due_missed for one in followup.timings(work, actions)] == [False, True]


def test_actions_are_found_by_whose_and_what_they_are_about(work: Work, make: Make) -> None:
    evaluating = Evaluating(make)
    office, other = make.office(code="HERE"), make.office()
    audit = evaluating.evaluation(code="AUDIT", source=SourceKind.AUDIT)
    own = evaluating.evaluation(code="OWN")
    owner = make.person()
    for number, (evaluation, where) in enumerate([(audit, office), (audit, other), (own, office)], 1):
        priority = RecommendationPriority.LOW if evaluation is own else RecommendationPriority.CRITICAL
        recommendation = evaluating.recommendation(evaluation, where, priority=priority)
        person = owner if number == 2 else make.person()
        response = evaluating.response(evaluation, where, **SUBMITTED)
        evaluating.action(response, recommendation, number=number, owner=person)
    assert codes(work, office="HERE") == [1, 3]
    assert codes(work, owner_id=owner.id) == [2]
    assert codes(work, evaluation="OWN") == [3]
    assert codes(work, source=SourceKind.AUDIT) == [1, 2]
    assert codes(work, priority=RecommendationPriority.CRITICAL, office="HERE") == [1]
    assert codes(work, office="NOWHERE") == []


def test_recommendations_are_found_by_age_lateness_and_addressee(work: Work, make: Make) -> None:
    evaluating = Evaluating(make)
    office = make.office(code="HERE")
    evaluation = evaluating.evaluation()
    response = evaluating.response(evaluation, office, **SUBMITTED)
    ages = [(date(2025, 9, 2), "up_to_6"), (date(2025, 9, 1), "up_to_12"), (date(2024, 3, 1), "above_24")]
    made = {}
    for issued_on, name in ages:
        made[name] = evaluating.recommendation(evaluation, office, issued_on=issued_on)
        evaluating.decision(response, made[name])
        evaluating.action(response, made[name], **due(LATE if name == "above_24" else TODAY))
    closed = evaluating.recommendation(evaluation, make.office(), stage=RecommendationStage.SUPERSEDED)

    def found(**asked: Any) -> list[Recommendation]:
        return list(work.session.scalars(followup.find_recommendations(work, RecommendationQuestion(**asked))))

    assert {name: found(age=AgeBucket(name)) for name in made} == {name: [row] for name, row in made.items()}
    assert found(age=AgeBucket.UP_TO_24) == []
    assert found(overdue=True) == [made["above_24"]]
    assert len(found(overdue=False)) == 3
    assert found(office="HERE") == list(made.values())
    assert found(status=RecommendationStatus.SUPERSEDED) == [closed]
    assert found(status=RecommendationStatus.NOT_STARTED) == list(made.values())


def test_where_a_recommendation_stands_with_each_office(work: Work, make: Make) -> None:
    evaluating = Evaluating(make)
    first, second = make.office(), make.office()
    evaluation = evaluating.evaluation()
    recommendation = evaluating.recommendation(evaluation, first, second)
    answered = evaluating.response(evaluation, first, **SUBMITTED)
    evaluating.response(evaluation, second)
    evaluating.decision(answered, recommendation)
    evaluating.action(answered, recommendation, **due(LATE))
    evaluating.action(answered, recommendation, stage=ActionStage.REPORTED_COMPLETE)
    (standing,) = followup.standings(work, [recommendation])
    assert standing.status is RecommendationStatus.AWAITING_RESPONSE
    assert {one.office.id: one.status.value for one in standing.offices} == {
        first.id: "in_progress",
        second.id: "awaiting_response",
    }
    assert (standing.open_actions, standing.overdue_actions, standing.ageing) == (1, 1, "green")


def test_a_revision_counts_once_it_is_published(work: Work, make: Make) -> None:
    evaluating = Evaluating(make)
    office, evaluation = make.office(), evaluating.evaluation()
    recommendation = evaluating.recommendation(evaluation, office)
    response = evaluating.response(evaluation, office, **SUBMITTED)
    evaluating.decision(response, recommendation)
    response.edition, response.stage = 2, ResponseStage.DRAFT
    evaluating.decision(response, recommendation, decision=ResponseDecision.REJECTED)
    assert followup.standings(work, [recommendation])[0].status is RecommendationStatus.NO_ACTION
    for stage, status in (
        (ResponseStage.SUBMITTED, RecommendationStatus.NO_ACTION),
        (ResponseStage.ENDORSED, RecommendationStatus.NO_ACTION),
        (ResponseStage.PUBLISHED, RecommendationStatus.NOT_ACCEPTED),
    ):
        response.stage = stage
        work.flush()
        assert followup.standings(work, [recommendation])[0].status is status


def test_lists_and_counts_tell_what_the_rule_tells(work: Work, make: Make) -> None:
    """One world after another in one database, of the same offices: what SQL says of them is what the rule says."""
    evaluating, pool = Evaluating(make), [make.office() for _ in range(3)]
    answered = ((True, ResponseStage.PUBLISHED, 1, answers) for answers in EXAMPLES)
    made = [_recommendation(evaluating, pool, [one], in_parts=False) for one in answered]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(OFFICES, st.permutations(pool), st.booleans())
    def grow(offices: list[Any], addressed: list[Office], in_parts: bool) -> None:
        made.append(_recommendation(evaluating, addressed, offices, in_parts=in_parts))

    grow()
    told = {row.id: one.status for row, one in zip(made, followup.standings(work, made), strict=True)}
    for status in RecommendationStatus:
        asked = followup.find_recommendations(work, RecommendationQuestion(status=status))
        found = {row.id for row in work.session.scalars(asked)}
        assert found == {key for key, one in told.items() if one is status}
    loaded = load(work)
    view = view_of(work, loaded, FigureQuestion(), None)
    codes = statuses(by_recommendation(loaded.histories, view.standing), view.superseded)
    columns = dict(zip(uuids(loaded.recommendations["id"]), codes.tolist(), strict=True))
    assert {key: list(RecommendationStatus)[at] for key, at in columns.items()} == told, "figures tell the same"
    evaluations = [work.get(Evaluation, row.evaluation_id) for row in made]
    counted = Counter(one.status for counts in followup.status_counts(work, evaluations) for one in counts)
    assert counted == Counter(told.values())
    assert set(RecommendationStatus) - set(told.values()) <= {
        RecommendationStatus.NOT_ISSUED,
        RecommendationStatus.SUPERSEDED,
    }


def test_an_office_that_answered_one_evaluation_has_not_answered_another(work: Work, make: Make) -> None:
    evaluating, office = Evaluating(make), make.office()
    answered, unanswered = evaluating.evaluation(), evaluating.evaluation()
    evaluating.response(answered, office, **SUBMITTED)
    evaluating.response(unanswered, office)
    for evaluation in (answered, unanswered):
        evaluating.recommendation(evaluation, office)
    counts = followup.status_counts(work, [answered, unanswered])
    assert [[(one.status.value, one.count) for one in each] for each in counts] == [
        [("under_consideration", 1)],
        [("awaiting_response", 1)],
    ]


def _recommendation(
    evaluating: Evaluating, addressed: list[Office], offices: list[Any], *, in_parts: bool
) -> Recommendation:
    """What an evaluation of its own recommends to the first of the offices, answered by each as given."""
    work, evaluation, rows = evaluating.work, evaluating.evaluation(), addressed[: len(offices)]
    recommendation = evaluating.recommendation(evaluation, *rows)
    letters = "ab" if in_parts else ""
    parts: list[Any] = [
        work.add(RecommendationPart(recommendation=recommendation, letter=letter, text=letter)) for letter in letters
    ] or [None]
    for office, (submitted, stage, edition, answers) in zip(rows, offices, strict=True):
        response = evaluating.response(
            evaluation, office, stage=stage, edition=edition, submitted_on=FINAL if submitted else None
        )
        standing = edition - 1 if stage is not ResponseStage.PUBLISHED and edition > 1 else edition
        for part, (decision, stages) in zip(parts, answers, strict=False):
            if decision is not None:
                evaluating.decision(response, recommendation, part=part, decision=decision, edition=standing)
            for one in stages:
                evaluating.action(response, recommendation, part=part, stage=one)
    return recommendation


def test_what_is_hidden_is_neither_listed_nor_counted_nor_told(start: Begin) -> None:
    field = build(start, **due(LATE))
    with start() as work:
        make = Make(work)
        outsider = make.actor(Role.VIEWER, make.office())
        work.get(Evaluation, field.evaluation).disclosed_on = TODAY
    for actor in (outsider, PUBLIC):
        with start(actor) as work:
            assert len(codes(work, overdue=True)) == 1
    with start() as work:
        work.require(Permission.RESPOND)
        work.get(ManagementResponse, field.response).published_on = TODAY + timedelta(days=1)
    for actor in (outsider, PUBLIC):
        with start(actor) as work:
            assert codes(work) == []
            (recommendation,) = work.session.scalars(followup.find_recommendations(work))
            (standing,) = followup.standings(work, [recommendation])
            assert (standing.status, standing.open_actions) == (RecommendationStatus.AWAITING_RESPONSE, 0)
            asked = RecommendationQuestion(status=RecommendationStatus.NOT_STARTED)
            assert list(work.session.scalars(followup.find_recommendations(work, asked))) == []
            (counts,) = followup.status_counts(work, [work.get(Evaluation, field.evaluation)])
            assert [(one.status, one.count) for one in counts] == [("awaiting_response", 1)]


def test_one_question_answers_what_is_overdue_whose_and_since_when(engine: sa.Engine, start: Begin) -> None:
    field = build(start, **due(date(2020, 1, 1)))
    field.begun()
    with start() as work:
        name = work.get(Person, field.owner.person_id).name  # type: ignore[arg-type]
    question = """{ actions(overdue: true, first: 10) { totalCount edges { node {
        dueOn overdueDays longOverdue owner { name } office { id } recommendation { status openActions overdueActions }
    } } } }"""
    answer = execute(engine, field.officer, question)
    assert "errors" not in answer
    (edge,) = answer["data"]["actions"]["edges"]
    assert edge["node"].pop("overdueDays") > 2_000
    assert edge["node"] == {
        "dueOn": "2020-01-01",
        "longOverdue": True,
        "owner": {"name": name},
        "office": {"id": str(field.office)},
        "recommendation": {"status": "IN_PROGRESS", "openActions": 1, "overdueActions": 1},
    }


def test_the_list_takes_as_many_statements_for_many_actions_as_for_one(engine: sa.Engine, start: Begin) -> None:
    field = build(start, **due(date(2020, 1, 1)))
    question = """{ actions(overdue: true, first: 50) { edges { node {
        overdueDays stale owner { name } office { code } recommendation { code status evaluation { code } }
    } } } }"""
    few = statements(engine, field.officer, question)
    for _ in range(3):
        build(start, **due(date(2020, 1, 1)))
    assert statements(engine, field.officer, question) == few


def statements(engine: sa.Engine, actor: Actor, question: str) -> int:
    """How many statements the answer to a question takes."""
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    answer = execute(engine, actor, question)
    sa.event.remove(engine, "before_cursor_execute", note)
    assert "errors" not in answer
    return len(seen)
