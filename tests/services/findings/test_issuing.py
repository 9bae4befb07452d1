"""Recommendations from the final on: issued, transmitted with a clock, corrected in sight, superseded, their effect."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC
from rbm.audit import AuditEntry
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Erratum, Recommendation
from rbm.model.responses import ManagementResponse
from rbm.services import deadlines, findings
from rbm.services.deadlines import DeadlineRevision
from rbm.services.findings import AddresseeInput
from rbm.stages import Transition
from rbm.terms.evaluation import EvaluationLevel, EvaluationStage, SourceKind
from rbm.terms.findings import AddresseeKind, RecommendationStage
from rbm.terms.people import Role
from rbm.terms.responses import ResponseStage
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.evaluating import FINAL, Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.findings.scene import Scene, draft, play, to

TODAY = date(2026, 3, 2)


def drafted(work: Work, scene: Scene, **facts: object) -> Recommendation:
    return findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id, **facts))


def responses(work: Work) -> list[ManagementResponse]:
    return list(work.session.scalars(sa.select(ManagementResponse).order_by(ManagementResponse.transmitted_on)))


def issued(work: Work, scene: Scene, **facts: object) -> Recommendation:
    """A recommendation of the evaluation of a scene that was issued on the day of its final."""
    evaluation = work.get(Evaluation, scene.evaluation_id)
    return Evaluating(Make(work)).recommendation(evaluation, **facts)


def test_issuing_starts_one_clock_for_each_office_addressed(start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL)
        both = [to(scene.country_id, leads=True), to(scene.region_id)]
        first = drafted(work, scene)
        second = drafted(work, scene, addressees=both)
    with start(scene.officer) as work:
        findings.issue_recommendation(work, first.id)
        (owed,) = responses(work)
        assert (owed.office_id, owed.stage, owed.edition) == (scene.country_id, ResponseStage.DUE, 1)
        assert (owed.transmitted_on, owed.due_on, owed.rule_edition) == (TODAY, TODAY + timedelta(days=42), 1)
        row = findings.issue_recommendation(work, second.id)
        assert (row.stage, row.issued_on) == (RecommendationStage.ISSUED, TODAY)
        assert {one.office_id for one in responses(work)} == {scene.country_id, scene.region_id}
        assert len(responses(work)) == 2
        moves = work.session.scalars(sa.select(Transition).where(Transition.entity_id == row.id)).all()
        assert [(one.to_stage, one.person_id) for one in moves] == [("issued", scene.officer.person_id)]


def test_a_final_of_19_january_2026_is_answered_by_2_march(start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL, source=SourceKind.AUDIT)
        row = drafted(work, scene)
        findings.issue_recommendation(work, row.id, FINAL)
        (owed,) = responses(work)
        assert (owed.transmitted_on, owed.due_on) == (date(2026, 1, 19), date(2026, 3, 2))


def test_the_clock_follows_the_level_and_the_rule_in_force_on_the_day(start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL, level=EvaluationLevel.DECENTRALIZED)
        row = drafted(work, scene)
        deadlines.revise_deadlines(work, DeadlineRevision(TODAY, decentralized_response_days=28))
        findings.issue_recommendation(work, row.id)
        (owed,) = responses(work)
        assert (owed.due_on, owed.rule_edition) == (TODAY + timedelta(days=28), 2)


def test_a_recommendation_to_nobody_in_house_makes_no_response(start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL)
        row = drafted(work, scene, addressees=[AddresseeInput(AddresseeKind.GOVERNMENT, name="Ministry")])
        assert findings.issue_recommendation(work, row.id).stage is RecommendationStage.ISSUED
        assert responses(work) == []


def test_all_drafts_are_issued_together_in_their_order(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        drafted(work, scene, number=2)
        drafted(work, scene, number=1)
    with start(scene.officer) as work:
        made = findings.issue_drafts(work, work.get(Evaluation, scene.evaluation_id))
        assert [(row.number, row.stage, row.issued_on) for row in made] == [(1, "issued", TODAY), (2, "issued", TODAY)]
        assert len(responses(work)) == 1


@pytest.mark.parametrize("stage", [EvaluationStage.QUALITY_REVIEW, EvaluationStage.CANCELLED, EvaluationStage.PLANNED])
def test_nothing_is_issued_before_the_final(engine: sa.Engine, start: Begin, stage: EvaluationStage) -> None:
    with start() as work:
        scene = play(work, stage)
        row = issued(work, scene, stage=RecommendationStage.DRAFT, issued_on=None)
    with refused(engine, Conflict, "stage", scene.officer) as work:
        findings.issue_recommendation(work, row.id)


def test_what_is_issued_is_not_issued_again(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL)
        row = issued(work, scene)
    with refused(engine, Conflict, "stage", scene.officer) as work:
        findings.issue_recommendation(work, row.id)


def test_only_what_was_registered_is_issued_on_an_earlier_day(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        own, audit = play(work, EvaluationStage.FINAL), play(work, EvaluationStage.FINAL, source=SourceKind.AUDIT)
        rows = {scene.evaluation_id: drafted(work, scene) for scene in (own, audit)}
    with refused(engine, Invalid, "issued_on", own.officer) as work:
        findings.issue_recommendation(work, rows[own.evaluation_id].id, FINAL)
    for day in (FINAL - timedelta(days=1), TODAY + timedelta(days=1)):
        with refused(engine, Invalid, "issued_on", audit.officer) as work:
            findings.issue_recommendation(work, rows[audit.evaluation_id].id, day)


def test_the_evaluation_unit_alone_issues(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL)
        row = drafted(work, scene)
    with refused(engine, Forbidden, None, scene.manager) as work:
        findings.issue_recommendation(work, row.id)
    with refused(engine, NotFound, "recommendation_id", scene.chief) as work:
        findings.issue_recommendation(work, row.id)


def test_an_erratum_shows_what_it_said_before_and_why_it_changed(start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL)
        row = issued(work, scene, text="Close 5 offices")
    with start(scene.head) as work:
        corrected = findings.correct_recommendation(work, row.id, "Close 3 offices", "a digit was wrong")
        assert (corrected.text, corrected.edition, corrected.stage) == ("Close 3 offices", 2, "issued")
        findings.correct_recommendation(work, row.id, "Close three offices", "in words")
    with start(scene.chief) as work:
        told = work.session.scalars(sa.select(Erratum).order_by(Erratum.edition)).all()
        assert [(one.edition, one.before, one.after) for one in told] == [
            (2, "Close 5 offices", "Close 3 offices"),
            (3, "Close 3 offices", "Close three offices"),
        ]
        assert (told[0].reason, told[0].corrected_at) == ("a digit was wrong", NOW)


@pytest.mark.parametrize(
    ("text", "reason", "field"), [("", "a slip", "text"), ("Close 5", "a slip", "text"), ("Close 3", " ", "reason")]
)
def test_an_erratum_corrects_something_and_says_why(
    engine: sa.Engine, start: Begin, text: str, reason: str, field: str
) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL)
        row = issued(work, scene, text="Close 5")
    with refused(engine, Invalid, field, scene.head) as work:
        findings.correct_recommendation(work, row.id, text, reason)


def test_the_head_of_evaluation_alone_corrects(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL)
        row = issued(work, scene)
    for actor in (scene.officer, scene.manager, scene.chief):
        with refused(engine, Forbidden, None, actor) as work:
            findings.correct_recommendation(work, row.id, "Softer words", "we disagree")


def test_a_newer_recommendation_takes_the_place_of_an_issued_one(start: Begin) -> None:
    with start() as work:
        scene, later = play(work, EvaluationStage.FINAL), play(work, EvaluationStage.FINAL, final_on=TODAY)
        first = issued(work, scene)
        second, third = issued(work, scene), issued(work, later, issued_on=TODAY)
    with start(scene.officer) as work:
        row = findings.supersede_recommendation(work, first.id, second.id, "said better")
        assert (row.stage, row.superseded_by_id) == (RecommendationStage.SUPERSEDED, second.id)
        assert findings.supersede_recommendation(work, second.id, third.id, "said anew").superseded_by_id == third.id
    with start() as work:
        moves = work.session.scalars(sa.select(Transition.reason).where(Transition.entity_id == first.id)).all()
        assert moves == ["said better"]


def test_nothing_is_superseded_by_what_is_older_draft_or_itself(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL, final_on=TODAY)
        before = play(work, EvaluationStage.FINAL)
        row, earlier = issued(work, scene, issued_on=TODAY), issued(work, before)
        waiting = drafted(work, scene)
    for other, kind in ((earlier, Invalid), (row, Invalid), (waiting, Conflict)):
        with refused(engine, kind, "by_id", scene.officer) as work:
            findings.supersede_recommendation(work, row.id, other.id, "said better")
    with refused(engine, Invalid, "reason", scene.officer) as work:
        findings.supersede_recommendation(work, earlier.id, row.id, " ")


def test_an_effect_is_recorded_by_the_evaluation_unit(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL)
        row, waiting = issued(work, scene), drafted(work, scene)
    with start(scene.officer) as work:
        told = findings.record_effect(work, row.id, "Offices learn from one another", observed=True)
        assert (told.effect_observed, told.effect) == (True, "Offices learn from one another")
    with refused(engine, Conflict, "stage", scene.officer) as work:
        findings.record_effect(work, waiting.id, "nothing yet", observed=False)
    with refused(engine, Invalid, "effect", scene.officer) as work:
        findings.record_effect(work, row.id, " ", observed=False)
    with refused(engine, Forbidden, None, scene.chief) as work:
        findings.record_effect(work, row.id, "all is well", observed=True)


def test_the_public_reads_issued_recommendations_from_the_disclosure_alone(start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL, disclosed_on=TODAY)
        row = issued(work, scene)
        hidden = play(work, EvaluationStage.FINAL, disclosed_on=TODAY + timedelta(days=1))
        issued(work, hidden)
        drafted(work, scene)
    with start(PUBLIC) as work:
        assert work.session.scalars(sa.select(Recommendation.id)).all() == [row.id]


def test_an_attempt_to_change_an_issued_text_is_shown_to_the_governing_body(start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL)
        row = issued(work, scene)
        governor = Make(work).actor(Role.GOVERNING_BODY)
    with pytest.raises(Forbidden), start(scene.chief, "revise_recommendation") as work:
        findings.revise_recommendation(work, row.id, draft(scene.country_id, "Softer words"))
    with pytest.raises(Forbidden), start(scene.chief, "correct_recommendation") as work:
        findings.correct_recommendation(work, row.id, "Softer words", "we disagree")
    with start(governor) as work:
        kept = work.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(one.operation, one.person_id, one.entity, one.entity_id) for one in kept] == [
            ("revise_recommendation", scene.chief.person_id, "evaluation", str(scene.evaluation_id)),
            ("correct_recommendation", scene.chief.person_id, "recommendation", str(row.id)),
        ]
