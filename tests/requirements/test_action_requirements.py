"""Requirements on actions, each by its number."""

from datetime import date, timedelta

import sqlalchemy as sa

from rbm.errors import Forbidden, Invalid
from rbm.model.followup import Action
from rbm.model.responses import ManagementResponse
from rbm.services import followup
from rbm.services.followup import ActionQuestion, RecommendationQuestion
from rbm.terms.evaluation import SourceKind
from rbm.terms.followup import ActionStage, AgeBucket
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.services.followup.field import TODAY, build, day, due, refused


def test_r126_no_report_for_one_interval_is_stale_and_a_due_date_that_passed_is_overdue(start: Begin) -> None:
    field = build(start, **due(date(2026, 9, 30)))
    field.begun()
    moments = [(day(2026, 9, 2), False, 0), (day(2026, 9, 3), True, 0), (day(2026, 10, 1), True, 1)]
    for now, stale, days in moments:
        with start(field.officer, now=now) as work:
            (timing,) = followup.timings(work, [work.get(Action, field.action)])
            assert (timing.stale, timing.overdue_days) == (stale, days)
            found = work.session.scalars(followup.find_actions(work, ActionQuestion(stale=True))).all()
            assert [row.id for row in found] == [field.action] * stale


def test_r130_open_recommendations_are_found_by_their_age(start: Begin) -> None:
    field = build(start)
    buckets = {date(2026, 7, 19): "up_to_6", date(2026, 7, 20): "up_to_12", date(2028, 1, 20): "above_24"}
    for on, name in buckets.items():
        with start(field.officer, now=day(on.year, on.month, on.day)) as work:
            for bucket in AgeBucket:
                asked = followup.find_recommendations(work, RecommendationQuestion(age=bucket))
                assert len(work.session.scalars(asked).all()) == (bucket == name)


def test_r131_the_responsible_unit_cannot_close_an_action_alone(start: Begin) -> None:
    field = build(start)
    field.begun()
    with refused(Invalid, "evidence"):
        field.do(field.owner, followup.claim_action_complete, field.action, TODAY, "kept")
    field.proven()
    field.do(field.owner, followup.claim_action_complete, field.action, TODAY, "kept")
    for actor in (field.owner, field.colleague, field.head):
        with refused(Forbidden):
            field.do(actor, followup.verify_action, field.action, "kept", "the register")
    assert field.read().stage is ActionStage.REPORTED_COMPLETE


def test_r132_audits_are_followed_up_by_the_same_actions_and_kept_apart(start: Begin) -> None:
    field = build(start)
    with start() as work:
        make = Make(work)
        evaluating, office = Evaluating(make), make.office()
        audit = evaluating.evaluation(source=SourceKind.AUDIT)
        facts = {"stage": work.get(ManagementResponse, field.response).stage, "submitted_on": TODAY}
        response = evaluating.response(audit, office, **facts)
        action = evaluating.action(response, evaluating.recommendation(audit, office), **due(TODAY - timedelta(1)))
        found = {
            source: work.session.scalars(followup.find_actions(work, ActionQuestion(source=source))).all()
            for source in SourceKind
        }
        assert [row.id for row in found[SourceKind.AUDIT]] == [action.id]
        assert [row.id for row in found[SourceKind.EVALUATION]] == [field.action]
        assert not found[SourceKind.DONOR_EVALUATION]


def test_r124_an_action_always_has_an_owner_and_dates() -> None:
    columns = sa.inspect(Action).columns
    assert not any(columns[name].nullable for name in ("owner_id", "due_on", "original_due_on", "office_id"))
