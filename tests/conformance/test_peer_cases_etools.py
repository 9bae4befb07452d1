"""Cases of UNICEF's action points: what completing an action takes, who may, and what a verification is worth."""

import pytest

from rbm.errors import Conflict, Forbidden, Invalid
from rbm.services import followup
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage
from tests.conftest import Begin
from tests.services.followup.field import ADDRESS, TODAY, Field, build, day, refused

CLAIM, VERIFY = followup.claim_action_complete, followup.verify_action


@pytest.fixture
def field(start: Begin) -> Field:
    """An office with an action of high priority that was not started."""
    return build(start)


def test_etools_001_an_action_is_not_complete_without_an_entry_on_what_was_done(field: Field) -> None:
    field.begun()
    field.proven()
    with refused(Invalid, "text"):
        field.do(field.owner, CLAIM, field.action, TODAY, "")
    assert field.read().stage is ActionStage.IN_PROGRESS


def test_etools_002_with_entries_it_is_complete(field: Field) -> None:
    for text in ("a clerk was found", "the clerk is trained", "the register is filled"):
        field.do(field.owner, followup.update_action, field.action, text)
    field.proven()
    assert field.do(field.owner, CLAIM, field.action, TODAY, "kept").stage is ActionStage.REPORTED_COMPLETE


def test_etools_003_who_implements_in_the_office_may_complete_it_and_who_only_reads_may_not(field: Field) -> None:
    field.begun()
    field.proven()
    with refused(Forbidden):
        field.do(field.viewer, CLAIM, field.action, TODAY, "kept")
    assert field.do(field.colleague, CLAIM, field.action, TODAY, "kept").stage is ActionStage.REPORTED_COMPLETE
    field.do(field.officer, followup.reject_action_claim, field.action, "the register is empty")
    later = day(2026, 3, 9)
    field.proven(later)
    assert field.do(field.owner, CLAIM, field.action, later.date(), "filled", now=later).claimed_on == later.date()


def test_etools_005_of_high_priority_only_what_is_proven_and_found_right_by_others_is_complete(start: Begin) -> None:
    field = build(start, RecommendationPriority.CRITICAL)
    field.begun()
    with refused(Invalid, "evidence"):
        field.do(field.owner, CLAIM, field.action, TODAY, "kept")
    field.proven()
    field.do(field.owner, CLAIM, field.action, TODAY, "kept")
    with refused(Forbidden):
        field.do(field.owner, VERIFY, field.action, "kept", ADDRESS)
    field.do(field.officer, followup.reject_action_claim, field.action, "the register is empty")
    assert field.read().stage is ActionStage.IN_PROGRESS
    later = day(2026, 3, 9)
    with refused(Invalid, "evidence"):
        field.do(field.owner, CLAIM, field.action, later.date(), "filled", now=later)
    field.proven(later)
    field.do(field.owner, CLAIM, field.action, later.date(), "filled", now=later)
    done = field.do(field.officer, VERIFY, field.action, "filled", ADDRESS, now=later)
    assert done.stage is ActionStage.VERIFIED_COMPLETE


def test_etools_006_a_verdict_falls_before_anything_new_is_entered(field: Field) -> None:
    field.verified()
    with refused(Conflict, "action_id"):
        field.do(field.owner, followup.update_action, field.action, "the clerk left")
    field.do(field.officer, followup.reopen_action, field.action, "the clerk left", "a visit")
    field.do(field.owner, followup.update_action, field.action, "the clerk left")
    action = field.read()
    assert (action.stage, action.claimed_on, action.ended_on) == (ActionStage.IN_PROGRESS, None, None)
