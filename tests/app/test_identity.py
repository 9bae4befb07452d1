"""Identification: API tokens and access tokens become actors, uses are kept once, failures are counted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from limits.storage import MemoryStorage
from starlette.exceptions import HTTPException
from structlog.testing import capture_logs

from app.identity import Identification
from app.identity.identification import Remembered
from rbm.access import ANYWHERE, PUBLIC, Actor, Permission
from rbm.audit import AuditEntry, AuditKind
from rbm.db import open_engine
from rbm.model.people import Identity, Membership, Person, SignIn
from rbm.services import people
from rbm.settings import Settings
from rbm.terms.people import Role
from tests.app.issuer import Issuer, running
from tests.conftest import NOW, Begin
from tests.make import Make

HERE = "192.0.2.7"
Identify = Callable[..., Actor]


@pytest.fixture(scope="module")
def provider() -> Iterator[Issuer]:
    with running() as made:
        yield made


@pytest.fixture
def issuer(provider: Issuer) -> Issuer:
    """The provider as it is at the beginning."""
    provider.names, provider.failing = ["rsa-1"], False
    return provider


@pytest.fixture
def door(engine: sa.Engine, issuer: Issuer) -> Identification:
    return Identification(engine, issuer.settings())


def identify(door: Identification, token: str, now: datetime = NOW, address: str = HERE) -> Actor:
    return door.identify([f"Bearer {token}"], address, now)


def status(door: Identification, token: str, now: datetime = NOW, address: str = HERE) -> int:
    """The status with which a token is refused."""
    with pytest.raises(HTTPException) as refusal:
        identify(door, token, now, address)
    return refusal.value.status_code


def anna(start: Begin, issuer: Issuer, role: Role = Role.REPORTER) -> UUID:
    """A person with a role in an office, whom the provider knows as `anna`."""
    with start() as work:
        make = Make(work)
        actor = make.actor(role, make.office())
        person = work.get(Person, actor.person_id or UUID(int=0))
        person.email = "Anna@example.org"
        people.link_identity(work, person.id, issuer.address, "anna")
        return person.id


def signed_in(start: Begin) -> list[tuple[str, dict[str, str]]]:
    """The operations and facts of the entries about sign-ins."""
    with start() as work:
        query = sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.SIGNED_IN).order_by(AuditEntry.id)
        entries = work.session.scalars(query).all()
        assert len(work.session.scalars(sa.select(SignIn)).all()) == len(entries)
        return [(entry.operation, entry.changes) for entry in entries]


def test_without_credentials_one_is_the_public(door: Identification) -> None:
    assert door.identify([], HERE, NOW) is PUBLIC


def test_an_access_token_is_its_person_with_all_roles(door: Identification, start: Begin, issuer: Issuer) -> None:
    person = anna(start, issuer)
    actor = identify(door, issuer.token(NOW))
    assert (actor.person_id, [grant.role for grant in actor.grants], actor.scopes) == (person, [Role.REPORTER], None)


def test_an_api_token_has_its_scopes_and_no_more(door: Identification, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        person, office = make.person(), make.office()
        people.grant_role(work, person.id, office.id, Role.REPORTER)
        _, secret = people.issue_token(work, person.id, "reads", scopes=[Permission.SEE, Permission.RELEASE])
    actor = identify(door, secret)
    assert actor.scopes == {Permission.SEE, Permission.RELEASE}
    assert actor.may(Permission.SEE, office.id)
    assert not actor.may(Permission.REPORT, office.id)
    assert not actor.may(Permission.RELEASE, office.id)


def test_an_api_token_ends_by_itself(door: Identification, start: Begin) -> None:
    with start() as work:
        _, secret = people.issue_token(work, Make(work).person().id, "a day", days=1)
    assert identify(door, secret, NOW + timedelta(hours=23, minutes=59)).person_id
    assert status(door, secret, NOW + timedelta(hours=24)) == 401


def test_a_07_what_changes_of_a_person_counts_with_the_next_request(
    door: Identification, start: Begin, issuer: Issuer
) -> None:
    person, token = anna(start, issuer), issuer.token(NOW)
    assert identify(door, token).may(Permission.REPORT, ANYWHERE)
    with start() as work:
        make = Make(work)
        region, role = make.office(), work.session.scalars(sa.select(Membership)).one()
        people.move_office(work, role.office_id, region.id, NOW.date())
        moved, region_id, role_id = role.office_id, region.id, role.id
    assert identify(door, token).above >= {region_id}
    with start() as work:
        people.revoke_role(work, role_id)
    assert not identify(door, token).may(Permission.REPORT, moved)
    with start() as work:
        people.deactivate_person(work, person)
    assert status(door, token) == 401
    with start() as work:
        people.reactivate_person(work, person)
    assert identify(door, token).person_id == person
    with start() as work:
        people.unlink_identity(work, work.session.scalars(sa.select(Identity.id)).one())
    assert status(door, token) == 401


def test_a_subject_of_another_issuer_is_unknown(door: Identification, start: Begin, issuer: Issuer) -> None:
    with start() as work:
        people.link_identity(work, Make(work).person().id, "https://other.example.org", "anna")
    assert status(door, issuer.token(NOW)) == 401


def test_a_08_while_the_provider_is_away_api_tokens_work_and_others_wait(
    door: Identification, start: Begin, issuer: Issuer
) -> None:
    person, issuer.failing = anna(start, issuer), True
    with start() as work:
        _, secret = people.issue_token(work, person, "laptop")
    with pytest.raises(HTTPException) as refusal:
        identify(door, issuer.token(NOW))
    assert (refusal.value.status_code, refusal.value.headers) == (503, {"retry-after": "30"})
    assert identify(door, secret).person_id == person


def test_without_a_provider_access_tokens_are_refused_and_nobody_is_asked(engine: sa.Engine, issuer: Issuer) -> None:
    before = list(issuer.asked)
    assert status(Identification(engine, Settings()), issuer.token(NOW)) == 401
    assert issuer.asked == before


ANNA = {"sub": "a-new-subject", "email": "anna@example.org", "email_verified": True}


@pytest.fixture
def linking(engine: sa.Engine, issuer: Issuer) -> Identification:
    """A door that links unknown subjects by their verified address."""
    return Identification(engine, issuer.settings(oidc_link_by_email=True))


def stranger(start: Begin, **facts: object) -> UUID:
    """A person no provider knows."""
    with start() as work:
        return Make(work).person(**({"email": "Anna@example.org"} | facts)).id


def test_a_verified_address_links_an_unknown_subject_once(
    linking: Identification, door: Identification, start: Begin, issuer: Issuer
) -> None:
    person = stranger(start)
    assert status(door, issuer.token(NOW, **ANNA)) == 401
    assert identify(linking, issuer.token(NOW, **ANNA)).person_id == person
    assert identify(door, issuer.token(NOW, sub=ANNA["sub"])).person_id == person
    assert status(linking, issuer.token(NOW, **ANNA | {"sub": "a-second-subject"})) == 401
    with start() as work:
        (entry,) = work.session.scalars(sa.select(AuditEntry).where(AuditEntry.entity == "identity")).all()
        assert (entry.operation, entry.actor, entry.changes["subject"]) == (
            "link_by_email",
            "system",
            [None, "a-new-subject"],
        )


def test_requests_at_once_link_one_subject_and_one_alone(engine: sa.Engine, start: Begin, issuer: Issuer) -> None:
    person = stranger(start)
    doors = [Identification(engine, issuer.settings(oidc_link_by_email=True)) for _ in range(2)]
    tokens = [issuer.token(NOW, **ANNA | {"sub": f"subject-{number % 2}"}) for number in range(8)]

    def attempt(number: int) -> UUID | None:
        try:
            return identify(doors[number % 3 % 2], tokens[number]).person_id
        except HTTPException:
            return None

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(attempt, range(8)))
    assert {found.count(person), found.count(None)} == {4}
    with start() as work:
        assert len(work.session.scalars(sa.select(Identity)).all()) == 1


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email": "ben@example.org"}])
def test_other_addresses_link_nobody(
    linking: Identification, start: Begin, issuer: Issuer, claims: dict[str, object]
) -> None:
    stranger(start)
    assert status(linking, issuer.token(NOW, **ANNA | claims)) == 401


def test_an_address_links_nobody_who_is_not_active_known_already_or_one_of_two(
    linking: Identification, start: Begin, issuer: Issuer
) -> None:
    left = stranger(start, active=False)
    assert status(linking, issuer.token(NOW, **ANNA)) == 401
    with start() as work:
        people.reactivate_person(work, left)
        people.link_identity(work, left, issuer.address, "known")
    assert status(linking, issuer.token(NOW, **ANNA)) == 401
    stranger(start, email="anna@example.org")
    assert status(linking, issuer.token(NOW, **ANNA)) == 401


def test_the_first_use_of_an_access_token_is_kept_once(door: Identification, start: Begin, issuer: Issuer) -> None:
    person, token = anna(start, issuer), issuer.token(NOW)
    for minutes in range(5):
        identify(door, token, NOW + timedelta(minutes=minutes))
    assert signed_in(start) == [("sign_in", {"issuer": issuer.address})]
    identify(door, issuer.token(NOW))
    assert len(signed_in(start)) == 2
    with start() as work:
        kept = work.session.scalars(sa.select(SignIn).order_by(SignIn.id)).first()
        assert kept is not None
        assert (kept.person_id, kept.at) == (person, NOW)
        assert token not in kept.credentials


def test_the_first_use_of_an_api_token_is_kept_on_each_business_date(door: Identification, start: Begin) -> None:
    with start() as work:
        _, secret = people.issue_token(work, Make(work).person().id, "laptop")
    for hours in (0, 1, 14, 15, 16, 39):
        identify(door, secret, NOW + timedelta(hours=hours))
    assert signed_in(start) == [("sign_in", {"token": "laptop"})] * 3


def test_many_requests_at_several_servers_are_one_sign_in(engine: sa.Engine, start: Begin, issuer: Issuer) -> None:
    anna(start, issuer)
    token = issuer.token(NOW)
    engines = [open_engine(engine.url.render_as_string(hide_password=False)) for _ in range(4)]
    doors = [Identification(each, issuer.settings()) for each in engines]
    with ThreadPoolExecutor(16) as pool:
        actors = list(pool.map(lambda number: identify(doors[number % 4], token), range(64)))
    for each in engines:
        each.dispose()
    assert len({actor.person_id for actor in actors}) == 1
    assert len(signed_in(start)) == 1


def test_refused_credentials_keep_no_sign_in(door: Identification, start: Begin, issuer: Issuer) -> None:
    anna(start, issuer)
    assert status(door, issuer.token(NOW, exp=int(NOW.timestamp()) - 100)) == 401
    assert signed_in(start) == []


def test_a_10_a_refusal_is_one_line_that_says_why_and_holds_no_token(door: Identification, issuer: Issuer) -> None:
    token = issuer.token(NOW, aud="other")
    for secret in (token, "rbm_" + "x" * 43):
        with capture_logs() as logged, pytest.raises(HTTPException) as refusal:
            identify(door, secret)
        assert [(line["event"], line["address"]) for line in logged] == [("sign-in refused", HERE)]
        for part in secret.split("."):
            assert part not in repr((logged, refusal.value, refusal.value.headers))
        assert (refusal.value.status_code, refusal.value.headers) == (
            401,
            {"www-authenticate": 'Bearer error="invalid_token"'},
        )


def test_too_many_failures_of_an_address_have_to_wait(engine: sa.Engine, start: Begin, issuer: Issuer) -> None:
    anna(start, issuer)
    door = Identification(engine, issuer.settings(failed_sign_ins_a_minute=3))
    token = issuer.token(NOW)
    statuses = [status(door, "rbm_unknown") for _ in range(3)]
    assert statuses == [401, 401, 401]
    with pytest.raises(HTTPException) as refusal:
        identify(door, token)
    assert refusal.value.status_code == 429
    assert 1 <= int((refusal.value.headers or {})["retry-after"]) <= 60
    assert identify(door, token, address="192.0.2.8").person_id
    assert door.identify([], HERE, NOW) is PUBLIC
    assert status(Identification(engine, issuer.settings(failed_sign_ins_a_minute=3)), "rbm_unknown") == 401


def test_addresses_of_one_site_of_ipv6_count_together(engine: sa.Engine, issuer: Issuer) -> None:
    door = Identification(engine, issuer.settings(failed_sign_ins_a_minute=2))
    assert [status(door, "rbm_unknown", address=f"2001:db8::{number}") for number in (1, 2, 3)] == [401, 401, 429]
    assert status(door, "rbm_unknown", address="2001:db8:1::1") == 401


class Away(MemoryStorage):
    """A storage of counts that cannot be reached."""

    STORAGE_SCHEME: ClassVar[list[str]] = ["away"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    def get_sliding_window(self, *_: object) -> tuple[int, float, int, float]:
        raise OSError("nobody answers")

    def acquire_sliding_window_entry(self, *_: object, **__: object) -> bool:
        raise OSError("nobody answers")


def test_a_storage_of_counts_that_is_away_lets_credentials_be_looked_at(
    engine: sa.Engine, start: Begin, issuer: Issuer
) -> None:
    person = anna(start, issuer)
    door = Identification(engine, issuer.settings(rate_storage="away://", failed_sign_ins_a_minute=1))
    with capture_logs() as logged:
        assert [status(door, "rbm_unknown") for _ in range(3)] == [401, 401, 401]
    assert {line["event"] for line in logged} == {"failed sign-ins are not counted", "sign-in refused"}
    assert identify(door, issuer.token(NOW)).person_id == person


def test_the_newest_are_remembered() -> None:
    kept = Remembered(2)
    for one in ("a", "b", "a", "c"):
        kept.add(one)
    assert ["a" in kept, "b" in kept, "c" in kept] == [False, True, True]
