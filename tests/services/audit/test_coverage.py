"""L-01, L-05: every mutation is told in the trail, in its own transaction, and no secret is; refused ones are too."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from graph_schema.schema import MUTATIONS
from jobs.run import run_job
from rbm.access import SYSTEM, Actor
from rbm.audit import AuditEntry, AuditKind
from rbm.db import Row, table_of
from rbm.errors import Forbidden, NotFound
from rbm.model.people import ApiToken
from rbm.terms.people import Role
from rbm.terms.reporting import PeriodStage
from rbm.work import Work, begin
from seeds.load import load_reference
from tests import databases
from tests.conftest import NOW, Begin
from tests.graph_schema.world import ARGUMENTS, KEYWORDS, Keys, build
from tests.make import Make
from tests.refusals import rows
from tests.services.audit import trails

pytestmark = [pytest.mark.long, pytest.mark.in_turn]
OWN_ARGUMENTS = {"reactivatePerson": lambda keys: (keys["dormant"],)}
"""Arguments for mutations that would find nothing to change in the world of all tests."""
QUIET = {"readNotification"}
"""Mutations that change only what is derived: notices are no part of the trail."""
OFFICELESS = {
    *("createExternalPlan", "createPerson", "deactivatePerson", "reactivatePerson"),
    *("issueToken", "linkIdentity", "unlinkIdentity"),
    *("draftPolicy", "recordGoverningDecision", "proposeBudgetLine", "createEvaluationPlan", "setPlanApprover"),
    *("openProposalCall", "recordPeerReview", "defineChecklist", "recordSynthesis", "registerSource"),
    *("lockStatusReport", "reviseDeadlines", "reviseKeyFigures", "reviseVerificationScope"),
}
"""Mutations whose permission is needed in no office in particular: their refusal concerns the operation."""
SECRET = re.compile(r"rbm_|bearer|password|[A-Za-z0-9_-]{40,}", re.IGNORECASE)
"""What a secret looks like. UUIDs have 36 characters."""
HASHES = {"content_hash", "report_hash"}
"""Columns with the SHA-256 of a text that is kept beside it: the only long words that are told."""
SHA_256 = re.compile(r"[0-9a-f]{64}")


class Undone(Exception):
    """Raised when all is written and nothing is committed, so that the next test finds the world as it was."""


@dataclass
class Told:
    """What stood in the database just before the commit."""

    entries: list[Any] = field(default_factory=list)
    changed: dict[tuple[str, str], str] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)
    answer: Any = None


@dataclass(frozen=True)
class Scene:
    """One world on one database, and two persons in it: one who may do everything, and one who may do nothing."""

    engine: sa.Engine
    keys: Keys
    doer: Actor
    stranger: Actor
    before: dict[tuple[str, str], str]

    def run(self, name: str) -> Told:
        """Let a mutation happen to the moment of its commit."""
        told, known = Told(), trails.kept(self.engine)[-1].id

        def look(session: Session) -> None:
            if session.in_nested_transaction():
                return
            connection = session.connection()
            entry = table_of(AuditEntry)
            told.entries += connection.execute(sa.select(entry).where(entry.c.id > known).order_by(entry.c.id))
            told.changed |= dict(set(self.before.items()) ^ set(contents(connection).items()))
            told.digests |= set(connection.scalars(sa.select(table_of(ApiToken).c.digest)))
            raise Undone

        service = MUTATIONS[name]
        with pytest.raises(Undone), begin(self.engine, self.doer, service.__name__, now=NOW) as work:
            sa.event.listen(work.session, "before_commit", look)
            told.answer = self.call(work, name)
        return told

    def call(self, work: Work, name: str) -> Any:
        """Call the service of a mutation."""
        return MUTATIONS[name](work, *(ARGUMENTS | OWN_ARGUMENTS)[name](self.keys), **KEYWORDS.get(name, {}))


def contents(connection: sa.Connection) -> dict[tuple[str, str], str]:
    """Every row whose changes belong in the trail, by table and key."""
    audited = [mapper.class_ for mapper in Row.registry.mappers if getattr(mapper.class_, "AUDITED", True)]
    return {
        (cls.__tablename__, str(row.id)): repr(tuple(row))
        for cls in audited
        for row in connection.execute(sa.select(table_of(cls)))
    }


@pytest.fixture(scope="module", params=databases.KINDS)
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The scene on one database, set once."""
    with databases.fresh(request, tmp_path_factory.mktemp("coverage")) as engine:
        with begin(engine, SYSTEM, "scene", now=NOW) as work:
            make = Make(work)
            keys = build(make) | {"dormant": make.person(active=False).id}
            person, stranger = make.person(name="Who did it"), make.actor(Role.DONOR)
        with engine.connect() as connection:
            before = contents(connection)
        yield Scene(engine, keys, Actor(person.name, person.id, system=True), stranger, before)


@pytest.mark.parametrize("name", sorted(set(MUTATIONS) - QUIET))
def test_l_01_a_mutation_is_told_in_its_transaction_row_by_row(name: str, scene: Scene) -> None:
    told = scene.run(name)
    for entry in told.entries:
        assert (entry.operation, entry.at) == (MUTATIONS[name].__name__, NOW)
        assert (entry.actor, entry.person_id) == ("Who did it", scene.doer.person_id)
        assert_old_and_new(entry)
    about = [(entry.entity, entry.entity_id) for entry in told.entries if entry.kind is not AuditKind.BATCH]
    assert told.changed, "a mutation changes something"
    assert set(about) == set(told.changed)


def assert_old_and_new(entry: Any) -> None:
    pairs = [pair for pair in entry.changes.values() if pair != "changed"]
    assert entry.changes
    if entry.kind is AuditKind.CREATED:
        assert {old for old, _ in pairs} == {None}
    elif entry.kind is AuditKind.DELETED:
        assert {new for _, new in pairs} == {None}
    elif entry.kind is AuditKind.CHANGED:
        assert all(old != new for old, new in pairs)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_l_05_no_secret_is_told(name: str, scene: Scene) -> None:
    told = scene.run(name)
    text = "\n".join(json.dumps([entry.actor, entry.changes]) for entry in told.entries)
    assert not [entry for entry in told.entries if SECRET.search(json.dumps([entry.actor, without_hashes(entry)]))]
    assert told.digests
    assert not [digest for digest in told.digests if digest in text]
    if name == "issueToken":
        token, secret = told.answer
        (entry,) = told.entries
        assert secret not in text
        assert entry.changes["digest"] == "changed"
        assert entry.changes["name"] == [None, token.name]


def without_hashes(entry: Any) -> dict[str, Any]:
    """What an entry tells, but the hashes of texts, which look as such."""
    hashes = [value for column in HASHES & entry.changes.keys() for value in entry.changes[column] if value is not None]
    assert all(SHA_256.fullmatch(value) for value in hashes)
    return {column: pair for column, pair in entry.changes.items() if column not in HASHES}


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_l_01_a_refused_attempt_leaves_one_entry_and_changes_nothing(name: str, scene: Scene) -> None:
    before, known = rows(scene.engine), len(trails.kept(scene.engine))
    with (
        pytest.raises((Forbidden, NotFound)) as refusal,
        begin(scene.engine, scene.stranger, MUTATIONS[name].__name__, now=NOW) as work,
    ):
        scene.call(work, name)
    (entry,) = trails.kept(scene.engine)[known:]
    assert (entry.kind, entry.operation, entry.at) == (AuditKind.REFUSED, MUTATIONS[name].__name__, NOW)
    assert (entry.actor, entry.person_id) == (scene.stranger.label, scene.stranger.person_id)
    if name in OFFICELESS:
        assert (entry.entity, entry.entity_id) == ("operation", None)
    else:
        assert entry.entity in Row.metadata.tables
        assert entry.entity_id in {str(key) for key in scene.keys.values()}
    assert entry.changes == {"refusal": refusal.value.message}
    assert rows(scene.engine) == before


def test_l_01_permission_changes_are_told_with_who_and_what(scene: Scene) -> None:
    (granted,) = scene.run("grantRole").entries
    assert (granted.kind, granted.entity) == (AuditKind.CREATED, "membership")
    assert granted.changes["role"] == [None, "reporter"]
    assert granted.changes["person_id"] == [None, str(scene.keys["newcomer"])]
    assert granted.changes["office_id"] == [None, str(scene.keys["office"])]
    (revoked,) = scene.run("revokeRole").entries
    assert (revoked.entity, revoked.entity_id) == ("membership", str(scene.keys["membership"]))
    assert revoked.kind in {AuditKind.CHANGED, AuditKind.DELETED}


def test_l_01_what_a_job_does_is_told_under_its_name(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        make.headquarters()
        period = str(make.year(2025, locks_on=date(2026, 3, 1)).id)
    before = len(trails.kept(engine))
    ran = run_job(engine, "periods.lock", NOW)
    assert ran.counts == {"closed": 1}
    (entry,) = trails.kept(engine)[before:]
    assert (entry.operation, entry.actor, entry.person_id) == ("periods.lock", "system", None)
    assert (entry.kind, entry.entity, entry.entity_id) == (AuditKind.CHANGED, "period", period)
    assert entry.changes["stage"] == [PeriodStage.OPEN, PeriodStage.CLOSED]


def test_l_01_what_is_brought_in_in_bulk_is_told_as_a_batch(engine: sa.Engine, start: Begin) -> None:
    with start(operation="load_reference") as work:
        Make(work).headquarters()
        load_reference(work)
    (entry,) = [entry for entry in trails.kept(engine) if entry.kind is AuditKind.BATCH]
    assert (entry.operation, entry.entity, entry.entity_id) == ("load_reference", "place", "reference")
    assert entry.changes["lists"] > 0
