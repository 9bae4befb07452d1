"""Recommendations while they are drafts: numbers, addressees, parts, bases and links."""

from typing import Any

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.ids import new
from rbm.model.evaluation import Evaluation
from rbm.model.findings import (
    Addressee,
    Recommendation,
    RecommendationBasis,
    RecommendationLink,
    RecommendationPart,
)
from rbm.model.strategy import NormativeTarget
from rbm.services import findings
from rbm.services.findings import AddresseeInput, FindingInput, RecommendationPartInput
from rbm.terms.evaluation import EvaluationStage, SourceKind
from rbm.terms.findings import AddresseeKind, Criterion, FindingKind, RecommendationPriority, RecommendationStage
from rbm.terms.strategy import NormativeFramework
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.findings.scene import draft, play, to

pytestmark = pytest.mark.in_turn
PARTNER = AddresseeInput(AddresseeKind.PARTNER, name="Ministry of Health")
PARTS = (RecommendationPartInput("a", "Name who keeps it"), RecommendationPartInput("b", "Publish it"))


def around(work: Work) -> dict[str, int]:
    """How many rows stand around recommendations."""
    kinds = (Addressee, RecommendationPart, RecommendationBasis, RecommendationLink)
    return {kind.__tablename__: len(work.session.scalars(sa.select(kind)).all()) for kind in kinds}


def test_a_draft_has_addressees_parts_bases_and_links(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        result = Make(work).result()
        target = NormativeTarget(code="sdg:1", framework=NormativeFramework.SDG, number="1", label="Own label")
        work.add(target)
        finding = findings.record_finding(work, scene.evaluation_id, FindingInput("Nothing is tracked"))
        row = findings.draft_recommendation(
            work,
            scene.evaluation_id,
            draft(
                scene.country_id,
                priority=RecommendationPriority.CRITICAL,
                criterion=Criterion.EFFICIENCY,
                depends_on_funding=True,
                addressees=[to(scene.country_id, leads=True), to(scene.region_id), PARTNER],
                parts=PARTS,
                basis_ids=(finding.id,),
                result_ids=(result.id,),
                normative_target_ids=(target.id,),
            ),
        )
        assert (row.number, row.stage, row.edition, row.issued_on) == (1, RecommendationStage.DRAFT, 1, None)
        assert row.code == f"{work.get(Evaluation, scene.evaluation_id).code}/1"
        assert around(work) == {
            "addressee": 3,
            "recommendation_part": 2,
            "recommendation_basis": 1,
            "recommendation_link": 2,
        }
        leading = work.session.scalars(sa.select(Addressee.office_id).where(Addressee.leads.is_(True))).all()
        assert leading == [scene.country_id]


def test_one_addressee_alone_leads(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id))
        assert work.session.scalars(sa.select(Addressee.leads)).all() == [True]


def test_a_draft_is_written_anew_with_all_around_it(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        row = findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id, parts=PARTS))
    with start(scene.manager) as work:
        newer = draft(scene.region_id, "Close the register", number=7)
        revised = findings.revise_recommendation(work, row.id, newer)
        assert (revised.number, revised.code.rpartition("/")[2], revised.text) == (7, "7", "Close the register")
        assert around(work)["recommendation_part"] == 0
        assert work.session.scalars(sa.select(Addressee.office_id)).all() == [scene.region_id]
        assert findings.revise_recommendation(work, row.id, draft(scene.region_id)).number == 7


def test_a_draft_is_taken_out_with_all_around_it(start: Begin) -> None:
    with start() as work:
        scene = play(work)
        row = findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id, parts=PARTS))
    with start(scene.officer) as work:
        findings.remove_recommendation(work, row.id)
        assert set(around(work).values()) == {0}
        assert work.session.scalars(sa.select(Recommendation)).all() == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"text": " "}, "text"),
        ({"addressees": []}, "addressees"),
        ({"addressees": [AddresseeInput(AddresseeKind.PARTNER)]}, "addressees"),
        ({"addressees": [PARTNER, PARTNER]}, "addressees"),
        ({"addressees": [PARTNER, AddresseeInput(AddresseeKind.GOVERNMENT, name="Council")]}, "addressees"),
        ({"parts": (PARTS[0], PARTS[0])}, "parts"),
        ({"parts": (RecommendationPartInput("a", " "),)}, "parts"),
        ({"number": 0}, "number"),
    ],
)
def test_a_draft_that_is_wrong_is_refused_by_field(
    engine: sa.Engine, start: Begin, facts: dict[str, Any], field: str
) -> None:
    with start() as work:
        scene = play(work)
    with refused(engine, Invalid, field, scene.officer) as work:
        findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id, **facts))


def test_an_office_is_addressed_once_and_one_of_several_leads(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work)
    country, region = to(scene.country_id, leads=True), to(scene.region_id, leads=True)
    for addressees in ([country, to(scene.country_id)], [country, region]):
        with refused(engine, Invalid, "addressees", scene.officer) as work:
            findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id, addressees=addressees))


@pytest.mark.parametrize("field", ["addressees", "basis_ids", "result_ids", "normative_target_ids"])
def test_what_is_not_there_is_refused_by_field(engine: sa.Engine, start: Begin, field: str) -> None:
    with start() as work:
        scene = play(work)
    facts = {field: [to(new())] if field == "addressees" else (new(),)}
    with refused(engine, NotFound, field, scene.officer) as work:
        findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id, **facts))


def test_it_rests_on_findings_and_conclusions_of_its_own_evaluation(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene, other = play(work), play(work)
        lesson = findings.record_finding(work, scene.evaluation_id, FindingInput("Track early", FindingKind.LESSON))
        foreign = findings.record_finding(work, other.evaluation_id, FindingInput("Nothing is tracked"))
    for finding_id in (lesson.id, foreign.id):
        with refused(engine, Invalid, "basis_ids", scene.officer) as work:
            findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id, basis_ids=(finding_id,)))


def test_a_number_that_is_taken_is_refused(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work)
        findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id))
        second = findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id))
    with refused(engine, Conflict, "number", scene.officer) as work:
        findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id, number=1))
    with refused(engine, Conflict, "number", scene.officer) as work:
        findings.revise_recommendation(work, second.id, draft(scene.country_id, number=1))


@pytest.mark.parametrize("stage", [RecommendationStage.ISSUED, RecommendationStage.SUPERSEDED])
def test_an_issued_text_is_not_edited(engine: sa.Engine, start: Begin, stage: RecommendationStage) -> None:
    with start() as work:
        scene = play(work)
        evaluation = work.get(Evaluation, scene.evaluation_id)
        row = Evaluating(Make(work)).recommendation(evaluation, stage=stage)
    for actor in (scene.manager, scene.officer, scene.head):
        with refused(engine, Conflict, "stage", actor) as work:
            findings.revise_recommendation(work, row.id, draft(scene.country_id))
        with refused(engine, Conflict, "stage", actor) as work:
            findings.remove_recommendation(work, row.id)


def test_from_the_final_on_the_evaluation_unit_alone_drafts(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.PUBLISHED)
        audit = play(work, EvaluationStage.FINAL, source=SourceKind.AUDIT)
    with refused(engine, Conflict, "stage", scene.manager) as work:
        findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id))
    for one in (scene, audit):
        with start(one.officer) as work:
            row = findings.draft_recommendation(work, one.evaluation_id, draft(one.country_id))
            assert (row.number, row.stage) == (1, RecommendationStage.DRAFT)


def test_management_drafts_nothing_and_sees_no_draft(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work)
        row = findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id))
    with refused(engine, Forbidden, None, scene.chief) as work:
        findings.draft_recommendation(work, scene.evaluation_id, draft(scene.country_id))
    with refused(engine, NotFound, "recommendation_id", scene.chief) as work:
        findings.revise_recommendation(work, row.id, draft(scene.country_id))
