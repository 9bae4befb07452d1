"""What must hold of every life of a recommendation, after every step."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from hypothesis.stateful import invariant

from rbm.access import SYSTEM
from rbm.db import Row
from rbm.model.findings import Recommendation
from rbm.services import followup
from rbm.services.followup import ActionQuestion, FigureQuestion, KeyFigureValue, RecommendationQuestion, Standing
from rbm.terms.followup import CLOSED_STATUSES, OPEN_STAGES, ActionStage, KeyFigure, RecommendationStatus
from rbm.terms.responses import TAKEN_UP, ResponseStage
from rbm.work import begin
from tests.services.followup.lives import Life

FOR_EVER = ("action_update", "action_evidence", "action_verification", "erratum", "transition")
STAGED = ("action", "action_request", "recommendation", "management_response", "follow_up_round")
SENT = (ResponseStage.SUBMITTED, ResponseStage.ENDORSED, ResponseStage.PUBLISHED)
ENDED = frozenset(ActionStage) - OPEN_STAGES - {ActionStage.REPORTED_COMPLETE}
RECOUNTED = [KeyFigure.K9, KeyFigure.K13, KeyFigure.K14, KeyFigure.K24]


class Holding:
    """Invariants over what was there before and after each step. `asked` is what the services tell of it."""

    life: Life

    def begin(self, life: Life) -> None:
        """Look at a life from its beginning."""
        self.life, self.first = life, dict(life.seen)
        self.originals = {key: row["original_due_on"] for key, row in life.seen["action"].items()}
        self.told_at: Any = None

    def forget_original(self, action: UUID) -> None:
        """The action was planned otherwise while its response was being written."""
        self.originals[action] = self.life.seen["action"][action]["original_due_on"]

    def rows(self, table: str) -> list[Mapping[str, Any]]:
        """The rows of a table as they stand."""
        return list(self.life.seen[table].values())

    def added(self, table: str) -> list[Mapping[str, Any]]:
        """The rows that the last step added."""
        return [row for key, row in self.life.seen[table].items() if key not in self.life.before[table]]

    def asked(self) -> tuple[dict[UUID, Standing], dict[UUID, str], set[UUID], dict[KeyFigure, KeyFigureValue]]:
        """Where recommendations stand by the rule and by the lists, what is overdue, and figures."""
        moment = (id(self.life.seen), self.life.now)
        if self.told_at != moment:
            self.told, self.told_at = self._ask(), moment
        return self.told

    def _ask(self) -> Any:
        with begin(self.life.engine, SYSTEM, "ask", now=self.life.now, writes=False) as work:
            issued = list(work.session.scalars(sa.select(Recommendation)))
            standing = dict(zip([row.id for row in issued], followup.standings(work, issued), strict=True))
            listed = {
                row.id: status
                for status in {one.status for one in standing.values()}
                for row in work.session.scalars(followup.find_recommendations(work, RecommendationQuestion(status)))
            }
            late = {row.id for row in work.session.scalars(followup.find_actions(work, ActionQuestion(overdue=True)))}
            figures = followup.key_figures(work, FigureQuestion(figures=RECOUNTED))
            return standing, listed, late, {one.figure: one for one in figures}

    @invariant()
    def what_is_refused_changes_nothing(self) -> None:
        assert self.life.refusal is None or not [*self.life.changed()]

    @invariant()
    def every_change_is_audited(self) -> None:
        changed = {(table, str(key)) for table, key in self.life.changed() if table != "transition"}
        assert changed <= self.life.audited

    @invariant()
    def what_was_said_stays(self) -> None:
        for table in FOR_EVER:
            before, seen = self.life.before[table], self.life.seen[table]
            assert {key: seen.get(key) for key in before} == before, table

    @invariant()
    def no_action_is_without_owner_office_and_dates(self) -> None:
        for row in self.rows("action"):
            assert row["owner_id"] in self.life.world.people.values()
            assert row["office_id"] in self.life.world.offices.values()
            assert row["planned_on"] <= row["original_due_on"] <= row["due_on"]

    @invariant()
    def original_due_dates_never_change(self) -> None:
        for key, row in self.life.seen["action"].items():
            assert self.originals.setdefault(key, row["original_due_on"]) == row["original_due_on"]

    @invariant()
    def due_dates_move_by_what_was_granted_and_by_two_persons(self) -> None:
        granted: dict[UUID, list[date]] = {}
        for request in self.rows("action_request"):
            if request["stage"] != "open":
                assert request["decided_by_id"] not in {None, request["requested_by_id"]}
            if (request["kind"], request["stage"]) == ("extension", "granted"):
                granted.setdefault(request["action_id"], []).append(request["due_wanted"])
        for key, row in self.life.seen["action"].items():
            assert row["due_on"] == max([row["original_due_on"], *granted.get(key, [])])
            assert len(granted.get(key, [])) <= 2

    @invariant()
    def nobody_verifies_for_the_own_unit(self) -> None:
        today = self.life.now.date()
        for verdict in self.added("action_verification"):
            action = self.life.before["action"][verdict["action_id"]]
            response = self.life.before["management_response"][action["response_id"]]
            judge = verdict["verified_by_id"]
            assert judge not in {action["owner_id"], action["claimed_by_id"]}
            units = {action["office_id"], response["office_id"]}
            assert not units & set(self._offices_of(judge, today))

    def _offices_of(self, person: UUID, on: date) -> Iterator[UUID]:
        for row in self.life.before["membership"].values():
            if row["person_id"] == person and row["valid_from"] <= on <= (row["valid_to"] or on):
                yield row["office_id"]

    @invariant()
    def every_stage_is_where_the_last_move_led_and_every_move_is_one_of_the_flow(self) -> None:
        flows = {mapper.class_.__tablename__: mapper.class_ for mapper in Row.registry.mappers}
        for table in STAGED:
            for key, moves in self.life.moves(table).items():
                row = self.life.seen[table][key]
                assert not moves or moves[-1]["to_stage"] == row["stage"]
                assert all(one["to_stage"] == two["from_stage"] for one, two in itertools.pairwise(moves))
                flow: Any = flows[table].FLOW  # type: ignore[attr-defined]
                assert all(move["to_stage"] in flow[move["from_stage"]] for move in moves)

    @invariant()
    def a_claim_has_evidence_and_days_in_their_order(self) -> None:
        proven = {row["action_id"] for row in self.rows("action_evidence")}
        for key, row in self.life.seen["action"].items():
            claimed = row["stage"] in {ActionStage.REPORTED_COMPLETE, ActionStage.VERIFIED_COMPLETE}
            if claimed:
                assert key in proven
                assert row["planned_on"] <= row["completed_on"] <= row["claimed_on"] <= self.life.now.date()
            if row["stage"] in OPEN_STAGES:
                names = ("completed_on", "claimed_on", "claimed_by_id", "verify_by", "ended_on")
                assert not any(row[name] for name in names)
            assert (row["ended_on"] is not None) == (row["stage"] in ENDED)

    @invariant()
    def a_verified_action_was_confirmed_last(self) -> None:
        last = {row["action_id"]: row["verdict"] for row in self.rows("action_verification")}
        for key, row in self.life.seen["action"].items():
            assert (row["stage"] != ActionStage.VERIFIED_COMPLETE) or last[key] == "confirmed"

    @invariant()
    def the_verification_of_a_claim_is_owed_sixty_days_after_it(self) -> None:
        for row in self.rows("action"):
            if row["verify_by"] is not None:
                assert row["verify_by"] == row["claimed_on"] + timedelta(days=60)
            elif row["stage"] is ActionStage.REPORTED_COMPLETE:
                assert row["verification_scope"] != "full"

    @invariant()
    def issued_recommendations_stay_but_for_errata(self) -> None:
        after = {row["recommendation_id"]: row["after"] for row in self.rows("erratum")}
        for key, before in self.first["recommendation"].items():
            row = self.life.seen["recommendation"][key]
            assert row["text"] == after.get(key, before["text"])
            assert all(row[name] == before[name] for name in ("number", "priority", "criterion", "issued_on"))

    @invariant()
    def the_clock_of_a_response_never_changes(self) -> None:
        for key, row in self.life.seen["management_response"].items():
            before = self.life.before["management_response"][key]
            assert all(row[name] == before[name] for name in ("due_on", "transmitted_on", "rule_edition"))
            assert before["submitted_on"] in {None, row["submitted_on"]}

    @invariant()
    def who_wrote_a_response_does_not_endorse_it(self) -> None:
        for row in self.rows("management_response"):
            if row["endorsed_by_id"] is not None:
                assert row["endorsed_by_id"] not in {row["drafted_by_id"], row["submitted_by_id"]}

    @invariant()
    def what_earlier_editions_said_stays(self) -> None:
        editions = {key: row["edition"] for key, row in self.life.before["management_response"].items()}
        for key, row in self.life.before["recommendation_response"].items():
            if row["edition"] < editions[row["response_id"]]:
                assert self.life.seen["recommendation_response"][key] == row

    @invariant()
    def what_is_taken_up_in_a_response_that_was_sent_has_an_action(self) -> None:
        sent = {
            key: row["edition"] for key, row in self.life.seen["management_response"].items() if row["stage"] in SENT
        }
        planned = {(row["response_id"], row["recommendation_id"]) for row in self.rows("action")}
        for row in self.rows("recommendation_response"):
            if sent.get(row["response_id"]) == row["edition"] and row["decision"] in TAKEN_UP:
                assert (row["response_id"], row["recommendation_id"]) in planned

    @invariant()
    def no_closed_recommendation_has_an_open_action(self) -> None:
        standing, listed, _, _ = self.asked()
        stages, counted = self.life.stages(), self.counted()
        assert listed == {key: one.status for key, one in standing.items()}
        for key, one in standing.items():
            own = [stages[action] for action in self.life.keys("action", recommendation_id=key) if action in counted]
            if one.status in CLOSED_STATUSES - {RecommendationStatus.SUPERSEDED}:
                assert ENDED.issuperset(own)
            if one.status is RecommendationStatus.IMPLEMENTED:
                assert ActionStage.VERIFIED_COMPLETE in own
            assert one.open_actions == sum(stage in OPEN_STAGES for stage in own)

    @invariant()
    def overdue_is_what_the_log_of_moves_says(self) -> None:
        assert self.asked()[2] == self._late()

    def _late(self) -> set[UUID]:
        today, actions = self.life.now.date(), self.life.seen["action"]
        return {
            key for key, stage in self.life.stages().items() if stage in OPEN_STAGES and actions[key]["due_on"] < today
        }

    def counted(self) -> set[Any]:
        """The actions of editions that stand: the first once it was submitted, a later one once it is published."""
        standing = {
            row["id"]: (row["edition"] - (row["edition"] > 1 and str(row["stage"]) != "published"))
            for row in self.rows("management_response")
            if row["submitted_on"]
        }
        return {row["id"] for row in self.rows("action") if row["edition"] <= standing.get(row["response_id"], 0)}

    @invariant()
    def rates_are_a_recount_of_the_log_of_moves(self) -> None:
        figures = self.asked()[3]
        counted = self.counted()
        stages = {key: stage for key, stage in self.life.stages().items() if key in counted}
        moves = {key: told for key, told in self.life.moves("action").items() if key in counted}
        running = [key for key, stage in stages.items() if stage in OPEN_STAGES]
        claimed = [key for key, told in moves.items() if any(move["to_stage"] == "reported_complete" for move in told)]
        verified = [key for key in claimed if stages[key] is ActionStage.VERIFIED_COMPLETE]
        verdicts = Counter(str(row["verdict"]) for row in self.rows("action_verification"))
        moved = [row for row in self.rows("action") if row["id"] in counted]
        moved = [row for row in moved if row["due_on"] > row["original_due_on"]]
        expected = {
            KeyFigure.K9: (len(running) - len(self._late() & counted), len(running)),
            KeyFigure.K13: (len(verified), len(claimed)),
            KeyFigure.K14: (verdicts["rejected"], verdicts["rejected"] + verdicts["confirmed"]),
            KeyFigure.K24: (len(moved), len(stages)),
        }
        assert {name: (one.numerator, one.denominator) for name, one in figures.items()} == expected
        assert all((one.value is None) == (one.denominator == 0) for one in figures.values())
