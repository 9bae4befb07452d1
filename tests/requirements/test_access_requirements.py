"""Independence, attempts, scopes and the log: R203, R207 to R212, as far as what they protect exists."""

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from graph_schema.authorisation import cells
from graph_schema.derive.registry import SHAPES
from graph_schema.readings import mark
from graph_schema.schema import RULES
from rbm.access import PERMISSIONS, PUBLIC, Actor, Permission
from rbm.audit import AuditEntry, AuditKind
from rbm.errors import Forbidden, NotFound
from rbm.model.people import Membership, Office, Person, Post
from rbm.model.projects import Project
from rbm.model.strategy import Framework, Result
from rbm.services import projects, reporting, strategy
from rbm.services.strategy import FrameworkRevision
from rbm.stages import Transition
from rbm.terms.people import Role
from rbm.terms.reporting import ReportStage, ValueStage
from rbm.terms.strategy import FrameworkStage
from tests.conftest import Begin
from tests.make import Make

EVALUATION = {Role.EVALUATION_MANAGER, Role.EVALUATOR, Role.EVALUATION_OFFICER, Role.EVALUATION_HEAD}
EVALUATING = {
    Permission.PLAN_EVALUATION,
    Permission.MANAGE_EVALUATION,
    Permission.RECORD_FINDINGS,
    Permission.ASSESS_QUALITY,
    Permission.OVERSEE_EVALUATION,
    Permission.DIRECT_EVALUATION,
    Permission.CONFIRM_ACTION,
}
MANAGING = {
    *(Permission.PLAN, Permission.REPORT, Permission.APPROVE, Permission.IMPROVE, Permission.OPERATE),
    *(Permission.COMMENT, Permission.RESPOND, Permission.SUBMIT_RESPONSE, Permission.ENDORSE, Permission.IMPLEMENT),
}
DRAFT = {"stage": FrameworkStage.DRAFT, "approved_on": None}
PRIVATE = {"complaint", "complainant", "misconduct", "victim", "allegation", "feedback", "salary", "appraisal"}


def seen(start: Begin, actor: Actor, cls: type[Framework | Project | Result]) -> set[str]:
    with start(actor) as work:
        return set(work.session.scalars(sa.select(cls.code)))


def attempts(start: Begin, actor: Actor) -> list[tuple[str, UUID | None, str, str | None]]:
    with start(actor) as work:
        entries = work.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
        return [(one.operation, one.person_id, one.entity, one.entity_id) for one in entries]


@pytest.mark.parametrize("role", sorted(Role))
def test_r203_evaluation_and_management_write_nothing_of_each_others(role: Role) -> None:
    """Evaluation roles hold no permission of management, management none of theirs: each writes its own rooms alone."""
    held = PERMISSIONS[role]
    assert not (held & EVALUATING and held & MANAGING)
    assert held <= EVALUATING | {Permission.SEE, Permission.READ_ATTEMPTS} or role not in EVALUATION
    written = [RULES[cell.mutation].permissions for cell in cells() if cell.role is role and cell.allowed]
    assert all(permissions <= held for permissions in written)


def test_r207_attempts_on_protected_rows_are_logged_and_shown_to_the_governing_body(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        framework, project = make.framework(**DRAFT), make.project()
        report = make.report(framework, make.year())
        beside, above = make.actor(Role.APPROVER, make.office()), make.actor(Role.VERIFIER, make.headquarters())
        body, donor = make.actor(Role.GOVERNING_BODY), make.actor(Role.DONOR)
    with pytest.raises(NotFound), start(beside, "revise_framework") as work:
        strategy.revise_framework(work, framework.id, FrameworkRevision(title="x"))
    with pytest.raises(NotFound), start(beside, "submit_report") as work:
        reporting.submit_report(work, report.id)
    with pytest.raises(Forbidden), start(above, "assign_manager") as work:
        projects.assign_manager(work, project.id, None)
    assert attempts(start, body) == [
        ("revise_framework", beside.person_id, "framework", str(framework.id)),
        ("submit_report", beside.person_id, "report", str(report.id)),
        ("assign_manager", above.person_id, "project", str(project.id)),
    ]
    assert attempts(start, donor) == attempts(start, beside) == attempts(start, PUBLIC) == []


@pytest.mark.parametrize("role", sorted(EVALUATION))
def test_r208_evaluators_see_what_is_unreleased_where_they_are_and_not_elsewhere(start: Begin, role: Role) -> None:
    with start() as work:
        make = Make(work)
        region = make.office()
        office, other = make.office(region), make.office()
        mine, theirs = make.project(office=office), make.project(office=other)
        draft = make.framework(office=office, **DRAFT)
        evaluator = make.actor(role, region)
    assert seen(start, evaluator, Project) == {mine.code}
    assert theirs.code not in seen(start, evaluator, Project)
    assert seen(start, evaluator, Framework) == {draft.code}


def test_r209_persons_their_posts_and_roles_are_seen_by_staff_and_by_oneself(start: Begin) -> None:
    """Appraisals and compacts are not there yet; what is known of persons is not for donors and the public."""
    with start() as work:
        make = Make(work)
        post = work.add(Post(code="POST", title="Post", office=make.office(), holder=make.person()))
        assert post.holder_id
        donor, viewer, admin = (make.actor(role) for role in (Role.DONOR, Role.VIEWER, Role.ADMIN))
    counts = {}
    for actor in (donor, viewer, admin, PUBLIC):
        with start(actor) as work:
            counts[actor] = [len(work.session.scalars(sa.select(cls)).all()) for cls in (Person, Membership, Post)]
    assert counts[viewer] == counts[admin] == [4, 3, 2]
    assert [counts[donor], counts[PUBLIC]] == [[1, 1, 0], [0, 0, 0]]
    with start(donor) as work:
        assert work.session.scalars(sa.select(Person.id)).all() == [donor.person_id]


def test_r210_no_field_holds_personal_case_data() -> None:
    names = {name.lower() for shape in SHAPES.values() for name in (shape.row.__tablename__, *shape.columns)}
    assert [name for name in names if any(word in name for word in PRIVATE)] == []


def test_r211_project_data_is_seen_by_office_and_region_and_by_others_once_released(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        north, south = make.office(), make.office()
        codes = {}
        for name, region in (("north", north), ("south", south)):
            codes[name] = make.project(office=make.office(region)).code
        released = make.project(office=make.office(south), released_on=date(2026, 1, 1)).code
        regional, whole = make.actor(Role.VIEWER, north), make.actor(Role.VIEWER, make.headquarters())
        donor = make.actor(Role.DONOR, south)
    assert seen(start, regional, Project) == {codes["north"], released}
    assert seen(start, whole, Project) == {*codes.values(), released}
    assert seen(start, donor, Project) == seen(start, PUBLIC, Project) == {released}
    scoped = [row for row in SHAPES if row.__tablename__.startswith("project")]
    assert {mark(row, role) for row in scoped for role in (Role.DONOR, Role.GOVERNING_BODY)} == {"open"}


def test_r212_every_change_has_who_when_before_and_after_and_every_move_its_reason(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        framework = make.framework()
        indicator, period = make.indicator(make.result(framework)), make.year()
        report = make.report(framework, period, stage=ReportStage.SUBMITTED)
        make.measurement(indicator, period, 1, report=report, stage=ValueStage.SUBMITTED)
        approver = make.actor(Role.APPROVER, work.get(Office, framework.office_id))
    with start(approver, "revise_framework") as work:
        moment = work.now
        strategy.revise_framework(work, framework.id, FrameworkRevision(title="Newer"))
    with start(approver, "return_report") as work:
        reporting.return_report(work, report.id, "count again")
    with start() as work:
        changes = sa.select(AuditEntry).where(AuditEntry.entity == "framework", AuditEntry.kind == AuditKind.CHANGED)
        (entry,) = [one for one in work.session.scalars(changes) if "title" in one.changes]
        moved = work.session.scalars(sa.select(Transition)).one()
    assert entry.operation == "revise_framework"
    assert (entry.person_id, entry.at, entry.changes["title"]) == (approver.person_id, moment, ["Framework", "Newer"])
    assert (moved.entity_id, moved.person_id, moved.reason) == (report.id, approver.person_id, "count again")
    assert (moved.from_stage, moved.to_stage, moved.at) == (ReportStage.SUBMITTED, ReportStage.RETURNED, moment)


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"])
def test_r212_the_log_is_not_editable(start: Begin, engine: sa.Engine, statement: str) -> None:
    with start() as work:
        Make(work).office()
    with pytest.raises(sa.exc.DBAPIError, match="append only"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert not any("audit" in name.lower() for name in RULES)


def test_moves_are_seen_with_the_row_that_moved(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        mine, theirs = make.framework(), make.framework()
        actors = [make.actor(Role.APPROVER, work.get(Office, row.office_id)) for row in (mine, theirs)]
    for actor, framework in zip(actors, (mine, theirs), strict=True):
        with start(actor) as work:
            strategy.close_framework(work, framework.id, "over")
    for actor, framework in zip(actors, (mine, theirs), strict=True):
        with start(actor) as work:
            assert work.session.scalars(sa.select(Transition.entity_id)).all() == [framework.id]
    with start(PUBLIC) as work:
        assert work.session.scalars(sa.select(Transition)).all() == []
