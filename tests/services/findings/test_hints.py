"""Hints on the words of a recommendation: shown with a score, never in the way, and to nobody who may not read it."""

import pytest
import sqlalchemy as sa

from rbm.errors import NotFound
from rbm.services import findings
from rbm.services.findings import FindingInput, RecommendationPartInput
from rbm.terms.findings import WordingHint
from tests.conftest import Begin
from tests.make import Make
from tests.refusals import refused
from tests.services.findings.scene import draft, play


def test_a_recommendation_that_says_it_all_meets_every_check(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        finding = findings.record_finding(work, scene.evaluation_id, FindingInput("Nothing is tracked"))
        linked = {"basis_ids": (finding.id,), "result_ids": (Make(work).result().id,)}
        row = findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id, **linked))
        found = findings.wording_hints(work, row.id)
        assert (found.met, found.checks, found.missed) == (5, 5, ())


def test_what_is_missed_is_told_and_stops_nothing(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        row = findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id, "Do better"))
        found = findings.wording_hints(work, row.id)
        assert (found.met, found.missed) == (
            1,
            (WordingHint.WHEN, WordingHint.FEW_WORDS, WordingHint.BASIS, WordingHint.RESULT),
        )


def test_a_part_may_say_when(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        parts = (RecommendationPartInput("a", "Publish it by 2027"),)
        row = findings.draft_recommendation(
            work, scene.evaluation_id, draft(scene.country_id, "Do better", parts=parts)
        )
        assert WordingHint.WHEN not in findings.wording_hints(work, row.id).missed


@pytest.mark.parametrize("actor", ["chief"])
def test_hints_are_for_those_who_may_read_it(engine: sa.Engine, start: Begin, actor: str) -> None:
    with start() as work:
        scene = play(work)
        row = findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id))
    with refused(engine, NotFound, "recommendation_id", getattr(scene, actor)) as work:
        findings.wording_hints(work, row.id)
