"""Claims and their verification: evidence first, another unit afterwards, and no way round it."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from rbm.access import Actor
from rbm.audit import AuditEntry
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.followup import Action, ActionVerification
from rbm.model.people import Office, Person
from rbm.services import followup, people
from rbm.services.followup import ScopeRevision
from rbm.stages import Transition
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage, Verdict, VerificationScope
from rbm.terms.people import OfficeKind, Role
from tests.conftest import Begin
from tests.make import Make
from tests.services.followup.field import TODAY, Field, build, day, refused

CLAIM = followup.claim_action_complete


@pytest.fixture
def field(start: Begin) -> Field:
    """An office with an action of high priority that was not started."""
    return build(start)


def test_a_claim_starts_the_clock_of_its_verification(field: Field) -> None:
    action = field.claimed()
    assert action.stage is ActionStage.REPORTED_COMPLETE
    assert (action.completed_on, action.claimed_on, action.claimed_by_id) == (TODAY, TODAY, field.owner.person_id)
    assert (action.verify_by, action.ended_on) == (date(2026, 5, 1), None)


def test_a_claim_is_backed_by_evidence_and_a_text(field: Field) -> None:
    field.begun()
    with refused(Invalid, "evidence"):
        field.do(field.owner, CLAIM, field.action, TODAY, "it is kept")
    with field.start(field.owner) as work:
        told = dict(work.allowed(work.get(Action, field.action)))
        assert told[ActionStage.REPORTED_COMPLETE] == "evidence has to be added before"
    field.proven()
    with refused(Invalid, "text"):
        field.do(field.owner, CLAIM, field.action, TODAY, " ")
    assert field.read().claimed_on is None


def test_what_was_not_begun_cannot_be_complete(field: Field) -> None:
    field.proven()
    with refused(Conflict):
        field.do(field.owner, CLAIM, field.action, TODAY, "it is kept")


@pytest.mark.parametrize(
    ("began", "claimed_for"),
    [(day(2026, 3, 2), date(2026, 3, 3)), (day(2026, 3, 2), date(2026, 1, 28)), (day(2026, 2, 20), date(2026, 2, 19))],
)
def test_a_claim_is_of_no_day_to_come_and_none_before_the_action_came_to_its_stage(
    field: Field, began: object, claimed_for: date
) -> None:
    field.begun(began)  # type: ignore[arg-type]
    field.proven()
    with refused(Invalid, "completed_on"):
        field.do(field.owner, CLAIM, field.action, claimed_for, "it is kept")
    assert field.do(field.owner, CLAIM, field.action, TODAY, "it is kept").completed_on == TODAY


def test_the_evaluation_unit_and_oversight_verify_and_nobody_else(field: Field) -> None:
    field.claimed()
    for actor in (field.owner, field.colleague, field.head, field.stranger, field.viewer):
        with refused(Forbidden):
            field.do(actor, followup.verify_action, field.action, "as claimed", "the register")
    action = field.do(field.oversight, followup.verify_action, field.action, "as claimed", "the register")
    assert (action.stage, action.ended_on) == (ActionStage.VERIFIED_COMPLETE, TODAY)
    with field.start() as work:
        (verdict,) = work.session.scalars(sa.select(ActionVerification))
        assert (verdict.verdict, verdict.verified_by_id) == (Verdict.CONFIRMED, field.oversight.person_id)
        refusals = sa.select(AuditEntry.person_id).where(AuditEntry.kind == "refused")
        assert len(set(work.session.scalars(refusals))) == 5


def granted(field: Field, actor: Actor, role: Role, office: object) -> Actor:
    """The same person with one more role."""
    with field.start() as work:
        people.grant_role(work, actor.person_id, office, role)  # type: ignore[arg-type]
        return people.actor_of_person(work, work.get(Person, actor.person_id))  # type: ignore[arg-type]


def test_whoever_holds_any_role_in_the_office_verifies_nothing_of_it(field: Field) -> None:
    field.claimed()
    both = granted(field, field.officer, Role.VIEWER, field.office)
    with refused(Forbidden):
        field.do(both, followup.verify_action, field.action, "as claimed", "the register")
    with field.start(both) as work:
        told = dict(work.allowed(work.get(Action, field.action)))
        assert told[ActionStage.VERIFIED_COMPLETE] == "not by anybody of the office that owns it"
    with refused(Forbidden):
        field.do(both, followup.reject_action_claim, field.action, "empty")


def test_an_owner_who_moves_to_the_evaluation_unit_does_not_verify_the_own_action(field: Field) -> None:
    field.claimed()
    with field.start() as work:
        work.require(Action.FLOW[ActionStage.NOT_STARTED][ActionStage.IN_PROGRESS].permission)
        work.get(Action, field.action).owner_id = field.officer.person_id  # type: ignore[assignment]
    with refused(Forbidden):
        field.do(field.officer, followup.verify_action, field.action, "as claimed", "the register")


def test_what_the_evaluation_unit_owns_is_verified_by_oversight_alone(field: Field) -> None:
    field.claimed()
    with field.start() as work:
        make = Make(work)
        work.get(Office, field.office).kind = OfficeKind.EVALUATION
        central = make.actor(Role.EVALUATION_HEAD)
        inside = make.actor(Role.OVERSIGHT, work.get(Office, field.office))
    for actor in (field.officer, field.director, central, inside):
        with refused(Forbidden):
            field.do(actor, followup.verify_action, field.action, "as claimed", "the register")
    field.do(field.oversight, followup.verify_action, field.action, "as claimed", "the register")


@pytest.mark.parametrize(("note", "seen", "named"), [(" ", "x", "note"), ("x", " ", "evidence_seen")])
def test_a_verification_says_what_was_seen(field: Field, note: str, seen: str, named: str) -> None:
    field.claimed()
    with refused(Invalid, named):
        field.do(field.officer, followup.verify_action, field.action, note, seen)
    assert field.read().stage is ActionStage.REPORTED_COMPLETE


def test_a_claim_that_is_refused_leaves_the_action_open_and_asks_for_new_evidence(field: Field) -> None:
    field.claimed()
    with refused(Invalid, "reason"):
        field.do(field.officer, followup.reject_action_claim, field.action, "")
    field.do(field.officer, followup.reject_action_claim, field.action, "the register is empty", now=day(2026, 3, 10))
    action = field.read()
    assert (action.stage, action.claimed_on, action.verify_by) == (ActionStage.IN_PROGRESS, None, None)
    assert (action.claimed_by_id, action.completed_on) == (None, None)
    later = day(2026, 4, 1)
    with refused(Invalid, "evidence"):
        field.do(field.owner, CLAIM, field.action, later.date(), "filled", now=later)
    field.proven(later)
    with refused(Invalid, "completed_on"):
        field.do(field.owner, CLAIM, field.action, date(2026, 3, 9), "filled", now=later)
    field.do(field.owner, CLAIM, field.action, later.date(), "filled", now=later)
    assert field.read().verify_by == later.date() + timedelta(days=60)


@pytest.mark.parametrize("priority", [RecommendationPriority.MEDIUM, RecommendationPriority.LOW])
def test_a_refused_claim_of_any_priority_is_made_again_with_new_evidence(
    start: Begin, priority: RecommendationPriority
) -> None:
    field = build(start, priority)
    field.claimed()
    later = day(2026, 3, 10)
    field.do(field.officer, followup.reject_action_claim, field.action, "the register is empty", now=later)
    with refused(Invalid, "evidence"):
        field.do(field.owner, CLAIM, field.action, later.date(), "it is", now=later)


def test_a_verified_action_is_reopened_with_a_reason_and_new_evidence(field: Field) -> None:
    field.verified()
    with refused(Invalid, "evidence_seen"):
        field.do(field.officer, followup.reopen_action, field.action, "taken down", "")
    with refused(Forbidden):
        field.do(field.head, followup.reopen_action, field.action, "taken down", "a visit")
    action = field.do(field.officer, followup.reopen_action, field.action, "taken down", "a visit")
    assert (action.stage, action.ended_on, action.claimed_on) == (ActionStage.IN_PROGRESS, None, None)
    with refused(Conflict, "action_id"):
        field.do(field.officer, followup.reopen_action, field.action, "taken down", "a visit")
    with field.start() as work:
        verdicts = work.session.scalars(sa.select(ActionVerification.verdict).order_by(ActionVerification.id))
        assert list(verdicts) == [Verdict.CONFIRMED, Verdict.REOPENED]
        moves = sa.select(Transition.to_stage).where(Transition.entity_id == field.action).order_by(Transition.id)
        assert list(work.session.scalars(moves))[-2:] == ["verified_complete", "in_progress"]


@pytest.mark.parametrize(
    ("priority", "scope", "owed"), [("critical", "full", True), ("high", "full", True), ("low", "none", False)]
)
def test_how_far_a_claim_is_verified_follows_from_the_priority(
    start: Begin, priority: str, scope: str, *, owed: bool
) -> None:
    action = build(start, RecommendationPriority(priority)).claimed()
    assert (action.verification_scope, action.verify_by is not None) == (scope, owed)


def test_a_claim_outside_of_the_sample_may_be_verified_all_the_same(start: Begin) -> None:
    field = build(start, RecommendationPriority.LOW)
    assert field.verified().stage is ActionStage.VERIFIED_COMPLETE


def test_the_scope_of_the_day_of_the_claim_counts(start: Begin) -> None:
    field = build(start, RecommendationPriority.LOW)
    revised = ScopeRevision(date(2026, 4, 1), low=VerificationScope.FULL)
    with refused(Forbidden):
        field.do(field.head, followup.revise_verification_scope, revised)
    field.do(field.director, followup.revise_verification_scope, revised)
    with refused(Conflict, "effective_from"):
        field.do(field.director, followup.revise_verification_scope, revised)
    assert field.claimed(day(2026, 4, 1)).verify_by == date(2026, 5, 31)
    with field.start() as work:
        assert followup.scopes_on(work, date(2026, 3, 31))[RecommendationPriority.LOW] is VerificationScope.NONE
