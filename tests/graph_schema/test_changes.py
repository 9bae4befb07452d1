"""Changes: services as mutations, refusals as problems, each field a transaction of its own."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC
from rbm.audit import AuditEntry, AuditKind
from rbm.model.people import ApiToken, Office
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkStage
from tests.conftest import Begin
from tests.graph_schema.conftest import Ask
from tests.graph_schema.quiet import untouched
from tests.make import Make

PROBLEMS = "problems { code message field }"
CREATE = f"""mutation ($code: String!, $parent: ID!) {{
    createOffice(code: $code, name: "New", kind: COUNTRY, parentId: $parent) {{
        office {{ id code placements {{ edges {{ node {{ parent {{ code }} }} }} }} }} {PROBLEMS} }} }}"""


@pytest.fixture
def headquarters(start: Begin) -> UUID:
    """The id of the headquarters office."""
    with start() as work:
        return Make(work).headquarters().id


def test_a_change_answers_its_row(data: Ask, headquarters: UUID) -> None:
    answer = data(CREATE, code="NEW", parent=str(headquarters))["createOffice"]
    assert answer["problems"] == []
    assert answer["office"]["code"] == "NEW"
    assert answer["office"]["placements"]["edges"] == [{"node": {"parent": {"code": "HQ"}}}]


@pytest.mark.parametrize(
    ("code", "parent", "problem"),
    [
        ("HQ", None, ("conflict", "code")),
        ("NEW", "01890000-0000-7000-8000-000000000000", ("not_found", "parentId")),
        ("NEW", "garbage", ("invalid", "parentId")),
        ("\x00", None, ("invalid", "code")),
    ],
)
def test_a_refusal_is_a_problem_and_changes_nothing(
    start: Begin, data: Ask, headquarters: UUID, code: str, parent: str | None, problem: tuple[str, str]
) -> None:
    answer = data(CREATE, code=code, parent=parent or str(headquarters))["createOffice"]
    assert answer["office"] is None
    assert [(one["code"], one["field"]) for one in answer["problems"]] == [problem]
    with start() as work:
        assert work.session.scalars(sa.select(Office.code)).all() == ["HQ"]


def test_who_may_not_is_told_and_audited_under_the_name_of_the_service(
    start: Begin, data: Ask, headquarters: UUID
) -> None:
    with start() as work:
        viewer = Make(work).actor(Role.VIEWER)
    answer = data(CREATE, viewer, code="NEW", parent=str(headquarters))["createOffice"]
    assert [one["code"] for one in answer["problems"]] == ["forbidden"]
    with start() as work:
        refused = sa.select(AuditEntry.operation).where(AuditEntry.kind == AuditKind.REFUSED)
        assert work.session.scalars(refused).all() == ["create_office"]


def test_the_public_is_told_no_more_than_that_and_leaves_nothing(
    engine: sa.Engine, start: Begin, data: Ask, headquarters: UUID
) -> None:
    for parent in (str(headquarters), "garbage"):
        with untouched(engine):
            answer = data(CREATE, PUBLIC, code="NEW", parent=parent)["createOffice"]
        assert [(one["code"], one["field"]) for one in answer["problems"]] == [("forbidden", None)]
    with start() as work:
        assert work.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.REFUSED)).all() == []


def test_each_field_is_a_transaction_of_its_own_in_the_order_of_the_document(data: Ask, headquarters: UUID) -> None:
    fields = (
        f'{alias}: createProject(code: "{code}", title: "N", officeId: $p) {{ project {{ code }} problems {{ code }} }}'
        for alias, code in (("a", "A"), ("b", "A"), ("c", "C"))
    )
    answer = data(f"mutation ($p: ID!) {{ {' '.join(fields)} }}", p=str(headquarters))
    assert [(one["project"], [each["code"] for each in one["problems"]]) for one in answer.values()] == [
        ({"code": "A"}, []),
        (None, ["conflict"]),
        ({"code": "C"}, []),
    ]
    assert list(answer) == ["a", "b", "c"]


def test_an_answer_shows_what_is_visible_now(start: Begin, data: Ask) -> None:
    """Nothing is read past the limits of the caller, not even what the caller just made."""
    with start() as work:
        make = Make(work)
        office = make.framework().office
        admin, person = make.actor(Role.ADMIN), make.person()
    query = """mutation ($p: ID!, $o: ID!) { grantRole(personId: $p, officeId: $o, role: VIEWER) {
        membership { role office { code } } problems { code } } }"""
    answer = data(query, admin, p=str(person.id), o=str(office.id))["grantRole"]
    assert answer == {"membership": {"role": "VIEWER", "office": {"code": office.code}}, "problems": []}
    assert data("{ frameworks { totalCount } }", admin)["frameworks"]["totalCount"] == 0


def test_a_dataclass_is_one_argument(start: Begin, data: Ask) -> None:
    with start() as work:
        office = Make(work).headquarters()
    query = f"""mutation ($plan: FrameworkPlanInput!) {{
        createFramework(plan: $plan) {{ framework {{ code level stage periodStart }} {PROBLEMS} }} }}"""
    plan = {"code": "S", "title": "Strategy", "level": "CORPORATE", "officeId": str(office.id)}
    days = {"periodStart": "2026-01-01", "periodEnd": "2030-12-31"}
    answer = data(query, plan=plan | days)["createFramework"]
    assert answer["problems"] == []
    assert answer["framework"] == {"code": "S", "level": "CORPORATE", "stage": "DRAFT", "periodStart": "2026-01-01"}
    refused = data(query, plan=plan | days | {"officeId": "x"})["createFramework"]
    assert [(one["code"], one["field"]) for one in refused["problems"]] == [("invalid", "officeId")]


def test_what_a_change_took_away_is_answered_as_it_was(start: Begin, data: Ask) -> None:
    with start() as work:
        make = Make(work)
        framework = make.framework(stage=FrameworkStage.DRAFT, approved_on=None)
        child, parent = make.result(framework), make.result(framework, level="goal")
    make_link = f"""mutation ($c: ID!, $p: ID!) {{ linkResults(childId: $c, parentId: $p, causalStatement: "so") {{
        resultLink {{ id causalStatement child {{ code }} parent {{ code }} }} {PROBLEMS} }} }}"""
    link = data(make_link, c=str(child.id), p=str(parent.id))["linkResults"]["resultLink"]
    assert (link["child"]["code"], link["parent"]["code"]) == (child.code, parent.code)
    undo = f"mutation ($l: ID!) {{ unlinkResults(linkId: $l) {{ resultLink {{ id causalStatement }} {PROBLEMS} }} }}"
    answer = data(undo, l=link["id"])["unlinkResults"]
    assert answer == {"resultLink": {"id": link["id"], "causalStatement": "so"}, "problems": []}
    assert data(undo, l=link["id"])["unlinkResults"]["problems"][0]["code"] == "not_found"


def test_a_token_is_shown_once(start: Begin, data: Ask) -> None:
    with start() as work:
        person = Make(work).person()
    query = f"""mutation ($p: ID!) {{ issueToken(personId: $p, name: "laptop") {{
        secret apiToken {{ name person {{ email }} }} {PROBLEMS} }} }}"""
    answer = data(query, p=str(person.id))["issueToken"]
    assert answer["apiToken"] == {"name": "laptop", "person": {"email": person.email}}
    assert answer["secret"].startswith("rbm_")
    with start() as work:
        assert work.session.scalars(sa.select(ApiToken.digest)).one() != answer["secret"]
    refused = data(query, PUBLIC, p=str(person.id))["issueToken"]
    assert (refused["secret"], refused["apiToken"], refused["problems"][0]["code"]) == (None, None, "forbidden")


def test_an_unexpected_error_in_one_field_hides_no_other(
    engine: sa.Engine, data: Ask, ask: Ask, headquarters: UUID
) -> None:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.text("DROP TABLE notice"))
    query = f"""mutation ($p: ID!) {{
        a: createProject(code: "A", title: "A", officeId: $p) {{ project {{ code }} {PROBLEMS} }}
        b: readNotification(noticeId: "01890000-0000-7000-8000-000000000000") {{ {PROBLEMS} }} }}"""
    answer = ask(query, p=str(headquarters))
    assert answer["data"] == {"a": {"project": {"code": "A"}, "problems": []}, "b": None}
    assert [(error["message"], error["path"]) for error in answer["errors"]] == [("internal error", ["b"])]
