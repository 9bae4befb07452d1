"""Headers of every answer, hosts and origins."""

import httpx
import pytest
import sqlalchemy as sa

from app.serving import configuration
from rbm.settings import Mode
from tests.app.conftest import post, serving

ORIGIN = "https://pages.example.org"
PATHS = ("/graphql", "/healthz", "/readyz", "/metrics", "/nothing", "/graphiql/page.js", "/graphiql/../../etc/passwd")
SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
}
PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,authorization"}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS", "DELETE"])
def test_o_07_every_answer_carries_safe_headers(http: httpx.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    assert len(answer.headers["x-request-id"]) == 32
    assert "strict-transport-security" not in answer.headers


def test_o_07_the_page_has_a_policy_of_its_own_and_cannot_be_framed(http: httpx.Client) -> None:
    answer = http.get("/graphql", headers={"accept": "text/html"})
    policy = answer.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "script-src 'self';" in policy[0]
    assert "frame-ancestors 'none'" in policy[0]


def test_answers_are_kept_by_no_cache_and_assets_may_be(http: httpx.Client) -> None:
    answer = post(http, "{ __typename }")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Authorization, Accept, Origin"
    assert "no-store" not in http.get("/graphiql/page.js").headers.get("cache-control", "")


def test_o_07_no_banner_and_strict_transport_in_production(engine: sa.Engine) -> None:
    with serving(engine, mode=Mode.PRODUCTION) as client:
        assert client.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"
    made = configuration("127.0.0.1", 0)
    assert (made.server_header, made.access_log) == (False, False)


def test_hosts_other_than_those_of_the_settings_are_refused_and_nothing_is_done(engine: sa.Engine) -> None:
    with serving(engine, allowed_hosts=("results.example.org", "*.example.net")) as client:
        asked = {
            host: post(client, "{ __typename }", {"host": host}).status_code
            for host in ("results.example.org", "a.example.net:8000", "evil.example.org", "127.0.0.1", "")
        }
    assert list(asked.values()) == [200, 200, 400, 400, 400]


def test_g_15_no_origin_is_told_it_may_ask_unless_it_is_listed(http: httpx.Client) -> None:
    simple = post(http, "{ __typename }", {"origin": ORIGIN})
    assert [name for name in simple.headers if name.startswith("access-control")] == []
    assert http.options("/graphql", headers={"origin": ORIGIN} | PREFLIGHT).status_code == 405


def test_g_15_a_listed_origin_asks_without_credentials_and_others_do_not(engine: sa.Engine) -> None:
    with serving(engine, allowed_origins=(ORIGIN,)) as client:
        allowed = client.options("/graphql", headers={"origin": ORIGIN} | PREFLIGHT)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == ORIGIN
        assert "access-control-allow-credentials" not in allowed.headers
        assert post(client, "{ __typename }", {"origin": ORIGIN}).headers["access-control-allow-origin"] == ORIGIN
        for origin in ("https://evil.example.org", f"{ORIGIN}.evil.example", "http://pages.example.org", "null"):
            refused = client.options("/graphql", headers={"origin": origin} | PREFLIGHT)
            assert refused.status_code == 400
            answers = (refused, post(client, "{ __typename }", {"origin": origin}))
            assert [answer for answer in answers if "access-control-allow-origin" in answer.headers] == []
        put = PREFLIGHT | {"access-control-request-method": "PUT"}
        assert client.options("/graphql", headers={"origin": ORIGIN} | put).status_code == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_g_13_a_page_elsewhere_cannot_post_without_asking_first(engine: sa.Engine, kind: str) -> None:
    given = {"origin": "https://evil.example.org", "content-type": kind}
    with serving(engine, allowed_origins=(ORIGIN,)) as client:
        answer = client.post("/graphql", content=b'{"query": "{ __typename }"}', headers=given)
    assert (answer.status_code, "data" in answer.json()) == (415, False)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_g_14_a_change_is_asked_by_post_alone(http: httpx.Client, method: str) -> None:
    query = {"query": "mutation { refreshFigures { problems { code } } }"}
    given = {"accept": "application/json", "content-type": "application/json"}
    for override in ("x-http-method-override", "x-http-method", "x-method-override"):
        answer = http.request(method, "/graphql", params=query, headers=given | {override: "POST"})
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
