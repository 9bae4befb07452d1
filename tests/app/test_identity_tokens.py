"""Access tokens: what is taken, and more than thirty forged ones of which none is."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from app.identity.access_tokens import AccessTokens
from app.identity.bearer import LONGEST, Rejected, bearer
from rbm.errors import Invalid
from tests.app.issuer import CLIENT, Issuer, assembled, encoded, private_key, public_entry, running, signed
from tests.conftest import NOW

Forge = Callable[[Issuer], str]
BEGUN = int(NOW.timestamp())
TEN_YEARS = 10 * 365 * 24 * 3600
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve P-256."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """A provider that publishes one RSA key and one EC key."""
    with running() as made:
        made.names = ["rsa-1", "ec-1", "short-1"]
        yield made


@pytest.fixture(scope="module")
def tokens(issuer: Issuer) -> AccessTokens:
    """Looks at RS256 tokens of that provider."""
    return AccessTokens(issuer.settings())


def public_pem() -> bytes:
    """The public key as text, with which a careless verifier would check an HMAC."""
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return private_key("rsa-1").public_key().public_bytes(serialization.Encoding.PEM, kind)


def by_hmac(issuer: Issuer) -> str:
    header, claims = {"alg": "HS256", "kid": "rsa-1", "typ": "at+jwt"}, issuer.claims(NOW)
    content = assembled(header, claims).rpartition(".")[0]
    return f"{content}.{encoded(hmac.digest(public_pem(), content.encode(), hashlib.sha256))}"


def tampered(issuer: Issuer) -> str:
    header, _, signature = issuer.token(NOW).split(".")
    return f"{header}.{encoded(json.dumps(issuer.claims(NOW, sub='ben')).encode())}.{signature}"


def with_own_key(issuer: Issuer) -> str:
    header = {"jwk": public_entry("rsa-9"), "kid": "rsa-9"}
    return issuer.token(NOW, header)


def claims(**changed: Any) -> Forge:
    return lambda issuer: issuer.token(NOW, **changed)


def header(**changed: Any) -> Forge:
    return lambda issuer: signed(issuer.claims(NOW), changed, private_key("rsa-1"))


def unsigned(**changed: Any) -> Forge:
    named = {"alg": "RS256", "kid": "rsa-1", "typ": "at+jwt"} | changed
    return lambda issuer: assembled(named, issuer.claims(NOW), b"signature")


A_01: dict[str, Forge] = {
    "alg none": lambda issuer: assembled({"alg": "none", "typ": "at+jwt"}, issuer.claims(NOW)),
    "alg None with a key": unsigned(alg="None"),
    "hmac with the public key": by_hmac,
    "key of another kind": lambda issuer: signed(issuer.claims(NOW), {"alg": "ES256", "kid": "ec-1"}),
    "RS256 by the name of an EC key": header(kid="ec-1"),
    "algorithm of the family that is not taken": header(alg="RS512"),
    "alg as a list": unsigned(alg=["RS256"]),
    "alg as nothing": unsigned(alg=None),
    "no alg": lambda issuer: assembled({"kid": "rsa-1"}, issuer.claims(NOW), b"signature"),
    "unknown crit": header(crit=["exp"]),
    "empty crit": unsigned(crit=[]),
    "b64 false": unsigned(b64=False, crit=["b64"]),
    "wrong signature": unsigned(),
    "no signature": lambda issuer: issuer.token(NOW).rpartition(".")[0] + ".",
    "other claims under the signature": tampered,
    "signed by another key": lambda issuer: signed(issuer.claims(NOW), None, private_key("rsa-9")),
    "a key that is too short": header(kid="short-1"),
    "encrypted, with five parts": lambda issuer: issuer.token(NOW) + ".a.b",
    "header that is no object": lambda issuer: assembled(["RS256"], issuer.claims(NOW)),
    "header nested deeply": lambda _: f"{encoded(b'[' * 3000)}.e30.e30",
    "claims that are no object": lambda _: assembled({"alg": "RS256", "kid": "rsa-1"}, [1]),
    "no token": lambda _: "token",
}
A_02: dict[str, Forge] = {f"no {name}": claims(**{name: None}) for name in ("exp", "iat", "iss", "aud", "sub")}
A_03: dict[str, Forge] = {
    "expired": claims(iat=BEGUN - 700, exp=BEGUN - 60),
    "not before an hour": claims(nbf=BEGUN + 3600),
    "issued in an hour": claims(iat=BEGUN + 3600, exp=BEGUN + 4000),
    "ten years": claims(exp=BEGUN + TEN_YEARS),
    "a second more than a day": claims(exp=BEGUN + 24 * 3600 + 1),
    "ends before it begins": claims(iat=BEGUN + 30, exp=BEGUN + 20),
    "exp as text": claims(exp=str(BEGUN + 600)),
    "exp true": claims(exp=True),
    "exp infinite": claims(exp=float("inf")),
    "exp that is no number": claims(exp=float("nan")),
    "iat as a list": claims(iat=[BEGUN]),
    "nbf as text": claims(nbf="soon"),
}
A_04: dict[str, Forge] = {
    "another audience": claims(aud="https://other.example.org"),
    "a longer audience": claims(aud="https://rbm.example.org.evil"),
    "a part of the audience": claims(aud="rbm"),
    "other audiences": claims(aud=["https://other.example.org"]),
    "audience as an object": claims(aud={"https://rbm.example.org": 1}),
    "issuer look-alike": lambda issuer: issuer.token(NOW, iss=f"{issuer.address}.evil"),
    "issuer with a slash": lambda issuer: issuer.token(NOW, iss=f"{issuer.address}/"),
    "issuer by https": lambda issuer: issuer.token(NOW, iss=issuer.address.replace("http:", "https:")),
    "no subject": claims(sub=""),
    "subject with a NUL": claims(sub="anna\x00"),
    "subject of half a character": claims(sub="anna\ud800"),
    "subject that is endless": claims(sub="a" * 256),
}
A_05: dict[str, Forge] = {
    "jwk": with_own_key,
    "jwk beside a good key": header(jwk=public_entry("rsa-1")),
    "jku": lambda issuer: issuer.token(NOW, {"jku": f"{issuer.address}/evil"}),
    "x5u": lambda issuer: issuer.token(NOW, {"x5u": f"{issuer.address}/evil"}),
    "x5c": header(x5c=["MII="]),
    "kid as a path": header(kid="../../rsa-1"),
    "kid as SQL": header(kid="' OR 1=1 --"),
    "kid of 10 kB": header(kid="k" * 10_000),
    "kid as a number": unsigned(kid=1),
    "no kid": header(kid=None),
}
A_06: dict[str, Forge] = {
    "ID token with a nonce": lambda issuer: issuer.token(NOW, {"typ": "JWT"}, nonce="n"),
    "ID token with at_hash": lambda issuer: issuer.token(NOW, {"typ": "JWT"}, at_hash="h"),
    "ID token for its client": lambda issuer: issuer.token(
        NOW, {"typ": "JWT"}, aud=[CLIENT, "https://rbm.example.org"]
    ),
    "ID token that says so": lambda issuer: issuer.token(NOW, {"typ": "JWT"}, typ="ID"),
    "unmarked, of no client": lambda issuer: issuer.token(NOW, {"typ": None}, client_id=None),
    "logout token": header(typ="logout+jwt"),
    "another client": claims(client_id="other"),
    "another client by azp": claims(azp="other"),
    "client as a list": claims(client_id=[CLIENT]),
    "of no client": claims(client_id=None),
}
FORGED = {
    f"a_0{number}: {name}": forge
    for number, cases in enumerate((A_01, A_02, A_03, A_04, A_05, A_06), 1)
    for name, forge in cases.items()
}


def refused(tokens: AccessTokens, token: str) -> str:
    """Why a token is refused."""
    with pytest.raises(Rejected) as rejected:
        tokens.read(bearer([f"Bearer {token}"]), NOW)
    return str(rejected.value)


def test_there_are_more_than_thirty_forged_tokens() -> None:
    assert len(FORGED) >= 60


@pytest.mark.parametrize("forge", A_01.values(), ids=A_01)
def test_a_01_algorithms_and_signatures(issuer: Issuer, tokens: AccessTokens, forge: Forge) -> None:
    assert refused(tokens, forge(issuer))


@pytest.mark.parametrize("forge", A_02.values(), ids=A_02)
def test_a_02_what_is_missing(issuer: Issuer, tokens: AccessTokens, forge: Forge) -> None:
    assert refused(tokens, forge(issuer)) == "MissingRequiredClaimError"


@pytest.mark.parametrize("forge", A_03.values(), ids=A_03)
def test_a_03_times(issuer: Issuer, tokens: AccessTokens, forge: Forge) -> None:
    assert refused(tokens, forge(issuer))


@pytest.mark.parametrize("forge", A_04.values(), ids=A_04)
def test_a_04_other_parties(issuer: Issuer, tokens: AccessTokens, forge: Forge) -> None:
    assert refused(tokens, forge(issuer)).partition(" ")[0] in {"another", "no"}


@pytest.mark.parametrize("forge", A_05.values(), ids=A_05)
def test_a_05_keys_that_a_token_brings_along(issuer: Issuer, tokens: AccessTokens, forge: Forge) -> None:
    assert refused(tokens, forge(issuer))
    assert "/evil" not in issuer.asked


@pytest.mark.parametrize("forge", A_06.values(), ids=A_06)
def test_a_06_tokens_for_somebody_else(issuer: Issuer, tokens: AccessTokens, forge: Forge) -> None:
    assert refused(tokens, forge(issuer)) in {"no access token", "another client"}


@pytest.mark.parametrize(
    "forge",
    [
        claims(),
        header(typ="application/AT+JWT"),
        claims(aud=["https://other.example.org", "https://rbm.example.org"]),
        claims(azp=CLIENT),
        claims(nbf=BEGUN + 60, iat=BEGUN + 60, exp=BEGUN + 70),
        claims(iat=BEGUN - 600, exp=BEGUN - 59),
        claims(exp=BEGUN + 24 * 3600),
        claims(exp=BEGUN + 599.5),
        claims(jti=None),
        lambda issuer: issuer.token(NOW, {"typ": "JWT"}, typ="Bearer"),
        lambda issuer: issuer.token(NOW, {"typ": None}),
        lambda issuer: issuer.token(NOW, {"x5t": "thumbprint"}),
    ],
)
def test_good_tokens_are_taken(issuer: Issuer, tokens: AccessTokens, forge: Forge) -> None:
    read = tokens.read(forge(issuer), NOW)
    assert (read.issuer, read.subject, read.email) == (issuer.address, "anna", None)


def test_a_token_is_good_until_it_ends(issuer: Issuer, tokens: AccessTokens) -> None:
    token = issuer.token(NOW)
    assert tokens.read(token, NOW + timedelta(seconds=659)).subject == "anna"
    with pytest.raises(Rejected, match="expired"):
        tokens.read(token, NOW + timedelta(seconds=660))


def test_keys_on_curves_are_taken_where_the_settings_say_so(issuer: Issuer) -> None:
    tokens = AccessTokens(issuer.settings(oidc_algorithms=("ES256",)))
    assert tokens.read(issuer.token(NOW, {"alg": "ES256", "kid": "ec-1"}), NOW).subject == "anna"
    assert refused(tokens, issuer.token(NOW)) == "another algorithm"


@pytest.mark.parametrize("algorithms", [(), ("HS256",), ("none",), ("RS256", "ES256"), ("RS256", "HS256")])
def test_algorithms_are_of_one_family_with_public_keys(issuer: Issuer, algorithms: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        AccessTokens(issuer.settings(oidc_algorithms=algorithms))
    assert refusal.value.field == "RBM_OIDC_ALGORITHMS"


def test_an_audience_is_needed(issuer: Issuer) -> None:
    with pytest.raises(Invalid) as refusal:
        AccessTokens(issuer.settings(oidc_audience=""))
    assert refusal.value.field == "RBM_OIDC_AUDIENCE"


@pytest.mark.parametrize(
    ("facts", "email"),
    [
        ({"email": "anna@example.org", "email_verified": True}, "anna@example.org"),
        ({"email": "anna@example.org"}, None),
        ({"email": "anna@example.org", "email_verified": "true"}, None),
        ({"email": "anna@example.org", "email_verified": False}, None),
        ({"email": ["anna@example.org"], "email_verified": True}, None),
        ({"email": "anna@example.org\x00", "email_verified": True}, None),
        ({"email_verified": True}, None),
    ],
)
def test_an_address_counts_when_it_is_verified(
    issuer: Issuer, tokens: AccessTokens, facts: dict[str, Any], email: str | None
) -> None:
    assert tokens.read(issuer.token(NOW, **facts), NOW).email == email


def test_a_09_a_token_is_known_by_its_name_and_not_by_its_bytes(issuer: Issuer) -> None:
    tokens = AccessTokens(issuer.settings(oidc_algorithms=("ES256",)))
    token = issuer.token(NOW, {"alg": "ES256", "kid": "ec-1"})
    content, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    flipped = raw[:32] + (ORDER - int.from_bytes(raw[32:])).to_bytes(32)
    other = f"{content}.{encoded(flipped)}"
    assert other != token
    assert tokens.read(other, NOW).credentials == tokens.read(token, NOW).credentials


@pytest.mark.parametrize("change", ["{}=", "{}==", "{}\n.", " {} x", "{}.", ".{}", "{}\u00a0x"])
def test_a_09_other_encodings_of_a_token_are_refused(issuer: Issuer, tokens: AccessTokens, change: str) -> None:
    assert refused(tokens, change.format(issuer.token(NOW)))


def test_uses_of_different_tokens_are_kept_apart(issuer: Issuer, tokens: AccessTokens) -> None:
    made = [issuer.token(NOW, **facts) for facts in ({}, {"jti": "1"}, {"jti": "1", "sub": "ben"}, {"jti": None})]
    credentials = [tokens.read(token, NOW).credentials for token in made]
    assert len(set(credentials)) == 4
    assert all(len(one) == 64 for one in credentials)


@pytest.mark.parametrize(
    "headers",
    [
        [""],
        ["Bearer"],
        ["Bearer "],
        ["Basic YTpi"],
        ["rbm_x"],
        ["Bearer a", "Bearer b"],
        ["Bearer " + "a" * (LONGEST + 1)],
    ],
)
def test_a_header_that_is_none_is_refused(headers: list[str]) -> None:
    with pytest.raises(Rejected):
        bearer(headers)


def test_forged_tokens_would_pass_a_verifier_that_checks_the_signature_alone(issuer: Issuer) -> None:
    key = private_key("rsa-1").public_key()
    options: Any = dict.fromkeys(("verify_exp", "verify_aud", "verify_iat", "verify_nbf", "verify_iss"), False)
    found = 0
    for forge in (A_03 | A_04 | A_06).values():
        found += bool(jwt.decode(forge(issuer), key, algorithms=["RS256"], options=options | {"verify_sub": False}))
    assert found == len(A_03 | A_04 | A_06)
