"""Production: settings under which the program does not start, each with what to do about it."""

import difflib
import ipaddress
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from rbm.errors import Conflict
from rbm.settings import PREFIX, Introspection, Mode, Settings

ELSEWHERE = {"RBM_SHARED", "RBM_TEST_MARK"}
"""Variables of the tests."""
CEILINGS: Mapping[str, float] = {
    "page_limit": 1_000,
    "most_body_bytes": 10_000_000,
    "most_query_bytes": 200_000,
    "most_tokens": 20_000,
    "most_depth": 20,
    "most_aliases": 100,
    "most_typename_aliases": 100,
    "most_root_fields": 50,
    "most_repeated_fields": 500,
    "most_directives": 100,
    "most_fragment_spreads": 500,
    "most_cost": 1_000_000,
    "most_variable_depth": 100,
    "most_variable_values": 100_000,
    "most_answer_bytes": 50_000_000,
    "query_seconds": 60,
    "mutation_seconds": 120,
    "cost_a_minute": 10_000_000,
    "failed_sign_ins_a_minute": 100,
    "idempotency_hours": 168,
    "token_days": 366,
    "oidc_most_hours": 72,
}
"""The most of each limit in production: above, one caller keeps a server busy, or a lost token stays good for long."""
FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
ENCRYPTED = {"require", "verify-ca", "verify-full"}
SHORTEST_TOKEN = 16
NETWORK = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "davfs")


@dataclass(frozen=True)
class Fault:
    """A setting that is not safe, and what to do."""

    setting: str
    advice: str


@dataclass(frozen=True)
class Surroundings:
    """What is looked at beside the settings: the environment, and the table of mounted file systems."""

    environment: Mapping[str, str]
    mounts: str = ""


def surroundings() -> Surroundings:
    """Those of this process."""
    mounts = Path("/proc/self/mounts")
    return Surroundings(os.environ, mounts.read_text(encoding="utf-8") if mounts.exists() else "")


def refuse_insecure(chosen: Settings, around: Surroundings) -> None:
    """Nothing, unless production mode is on and settings are not safe: a Conflict that names every one of them."""
    found = [*insecure(chosen, around), *unknown(around.environment)] if chosen.mode is Mode.PRODUCTION else []
    if found:
        told = "; ".join(f"{fault.setting}: {fault.advice}" for fault in found)
        raise Conflict(f"these settings are not safe in production: {told}", found[0].setting, "insecure")


def insecure(chosen: Settings, around: Surroundings) -> list[Fault]:
    """What production refuses of the settings, whatever the mode is."""
    pairs = (
        *_door(chosen),
        *_origins(chosen),
        *_database(chosen, around),
        *_identity(chosen),
        *_surroundings(chosen),
        *_limits(chosen),
    )
    return [Fault(f"{PREFIX}{name.upper()}", advice) for name, advice in pairs]


def unknown(environment: Mapping[str, str]) -> list[Fault]:
    """Variables that look like settings and are none, such as one that is spelt wrongly."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    strange = (name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known)
    return [Fault(name, _guess(name, known)) for name in sorted(strange) if name not in ELSEWHERE]


def _guess(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name.upper(), sorted(known), 1)
    return f"there is no such setting; {near[0]} may be meant" if near else "there is no such setting; take it out"


Faults = Iterator[tuple[str, str]]


def _door(chosen: Settings) -> Faults:
    if chosen.introspection is Introspection.ALL:
        yield "introspection", "let `admins` or `none` ask for the schema"
    if not chosen.allowed_hosts or any("*" in host.removeprefix("*.") for host in chosen.allowed_hosts):
        yield "allowed_hosts", "list the names under which this service is asked"
        if not loopback(chosen.host):
            yield "host", f"serving on {chosen.host} needs RBM_ALLOWED_HOSTS"
    token = chosen.metrics_token.get_secret_value()
    if len(token) < SHORTEST_TOKEN:
        yield "metrics_token", f"set a random token of {SHORTEST_TOKEN} characters or more"


def _origins(chosen: Settings) -> Faults:
    for origin in chosen.allowed_origins:
        parts = urlsplit(origin)
        if "*" in origin:
            yield "allowed_origins", "list each origin, without a wildcard"
        elif origin != f"{parts.scheme}://{parts.netloc}" or not parts.hostname:
            yield "allowed_origins", "an origin is scheme and host, without a path"
        elif parts.scheme != "https" and not loopback(parts.hostname):
            yield "allowed_origins", "name origins by https"


def _database(chosen: Settings, around: Surroundings) -> Faults:
    try:
        url = sa.make_url(chosen.database_url)
    except sa.exc.ArgumentError:
        yield "database_url", "this is no address of a database"
        return
    if url.get_backend_name() == "sqlite":
        yield from _file(url, around.mounts)
    else:
        yield from _server(url, around.environment)


def _file(url: sa.URL, mounts: str) -> Faults:
    if not url.database or ":memory:" in url.database:
        yield "database_url", "a database in memory is lost when the process ends; name a file"
        return
    path = Path(url.database).absolute()
    if path.exists() and path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        yield "database_url", "others can read or write the file; run chmod 600 on it"
    if filesystem(path, mounts).startswith(NETWORK):
        yield "database_url", "SQLite is not safe on a network file system; take a local disk, or PostgreSQL"


def filesystem(path: Path, mounts: str) -> str:
    """The kind of file system a path lies on by a table of mounts; nothing where that is not known."""
    table = (line.split(" ") for line in mounts.splitlines())
    over = [(row[1], row[2]) for row in table if path.is_relative_to(row[1])]
    return max(over, key=lambda row: len(row[0]), default=("", ""))[1]


def _server(url: sa.URL, environment: Mapping[str, str]) -> Faults:
    named = url.query.get("host", ())
    hosts = [url.host or "", *((named,) if isinstance(named, str) else named)]
    if all(loopback(host) for host in hosts):
        return
    given = {"passfile", "sslcert", "service"} & set(url.query) or {"PGPASSWORD", "PGPASSFILE"} & set(environment)
    if not url.password and not given:
        yield "database_url", "a database on another machine needs a password or a certificate"
    if url.query.get("sslmode", environment.get("PGSSLMODE")) not in ENCRYPTED:
        yield "database_url", "a database on another machine needs TLS; add sslmode=verify-full"


def _identity(chosen: Settings) -> Faults:
    for name, address in (("oidc_issuer", chosen.oidc_issuer), ("oidc_keys_url", chosen.oidc_keys_url)):
        if address and urlsplit(address).scheme != "https":
            yield name, "take the https address"
    if chosen.oidc_issuer and not chosen.oidc_audience:
        yield "oidc_audience", "name this service as the provider does, or tokens for others are taken"
    families = {FAMILIES.get(algorithm[:2]) for algorithm in chosen.oidc_algorithms}
    if None in families or not families:
        yield "oidc_algorithms", "take algorithms with public keys only, such as RS256"
    elif len(families) > 1:
        yield "oidc_algorithms", "take algorithms of one family"


def _surroundings(chosen: Settings) -> Faults:
    mail = urlsplit(chosen.smtp_url)
    if chosen.smtp_url and mail.scheme != "smtps" and not loopback(mail.hostname or ""):
        yield "smtp_url", "mail to another machine needs TLS; take smtps://"
    try:
        ZoneInfo(chosen.time_zone)
    except (ValueError, OSError, KeyError):
        yield "time_zone", "take an IANA name such as Europe/Zurich"


def _limits(chosen: Settings) -> Faults:
    values: dict[str, Any] = {name: getattr(chosen, name) for name in CEILINGS}
    for name, value in values.items():
        if value > CEILINGS[name]:
            yield name, f"set it to {CEILINGS[name]:,.0f} or less"


def loopback(host: str) -> bool:
    """Whether a host is this machine: nothing, a socket, `localhost` or an address of the loopback."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host in {"", "localhost"} or host.startswith("/")
