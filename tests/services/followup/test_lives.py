"""Lives of recommendations: anybody does anything in any order, and what must hold holds after every step."""

import inspect
import os
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from rbm.services import findings, followup, people, responses
from rbm.services.followup import ScopeRevision
from rbm.services.responses import ActionRevision, RecommendationDecision
from rbm.terms.followup import ReleaseReason, VerificationScope
from rbm.terms.people import Role
from rbm.terms.responses import REASONED, Incompleteness, ResponseDecision, ResponseReason
from tests import databases
from tests.conftest import NOW
from tests.services.followup.holding import Holding
from tests.services.followup.lives import Life, World, build, planning

pytestmark = pytest.mark.long
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
EXAMPLES, STEPS = (200, 60) if NIGHTLY else (3, 30)
WHO = WHICH = st.integers(0, 29)
OFFICES = st.sampled_from(["first", "second"])
DAYS = st.sampled_from([1, 7, 45, 100, 190])
ADDRESS = "https://example.org/register"


def when(table: str, *stages: str, **facts: Any) -> Any:
    """Only where a row of a table stands at one of the stages."""
    return precondition(lambda self: any(self.life.keys(table, stage=stage, **facts) for stage in stages))


class Lives(Holding, RuleBasedStateMachine):
    """What people do to recommendations and actions; who is who in `lives`, what must hold in `holding`."""

    world: ClassVar[World]
    fresh: ClassVar[Any]
    done: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.begin(Life(self.stack.enter_context(self.fresh()), self.world))

    def teardown(self) -> None:
        """Leave the database."""
        self.stack.close()

    def do(self, who: int, names: tuple[str, ...], service: Any, *given: Any, **named: Any) -> None:
        """Let one of those named do it; one time of six, anybody."""
        cast = sorted(self.life.cast) if who % 6 == 5 else self.near(names, given)
        done = self.life.attempt(cast[who % len(cast)], service, *given, **named)
        self.done[service.__name__ if done else "refused"] += 1

    def near(self, names: tuple[str, ...], given: tuple[Any, ...]) -> tuple[str, ...]:
        """Those of the office whose action or response it is, where some are."""
        for table in ("action", "management_response"):
            office = self.life.seen[table].get(given[0], {}).get("office_id") if isinstance(given[0], UUID) else None
            own = [one for one, key in self.world.offices.items() if key == office]
            names = tuple(name for name in names if name.startswith(own[0])) or names if own else names
        return names

    def pick(self, which: int, table: str, *prefer: str, **facts: Any) -> Any:
        """A row of a table, of those at the stages preferred where there are any; none when there is none."""
        found = [key for stage in prefer for key in self.life.keys(table, stage=stage, **facts)]
        found = found or self.life.keys(table, **facts)
        return found[which % len(found)] if found else UUID(int=which)

    def due_rounds(self) -> list[Any]:
        """The rounds whose day has come."""
        rounds = self.life.seen["follow_up_round"]
        waiting = self.life.keys("follow_up_round", stage="scheduled")
        return [key for key in waiting if rounds[key]["opens_on"] <= self.life.now.date()]

    def unasked(self, kind: str) -> list[Any]:
        """The actions in progress for which nothing of a kind is asked yet."""
        asked = {
            self.life.seen["action_request"][key]["action_id"]
            for key in self.life.keys("action_request", stage="open", kind=kind)
        }
        return [key for key in self.life.keys("action", stage="in_progress") if key not in asked]

    def due(self, days: int) -> Any:
        return self.life.now.date() + timedelta(days=days - 10)

    @rule(days=DAYS)
    def pass_days(self, days: int) -> None:
        self.life.now += timedelta(days=days)
        self.life.recast()

    @when("management_response", "due", "draft", "returned")
    @rule(who=WHO, which=WHICH, office=OFFICES, decision=st.sampled_from(ResponseDecision))
    def decide(self, who: int, which: int, office: str, decision: ResponseDecision) -> None:
        reasons = [ResponseReason.OTHER] if decision in REASONED else None
        told = {"reasons": reasons, "explanation": "as said", "office_id": self.world.offices[office]}
        stated = RecommendationDecision(self.pick(which, "recommendation"), decision, **told)
        self.do(who, (f"{office} focal point", f"{office} head"), responses.respond_to_recommendation, stated)

    @when("management_response", "due")
    @rule(who=WHO, office=OFFICES)
    def accept_all(self, who: int, office: str) -> None:
        for key in self.life.keys("recommendation", stage="issued"):
            told = RecommendationDecision(key, ResponseDecision.ACCEPTED, office_id=self.world.offices[office])
            self.do(6 * who, (f"{office} focal point",), responses.respond_to_recommendation, told)
            self.plan(6 * who, self.life.keys("recommendation").index(key), office, 100)

    @rule(who=WHO, which=WHICH, office=OFFICES, days=DAYS)
    def plan(self, who: int, which: int, office: str, days: int) -> None:
        owner = self.world.people[f"{office} owner"]
        plan = planning(self.pick(which, "recommendation"), owner, self.world.offices[office], self.due(days))
        self.do(who, (f"{office} head", f"{office} focal point"), responses.plan_action, plan)

    @when("management_response", "draft", "returned", edition=1)
    @rule(who=WHO, which=WHICH, days=DAYS)
    def plan_otherwise(self, who: int, which: int, days: int) -> None:
        revision = ActionRevision(due_on=self.due(days), milestone_on=self.due(days))
        self.do(who, FOCAL, responses.revise_planned_action, self.pick(which, "action"), revision)
        if self.life.refusal is None:
            self.forget_original(self.pick(which, "action"))

    @when("management_response", "draft", "returned")
    @rule(who=WHO, which=WHICH)
    def remove_plan(self, who: int, which: int) -> None:
        self.do(who, FOCAL, responses.remove_planned_action, self.pick(which, "action", "not_started"))

    @when("management_response", "draft", "returned")
    @rule(who=WHO, which=WHICH)
    def submit(self, who: int, which: int) -> None:
        response = self.pick(which, "management_response", "draft", "returned")
        self.do(who, HEADS, responses.submit_response, response)

    @when("management_response", "submitted")
    @rule(who=WHO, which=WHICH)
    def send_back(self, who: int, which: int) -> None:
        response = self.pick(which, "management_response", "submitted")
        wrong = [Incompleteness.ACTION_NOT_ACTIONABLE]
        self.do(who, UNIT, responses.return_response, response, wrong, "say who")

    @when("management_response", "submitted")
    @rule(who=WHO, which=WHICH)
    def endorse(self, who: int, which: int) -> None:
        response = self.pick(which, "management_response", "submitted")
        self.do(who, ("supervisor", "first head"), responses.endorse_response, response)

    @when("management_response", "endorsed")
    @rule(who=WHO, which=WHICH)
    def publish(self, who: int, which: int) -> None:
        self.do(who, UNIT, responses.publish_response, self.pick(which, "management_response", "endorsed"))

    @when("management_response", "published")
    @rule(who=WHO, which=WHICH)
    def revise(self, who: int, which: int) -> None:
        response = self.pick(which, "management_response", "published")
        self.do(who, HEADS, responses.revise_response, response, "priorities changed")

    @precondition(lambda self: self.due_rounds())
    @rule(who=WHO, which=WHICH)
    def open_round(self, who: int, which: int) -> None:
        due = self.due_rounds()
        self.do(who, UNIT, responses.open_follow_up_round, due[which % len(due)])

    @when("follow_up_round", "open")
    @rule(who=WHO, which=WHICH)
    def submit_round(self, who: int, which: int) -> None:
        self.do(who, HEADS, responses.submit_follow_up_round, self.pick(which, "follow_up_round", "open"))

    @when("action", "not_started", "in_progress")
    @rule(who=WHO, which=WHICH)
    def update(self, who: int, which: int) -> None:
        self.do(who, OWNERS, followup.update_action, self.pick(which, "action", "not_started"), "going on")

    @when("action", "in_progress")
    @rule(who=WHO, which=WHICH)
    def pause(self, who: int, which: int) -> None:
        self.do(who, OWNERS, followup.pause_action, self.pick(which, "action", "in_progress"), "no staff")

    @rule(who=WHO, which=WHICH)
    def prove(self, who: int, which: int) -> None:
        action = self.pick(which, "action", "in_progress")
        self.do(who, OWNERS, followup.add_evidence, action, "The register", ADDRESS)

    @when("action", "in_progress")
    @rule(who=WHO, which=WHICH, ahead=st.sampled_from([0, 0, 0, -5, 1]))
    def claim(self, who: int, which: int, ahead: int) -> None:
        on = self.life.now.date() + timedelta(days=ahead)
        self.do(who, OWNERS, followup.claim_action_complete, self.pick(which, "action", "in_progress"), on, "kept")

    @when("action", "reported_complete")
    @rule(who=WHO, which=WHICH)
    def verify(self, who: int, which: int) -> None:
        action = self.pick(which, "action", "reported_complete")
        self.do(who, JUDGES, followup.verify_action, action, "as claimed", "the register")

    @when("action", "reported_complete")
    @rule(who=WHO, which=WHICH)
    def reject(self, who: int, which: int) -> None:
        action = self.pick(which, "action", "reported_complete")
        self.do(who, JUDGES, followup.reject_action_claim, action, "it is empty")

    @when("action", "verified_complete")
    @rule(who=WHO, which=WHICH)
    def reopen(self, who: int, which: int) -> None:
        action = self.pick(which, "action", "verified_complete")
        self.do(who, JUDGES, followup.reopen_action, action, "taken down", "a visit")

    @precondition(lambda self: self.unasked("extension"))
    @rule(who=WHO, which=WHICH, days=DAYS)
    def ask_for_time(self, who: int, which: int, days: int) -> None:
        found, wanted = self.unasked("extension"), self.due(days) + timedelta(days=130)
        self.do(who, OWNERS, followup.request_extension, found[which % len(found)], wanted, "no staff")

    @when("action_request", "open", kind="extension")
    @rule(who=WHO, which=WHICH, granted=st.booleans())
    def decide_on_time(self, who: int, which: int, granted: bool) -> None:
        request = self.pick(which, "action_request", "open", kind="extension")
        self.do(who, UNIT, followup.decide_extension, request, granted=granted, reason="as asked")

    @precondition(lambda self: self.unasked("release"))
    @rule(who=WHO, which=WHICH)
    def ask_for_release(self, who: int, which: int) -> None:
        found = self.unasked("release")
        self.do(who, FOCAL, followup.request_release, found[which % len(found)], ReleaseReason.NOT_FEASIBLE, "no funds")

    @when("action_request", "open", kind="release")
    @rule(who=WHO, which=WHICH)
    def release(self, who: int, which: int) -> None:
        request = self.pick(which, "action_request", "open", kind="release")
        self.do(who, UNIT, followup.release_action, request, "agreed")

    @when("action_request", "open", kind="release")
    @rule(who=WHO, which=WHICH)
    def decline(self, who: int, which: int) -> None:
        request = self.pick(which, "action_request", "open", kind="release")
        self.do(who, UNIT, followup.decline_release, request, "there are funds")

    @rule(who=WHO, which=WHICH)
    def supersede(self, who: int, which: int) -> None:
        action = self.pick(which, "action", "not_started", "in_progress")
        row = self.life.seen["action"].get(action, {})
        same = {name: row.get(name) for name in ("response_id", "recommendation_id")}
        newer = self.pick(which + 1, "action", "not_started", **same)
        self.do(who, UNIT, followup.supersede_action, action, newer, "one for both")

    @precondition(lambda self: self.life.now > NOW + timedelta(days=100))
    @rule(who=WHO, which=WHICH)
    def supersede_recommendation(self, who: int, which: int) -> None:
        older, newer = self.pick(0, "recommendation", "issued"), self.pick(which, "recommendation", "issued")
        self.do(who, UNIT, findings.supersede_recommendation, older, newer, "both in one")

    @rule(who=WHO, which=WHICH)
    def correct(self, who: int, which: int) -> None:
        text = f"Set up a register, the {which}th time"
        self.do(who, ("director",), findings.correct_recommendation, self.pick(which, "recommendation"), text, "typo")

    @rule(who=WHO, low=st.sampled_from(VerificationScope))
    def verify_otherwise(self, who: int, low: VerificationScope) -> None:
        revision = ScopeRevision(self.life.now.date(), low=low)
        self.do(who, ("director",), followup.revise_verification_scope, revision)

    @rule(name=st.sampled_from(["officer", "colleague", "auditor"]), office=OFFICES)
    def join_office(self, name: str, office: str) -> None:
        """Somebody who judges takes a role in an office as well."""
        given = (self.world.people[name], self.world.offices[office], Role.VIEWER)
        self.life.join(people.grant_role, *given)

    @rule(which=WHICH)
    def leave_office(self, which: int) -> None:
        joined = self.life.keys("membership", role=Role.VIEWER, valid_to=None)
        if len(joined) > 1:
            self.life.join(people.revoke_role, joined[1 + which % (len(joined) - 1)])


FOCAL = ("first focal point", "second focal point", "first head")
OWNERS = ("first owner", "second owner", "first head")
HEADS = ("first head", "second head")
UNIT = ("officer", "colleague", "director")
JUDGES = (*UNIT, "auditor")


WALK: tuple[tuple[str, dict[str, Any]], ...] = (
    ("claim", {"ahead": 0}),
    ("reject", {}),
    ("pass_days", {"days": 1}),
    ("prove", {}),
    ("claim", {"ahead": 0}),
    ("verify", {}),
    ("reopen", {}),
    ("pause", {}),
    ("update", {}),
    ("ask_for_time", {"days": 7}),
    ("decide_on_time", {"granted": True}),
    ("ask_for_release", {}),
    ("decline", {}),
    ("ask_for_release", {}),
    ("release", {}),
    ("accept_all", {"office": "second"}),
    ("plan_otherwise", {"which": 5, "days": 45}),
    ("plan", {"office": "second", "days": 100}),
    ("remove_plan", {}),
    ("submit", {}),
    ("send_back", {}),
    ("submit", {}),
    ("endorse", {}),
    ("publish", {}),
    ("plan", {"office": "second", "days": 100}),
    ("supersede", {"which": 2}),
    ("revise", {}),
    ("correct", {}),
    ("verify_otherwise", {"low": VerificationScope.FULL}),
    ("join_office", {"name": "officer", "office": "second"}),
    ("leave_office", {}),
    ("pass_days", {"days": 190}),
    ("open_round", {}),
    ("supersede_recommendation", {"which": 1}),
)
"""One life from claim to round, in which nothing is refused."""


@pytest.fixture
def lives(engine: sa.Engine, request: pytest.FixtureRequest, tmp_path: Path) -> type[Lives]:
    """Lives in a world of their own, each in a copy of it."""

    class Begun(Lives):
        world = build(engine)
        done: ClassVar[Counter[str]] = Counter()

        @staticmethod
        def fresh() -> Any:
            return databases.copy(request, tmp_path, engine)

    return Begun


def test_a_life_from_claim_to_round(lives: type[Lives]) -> None:
    life = lives()
    invariants = [name for name in dir(Holding) if hasattr(getattr(Holding, name), "hypothesis_stateful_invariant")]
    for name, given in WALK:
        step = getattr(life, name)
        wanted = {"who": 0, "which": 0} | given
        step(**{key: value for key, value in wanted.items() if key in inspect.signature(step).parameters})
        assert life.life.refusal is None, f"{name}: {life.life.refusal}"
        for each in invariants:
            getattr(life, each)()
    life.teardown()
    assert len(invariants) >= 12
    assert len(life.done) >= 24


def test_lives_of_recommendations(lives: type[Lives]) -> None:
    profile = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=not NIGHTLY,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lives, settings=profile)
    assert len(lives.done) > 6
    assert 0 < lives.done["refused"] < lives.done.total()
