"""Identity over real HTTP: a provider, a server, and what a caller is told."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from rbm import clock
from rbm.audit import AuditEntry, AuditKind
from rbm.model.people import ApiToken, SignIn
from rbm.services import people
from rbm.terms.people import Role
from tests.app.conftest import post, serving
from tests.app.issuer import AUDIENCE, CLIENT, Issuer, running
from tests.app.test_identity_tokens import A_01, A_02, A_04, A_05, A_06
from tests.conftest import Begin
from tests.make import Make

ME = "{ me { label roles scopes person { email } } }"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running() as made:
        made.names = ["rsa-1", "ec-1", "short-1"]
        yield made


@pytest.fixture
def server(engine: sa.Engine, issuer: Issuer) -> Iterator[httpx.Client]:
    """A client of a server that trusts the provider."""
    facts: dict[str, Any] = {"oidc_issuer": issuer.address, "oidc_audience": AUDIENCE, "oidc_clients": (CLIENT,)}
    with serving(engine, failed_sign_ins_a_minute=100, **facts) as made:
        yield made


@pytest.fixture
def email(start: Begin, issuer: Issuer) -> str:
    """The address of a reporter whom the provider knows as `anna`."""
    with start() as work:
        make = Make(work)
        person = make.person(name="Anna")
        people.grant_role(work, person.id, make.office().id, Role.REPORTER)
        people.link_identity(work, person.id, issuer.address, "anna")
        return person.email


def bearing(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_an_access_token_signs_in_and_leaves_one_entry(
    server: httpx.Client, start: Begin, issuer: Issuer, email: str
) -> None:
    token = issuer.token(clock.read())
    for _ in range(3):
        me = post(server, ME, bearing(token)).json()["data"]["me"]
        assert me == {"label": "Anna", "roles": ["REPORTER"], "scopes": None, "person": {"email": email}}
    with start() as work:
        assert len(work.session.scalars(sa.select(SignIn)).all()) == 1
        (entry,) = work.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == AuditKind.SIGNED_IN)).all()
        assert (entry.actor, entry.entity, entry.changes) == ("Anna", "person", {"issuer": issuer.address})


def test_forged_tokens_are_refused_alike(server: httpx.Client, issuer: Issuer, email: str) -> None:
    forged = [forge(issuer) for forge in (A_01 | A_02 | A_04 | A_05 | A_06).values() if len(forge(issuer)) < 8_000]
    now = clock.read()
    forged += [issuer.token(now, exp=int(now.timestamp()) + 10**8), issuer.token(now, iat=int(now.timestamp()) + 3600)]
    answers = [post(server, ME, bearing(token)) for token in forged]
    assert len(answers) >= 50
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.text for answer in answers} == {'{"errors":[{"message":"these credentials are not good"}]}'}
    assert {answer.headers["www-authenticate"] for answer in answers} == {'Bearer error="invalid_token"'}
    assert all(len(answer.headers.get_list("www-authenticate")) == 1 for answer in answers)
    assert "/evil" not in issuer.asked


def test_a_08_a_provider_that_is_away_is_503_and_the_public_is_answered(
    server: httpx.Client, issuer: Issuer, email: str
) -> None:
    issuer.failing = True
    answer = post(server, ME, bearing(issuer.token(clock.read())))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert answer.json() == {"errors": [{"message": "who you are cannot be known now; try again"}]}
    assert post(server, ME).json()["data"]["me"]["label"] == "public"


def test_a_10_a_token_in_the_address_or_the_body_is_none(server: httpx.Client, issuer: Issuer, email: str) -> None:
    token = issuer.token(clock.read())
    for address in (f"/graphql?access_token={token}", f"/graphql?authorization=Bearer%20{token}"):
        answer = server.post(address, json={"query": ME, "access_token": token}, headers={"cookie": f"token={token}"})
        assert answer.json()["data"]["me"]["label"] == "public"


def test_a_10_tokens_stand_in_no_log_line_and_no_answer(
    server: httpx.Client,
    start: Begin,
    issuer: Issuer,
    email: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with start() as work:
        make = Make(work)
        actor = make.actor(Role.ADMIN)
        secret = make.token(actor)
    now = clock.read()
    tokens = [issuer.token(now), issuer.token(now, aud="other"), secret, f"{secret}x", "rbm_" + "y" * 43]
    caplog.set_level("DEBUG")
    answers = [post(server, ME, bearing(token)).text for token in tokens]
    answers += [post(server, "{ nothing }", bearing(token)).text for token in tokens]
    answers += [server.post(f"/graphql?access_token={token}", content=b"{").text for token in tokens]
    captured = capfd.readouterr()
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    seen = "\n".join([captured.out, captured.err, *lines, *answers])
    assert "sign-in refused" in seen
    for token in tokens:
        assert all(part not in seen for part in token.split(".") if not part.startswith("eyJhbGci"))


def test_a_13_fifteen_aliases_are_one_attempt(engine: sa.Engine) -> None:
    query = "{ " + " ".join(f"m{number}: me {{ label }}" for number in range(15)) + " }"
    statuses = []
    with serving(engine, failed_sign_ins_a_minute=3) as client:
        for _ in range(4):
            answer = post(client, query, bearing("rbm_unknown"))
            statuses.append(answer.status_code)
        assert statuses == [401, 401, 401, 429]
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert post(client, "{ me { label } }").status_code == 200


ISSUE = """mutation ($p: ID!, $s: [Permission!]) { issueToken(personId: $p, name: "script", days: 7, scopes: $s) {
    apiToken { name scopes expiresAt } secret problems { code field } } }"""


def test_a_12_a_limited_token_makes_no_other(server: httpx.Client, start: Begin, email: str) -> None:
    with start() as work:
        make = Make(work)
        actor = make.actor(Role.REPORTER, make.office())
        whole, person = make.token(actor), str(actor.person_id)
    made = post(server, ISSUE, bearing(whole), p=person, s=["SEE", "REPORT"]).json()["data"]["issueToken"]
    assert (made["apiToken"]["scopes"], made["problems"]) == (["REPORT", "SEE"], [])
    limited = bearing(made["secret"])
    assert post(server, ME, limited).json()["data"]["me"]["scopes"] == ["REPORT", "SEE"]
    for scopes in (None, ["SEE", "PLAN"], ["MANAGE_PEOPLE"], ["SEE"]):
        refused = post(server, ISSUE, limited, p=person, s=scopes).json()["data"]["issueToken"]
        assert (refused["secret"], refused["problems"]) == (None, [{"code": "forbidden", "field": "personId"}])
    listed = post(server, "{ apiTokens { edges { node { name } } } }", limited).json()
    assert [edge["node"]["name"] for edge in listed["data"]["apiTokens"]["edges"]] == ["laptop", "script"]
    assert "set-cookie" not in post(server, ME, limited).headers


def test_a_person_ends_an_own_token(server: httpx.Client, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actor = make.actor(Role.REPORTER, make.office())
        secret = make.token(actor)
        key = str(work.session.scalars(sa.select(ApiToken.id)).one())
    query = "mutation ($t: ID!) { revokeToken(tokenId: $t) { problems { code } } }"
    assert post(server, query, bearing(secret), t=key).json()["data"]["revokeToken"] == {"problems": []}
    assert post(server, ME, bearing(secret)).status_code == 401


def test_several_authorization_headers_are_refused(server: httpx.Client, issuer: Issuer, email: str) -> None:
    headers = [("authorization", f"Bearer {issuer.token(clock.read())}")] * 2
    assert server.post("/graphql", json={"query": ME}, headers=headers).status_code == 401
