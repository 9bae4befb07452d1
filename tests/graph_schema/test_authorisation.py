"""The matrix: printed as it is, declared for all, enforced by the door; ids, inputs and caches that tell nothing."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import graphene
import pytest
import sqlalchemy as sa
from graphql import GraphQLInputObjectType

from graph_schema import authorisation
from graph_schema.authorisation import cells, matrix
from graph_schema.derive import mutation, needs
from graph_schema.derive.context import Context
from graph_schema.derive.names import camel
from graph_schema.derive.registry import SHAPES, key_name
from graph_schema.derive.rules import Place
from graph_schema.execute import execute
from graph_schema.readings import Records, readings, rule_of
from graph_schema.schema import MUTATIONS, RULES, schema
from rbm.access import PERMISSIONS, PUBLIC, SYSTEM, Actor, Permission
from rbm.db import Row
from rbm.model.people import Office, Person
from rbm.model.strategy import Framework
from rbm.services import people
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkStage
from tests.conftest import Begin
from tests.graph_schema.conftest import Ask
from tests.graph_schema.questions import key_of
from tests.graph_schema.stage import Stage
from tests.make import Make

TYPES: dict[str, Any] = dict(schema.graphql_schema.type_map)
PAGE = Path(authorisation.__file__).parents[1] / "docs" / "authorisation.md"


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == authorisation.page(), "run: make authorisation"


def test_the_matrix_holds_every_role_mutation_place_and_stage() -> None:
    found = json.loads(json.dumps(matrix()))
    assert set(found["mutations"]) == set(MUTATIONS)
    assert set(found["nouns"]) == {row.__name__ for row in SHAPES}
    assert {(cell["mutation"], cell["role"], cell["place"]) for cell in found["cells"]} == {
        (name, role, place) for name in MUTATIONS for role in Role for place in Place
    }
    framework = {cell.stage: cell.allowed for cell in cells() if cell[:3] == ("approveFramework", Role.APPROVER, "own")}
    assert framework == {FrameworkStage.DRAFT: True, FrameworkStage.APPROVED: False, FrameworkStage.CLOSED: False}


def test_no_role_but_an_administrators_decides_about_persons() -> None:
    sensitive = {name for name, rule in RULES.items() if rule.sensitive}
    assert {"grantRole", "revokeRole", "issueToken", "createPerson", "deactivatePerson"} <= sensitive
    assert {cell.role for cell in cells() if cell.allowed and cell.mutation in sensitive} == {Role.ADMIN}


def test_z_04_a_mutation_without_a_declared_rule_is_no_mutation() -> None:
    with pytest.raises(TypeError, match="rule"):
        mutation(people.create_person)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="needs a permission"):
        needs()


def test_z_04_every_field_is_read_by_a_declared_rule() -> None:
    objects = {name: kind for name, kind in TYPES.items() if hasattr(kind, "interfaces") and name[:2] != "__"}
    fields = {(name, field) for name, kind in objects.items() if name != "Mutation" for field in kind.fields}
    assert {(one.type, one.field) for one in readings() if one.rule} == fields


def test_z_04_a_field_without_a_declared_rule_is_found() -> None:
    class Query(graphene.ObjectType):
        secret = graphene.String()

    strange = graphene.Schema(query=Query).graphql_schema.query_type
    assert strange is not None
    with pytest.raises(LookupError, match=r"Query\.secret"):
        rule_of(strange, "secret", Records(set(), set()))


def test_a_service_that_asks_for_anything_else_changes_nothing(start: Begin, engine: sa.Engine) -> None:
    field = mutation(people.create_person, needs(Permission.PLAN))
    info = SimpleNamespace(context=Context(engine, SYSTEM))
    with pytest.raises(RuntimeError, match="declared to need plan, but asked for manage_people"):
        field.resolver(None, info, email="new@example.org", name="New")
    with start() as work:
        assert work.session.scalars(sa.select(Person)).all() == []


def strange_ids(stage: Stage, noun: type[Row]) -> list[str]:
    """Ids that are none of the noun's: of another type, tampered, negative, huge, encoded, random."""
    own = key_of(stage.rows[noun])
    made = [f"-{own}", f"{{{own}}}", f" {own}", f"urn:uuid:{own}", "-1", "9" * 40, "", " ", "\x00", "T2ZmaWNlOjE=", "%"]
    if isinstance(getattr(stage.rows[noun], key_name(noun)), UUID):
        other = next(cls for cls in (Office, Framework) if cls is not noun)
        made += [f"{own}0", own[:-1], own.replace("-", ""), key_of(stage.rows[other]), "1"]
    return [*made, str(uuid4())]


@pytest.mark.parametrize("noun", SHAPES, ids=lambda noun: noun.__name__)
def test_z_05_a_strange_id_is_the_id_of_nothing(stage: Stage, noun: type[Row]) -> None:
    name = camel(noun.__tablename__)
    tampered = strange_ids(stage, noun)
    context = Context(stage.engine, SYSTEM)
    query = schema.graphql_schema.query_type
    assert query is not None
    resolve = query.fields[name].resolve
    found = [resolve(None, SimpleNamespace(context=context), id=one) for one in tampered]
    context.close()
    assert found == [None] * len(tampered)


def test_z_05_a_mutation_tells_unknown_ids_from_each_other_by_their_form_only(stage: Stage) -> None:
    actor = stage.cast["office"][Role.APPROVER]
    hidden = stage.keys["elsewhere"]
    asked = 'mutation ($id: ID!) { closeFramework(frameworkId: $id, reason: "over") { problems { code message } } }'
    from_other_type, random = (problem(stage, actor, asked, key) for key in (hidden, uuid4()))
    assert from_other_type == random == {"code": "not_found", "message": "no such framework"}
    assert problem(stage, actor, asked, "garbage")["code"] == "invalid"


def problem(stage: Stage, actor: Actor, document: str, key: UUID | str) -> dict[str, str]:
    (field,) = execute(stage.engine, actor, document, {"id": str(key)})["data"].values()
    found: dict[str, str] = field["problems"][0]
    return found


FOLLOWS = re.compile(
    r"stage|status|edition|created|updated|verifi|submitted|recorded|opened|approved|released|revoked|escal|origin"
    r"|derived|digest|dueDate|^dueOn$|At$|By$|ById$|^by$|^version$|^officeId$|^personId$|^id$",
    re.IGNORECASE,
)
"""Names of what follows from what is done, and is never stated."""
REVIEWED = {
    "approveFramework.by": "the body outside the system that approved it, not who records it",
    "recordMeasurements.completeBy": "dimensions whose every crossing must be there",
    "planImprovement.dueOn": "the day a plan promises, stated by whoever plans",
    "assignManager.personId": "whom it is about",
    "assignOwner.officeId": "whom it is about",
    "assignOwner.personId": "whom it is about",
    "createPost.officeId": "the office it is made in, where the permission is asked for",
    "createProject.officeId": "the office it is made in, where the permission is asked for",
    "FrameworkPlanInput.officeId": "the office it is made in, where the permission is asked for",
    "grantRole.officeId": "the office it is granted in, where the permission is asked for",
    "grantRole.personId": "whom it is about",
    "linkIdentity.personId": "whom it is about",
    "issueToken.personId": "whom it is about",
    "fillPost.personId": "whom it is about",
    "deactivatePerson.personId": "the row itself",
    "reactivatePerson.personId": "the row itself",
    "moveOffice.officeId": "the row itself",
    "RuleParametersInput.raisedAt": "the share at which a rule raises a flag",
    "RuleParametersInput.watchAt": "the share at which a rule watches",
    "DecisionRecordInput.personId": "whom it is about",
    "PlanDraftInput.officeId": "whose plan it is",
    "PlanItemFactsInput.officeId": "what is to be evaluated",
    "PlanItemFactsInput.conductedBy": "whether it is done from within or outside",
    "PlanItemRevisionInput.conductedBy": "whether it is done from within or outside",
    "registerEvaluator.personId": "whom it is about",
    "requestPlanChange.officeId": "for which office it is asked, where the permission is asked for",
    "submitProposal.officeId": "for which office it is proposed, where the permission is asked for",
    "DeadlineRevisionInput.verificationDays": "how many days a verifier has: a rule for all, of the head of evaluation",
    "ActionPlanInput.dueOn": "the day an office promises, stated by whoever plans",
    "ActionPlanInput.officeId": "for which of the offices addressed it is planned, where the permission is asked for",
    "ActionRevisionInput.dueOn": "the day an office promises, before it is submitted",
    "RecommendationDecisionInput.officeId": "for which of the offices addressed, where the permission is asked for",
    "AddresseeInput.officeId": "who is asked to act, said by the authors while it is a draft",
    "EvaluationBriefInput.officeId": "the office that commissions it, where the permission is asked for",
    "EvaluationBriefInput.conductedBy": "whether it is done from within or outside",
    "SourceBriefInput.officeId": "the evaluation office that registers it; the permission is a central one",
    "SourceBriefInput.conductedBy": "whether it was done from within or outside",
    "SourceBriefInput.commissionedBy": "the body outside the system that commissioned it, not who registers it",
    "SubjectInput.officeId": "what is evaluated",
    "addTeamMember.personId": "whom it is about; the person declares interests in person",
    "assignEvaluationManager.personId": "whom it is about: somebody with that right in the office already",
    "commentOnDraft.officeId": "for which office judged it is said, where the permission is asked for",
    "supersedeAction.supersededById": "the action that takes its place, of the same response and recommendation",
    "supersedeRecommendation.byId": "the recommendation that takes its place; the permission is a central one",
}


def test_z_06_no_input_states_what_follows_from_what_is_done() -> None:
    fields = [f"{name}.{one}" for name, field in TYPES["Mutation"].fields.items() for one in field.args]
    for name, kind in TYPES.items():
        if isinstance(kind, GraphQLInputObjectType) and not name.endswith("Filter"):
            fields += [f"{name}.{one}" for one in kind.fields]
    stated = {one for one in fields if FOLLOWS.search(one.partition(".")[2])}
    versions = {f"{name}.version" for name in MUTATIONS}
    assert stated - versions == set(REVIEWED)


def test_z_06_an_unknown_key_is_refused_before_anything_happens(ask: Ask, start: Begin) -> None:
    with start() as work:
        office = Make(work).headquarters()
    plan = f'{{code: "S", title: "S", level: CORPORATE, officeId: "{office.id}", KEY}}'
    for key in ('stage: "approved"', 'createdBy: "x"', "version: 7", 'approvedOn: "2026-01-01"'):
        asked = f"mutation {{ createFramework(plan: {plan.replace('KEY', key)}) {{ problems {{ code }} }} }}"
        answer = ask(asked)
        assert "data" not in answer
        assert f"Field '{key.partition(':')[0]}' is not defined" in answer["errors"][0]["message"]


def test_z_16_two_who_ask_the_same_in_turn_are_told_each_their_own(data: Ask, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        mine, theirs = make.framework(), make.framework()
        actors = {row.code: make.actor(Role.VIEWER, row.office) for row in (mine, theirs)}
    query = "{ frameworks { totalCount edges { node { code office { code } transitions { totalCount } } } } }"
    for code in (mine.code, theirs.code, mine.code, theirs.code):
        edges = data(query, actors[code])["frameworks"]["edges"]
        assert [edge["node"]["code"] for edge in edges] == [code]
        assert data(query, PUBLIC)["frameworks"]["totalCount"] == 0


def test_the_permissions_of_every_role_are_in_the_matrix() -> None:
    assert matrix()["roles"] == {role: sorted(held) for role, held in PERMISSIONS.items()}
