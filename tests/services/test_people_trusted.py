"""No administrator alone makes or unmakes the head of evaluation, or gives a role of oversight, or acts as one."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import Actor
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.people import Membership, Person
from rbm.services import people, planning
from rbm.services.planning import DecisionRecord
from rbm.terms.people import TRUSTED, OfficeKind, Role
from rbm.terms.planning import DecisionKind
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused

TODAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Scene:
    """An administrator of all, the governing body, the evaluation office, a country and somebody without a role."""

    start: Begin
    admin: Actor
    board: Actor
    unit: UUID
    country: UUID
    somebody: UUID

    def decide(self, reference: str, kind: DecisionKind, role: Role | None = None) -> None:
        with self.start(self.board) as work:
            record = DecisionRecord(reference, kind, "It decides", TODAY, self.somebody, role)
            planning.record_governing_decision(work, record)

    def grant(self, work: Work, role: Role, valid_from: date | None = None) -> Membership:
        return people.grant_role(work, self.somebody, self.unit, role, valid_from)


@pytest.fixture
def scene(start: Begin) -> Scene:
    with start() as work:
        make = Make(work)
        council = make.office(kind=OfficeKind.GOVERNING_BODY)
        make.actor(Role.ADMIN)
        board = make.actor(Role.GOVERNING_BODY, council)
        unit, country = Evaluating(make).unit().id, make.office().id
        return Scene(start, make.actor(Role.ADMIN), board, unit, country, make.person().id)


def test_the_head_of_evaluation_is_appointed_and_removed_by_decisions(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    with refused(engine, Conflict, "person_id", scene.admin) as work:
        scene.grant(work, Role.EVALUATION_HEAD)
    scene.decide("C/1", DecisionKind.APPOINTMENT)
    with refused(engine, Conflict, "valid_from", scene.admin) as work:
        scene.grant(work, Role.EVALUATION_HEAD, TODAY - timedelta(days=1))
    with start(scene.admin) as work:
        held = scene.grant(work, Role.EVALUATION_HEAD).id
    with refused(engine, Conflict, "membership_id", scene.admin) as work:
        people.revoke_role(work, held)
    with refused(engine, Conflict, "person_id", scene.admin) as work:
        people.deactivate_person(work, scene.somebody)
    scene.decide("C/2", DecisionKind.REMOVAL)
    with start(scene.admin) as work:
        people.deactivate_person(work, scene.somebody)
    with refused(engine, Conflict, "person_id", scene.admin) as work:
        people.reactivate_person(work, scene.somebody)
    with start(scene.admin) as work:
        assert people.revoke_role(work, held).valid_to == TODAY - timedelta(days=1)
        assert people.reactivate_person(work, scene.somebody).active
    with refused(engine, Conflict, "person_id", scene.admin) as work:
        scene.grant(work, Role.EVALUATION_HEAD)


@pytest.mark.parametrize("role", sorted(TRUSTED))
def test_a_trusted_role_takes_a_decision_that_admits_to_this_very_role(
    scene: Scene, start: Begin, engine: sa.Engine, role: Role
) -> None:
    other = Role.OVERSIGHT if role is not Role.OVERSIGHT else Role.GOVERNING_BODY
    scene.decide("C/1", DecisionKind.ADMISSION, other)
    with refused(engine, Conflict, "person_id", scene.admin) as work:
        scene.grant(work, role)
    scene.decide("C/2", DecisionKind.ADMISSION, role)
    with start(scene.admin) as work:
        assert scene.grant(work, role).role is role


def test_whoever_recorded_the_decision_does_not_give_the_role(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    with start() as work:
        people.grant_role(work, scene.board.person_id or UUID(int=0), people.headquarters(work).id, Role.ADMIN)
    with start() as work:
        both = people.actor_of_person(work, work.get(Person, scene.board.person_id or UUID(int=0)))
    scene.decide("C/1", DecisionKind.ADMISSION, Role.OVERSIGHT)
    with refused(engine, Forbidden, "person_id", both) as work:
        scene.grant(work, Role.OVERSIGHT)


def test_other_roles_and_those_of_other_offices_are_given_as_before(scene: Scene, start: Begin) -> None:
    with start(scene.admin) as work:
        for role in (Role.VIEWER, Role.EVALUATION_MANAGER, Role.EVALUATOR):
            scene.grant(work, role)
        assert people.grant_role(work, scene.somebody, scene.country, Role.OVERSIGHT).role is Role.OVERSIGHT


@pytest.mark.parametrize("role", sorted(TRUSTED | {Role.EVALUATION_HEAD}))
def test_nobody_gets_credentials_from_others_to_speak_for_a_trusted_role(
    scene: Scene, start: Begin, engine: sa.Engine, role: Role
) -> None:
    with start(scene.admin) as work:
        kept, secret = people.issue_token(work, scene.somebody, "before")
    with start() as work:
        scene.grant(work, role, TODAY + timedelta(days=1))
        assert people.issue_token(work, scene.somebody, "command line")[0].revoked_at is None
        found = people.find_token(work, secret)
        assert found
        assert found.id == kept.id
    with refused(engine, Forbidden, "person_id", scene.admin) as work:
        people.issue_token(work, scene.somebody, "mine")
    with refused(engine, Forbidden, "person_id", scene.admin) as work:
        people.link_identity(work, scene.somebody, "https://idp.example.org", "mine")
    with start() as work:
        own = people.actor_of_person(work, work.get(Person, scene.somebody))
    with start(own) as work:
        assert people.issue_token(work, scene.somebody, "own")[0].person_id == scene.somebody


def test_tokens_from_before_end_with_the_trusted_role(scene: Scene, start: Begin) -> None:
    scene.decide("C/1", DecisionKind.ADMISSION, Role.EVALUATION_OFFICER)
    with start(scene.admin) as work:
        _, secret = people.issue_token(work, scene.somebody, "before")
        scene.grant(work, Role.EVALUATION_OFFICER)
        assert people.find_token(work, secret) is None


def test_an_admission_names_a_trusted_role_and_nobody_records_one_about_oneself(
    scene: Scene, engine: sa.Engine
) -> None:
    for role, kind in (
        (None, DecisionKind.ADMISSION),
        (Role.VIEWER, DecisionKind.ADMISSION),
        (Role.OVERSIGHT, DecisionKind.APPOINTMENT),
    ):
        with refused(engine, Invalid, "role", scene.board) as work:
            wanted = DecisionRecord("C/1", kind, "It decides", TODAY, scene.somebody, role)
            planning.record_governing_decision(work, wanted)
    with refused(engine, Forbidden, "person_id", scene.board) as work:
        own = DecisionRecord("C/1", DecisionKind.ADMISSION, "so", TODAY, scene.board.person_id, Role.OVERSIGHT)
        planning.record_governing_decision(work, own)
