"""Keys of the provider: fetched seldom, rotated, used for a day while it cannot be asked, found by discovery."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from app.identity import fetching
from app.identity.access_tokens import AccessTokens
from app.identity.bearer import Rejected, Unavailable
from app.identity.fetching import fetch
from app.identity.keys import Keys, Published, published
from tests.app.issuer import Issuer, public_entry, running
from tests.conftest import NOW

SOON, HOUR, DAY = timedelta(seconds=31), timedelta(hours=1), timedelta(hours=24)
DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running() as made:
        yield made


@pytest.fixture
def tokens(issuer: Issuer) -> AccessTokens:
    return AccessTokens(issuer.settings(oidc_most_hours=72))


def ask(tokens: AccessTokens, issuer: Issuer, name: str, now: datetime) -> bool:
    """Whether a token signed by a key is taken at a moment."""
    try:
        return tokens.read(issuer.token(now, {"kid": name}), now).subject == "anna"
    except Rejected as rejected:
        if str(rejected) != "unknown key":
            raise
        return False


def test_a_05_ten_thousand_unknown_keys_are_one_fetch_in_thirty_seconds(issuer: Issuer, tokens: AccessTokens) -> None:
    token = issuer.token(NOW, {"kid": "unknown"})
    for number in range(10_000):
        with pytest.raises(Rejected, match="unknown key"):
            tokens.read(token, NOW + timedelta(milliseconds=number))
    assert issuer.times_asked() == 1
    assert not ask(tokens, issuer, "rsa-8", NOW + timedelta(seconds=29))
    assert issuer.times_asked() == 1
    assert not ask(tokens, issuer, "rsa-8", NOW + SOON)
    assert issuer.times_asked() == 2


def test_a_05_requests_at_once_are_one_fetch(issuer: Issuer, tokens: AccessTokens) -> None:
    together = threading.Barrier(16)

    def read(number: int) -> bool:
        token = issuer.token(NOW, {"kid": "rsa-1" if number % 2 else "rsa-2"})
        together.wait()
        try:
            return tokens.read(token, NOW).subject == "anna"
        except Rejected:
            return False

    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(read, range(16)))
    assert taken == [False, True] * 8
    assert issuer.times_asked() == 1


def test_a_08_both_keys_work_while_both_are_published_and_the_old_one_stops(
    issuer: Issuer, tokens: AccessTokens
) -> None:
    assert ask(tokens, issuer, "rsa-1", NOW)
    issuer.names = ["rsa-1", "rsa-2"]
    assert ask(tokens, issuer, "rsa-2", NOW + SOON)
    assert ask(tokens, issuer, "rsa-1", NOW + SOON)
    issuer.names = ["rsa-2"]
    assert ask(tokens, issuer, "rsa-1", NOW + SOON + HOUR - timedelta(seconds=1))
    assert not ask(tokens, issuer, "rsa-1", NOW + SOON + HOUR)
    assert ask(tokens, issuer, "rsa-2", NOW + SOON + HOUR)
    assert issuer.times_asked() == 3


def test_a_08_keys_serve_for_a_day_without_the_provider_and_then_nobody_is_let_in(
    issuer: Issuer, tokens: AccessTokens
) -> None:
    assert ask(tokens, issuer, "rsa-1", NOW)
    issuer.failing = True
    for passed in (HOUR, HOUR * 12, DAY):
        assert ask(tokens, issuer, "rsa-1", NOW + passed)
    with pytest.raises(Unavailable):
        ask(tokens, issuer, "rsa-1", NOW + DAY + timedelta(seconds=1))
    issuer.failing = False
    with pytest.raises(Unavailable):
        ask(tokens, issuer, "rsa-1", NOW + DAY + timedelta(seconds=20))
    assert ask(tokens, issuer, "rsa-1", NOW + DAY + SOON)


def test_a_08_without_any_keys_nothing_is_known(issuer: Issuer, tokens: AccessTokens) -> None:
    issuer.failing = True
    with pytest.raises(Unavailable):
        ask(tokens, issuer, "rsa-1", NOW)
    assert issuer.asked == [DISCOVERY]


def test_a_08_a_provider_that_withdraws_every_key_is_obeyed(issuer: Issuer, tokens: AccessTokens) -> None:
    assert ask(tokens, issuer, "rsa-1", NOW)
    issuer.names = []
    assert not ask(tokens, issuer, "rsa-1", NOW + HOUR)


def test_while_one_request_fetches_the_others_use_the_keys_there_are(issuer: Issuer) -> None:
    known = published(issuer.settings())
    asked, go_on = threading.Event(), threading.Event()
    times: list[int] = []

    def source() -> Published:
        times.append(1)
        if len(times) > 1:
            asked.set()
            assert go_on.wait(30)
        return known

    keys = Keys(source)
    assert keys.find("rsa-1", "RS256", NOW)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(keys.find, "rsa-1", "RS256", NOW + HOUR)
        assert asked.wait(30)
        assert keys.find("rsa-1", "RS256", NOW + HOUR)
        go_on.set()
        assert slow.result()
    assert len(times) == 2


def test_keys_are_asked_for_where_the_settings_say(issuer: Issuer) -> None:
    tokens = AccessTokens(issuer.settings(oidc_keys_url=f"{issuer.address}/keys"))
    assert ask(tokens, issuer, "rsa-1", NOW)
    assert issuer.asked == ["/keys"]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"issuer": "https://other.example.org", "jwks_uri": "KEYS"},
        {"issuer": "ISSUER/", "jwks_uri": "KEYS"},
        {"issuer": "ISSUER"},
        {"issuer": "ISSUER", "jwks_uri": ["KEYS"]},
        {"issuer": "ISSUER", "jwks_uri": "file:///etc/passwd"},
        {"issuer": "ISSUER", "jwks_uri": "ftp://localhost/keys"},
        {"issuer": "ISSUER", "jwks_uri": "http://[broken/keys"},
        [],
    ],
)
def test_a_discovery_document_is_the_issuers_own_and_names_keys(
    issuer: Issuer, tokens: AccessTokens, document: object
) -> None:
    text = json.dumps(document).replace("ISSUER", issuer.address).replace("KEYS", f"{issuer.address}/keys")
    issuer.documents[DISCOVERY] = text.encode()
    with pytest.raises(Unavailable):
        ask(tokens, issuer, "rsa-1", NOW)
    assert issuer.times_asked() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"{}",
        b'{"keys": {}}',
        b"[" * 100_000,
        b"\xff",
        b'{"keys": [' + b" " * fetching.MOST_BYTES + b"]}",
        b"->/.well-known/openid-configuration",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_set_of_keys_is_an_outage(issuer: Issuer, tokens: AccessTokens, content: bytes) -> None:
    issuer.documents["/keys"] = content
    with pytest.raises(Unavailable):
        ask(tokens, issuer, "rsa-1", NOW)


def test_entries_that_are_no_keys_for_signatures_are_passed_over(issuer: Issuer) -> None:
    good = public_entry("rsa-1")
    entries = [
        *(
            "text",
            None,
            {},
            {"kid": 1},
            {"kid": "a"},
            {"kid": "b", "kty": "RSA"},
            {"kid": "c", "kty": "oct", "k": "AA"},
        ),
        good | {"kid": "encrypts", "use": "enc"},
        good | {"kid": "other", "alg": "PS256"},
        public_entry("short-1"),
        public_entry("ec-1"),
        good,
        public_entry("rsa-2") | {"kid": "rsa-1"},
    ]
    issuer.documents["/keys"] = json.dumps({"keys": entries}).encode()
    found = published(issuer.settings())
    assert set(found) == {("rsa-1", "RS256")}
    assert found["rsa-1", "RS256"].key_id == "rsa-1"
    assert AccessTokens(issuer.settings()).read(issuer.token(NOW), NOW).subject == "anna"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "", "http://", "http://[x", "data:,{}"])
def test_only_addresses_by_http_are_asked(address: str) -> None:
    with pytest.raises(Unavailable):
        fetch(address)


def test_nobody_listening_is_an_outage(tokens: AccessTokens) -> None:
    with running() as gone:
        address = gone.address
    with pytest.raises(Unavailable):
        fetch(f"{address}/keys")
