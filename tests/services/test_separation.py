"""Separation: nobody judges, endorses or grants what is one's own, and a role counts only where it is held."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product
from uuid import UUID

import pytest
import sqlalchemy as sa

from graph_schema.derive.rules import Place, Where
from graph_schema.execute import execute
from graph_schema.schema import RULES
from rbm.access import Actor
from rbm.audit import AuditEntry, AuditKind
from rbm.db import table_of
from rbm.errors import Forbidden, Invalid, NotFound
from rbm.model.evaluation import Evaluation
from rbm.model.people import Office, Person
from rbm.services import evaluation, findings, followup, people, planning, responses
from rbm.services.findings import FindingInput
from rbm.services.responses import RecommendationDecision
from rbm.terms.evaluation import QualityGate
from rbm.terms.followup import ActionStage, ReleaseReason
from rbm.terms.people import Role
from rbm.terms.planning import RequestKind
from rbm.terms.responses import ResponseDecision
from rbm.work import Work, begin
from tests import databases
from tests.conftest import NOW, Begin
from tests.evaluating import Evaluating
from tests.graph_schema.stage import PLACES, Stage, play
from tests.graph_schema.world import Keys, build
from tests.make import Make
from tests.refusals import rows
from tests.services.ownership import BY

LATER = date(2027, 6, 30)
ENTRIES = """query ($person: ID!) { auditEntries(first: 5, orderBy: [ID_DESC], filter: {personId: $person}) {
  edges { node { kind operation entity entityId changes } } } }"""


class World:
    """The small world of all tests, in which persons hold several roles."""

    def __init__(self, engine: sa.Engine, start: Begin) -> None:
        self.engine, self.start = engine, start
        with start() as work:
            self.keys: Keys = build(Make(work))
            self.governor = Make(work).actor(Role.GOVERNING_BODY)

    def person(self, *held: tuple[Role, str]) -> Actor:
        """Somebody with roles in offices of the world."""
        with self.start() as work:
            person = Make(work).person()
            for role, office in held:
                people.grant_role(work, person.id, self.keys[office], role)
            return people.actor_of_person(work, person)

    @contextmanager
    def kept_apart(self, actor: Actor) -> Iterator[Work]:
        """What an actor attempts is forbidden, changes nothing, and is read in the trail by the governing body."""
        before = rows(self.engine)
        with pytest.raises(Forbidden) as refusal, begin(self.engine, actor, "apart", now=NOW) as work:
            yield work
        assert rows(self.engine) == before
        answer = execute(self.engine, self.governor, ENTRIES, {"person": str(actor.person_id)})
        newest = answer["data"]["auditEntries"]["edges"][0]["node"]
        assert (newest["kind"], newest["operation"]) == ("REFUSED", "apart")
        assert newest["entityId"] is not None
        assert newest["changes"] == {"refusal": refusal.value.message}

    def action(self, office: str = "office", **facts: object) -> UUID:
        """A claimed action of an office, in a response of its own."""
        with self.start() as work:
            evaluating, unit = Evaluating(Make(work)), work.get(Office, self.keys[office])
            judging = evaluating.evaluation()
            response = evaluating.response(judging, unit, submitted_on=date(2026, 2, 1))
            recommendation = evaluating.recommendation(judging, unit)
            return evaluating.action(response, recommendation, stage=ActionStage.REPORTED_COMPLETE, **facts).id


@pytest.fixture
def world(engine: sa.Engine, start: Begin) -> World:
    return World(engine, start)


def test_who_submits_a_response_does_not_endorse_it(world: World) -> None:
    head = world.person((Role.APPROVER, "office"), (Role.ENDORSER, "office"))
    with world.start(head) as work:
        responses.submit_response(work, world.keys["response_draft"])
    with world.kept_apart(head) as work:
        responses.endorse_response(work, world.keys["response_draft"])
    with world.start(world.person((Role.ENDORSER, "region"))) as work:
        assert responses.endorse_response(work, world.keys["response_draft"]).endorsed_on == NOW.date()


def test_who_decides_in_a_response_does_not_endorse_it(world: World) -> None:
    focal = world.person((Role.MANAGEMENT_FOCAL_POINT, "office"), (Role.SENIOR_MANAGEMENT, "headquarters"))
    with world.start(focal) as work:
        stated = RecommendationDecision(world.keys["recommendation_draft"], ResponseDecision.ACCEPTED)
        responses.respond_to_recommendation(work, stated)
    with world.start(world.person((Role.APPROVER, "office"))) as work:
        responses.submit_response(work, world.keys["response_draft"])
    with world.kept_apart(focal) as work:
        responses.endorse_response(work, world.keys["response_draft"])


def judge(work: Work, action_id: UUID, how: str) -> None:
    """Verify an action, or refuse its claim."""
    if how == "verify":
        followup.verify_action(work, action_id, "as claimed", "the register")
    else:
        followup.reject_action_claim(work, action_id, "the register is empty")


@pytest.mark.parametrize(("role", "how"), [*product((Role.EVALUATION_OFFICER, Role.OVERSIGHT), ("verify", "reject"))])
def test_no_owner_claimer_or_colleague_verifies_an_action(world: World, role: Role, how: str) -> None:
    owner, claimer = (world.person((role, "headquarters")) for _ in range(2))
    colleague = world.person((role, "headquarters"), (Role.VIEWER, "office"))
    with world.start() as work:
        held = work.get(Person, owner.person_id)  # type: ignore[arg-type]
    action = world.action(owner=held, claimed_by_id=claimer.person_id)
    for actor in (owner, claimer, colleague):
        with world.kept_apart(actor) as work:
            judge(work, action, how)
    with world.start(world.person((role, "headquarters"))) as work:
        judge(work, action, how)


def test_no_colleague_opens_a_verified_action_again(world: World) -> None:
    colleague = world.person((Role.OVERSIGHT, "headquarters"), (Role.DONOR, "office"))
    with world.kept_apart(colleague) as work:
        followup.reopen_action(work, world.keys["verified_action"], "it was taken down", "a visit")


def test_what_the_evaluation_office_owns_is_verified_by_oversight_alone(world: World) -> None:
    action = world.action("evaluation")
    inside = world.person((Role.EVALUATION_HEAD, "evaluation"), (Role.OVERSIGHT, "headquarters"))
    for actor in (inside, world.person((Role.EVALUATION_HEAD, "headquarters"))):
        with world.kept_apart(actor) as work:
            judge(work, action, "verify")
    with world.start(world.person((Role.OVERSIGHT, "headquarters"))) as work:
        judge(work, action, "verify")


def test_who_commissions_or_writes_an_evaluation_assesses_nothing_of_it(world: World) -> None:
    commissioner = world.person((Role.QUALITY_ASSESSOR, "evaluation"), (Role.EVALUATION_MANAGER, "office"))
    officer, key = world.person((Role.EVALUATION_OFFICER, "evaluation")), world.keys["judging"]
    with pytest.raises(Invalid) as refusal, world.start(officer) as work:
        evaluation.assign_quality_review(work, key, QualityGate.INCEPTION, commissioner.person_id or key)
    assert (refusal.value.field, "office that commissioned it" in refusal.value.message) == ("assessor_id", True)
    for review, act in (("review_rated", evaluation.finish_quality_review), ("review_rated", returned)):
        with world.kept_apart(commissioner) as work:
            act(work, world.keys[review])


def returned(work: Work, review_id: UUID) -> None:
    evaluation.return_quality_review(work, review_id, "again")


@pytest.mark.parametrize("role", [Role.REPORTER, Role.APPROVER, Role.MANAGEMENT_FOCAL_POINT, Role.ENDORSER])
def test_who_runs_what_is_judged_writes_nothing_of_what_is_found(world: World, role: Role) -> None:
    both = world.person((Role.EVALUATION_HEAD, "evaluation"), (role, "elsewhere"))
    with world.start() as work:
        Evaluating(Make(work)).subject(work.get(Evaluation, world.keys["judging"]), elsewhere(work, world))
    manager = world.person((Role.EVALUATION_MANAGER, "office"), (role, "elsewhere"))
    for actor in (both, manager):
        with world.kept_apart(actor) as work:
            findings.record_finding(work, world.keys["judging"], FindingInput("all is well"))


def elsewhere(work: Work, world: World) -> Office:
    return work.get(Office, world.keys["elsewhere"])


def test_who_asks_for_more_time_or_a_release_does_not_grant_it(world: World) -> None:
    both = world.person((Role.APPROVER, "office"), (Role.EVALUATION_HEAD, "evaluation"))
    with world.start(both) as work:
        extension = followup.request_extension(work, world.keys["action"], LATER, "no staff").id
        release = followup.request_release(work, world.keys["action"], ReleaseReason.NOT_FEASIBLE, "no staff").id
    with world.kept_apart(both) as work:
        followup.decide_extension(work, extension, granted=True)
    with world.kept_apart(both) as work:
        followup.decide_extension(work, extension, granted=False, reason="no")
    with world.kept_apart(both) as work:
        followup.release_action(work, release, "agreed")
    with world.kept_apart(both) as work:
        followup.decline_release(work, release, "no")


def test_who_asks_for_a_change_of_a_plan_does_not_decide_it(world: World) -> None:
    both = world.person((Role.APPROVER, "office"), (Role.EVALUATION_HEAD, "evaluation"))
    asked = (world.keys["draft_plan"], world.keys["office"], RequestKind.ADD, "Add one")
    with world.start(both) as work:
        request = planning.request_plan_change(work, *asked).id
    with world.kept_apart(both) as work:
        planning.decide_plan_request(work, request, "needed", granted=True)


def test_nobody_grants_a_role_to_oneself(world: World) -> None:
    administrator = world.person((Role.ADMIN, "headquarters"))
    for role in (Role.EVALUATION_HEAD, Role.OVERSIGHT, Role.SENIOR_MANAGEMENT, Role.GOVERNING_BODY):
        with world.kept_apart(administrator) as work:
            people.grant_role(work, administrator.person_id or UUID(int=0), world.keys["evaluation"], role)


@pytest.fixture(scope="module", params=databases.KINDS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stage of the sweeps on one database, set once."""
    with databases.fresh(request, tmp_path_factory.mktemp("separation")) as engine:
        yield play(engine)


@pytest.mark.in_turn
@pytest.mark.parametrize("name", sorted(name for name in BY if RULES[name].at in {Where.OFFICE, Where.CENTRAL}))
def test_a_role_counts_only_in_its_own_office(name: str, stage: Stage) -> None:
    """A role that may, held in another office, and one that may not, held in the office: neither lends to the other."""
    before = rows(stage.engine)
    idle = next(role for role in (Role.VIEWER, Role.DONOR) if not RULES[name].allows(role, Place.OWN))
    for role in sorted(BY[name]):
        for far in [office for office, at in PLACES.items() if at is Place.OTHER and office != "evaluation"]:
            roles = [(role, far), (idle, "office"), (idle, "headquarters")]
            refusal = stage.attempt(with_roles(stage, roles), name)
            assert isinstance(refusal, Forbidden | NotFound), f"{role} in {far}: {refusal}"
    assert rows(stage.engine) == before


def with_roles(stage: Stage, roles: list[tuple[Role, str]]) -> Actor:
    """Somebody with roles, as the cast of the stage holds each of them alone."""
    held = [stage.cast[office][role] for role, office in roles]
    grants = tuple(grant for actor in held for grant in actor.grants)
    return Actor("of two offices", held[0].person_id, grants, frozenset().union(*(actor.above for actor in held)))


def test_an_attempt_is_kept_as_it_was_refused(world: World) -> None:
    manager = world.person((Role.APPROVER, "office"))
    with world.kept_apart(manager) as work:
        findings.correct_recommendation(work, world.keys["issued_recommendation"], "Set up nothing", "a slip")
    entry = table_of(AuditEntry)
    with world.engine.connect() as connection:
        kept = connection.execute(sa.select(entry).order_by(entry.c.id.desc()).limit(1)).one()
    assert (kept.kind, kept.entity, kept.entity_id) == (
        AuditKind.REFUSED,
        "recommendation",
        str(world.keys["issued_recommendation"]),
    )
