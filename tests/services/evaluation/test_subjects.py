"""What an evaluation judges, with whom it is done, and sources that others made."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.appraisal import DisclosureException
from rbm.model.evaluation import Evaluation, EvaluationSubject
from rbm.services import evaluation, people
from rbm.services.evaluation import PartnerInput, SourceBrief, SubjectInput
from rbm.services.evaluation.subjects import WIDENED
from rbm.terms.evaluation import DocumentKind, EvaluationLevel, EvaluationStage, SourceKind
from rbm.terms.people import Role
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.scene import TODAY, Scene, at

pytestmark = pytest.mark.in_turn


def judged(start: Begin, key: UUID) -> list[EvaluationSubject]:
    with start() as work:
        return list(work.session.scalars(sa.select(EvaluationSubject).where(EvaluationSubject.evaluation_id == key)))


def test_a_subject_belongs_to_the_office_of_its_plan(scene: Scene, start: Begin) -> None:
    key = scene.made(EvaluationStage.PLANNED)
    with start() as work:
        make = Make(work)
        indicator = make.indicator()
        made = evaluation.add_subject(work, SubjectInput(key, indicator_id=indicator.id))
        assert made.office_id == indicator.result.framework.office_id
        assert (made.indicator_id, made.result_id, made.project_id) == (indicator.id, None, None)


@pytest.mark.parametrize(("names", "field"), [((), "office_id"), (("office_id", "project_id"), "project_id")])
def test_exactly_one_thing_is_named(scene: Scene, engine: sa.Engine, names: tuple[str, ...], field: str) -> None:
    key = scene.made(EvaluationStage.PLANNED)
    known = {"office_id": scene.office, "project_id": scene.project}
    with refused(engine, Invalid, field) as work:
        evaluation.add_subject(work, SubjectInput(key, **{name: known[name] for name in names}))


def test_a_thing_is_judged_once_and_can_be_taken_back(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.PLANNED)
    with refused(engine, Conflict, "evaluation_id", scene.manager) as work:
        evaluation.add_subject(work, SubjectInput(key, office_id=scene.office))
    (subject,) = judged(start, key)
    with start(scene.manager) as work:
        evaluation.remove_subject(work, subject.id)
    assert judged(start, key) == []


def test_what_a_final_evaluation_judged_stands(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.FINAL)
    (subject,) = judged(start, key)
    with refused(engine, Conflict, "stage", scene.manager) as work:
        evaluation.add_subject(work, SubjectInput(key, office_id=scene.region))
    with refused(engine, Conflict, "stage", scene.manager) as work:
        evaluation.remove_subject(work, subject.id)


def test_management_names_no_subject_and_takes_none_back(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.PLANNED)
    (subject,) = judged(start, key)
    for actor in (scene.chief, scene.focal, scene.senior):
        with refused(engine, Forbidden, None, actor) as work:
            evaluation.add_subject(work, SubjectInput(key, office_id=scene.region))
        with refused(engine, Forbidden, None, actor) as work:
            evaluation.remove_subject(work, subject.id)


def test_partners_make_an_evaluation_joint_and_one_leads(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key = scene.made(EvaluationStage.PLANNED)
    with start(scene.manager) as work:
        made = evaluation.add_partner(work, PartnerInput(key, " UNDP ", leads=True, planning_role="terms"))
        assert (made.name, made.leads, made.planning_role) == ("UNDP", True, "terms")
        assert work.get(Evaluation, key).joint
    for partner, kind, field in (
        (PartnerInput(key, "UNDP"), Conflict, "name"),
        (PartnerInput(key, "UNHCR", leads=True), Conflict, "leads"),
        (PartnerInput(key, " "), Invalid, "name"),
        (PartnerInput(scene.made(EvaluationStage.FINAL), "UNHCR"), Conflict, "stage"),
    ):
        with refused(engine, kind, field, scene.manager) as work:
            evaluation.add_partner(work, partner)


def audit(scene: Scene, **facts: Any) -> SourceBrief:
    brief = SourceBrief("AUDIT", "Audit", SourceKind.AUDIT, scene.unit, "Board of Auditors", date(2026, 1, 19))
    return replace(brief, **facts)


@pytest.mark.parametrize("source", sorted(set(SourceKind) - {SourceKind.EVALUATION}))
def test_r132_r133_a_source_of_others_is_registered_final_and_keeps_its_kind(
    scene: Scene, start: Begin, source: SourceKind
) -> None:
    with start(scene.officer) as work:
        made = evaluation.register_source(
            work, audit(scene, source=source, subject_office_ids=[scene.office, scene.region, scene.office])
        )
        assert (made.source, made.stage, made.level) == (source, EvaluationStage.FINAL, EvaluationLevel.CENTRALIZED)
        assert (made.final_on, made.disclosed_on) == (date(2026, 1, 19), date(2026, 4, 1))
        assert made.commissioned_by == "Board of Auditors"
    assert {one.office_id for one in judged(start, made.id)} == {scene.office, scene.region}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"source": SourceKind.EVALUATION}, "source"),
        ({"final_on": date(2026, 3, 3)}, "final_on"),
        ({"commissioned_by": " "}, "commissioned_by"),
        ({"title": ""}, "title"),
    ],
)
def test_a_source_that_does_not_hold_together_is_refused(
    scene: Scene, engine: sa.Engine, facts: dict[str, Any], field: str
) -> None:
    with refused(engine, Invalid, field, scene.officer) as work:
        evaluation.register_source(work, audit(scene, **facts))


def test_a_source_is_registered_by_the_evaluation_unit_in_its_office(scene: Scene, start: Begin, engine: Any) -> None:
    with refused(engine, Invalid, "office_id", scene.officer) as work:
        evaluation.register_source(work, audit(scene, office_id=scene.office))
    with refused(engine, NotFound, "subject_office_ids", scene.officer) as work:
        evaluation.register_source(work, audit(scene, subject_office_ids=[scene.project]))
    for actor in (scene.chief, scene.senior, scene.manager):
        with refused(engine, Forbidden, None, actor) as work:
            evaluation.register_source(work, audit(scene))
    with start(scene.officer) as work:
        assert evaluation.register_source(work, audit(scene, final_on=TODAY)).final_on == TODAY
    with refused(engine, Conflict, "code", scene.officer) as work:
        evaluation.register_source(work, audit(scene))


def test_what_a_registered_source_judges_can_be_named_later(scene: Scene, start: Begin) -> None:
    with start(scene.officer) as work:
        key = evaluation.register_source(work, audit(scene)).id
        assert evaluation.add_subject(work, SubjectInput(key, office_id=scene.office)).office_id == scene.office


def test_an_old_audit_is_nobodys_but_the_houses_until_its_days_are_over(scene: Scene, start: Begin) -> None:
    with start(scene.officer) as work:
        evaluation.register_source(work, audit(scene, final_on=date(2025, 6, 1)))
    for day, seen in ((TODAY, []), (date(2026, 3, 31), []), (date(2026, 4, 1), ["Audit"])):
        with start(PUBLIC, now=at(day)) as work:
            assert list(work.session.scalars(sa.select(Evaluation.title))) == seen


def test_the_head_of_evaluation_withholds_a_source_from_its_registration_on(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    until = date(2026, 12, 31)
    withheld = audit(scene, withheld_until=until, withheld_reason="security")
    with refused(engine, Forbidden, "withheld_until", scene.officer) as work:
        evaluation.register_source(work, withheld)
    with refused(engine, Invalid, "reason", scene.head) as work:
        evaluation.register_source(work, replace(withheld, withheld_reason=None))
    with refused(engine, Invalid, "withheld_until", scene.head) as work:
        evaluation.register_source(work, replace(withheld, withheld_until=None))
    with start(scene.head) as work:
        made = evaluation.register_source(work, withheld)
        (kept,) = work.session.scalars(sa.select(DisclosureException)).all()
        assert (made.withheld_until, kept.ends_on, kept.reason) == (until, until, "security")


LATER = sorted(set(EvaluationStage) - {EvaluationStage.PLANNED, EvaluationStage.TOR, EvaluationStage.POSTPONED})


@pytest.mark.parametrize("stage", LATER)
def test_what_is_judged_stands_once_the_team_is_at_work(
    scene: Scene, start: Begin, engine: sa.Engine, stage: EvaluationStage
) -> None:
    key = scene.made(stage)
    (subject,) = judged(start, key)
    for actor in (scene.manager, scene.head):
        with refused(engine, Conflict, "stage", actor) as work:
            evaluation.remove_subject(work, subject.id)
        with refused(engine, Conflict, "stage", actor) as work:
            evaluation.add_subject(work, SubjectInput(key, project_id=scene.project))


@pytest.mark.parametrize("stage", EvaluationStage)
def test_the_evaluation_unit_alone_widens_it_until_the_draft(
    scene: Scene, start: Begin, engine: sa.Engine, stage: EvaluationStage
) -> None:
    key = scene.made(stage)
    more = SubjectInput(key, office_id=scene.region)
    if stage not in WIDENED:
        with refused(engine, Conflict, "stage", scene.officer) as work:
            evaluation.widen_evaluation(work, more)
        return
    for actor in (scene.manager, scene.chief):
        with refused(engine, Forbidden, None, actor) as work:
            evaluation.widen_evaluation(work, more)
    with start(scene.officer) as work:
        assert evaluation.widen_evaluation(work, more).office_id == scene.region


@pytest.mark.parametrize("part", ["left", "found", "attached"])
def test_nothing_is_judged_that_somebody_ran_who_took_part(
    scene: Scene, start: Begin, engine: sa.Engine, part: str
) -> None:
    key = scene.made(EvaluationStage.INCEPTION)
    with start() as work:
        make = Make(work)
        of, row, office = Evaluating(make), work.get(Evaluation, key), make.office()
        person = make.person()
        people.grant_role(work, person.id, office.id, Role.APPROVER)
        if part == "left":
            of.member(row, person=person, left_on=TODAY)
        elif part == "found":
            of.finding(row, recorded_by=person)
        else:
            of.document(row, DocumentKind.ANNEX, attached_by=person)
    with refused(engine, Conflict, "office_id", scene.officer) as work:
        evaluation.widen_evaluation(work, SubjectInput(key, office_id=office.id))
