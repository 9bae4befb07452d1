"""The audit trail through the GraphQL door: for auditors all of it, for independent bodies what was refused."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC, Actor
from rbm.errors import Forbidden
from rbm.services import people
from rbm.services.audit import seal
from rbm.terms.people import OfficeKind, Role
from rbm.work import begin
from tests.conftest import NOW, Begin
from tests.graph_schema.conftest import Ask, Selects
from tests.make import Make

TRAIL = """query ($entity: String!, $id: ID!, $first: Int, $after: String) {
  auditTrail(entity: $entity, id: $id, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id at actor person { name } operation kind entity entityId changes } } } }"""
ENTRIES = """query ($filter: AuditEntryFilter, $by: [AuditEntryOrder!]) {
  auditEntries(filter: $filter, orderBy: $by) { totalCount edges { node { operation kind entity personId } } } }"""
BLOCKS = "{ auditBlocks { edges { node { number firstId lastId entries sealedAt previous hash } } } }"
NOTHING = {"totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}, "edges": []}


class Scene:
    """An office that was made, changed, and that somebody was refused to change."""

    def __init__(self, engine: sa.Engine, start: Begin) -> None:
        with start() as work:
            make = Make(work)
            admin, self.viewer = make.actor(Role.ADMIN), make.actor(Role.VIEWER)
            self.cast = {role: make.actor(role) for role in Role}
            above = make.headquarters().id
        with begin(engine, admin, "create_office", now=NOW) as work:
            self.office = people.create_office(work, "NEW", "New", OfficeKind.COUNTRY, above).id
        with pytest.raises(Forbidden), begin(engine, self.viewer, "move_office", now=NOW) as work:
            people.move_office(work, self.office, above, NOW.date())
        self.key = str(self.office)


@pytest.fixture
def scene(engine: sa.Engine, start: Begin) -> Scene:
    return Scene(engine, start)


def kinds(answer: dict[str, object]) -> list[str]:
    return [edge["node"]["kind"] for edge in answer["edges"]]  # type: ignore[attr-defined, index]


def test_an_auditor_reads_what_happened_to_a_row_the_newest_first(scene: Scene, data: Ask) -> None:
    answer = data(TRAIL, scene.cast[Role.OVERSIGHT], entity="office", id=scene.key)["auditTrail"]
    refused, created = (edge["node"] for edge in answer["edges"])
    assert (refused["kind"], refused["operation"], refused["actor"]) == ("REFUSED", "move_office", scene.viewer.label)
    assert (created["kind"], created["operation"], created["at"]) == ("CREATED", "create_office", refused["at"])
    assert (created["entity"], created["entityId"]) == ("office", scene.key)
    assert created["changes"]["name"] == [None, "New"]
    assert refused["person"] == {"name": scene.viewer.label}
    assert int(refused["id"]) > int(created["id"])


def test_a_trail_is_read_in_parts(scene: Scene, data: Ask) -> None:
    ask = {"actor": scene.cast[Role.OVERSIGHT], "entity": "office", "id": scene.key.upper(), "first": 1}
    first = data(TRAIL, **ask)["auditTrail"]
    second = data(TRAIL, **ask, after=first["pageInfo"]["endCursor"])["auditTrail"]
    assert (first["totalCount"], kinds(first), first["pageInfo"]["hasNextPage"]) == (2, ["REFUSED"], True)
    assert (kinds(second), second["pageInfo"]["hasNextPage"]) == (["CREATED"], False)


@pytest.mark.parametrize("role", Role)
def test_each_role_reads_what_it_may_and_nothing_else(role: Role, scene: Scene, data: Ask) -> None:
    seen = {Role.OVERSIGHT: ["REFUSED", "CREATED"], Role.EVALUATION_HEAD: ["REFUSED"], Role.GOVERNING_BODY: ["REFUSED"]}
    expected, actor = seen.get(role, []), scene.cast[role]
    answer = data(TRAIL, actor, entity="office", id=scene.key)["auditTrail"]
    assert (kinds(answer), answer["totalCount"]) == (expected, len(expected))
    listed = data(ENTRIES, actor, by=["ID_DESC"])["auditEntries"]
    if role is Role.OVERSIGHT:
        assert {"CREATED", "REFUSED"} <= set(kinds(listed))
    else:
        assert kinds(listed) == expected


def test_who_may_not_read_it_is_answered_as_for_a_row_without_entries(scene: Scene, data: Ask) -> None:
    for actor in (PUBLIC, Actor("nobody"), scene.viewer, scene.cast[Role.ADMIN]):
        assert data(TRAIL, actor, entity="office", id=scene.key)["auditTrail"] == NOTHING
    assert data(TRAIL, scene.cast[Role.OVERSIGHT], entity="office", id=str(uuid4()))["auditTrail"] == NOTHING
    assert data(TRAIL, scene.cast[Role.OVERSIGHT], entity="office", id="what?")["auditTrail"] == NOTHING


@pytest.mark.parametrize("entity", ["nothing", "", "Office", "office; DROP TABLE office", "sqlite_master"])
def test_an_unknown_entity_is_refused_whoever_asks(entity: str, scene: Scene, ask: Ask) -> None:
    for actor in (PUBLIC, scene.cast[Role.OVERSIGHT]):
        (error,) = ask(TRAIL, actor, entity=entity, id="1")["errors"]
        assert (error["extensions"]["code"], error["extensions"]["field"]) == ("invalid", "entity")


def test_an_id_that_no_text_can_be_is_refused(scene: Scene, ask: Ask) -> None:
    (error,) = ask(TRAIL, scene.cast[Role.OVERSIGHT], entity="office", id="a\x00")["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("invalid", "id")


def test_entries_are_filtered_by_kind_entity_operation_person_and_time(scene: Scene, data: Ask) -> None:
    auditor = scene.cast[Role.OVERSIGHT]

    def found(**filters: object) -> list[tuple[str, str]]:
        listed = data(ENTRIES, auditor, filter=filters, by=["ID_DESC"])["auditEntries"]
        return [(edge["node"]["operation"], edge["node"]["entity"]) for edge in listed["edges"]]

    made = [("create_office", "office_placement"), ("create_office", "office")]
    assert sorted(found(operation="create_office")) == sorted(made)
    assert found(kind="REFUSED") == [("move_office", "office")]
    assert found(personId=str(scene.viewer.person_id)) == [("move_office", "office")]
    assert found(entity="office", operation="create_office") == [("create_office", "office")]
    assert found(atFrom="2026-03-02T09:00:00.000001Z") == []
    assert found(atTo="2026-03-02T08:59:59Z") == []
    assert len(found(atFrom="2026-03-02T09:00:00Z", atTo="2026-03-02T09:00:00Z", kindIn=["REFUSED"])) == 1


def test_blocks_are_for_those_who_read_the_trail(engine: sa.Engine, scene: Scene, data: Ask) -> None:
    sealed = seal(engine, NOW)
    (edge,) = data(BLOCKS, scene.cast[Role.OVERSIGHT])["auditBlocks"]["edges"]
    assert sealed.head is not None
    assert (edge["node"]["number"], edge["node"]["hash"]) == (1, sealed.head.hash)
    assert (edge["node"]["firstId"], edge["node"]["lastId"]) == ("1", str(sealed.head.last_id))
    for role in (Role.EVALUATION_HEAD, Role.GOVERNING_BODY, Role.ADMIN, Role.VIEWER):
        assert data(BLOCKS, scene.cast[role])["auditBlocks"]["edges"] == []


def test_persons_are_loaded_for_all_entries_at_once(scene: Scene, data: Ask, selects: Selects) -> None:
    with selects() as statements:
        data("{ auditEntries(first: 100) { edges { node { person { name } } } } }", scene.cast[Role.OVERSIGHT])
    assert ["person" in each for each in statements if "FROM" in each] == [True, True]
