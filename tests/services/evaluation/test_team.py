"""The team: who may judge, what they declare, and what they see meanwhile."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.errors import Conflict, Forbidden, NotFound
from rbm.model.evaluation import Evaluation, EvaluationReport, EvaluationSubject, TeamMember
from rbm.model.people import Membership, Office, Person
from rbm.model.projects import Project
from rbm.model.strategy import Framework
from rbm.services import evaluation, people, projects
from rbm.services.evaluation import SubjectInput
from rbm.services.findings import conflict_of
from rbm.terms.evaluation import EvaluationStage, QualityGate, TeamRole
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkLevel, FrameworkStage
from rbm.work import Work
from tests.conftest import Begin
from tests.evaluating import Evaluating
from tests.make import Make
from tests.refusals import refused
from tests.services.evaluation.scene import TODAY, Scene

pytestmark = pytest.mark.in_turn
RUNNING = [Role.REPORTER, Role.APPROVER, Role.MANAGEMENT_FOCAL_POINT, Role.ENDORSER, Role.HQ_RESULTS]
HARMLESS = [Role.VIEWER, Role.VERIFIER, Role.EVALUATION_MANAGER, Role.EVALUATOR, Role.QUALITY_ASSESSOR]


def of_project(scene: Scene, start: Begin) -> UUID:
    """An evaluation of the project alone."""
    key = scene.made(EvaluationStage.TOR)
    with start() as work:
        Evaluating(Make(work)).subject(
            work.get(Evaluation, key), work.get(Office, scene.office), project_id=scene.project
        )
    return key


def managed(start: Begin, scene: Scene, *persons: Person | None) -> None:
    """Give the project one manager after the other, as the office does."""
    for person in persons:
        with start(scene.chief) as work:
            projects.assign_manager(work, scene.project, person.id if person else None)


def test_a_member_joins_and_declares(scene: Scene, start: Begin) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person()
    with start(scene.manager) as work:
        member = evaluation.add_team_member(work, key, person.id)
        assert (member.role, member.joined_on, member.conflict) == (TeamRole.MEMBER, TODAY, None)
    with start(scene.actor(person)) as work:
        declared = evaluation.declare_interest(work, member.id, " none ", conflict=False)
        assert (declared.conflict, declared.declaration, declared.declared_at) == (False, "none", work.now)


@pytest.mark.parametrize("role", RUNNING)
def test_who_holds_or_held_a_role_that_runs_the_office_takes_no_part(
    scene: Scene, start: Begin, engine: sa.Engine, role: Role
) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person((role, scene.office))
    with start() as work:
        row = work.session.scalars(sa.select(Membership).where(Membership.person_id == person.id)).one()
        row.valid_from, row.valid_to = date(2020, 1, 1), date(2021, 1, 1)
        Make(work)
    with refused(engine, Conflict, "person_id", scene.manager) as work:
        evaluation.add_team_member(work, key, person.id)


def test_other_roles_and_other_offices_are_no_conflict(scene: Scene, start: Begin) -> None:
    key = scene.made(EvaluationStage.TOR)
    person = scene.person(*((role, scene.office) for role in HARMLESS), (Role.APPROVER, scene.unit))
    with start(scene.manager) as work:
        assert evaluation.add_team_member(work, key, person.id)


def test_who_manages_or_ever_managed_a_project_takes_no_part(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key, now, before, never = of_project(scene, start), scene.person(), scene.person(), scene.person()
    managed(start, scene, before, None, now)
    for person, word in ((now, "manages"), (before, "managed")):
        with refused(engine, Conflict, "person_id", scene.manager) as work:
            evaluation.add_team_member(work, key, person.id)
        with start() as work:
            reason = f"{word} PROJECT, which the evaluation judges"
            assert conflict_of(work, work.get(Evaluation, key), person.id) == reason
    with start(scene.manager) as work:
        assert evaluation.add_team_member(work, key, never.id)


@pytest.mark.parametrize("kind", ["framework_id", "result_id", "indicator_id"])
def test_a_part_of_a_plan_stands_for_its_project(scene: Scene, start: Begin, kind: str) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person()
    managed(start, scene, person)
    with start() as work:
        make = Make(work)
        work.remove(work.session.scalars(sa.select(EvaluationSubject)).one())
        office, project = work.get(Office, scene.office), work.get(Project, scene.project)
        plan = make.framework(FrameworkLevel.PROJECT, office=office, project=project)
        result = make.result(plan)
        parts = {"framework_id": plan, "result_id": result, "indicator_id": make.indicator(result)}
        judged = work.get(Evaluation, key)
        assert conflict_of(work, judged, person.id) is None
        evaluation.add_subject(work, SubjectInput(key, **{kind: parts[kind].id}))
        assert conflict_of(work, judged, person.id) == "manages PROJECT, which the evaluation judges"


def test_a_subject_that_somebody_of_the_team_ran_is_refused(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person()
    managed(start, scene, person)
    with start() as work:
        of = Evaluating(Make(work))
        of.member(work.get(Evaluation, key), person=work.get(Person, person.id))
    with refused(engine, Conflict, "project_id") as work:
        evaluation.add_subject(work, SubjectInput(key, project_id=scene.project))


def test_only_the_trained_lead(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key, person, trained = scene.made(EvaluationStage.TOR), scene.person(), scene.person(trained=True)
    with refused(engine, Conflict, "role", scene.manager) as work:
        evaluation.add_team_member(work, key, person.id, TeamRole.LEAD)
    with start(scene.manager) as work:
        assert evaluation.add_team_member(work, key, trained.id, TeamRole.LEAD).role is TeamRole.LEAD


def test_nobody_is_in_a_team_twice_and_who_left_declares_again(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person()
    member = scene.declared(key, person)
    with refused(engine, Conflict, "person_id", scene.manager) as work:
        evaluation.add_team_member(work, key, person.id)
    with start(scene.manager) as work:
        assert evaluation.leave_team(work, member).left_on == TODAY
    with refused(engine, Conflict, "member_id", scene.manager) as work:
        evaluation.leave_team(work, member)
    with refused(engine, Conflict, "member_id", scene.actor(person)) as work:
        evaluation.declare_interest(work, member, "none", conflict=False)
    with start(scene.manager) as work:
        back = evaluation.add_team_member(work, key, person.id)
        assert (back.id, back.left_on, back.conflict) == (member, None, None)


def test_nobody_declares_for_another_not_even_the_head(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person()
    member = scene.declared(key, person)
    for actor in (scene.head, scene.manager, scene.chief):
        with refused(engine, NotFound, "member_id", actor) as work:
            evaluation.declare_interest(work, member, "none", conflict=False)


def test_who_reviews_the_quality_or_is_not_active_joins_no_team(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key, assessor, gone = scene.made(EvaluationStage.TOR), scene.person(), scene.person()
    with start() as work:
        of = Evaluating(Make(work))
        judged, row = work.get(Evaluation, key), work.get(Person, assessor.id)
        of.review(judged, QualityGate.TERMS_OF_REFERENCE, assessor=row)
        people.deactivate_person(work, gone.id)
    for person in (assessor, gone):
        with refused(engine, Conflict, "person_id", scene.manager) as work:
            evaluation.add_team_member(work, key, person.id)


@pytest.mark.parametrize("stage", [EvaluationStage.FINAL, EvaluationStage.CANCELLED])
def test_the_team_of_what_is_over_stands(scene: Scene, start: Begin, engine: sa.Engine, stage: EvaluationStage) -> None:
    key, person = scene.made(stage), scene.person()
    with start() as work:
        judged = work.get(Evaluation, key)
        member = Evaluating(Make(work)).member(judged, person=work.get(Person, person.id)).id
    acts: list[Callable[[Work], TeamMember]] = [
        lambda work: evaluation.add_team_member(work, key, scene.evaluator.person_id),  # type: ignore[arg-type]
        lambda work: evaluation.leave_team(work, member),
        lambda work: evaluation.declare_interest(work, member, "none", conflict=True),
    ]
    for act in acts:
        with refused(engine, Conflict, "stage") as work:
            act(work)


def test_management_puts_nobody_into_a_team(scene: Scene, engine: sa.Engine) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person()
    for actor in (scene.chief, scene.focal, scene.senior, scene.evaluator):
        with refused(engine, Forbidden, None, actor) as work:
            evaluation.add_team_member(work, key, person.id)


def drafts(work: Work) -> list[str]:
    return list(work.session.scalars(sa.select(Framework.code).where(Framework.stage == FrameworkStage.DRAFT)))


def test_r208_a_member_sees_what_is_judged_from_the_declaration_to_the_final(scene: Scene, start: Begin) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person()
    with start() as work:
        make = Make(work)
        office = work.get(Office, scene.office)
        lower = make.office(office)
        for code, of in (("DRAFT", office), ("LOWER", lower), ("OTHER", make.office())):
            make.framework(office=of, code=code, stage=FrameworkStage.DRAFT, approved_on=None)
    with start(scene.actor(person)) as work:
        assert drafts(work) == []
    member = scene.declared(key, person)
    with start(scene.actor(person)) as work:
        assert sorted(drafts(work)) == ["DRAFT", "LOWER"]
    for facts in ({"left_on": TODAY}, {"conflict": True}):
        with start() as work:
            row = Make(work).work.get(TeamMember, member)
            kept = {name: getattr(row, name) for name in facts}
            for name, value in facts.items():
                setattr(row, name, value)
        with start(scene.actor(person)) as work:
            assert drafts(work) == []
        with start() as work:
            row = Make(work).work.get(TeamMember, member)
            for name, value in kept.items():
                setattr(row, name, value)
    for stage in (EvaluationStage.FINAL, EvaluationStage.PUBLISHED, EvaluationStage.CANCELLED):
        with start() as work:
            Make(work).work.get(Evaluation, key).stage = stage
        with start(scene.actor(person)) as work:
            assert drafts(work) == []


def test_r208_seeing_is_all_it_gives_and_for_no_whole_organisation(scene: Scene) -> None:
    person = scene.person()
    scene.declared(scene.made(EvaluationStage.TOR), person)
    actor = scene.actor(person)
    (grant,) = actor.grants
    assert (grant.role, grant.office_id, grant.central) == (Role.VIEWER, scene.office, False)


def test_r208_costs_no_statement_of_its_own(scene: Scene, engine: sa.Engine, start: Begin) -> None:
    person, counted = scene.person((Role.EVALUATOR, scene.unit)), []
    scene.declared(scene.made(EvaluationStage.TOR), person)
    sa.event.listen(engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
    with start() as work:
        row = work.get(Person, person.id)
        counted.clear()
        people.actor_of_person(work, row)
        assert len(counted) == 2


def test_r208_whoever_only_evaluates_belongs_to_no_house(scene: Scene, start: Begin) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person()
    undisclosed = scene.made(EvaluationStage.FINAL, disclosed_on=date(2026, 6, 1))
    commented = scene.made(EvaluationStage.DRAFT_REPORT, comments_from=TODAY)
    scene.declared(key, person)
    with start() as work:
        of = Evaluating(Make(work))
        for other in (undisclosed, commented):
            of.member(work.get(Evaluation, other))
            of.report(work.get(Evaluation, other))
    with start(scene.actor(person)) as work:
        assert list(work.session.scalars(sa.select(Evaluation.id))) == [key]
        assert list(work.session.scalars(sa.select(EvaluationSubject.evaluation_id))) == [key]
        assert list(work.session.scalars(sa.select(TeamMember.evaluation_id))) == [key]
        assert list(work.session.scalars(sa.select(Person.id))) == [person.id]
        assert list(work.session.scalars(sa.select(EvaluationReport))) == []


@pytest.mark.parametrize("programme", [False, True])
def test_who_manages_a_project_of_the_office_judged_takes_no_part(
    scene: Scene, start: Begin, engine: sa.Engine, *, programme: bool
) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person()
    managed(start, scene, person)
    if programme:
        with start() as work:
            make = Make(work)
            judged = work.session.scalars(sa.select(EvaluationSubject)).one()
            judged.framework = make.framework(office=work.get(Office, scene.office))
    with refused(engine, Conflict, "person_id", scene.manager) as work:
        evaluation.add_team_member(work, key, person.id)


def test_a_conflict_once_declared_is_not_taken_back(scene: Scene, start: Begin, engine: sa.Engine) -> None:
    key, person = scene.made(EvaluationStage.TOR), scene.person()
    member = scene.declared(key, person, conflict=True)
    with refused(engine, Conflict, "conflict", scene.actor(person)) as work:
        evaluation.declare_interest(work, member, "none", conflict=False)
    with start(scene.manager) as work:
        evaluation.leave_team(work, member)
    with refused(engine, Conflict, "person_id", scene.manager) as work:
        evaluation.add_team_member(work, key, person.id)
