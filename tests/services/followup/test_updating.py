"""Progress on actions: reports that stay as they were, evidence, and the rounds they belong to."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.followup import Action, ActionUpdate
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.services import followup
from rbm.stages import Transition
from rbm.terms.followup import ActionStage
from rbm.terms.responses import ResponseStage, RoundStage
from tests.conftest import Begin
from tests.services.followup.field import ADDRESS, TODAY, Field, build, refused


@pytest.fixture
def field(start: Begin) -> Field:
    """An office with an action of high priority that was not started."""
    return build(start)


def updates(field: Field) -> list[ActionUpdate]:
    with field.start() as work:
        return list(work.session.scalars(sa.select(ActionUpdate).order_by(ActionUpdate.id)))


def test_the_first_report_starts_an_action_and_later_ones_leave_it_there(field: Field) -> None:
    field.do(field.owner, followup.update_action, field.action, " a clerk was found ", "train the clerk", Decimal(10))
    field.do(field.colleague, followup.update_action, field.action, "the clerk is trained")
    first, second = updates(field)
    assert (first.text, first.next_steps, first.percent) == ("a clerk was found", "train the clerk", 10)
    assert (first.reported_by_id, second.reported_by_id) == (field.owner.person_id, field.colleague.person_id)
    assert (first.stage, second.stage) == (ActionStage.IN_PROGRESS, ActionStage.IN_PROGRESS)
    with field.start() as work:
        (move,) = work.session.scalars(sa.select(Transition).where(Transition.entity_id == field.action))
        assert (move.from_stage, move.to_stage, move.person_id) == ("not_started", "in_progress", field.owner.person_id)


@pytest.mark.parametrize(
    ("text", "percent", "named"), [(" ", None, "text"), ("x", "101", "percent"), ("x", "-1", "percent")]
)
def test_a_report_says_something_and_its_share_is_one(field: Field, text: str, percent: str | None, named: str) -> None:
    with refused(Invalid, named):
        field.do(field.owner, followup.update_action, field.action, text, None, percent and Decimal(percent))
    assert updates(field) == []
    assert field.read().stage is ActionStage.NOT_STARTED


def test_only_who_implements_in_the_office_reports(field: Field) -> None:
    for actor in (field.viewer, field.officer, field.director, field.oversight):
        with refused(Forbidden):
            field.do(actor, followup.update_action, field.action, "done")
    with refused(Forbidden):
        field.do(field.stranger, followup.update_action, field.action, "done")
    with refused(NotFound, "action_id"):
        field.do(field.owner, followup.update_action, field.response, "done")


def test_a_report_belongs_to_the_round_that_is_open(field: Field) -> None:
    with field.start() as work:
        response = work.get(ManagementResponse, field.response)
        for number, stage in ((1, RoundStage.MISSED), (2, RoundStage.OPEN), (3, RoundStage.SCHEDULED)):
            facts = {"number": number, "stage": stage, "opens_on": TODAY, "closes_on": TODAY}
            work.asked.update(work.actor.scopes or ())
            work.require(Action.FLOW[ActionStage.NOT_STARTED][ActionStage.IN_PROGRESS].permission)
            work.add(FollowUpRound(response=response, **facts))
    field.begun()
    (update,) = updates(field)
    with field.start() as work:
        assert work.get(FollowUpRound, update.round_id).number == 2  # type: ignore[arg-type]


def test_reports_end_with_the_action(field: Field) -> None:
    field.claimed()
    field.do(field.owner, followup.update_action, field.action, "the clerk stays")
    field.do(field.officer, followup.verify_action, field.action, "as claimed", "the register")
    with refused(Conflict, "action_id"):
        field.do(field.owner, followup.update_action, field.action, "the clerk left")
    with refused(Conflict, "action_id"):
        field.do(field.owner, followup.add_evidence, field.action, "The register", ADDRESS)


def test_nothing_is_done_before_the_office_has_answered(field: Field) -> None:
    with field.start() as work:
        work.require(Action.FLOW[ActionStage.NOT_STARTED][ActionStage.IN_PROGRESS].permission)
        response = work.get(ManagementResponse, field.response)
        response.stage, response.submitted_on = ResponseStage.DRAFT, None
    with refused(Conflict, "stage"):
        field.begun()
    with refused(Conflict, "stage"):
        field.proven()
    with field.start(field.owner) as work:
        told = dict(work.allowed(work.get(Action, field.action)))
        assert told[ActionStage.IN_PROGRESS] == "the response it belongs to was not submitted yet"


def test_an_action_is_paused_with_a_reason(field: Field) -> None:
    field.begun()
    with refused(Invalid, "reason"):
        field.do(field.owner, followup.pause_action, field.action, " ")
    assert field.do(field.owner, followup.pause_action, field.action, "no funds").stage is ActionStage.NOT_STARTED
    with refused(Conflict, "stage"):
        field.do(field.owner, followup.pause_action, field.action, "no funds")


@pytest.mark.parametrize(
    ("title", "url", "digest", "named"),
    [
        (" ", ADDRESS, None, "title"),
        ("The register", "ftp://example.org/register", None, "url"),
        ("The register", "javascript:alert(1)", None, "url"),
        ("The register", ADDRESS, "abc", "content_hash"),
        ("The register", ADDRESS, "A" * 64, "content_hash"),
    ],
)
def test_evidence_is_an_address_with_a_title(
    field: Field, title: str, url: str, digest: str | None, named: str
) -> None:
    with refused(Invalid, named):
        field.do(field.owner, followup.add_evidence, field.action, title, url, digest)
    kept = field.do(field.owner, followup.add_evidence, field.action, "The register", ADDRESS, "0" * 64)
    assert (kept.url, kept.content_hash, kept.added_by_id) == (ADDRESS, "0" * 64, field.owner.person_id)
