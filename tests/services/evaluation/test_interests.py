"""Interests: who ran what is judged does nothing in its evaluation and reads no draft; authors rate nothing of it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import Actor
from rbm.errors import Conflict, Forbidden, Invalid
from rbm.model.appraisal import EvaluationComment
from rbm.model.evaluation import EvaluationReport, TeamMember
from rbm.model.people import Membership, Office, Person
from rbm.services import evaluation, findings, people
from rbm.services.evaluation import DocumentInput, EvaluationRevision, PartnerInput, ReportSections, SubjectInput
from rbm.services.findings import AddresseeInput, FindingInput, RatingInput, RecommendationDraft
from rbm.terms.evaluation import DocumentKind, EvaluationLevel, EvaluationStage, QualityGate, TextLanguage
from rbm.terms.findings import AddresseeKind, Criterion, RatingScaleName
from rbm.terms.people import Role
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.scene import OPEN, OVER, TODAY, Scene, at

S = EvaluationStage
DRAFT = {"title": "Draft", "text": "what it says"}


def attached(key: UUID, kind: DocumentKind) -> DocumentInput:
    return DocumentInput(key, kind, TextLanguage.FRENCH, **DRAFT)


MANAGED: dict[str, Callable[[Work, dict[str, Any]], object]] = {
    "attach": lambda work, key: evaluation.attach_document(work, attached(key["draft"], DocumentKind.FINAL_REPORT)),
    "sections": lambda work, key: evaluation.write_report_sections(work, key["draft"], ReportSections(summary="good")),
    "team": lambda work, key: evaluation.add_team_member(work, key["draft"], key["person"]),
    "leave": lambda work, key: evaluation.leave_team(work, key["member"]),
    "subject": lambda work, key: evaluation.add_subject(work, SubjectInput(key["planned"], project_id=key["project"])),
    "unsubject": lambda work, key: evaluation.remove_subject(work, key["subject"]),
    "partner": lambda work, key: evaluation.add_partner(work, PartnerInput(key["draft"], "UNDP")),
    "revise": lambda work, key: evaluation.revise_evaluation(work, key["draft"], EvaluationRevision(title="Other")),
    "assign": lambda work, key: evaluation.assign_evaluation_manager(work, key["draft"], None),
    "answer": lambda work, key: evaluation.answer_comment(work, key["comment"], "dropped"),
    "advance": lambda work, key: evaluation.advance_evaluation(work, key["draft"], S.QUALITY_REVIEW),
    "finding": lambda work, key: findings.record_finding(work, key["draft"], FindingInput("all is well")),
}
OVERSEEN: dict[str, Callable[[Work, dict[str, Any]], object]] = {
    "terms": lambda work, key: evaluation.approve_terms_of_reference(work, key["terms"]),
    "postpone": lambda work, key: evaluation.postpone_evaluation(work, key["planned"], "later"),
    "finalise": lambda work, key: evaluation.finalise_evaluation(work, key["reviewed"]),
    "publish": lambda work, key: evaluation.publish_evaluation(work, key["final"]),
    "attach_to_final": lambda work, key: evaluation.attach_to_final(work, attached(key["final"], DocumentKind.ANNEX)),
    "cancel": lambda work, key: evaluation.cancel_evaluation(work, key["draft"], "no money"),
    "withhold": lambda work, key: evaluation.withhold_report(work, key["final"], "persons at risk", date(2026, 6, 1)),
}


def keyed(scene: Scene, start: Begin, commissioner: UUID) -> dict[str, Any]:
    """Evaluations of the country office, and what belongs to them."""
    with start() as work:
        of = Evaluating(Make(work))
        office = work.get(Office, scene.office)
        shared = {"office": work.get(Office, commissioner), "level": EvaluationLevel.DECENTRALIZED}
        draft = of.complete(of.evaluation(S.DRAFT_REPORT, **shared, **OPEN), office)
        planned = of.evaluation(S.PLANNED, **shared)
        subjects = [of.subject(planned, one) for one in (office, of.make.office())]
        final = of.evaluation(S.FINAL, **shared, disclosed_on=date(2026, 5, 1))
        of.subject(final, office)
        comment = work.add(EvaluationComment(evaluation=draft, office=office, text="no", made_at=work.now))
        member = sa.select(TeamMember.id).where(TeamMember.evaluation_id == draft.id)
        return {
            "draft": draft.id,
            "planned": planned.id,
            "final": final.id,
            "reviewed": of.complete(of.evaluation(S.QUALITY_REVIEW, **shared, **OVER), office).id,
            "comment": comment.id,
            "terms": of.document(planned, DocumentKind.TERMS_OF_REFERENCE).id,
            "member": work.session.scalar(member),
            "subject": subjects[1].id,
            "project": scene.project,
            "person": of.make.person().id,
        }


def test_who_runs_the_office_judged_changes_nothing_of_its_evaluation(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    key = keyed(scene, start, scene.office)
    both = scene.actor(scene.person((Role.APPROVER, scene.office), (Role.EVALUATION_MANAGER, scene.office)))
    for act in MANAGED.values():
        with refused(engine, Forbidden, None, both) as work:
            act(work, key)
    head = scene.actor(scene.person((Role.MANAGEMENT_FOCAL_POINT, scene.office), (Role.EVALUATION_HEAD, scene.unit)))
    for act in OVERSEEN.values():
        with refused(engine, Forbidden, None, head) as work:
            act(work, key)


@pytest.mark.parametrize("name", [*MANAGED, *OVERSEEN])
def test_who_does_not_run_it_does_each_of_these(scene: Scene, start: Begin, name: str) -> None:
    key = keyed(scene, start, scene.office)
    manager = scene.actor(scene.person((Role.EVALUATION_MANAGER, scene.office)))
    with start(manager if name in MANAGED else scene.head) as work:
        assert (MANAGED | OVERSEEN)[name](work, key)


def test_no_draft_is_seen_before_the_comment_stage_by_who_runs_what_is_judged(scene: Scene, start: Begin) -> None:
    key = keyed(scene, start, scene.office)["draft"]
    drafts = sa.select(EvaluationReport.evaluation_id).where(EvaluationReport.evaluation_id == key)
    manager = (Role.EVALUATION_MANAGER, scene.office)
    apart, both = (scene.actor(scene.person(manager, *more)) for more in ((), ((Role.APPROVER, scene.office),)))
    officer = scene.actor(scene.person((Role.EVALUATION_OFFICER, scene.unit), (Role.ENDORSER, scene.region)))
    early = at(date(2026, 3, 1))
    for actor, seen in ((apart, [key]), (scene.officer, [key]), (both, []), (officer, [])):
        with start(actor, now=early) as work:
            assert work.session.scalars(drafts).all() == seen
        with start(actor, now=at(TODAY)) as work:
            assert work.session.scalars(drafts).all() == [key]


def test_who_runs_an_office_above_takes_no_part_for_the_days_it_stood_there(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    key = scene.made(S.DATA_COLLECTION)
    director = scene.person((Role.APPROVER, scene.region), (Role.EVALUATOR, scene.unit))
    with refused(engine, Conflict, "person_id", scene.manager) as work:
        evaluation.add_team_member(work, key, director.id)
    with start() as work:
        people.grant_role(work, _key(scene.senior), scene.unit, Role.EVALUATOR)
    for person in (director, scene.senior):
        with refused(engine, Forbidden, None, scene.actor(person)) as work:
            findings.record_finding(work, key, FindingInput("fine"))
    with start() as work:
        region = Make(work).office(code="OTHER")
        people.move_office(work, scene.office, region.id, date(2026, 2, 1))
    successor = scene.person((Role.APPROVER, region.id))
    with refused(engine, Conflict, "person_id", scene.manager) as work:
        evaluation.add_team_member(work, key, successor.id)
    with start() as work:
        row = work.session.scalars(sa.select(Membership).where(Membership.person_id == successor.id)).one()
        row.valid_from, row.valid_to = date(2025, 1, 1), date(2026, 1, 31)
        Make(work)
    with start(scene.manager) as work:
        assert evaluation.add_team_member(work, key, successor.id)


def test_who_runs_a_part_of_a_region_judged_as_a_whole_takes_no_part(
    scene: Scene, start: Begin, engine: sa.Engine
) -> None:
    with start() as work:
        of = Evaluating(Make(work))
        whole, project = (of.evaluation(S.TOR, office=work.get(Office, scene.unit)) for _ in range(2))
        of.subject(whole, work.get(Office, scene.region))
        of.subject(project, work.get(Office, scene.region), project_id=scene.project)
    person = scene.person((Role.APPROVER, scene.office))
    with refused(engine, Conflict, "person_id", scene.manager) as work:
        evaluation.add_team_member(work, whole.id, person.id)
    with start(scene.manager) as work:
        assert evaluation.add_team_member(work, project.id, person.id)


def test_who_declared_a_conflict_of_interest_writes_nothing(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key, person = scene.made(S.DATA_COLLECTION), scene.person((Role.EVALUATOR, scene.unit))
    member = scene.declared(key, person, conflict=True)
    for leaving in (False, True):
        if leaving:
            with start(scene.manager) as work:
                evaluation.leave_team(work, member)
        with refused(engine, Forbidden, None, scene.actor(person)) as work:
            findings.record_finding(work, key, FindingInput("my project is great"))
        with refused(engine, Forbidden, None, scene.actor(person)) as work:
            findings.rate_criterion(work, key, _rating())


WRITING: dict[str, Callable[[Work, UUID, UUID], object]] = {
    "finding": lambda work, key, _: findings.record_finding(work, key, FindingInput("it works")),
    "rating": lambda work, key, _: findings.rate_criterion(work, key, _rating()),
    "recommendation": lambda work, key, office: findings.draft_recommendation(work, key, _draft(office)),
    "sections": lambda work, key, _: evaluation.write_report_sections(work, key, ReportSections(summary="mine")),
    "document": lambda work, key, _: evaluation.attach_document(work, attached(key, DocumentKind.DRAFT_REPORT)),
}


@pytest.mark.parametrize("name", WRITING)
def test_r116_who_wrote_a_part_of_it_does_not_rate_it_nor_the_other_way_round(
    scene: Scene, start: Begin, engine: sa.Engine, name: str
) -> None:
    key, gate = scene.made(S.DATA_COLLECTION), QualityGate.DRAFT
    author, assessor = (scene.person((Role.EVALUATION_OFFICER, scene.unit)) for _ in range(2))
    with start(scene.actor(author)) as work:
        WRITING[name](work, key, scene.office)
    with start() as work:
        Make(work)
        asked = [evaluation.QuestionInput("Method", "Is it sound?", Decimal(1))]
        evaluation.define_checklist(work, evaluation.ChecklistInput(gate, "Draft", TODAY, Decimal(60), asked))
    with refused(engine, Invalid, "assessor_id", scene.head) as work:
        evaluation.assign_quality_review(work, key, gate, author.id)
    with start(scene.head) as work:
        evaluation.assign_quality_review(work, key, gate, assessor.id)
    with refused(engine, Forbidden, None, scene.actor(assessor)) as work:
        WRITING[name](work, key, scene.office)
    with refused(engine, Conflict, "person_id", scene.head) as work:
        evaluation.assign_evaluation_manager(work, key, assessor.id)


def _key(person: Person | Actor) -> UUID:
    key = person.person_id if isinstance(person, Actor) else person.id
    assert key
    return key


def _rating() -> RatingInput:
    return RatingInput(Criterion.IMPACT, RatingScaleName.SATISFACTION, "S", "seen")


def _draft(office: UUID) -> RecommendationDraft:
    addressees = [AddresseeInput(AddresseeKind.HEAD_OF_OFFICE, office)]
    return RecommendationDraft(text="Set up a register", addressees=addressees)
