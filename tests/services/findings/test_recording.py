"""Findings, conclusions and lessons: who writes them, with which numbers, and until when."""

import pytest
import sqlalchemy as sa

from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Finding, RecommendationBasis
from rbm.model.projects import Project
from rbm.services import findings
from rbm.services.findings import FindingInput
from rbm.terms.evaluation import UNDER_WAY, EvaluationStage, SourceKind, TextLanguage
from rbm.terms.findings import Criterion, FindingKind
from rbm.terms.people import Role
from tests.conftest import NOW, Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.findings.scene import draft, play

pytestmark = pytest.mark.in_turn
SAID = FindingInput("Follow-up is not tracked")


def test_what_is_found_is_numbered_by_kind(start: Begin) -> None:
    with start() as work:
        scene = play(work)
    with start(scene.officer) as work:
        first = findings.record_finding(work, scene.evaluation_id, SAID)
        second = findings.record_finding(work, scene.evaluation_id, FindingInput("Nor is it published"))
        lesson = findings.record_finding(work, scene.evaluation_id, FindingInput("Track early", FindingKind.LESSON))
        fifth = findings.record_finding(work, scene.evaluation_id, FindingInput("Late", number=5))
        sixth = findings.record_finding(work, scene.evaluation_id, FindingInput("Later"))
        assert [row.number for row in (first, second, lesson, fifth, sixth)] == [1, 2, 1, 5, 6]
        assert (first.recorded_at, first.recorded_by_id) == (NOW, scene.officer.person_id)


def test_what_is_found_is_written_anew_and_taken_out(start: Begin) -> None:
    with start() as work:
        scene = play(work)
    with start(scene.manager) as work:
        row = findings.record_finding(work, scene.evaluation_id, SAID)
        newer = FindingInput("Rien n'est suivi", language=TextLanguage.FRENCH, criterion=Criterion.EFFICIENCY)
        findings.revise_finding(work, row.id, newer)
        assert (row.text, row.number, row.language, row.criterion) == ("Rien n'est suivi", 1, "fr", "efficiency")
        findings.remove_finding(work, row.id)
        assert work.session.scalars(sa.select(Finding)).all() == []


@pytest.mark.parametrize("number", [1, 0, -3])
def test_a_number_that_is_taken_or_none_is_refused(engine: sa.Engine, start: Begin, number: int) -> None:
    with start() as work:
        scene = play(work)
        row = findings.record_finding(work, scene.evaluation_id, SAID)
        other = findings.record_finding(work, scene.evaluation_id, FindingInput("Other"))
    wrong = FindingInput("Again", number=number)
    kind = Conflict if number == 1 else Invalid
    with refused(engine, kind, "number", scene.officer) as work:
        findings.record_finding(work, scene.evaluation_id, wrong)
    with refused(engine, kind, "number", scene.officer) as work:
        findings.revise_finding(work, other.id, wrong)
    with start(scene.officer) as work:
        assert findings.revise_finding(work, row.id, FindingInput("Itself", number=1)).number == 1


def test_a_blank_text_is_refused(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work)
    with refused(engine, Invalid, "text", scene.officer) as work:
        findings.record_finding(work, scene.evaluation_id, FindingInput("  "))


@pytest.mark.parametrize("stage", [stage for stage in EvaluationStage if stage not in UNDER_WAY])
def test_nothing_is_written_before_the_team_is_at_work_or_from_the_final_on(
    engine: sa.Engine, start: Begin, stage: EvaluationStage
) -> None:
    with start() as work:
        scene = play(work)
        row = findings.record_finding(work, scene.evaluation_id, SAID)
        work.get(Evaluation, scene.evaluation_id).stage = stage
    for actor in (scene.manager, scene.officer, scene.head):
        with refused(engine, Conflict, "stage", actor) as work:
            findings.record_finding(work, scene.evaluation_id, FindingInput("Late"))
        with refused(engine, Conflict, "stage", actor) as work:
            findings.revise_finding(work, row.id, FindingInput("Softer"))
        with refused(engine, Conflict, "stage", actor) as work:
            findings.remove_finding(work, row.id)


def test_the_evaluation_unit_alone_writes_down_what_an_audit_found(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work, EvaluationStage.FINAL, source=SourceKind.AUDIT)
    with start(scene.officer) as work:
        assert findings.record_finding(work, scene.evaluation_id, SAID).number == 1
    with refused(engine, Conflict, "stage", scene.manager) as work:
        findings.record_finding(work, scene.evaluation_id, SAID)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.SENIOR_MANAGEMENT, Role.ADMIN, Role.OVERSIGHT, Role.HQ_RESULTS])
def test_management_writes_no_findings_and_the_attempt_is_kept(start: Begin, role: Role) -> None:
    with start() as work:
        scene = play(work)
        row = findings.record_finding(work, scene.evaluation_id, SAID)
        somebody = Make(work).actor(role)
    with pytest.raises((Forbidden, NotFound)), start(somebody, "record_finding") as work:
        findings.record_finding(work, scene.evaluation_id, FindingInput("Better"))
    with pytest.raises((Forbidden, NotFound)), start(somebody, "revise_finding") as work:
        findings.revise_finding(work, row.id, FindingInput("Better"))
    with start() as work:
        query = sa.select(AuditEntry.operation).where(AuditEntry.kind == AuditKind.REFUSED)
        kept = work.session.scalars(query.where(AuditEntry.person_id == somebody.person_id)).all()
        assert sorted(kept) == ["record_finding", "revise_finding"]


def test_whoever_managed_what_is_judged_writes_nothing(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work)
        make = Make(work)
        project = make.project(manager_id=scene.officer.person_id)
        evaluation = work.get(Evaluation, scene.evaluation_id)
        Evaluating(make).subject(evaluation, project.office, project=work.get(Project, project.id))
    with refused(engine, Forbidden, None, scene.officer) as work:
        findings.record_finding(work, scene.evaluation_id, SAID)
    with start(scene.head) as work:
        findings.record_finding(work, scene.evaluation_id, SAID)


def test_a_finding_that_a_recommendation_rests_on_stays(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        scene = play(work)
        row = findings.record_finding(work, scene.evaluation_id, SAID)
        resting = draft(scene.country_id, basis_ids=(row.id,))
        findings.draft_recommendation(work, scene.evaluation_id, resting)
    with refused(engine, Conflict, "finding_id", scene.officer) as work:
        findings.remove_finding(work, row.id)
    with start() as work:
        assert work.session.scalars(sa.select(RecommendationBasis.finding_id)).all() == [row.id]
