"""Production mode: each unsafe setting is refused by name with what to do, all of them at once."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from rbm.errors import Conflict
from rbm.production import CEILINGS, Surroundings, filesystem, insecure, loopback, refuse_insecure, unknown
from rbm.settings import Introspection, Mode, Settings
from tests.app.commands import rbm

NOWHERE = Surroundings({})
SAFE: dict[str, Any] = {
    "mode": Mode.PRODUCTION,
    "introspection": Introspection.ADMINS,
    "allowed_hosts": ("results.example.org",),
    "allowed_origins": ("https://pages.example.org",),
    "database_url": "postgresql+psycopg://rbm:secret@db.example.org/rbm?sslmode=verify-full",
    "metrics_token": "0123456789abcdef",
    "smtp_url": "smtps://rbm:secret@mail.example.org",
    "oidc_issuer": "https://id.example.org",
    "oidc_audience": "rbm",
    "oidc_keys_url": "https://id.example.org/keys",
    "oidc_algorithms": ("RS256", "RS384"),
    "time_zone": "Europe/Zurich",
}
REMOTE = "postgresql+psycopg://rbm{}@db.example.org/rbm{}"


def named(**changed: Any) -> list[str]:
    """The settings that are refused when these are changed from safe ones."""
    return [fault.setting for fault in insecure(Settings(**(SAFE | changed)), NOWHERE)]


def test_safe_settings_are_taken() -> None:
    assert named() == []
    refuse_insecure(Settings(**SAFE), NOWHERE)


@pytest.mark.parametrize(
    ("changed", "setting"),
    [
        ({"introspection": "all"}, "RBM_INTROSPECTION"),
        ({"allowed_hosts": ("*",)}, "RBM_ALLOWED_HOSTS"),
        ({"allowed_hosts": ()}, "RBM_ALLOWED_HOSTS"),
        ({"allowed_hosts": ("a.example.org", "*")}, "RBM_ALLOWED_HOSTS"),
        ({"allowed_origins": ("*",)}, "RBM_ALLOWED_ORIGINS"),
        ({"allowed_origins": ("https://*.example.org",)}, "RBM_ALLOWED_ORIGINS"),
        ({"allowed_origins": ("http://pages.example.org",)}, "RBM_ALLOWED_ORIGINS"),
        ({"allowed_origins": ("https://pages.example.org/",)}, "RBM_ALLOWED_ORIGINS"),
        ({"allowed_origins": ("pages.example.org",)}, "RBM_ALLOWED_ORIGINS"),
        ({"metrics_token": ""}, "RBM_METRICS_TOKEN"),
        ({"metrics_token": "short"}, "RBM_METRICS_TOKEN"),
        ({"database_url": "sqlite://"}, "RBM_DATABASE_URL"),
        ({"database_url": "sqlite:///file::memory:?uri=true"}, "RBM_DATABASE_URL"),
        ({"database_url": "nonsense"}, "RBM_DATABASE_URL"),
        ({"database_url": REMOTE.format("", "?sslmode=verify-full")}, "RBM_DATABASE_URL"),
        ({"database_url": REMOTE.format(":secret", "")}, "RBM_DATABASE_URL"),
        ({"database_url": REMOTE.format(":secret", "?sslmode=prefer")}, "RBM_DATABASE_URL"),
        ({"database_url": "postgresql+psycopg://rbm:s@/rbm?host=10.0.0.1"}, "RBM_DATABASE_URL"),
        ({"smtp_url": "smtp://mail.example.org"}, "RBM_SMTP_URL"),
        ({"oidc_issuer": "http://id.example.org"}, "RBM_OIDC_ISSUER"),
        ({"oidc_keys_url": "http://id.example.org/keys"}, "RBM_OIDC_KEYS_URL"),
        ({"oidc_audience": ""}, "RBM_OIDC_AUDIENCE"),
        ({"oidc_algorithms": ("HS256",)}, "RBM_OIDC_ALGORITHMS"),
        ({"oidc_algorithms": ("none",)}, "RBM_OIDC_ALGORITHMS"),
        ({"oidc_algorithms": ()}, "RBM_OIDC_ALGORITHMS"),
        ({"oidc_algorithms": ("RS256", "ES256")}, "RBM_OIDC_ALGORITHMS"),
        ({"time_zone": "Europe/Nowhere"}, "RBM_TIME_ZONE"),
        ({"time_zone": "../../etc/passwd"}, "RBM_TIME_ZONE"),
        *(({name: most + 1}, f"RBM_{name.upper()}") for name, most in CEILINGS.items()),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_o_01_an_unsafe_setting_is_refused_by_its_name(changed: dict[str, Any], setting: str) -> None:
    assert named(**changed) == [setting]
    with pytest.raises(Conflict, match=setting):
        refuse_insecure(Settings(**(SAFE | changed)), NOWHERE)


@pytest.mark.parametrize(
    "changed",
    [
        {"allowed_hosts": ("*.example.org",)},
        {"allowed_origins": ()},
        {"allowed_origins": ("http://localhost:3000",)},
        {"database_url": "postgresql+psycopg://rbm@/rbm?host=/run/postgresql"},
        {"database_url": "postgresql+psycopg://rbm@localhost/rbm"},
        {"database_url": REMOTE.format(":secret", "?sslmode=require")},
        {"database_url": REMOTE.format("", "?sslmode=verify-full&sslcert=/etc/rbm/client.pem")},
        {"smtp_url": ""},
        {"smtp_url": "smtp://127.0.0.1:25"},
        {"oidc_issuer": "", "oidc_audience": "", "oidc_keys_url": ""},
        {"oidc_algorithms": ("ES256", "ES384")},
        dict(CEILINGS),
    ],
    ids=lambda value: "-".join(value)[:40],
)
def test_what_is_safe_as_well_is_taken(changed: dict[str, Any]) -> None:
    assert named(**changed) == []


def test_every_limit_has_a_ceiling() -> None:
    limits = {
        name for name in Settings.model_fields if name.startswith("most_") or name.endswith(("_seconds", "_hours"))
    }
    assert limits - set(CEILINGS) == set()


def test_serving_on_every_address_needs_names() -> None:
    assert named(host="0.0.0.0", allowed_hosts=("*",)) == ["RBM_ALLOWED_HOSTS", "RBM_HOST"]  # noqa: S104
    assert named(host="0.0.0.0") == []  # noqa: S104


def test_the_environment_of_the_driver_counts() -> None:
    chosen = Settings(**(SAFE | {"database_url": REMOTE.format("", "")}))
    assert len(insecure(chosen, NOWHERE)) == 2
    assert insecure(chosen, Surroundings({"PGPASSFILE": "/etc/rbm/pgpass", "PGSSLMODE": "verify-full"})) == []


@pytest.mark.parametrize(("mode", "count"), [(0o600, 0), (0o640, 0), (0o644, 1), (0o660, 1), (0o666, 1)])
def test_a_sqlite_file_others_can_read_is_refused(tmp_path: Path, mode: int, count: int) -> None:
    path = tmp_path / "rbm.sqlite3"
    path.touch()
    path.chmod(mode)
    assert named(database_url=f"sqlite:///{path}") == ["RBM_DATABASE_URL"] * count


@pytest.mark.parametrize(("kind", "count"), [("ext4", 0), ("nfs4", 1), ("cifs", 1), ("fuse.sshfs", 1), ("", 0)])
def test_o_01_a_sqlite_file_on_a_network_share_is_refused(tmp_path: Path, kind: str, count: int) -> None:
    mounts = f"disk / ext4 rw 0 0\nshare {tmp_path} {kind} rw 0 0\n" if kind else ""
    chosen = Settings(**(SAFE | {"database_url": f"sqlite:///{tmp_path}/rbm.sqlite3"}))
    assert len(insecure(chosen, Surroundings({}, mounts))) == count


def test_the_nearest_mount_says_what_a_file_lies_on() -> None:
    mounts = "a / ext4 rw 0 0\nb /data nfs rw 0 0\nc /data/local xfs rw 0 0\n"
    assert [filesystem(Path(path), mounts) for path in ("/x", "/data/x", "/data/local/x", "/database/x")] == [
        "ext4",
        "nfs",
        "xfs",
        "ext4",
    ]


def test_everything_is_told_at_once_and_only_in_production() -> None:
    with pytest.raises(Conflict) as refusal:
        refuse_insecure(Settings(mode=Mode.PRODUCTION, smtp_url="smtp://mail.example.org"), Surroundings({"RBM_X": ""}))
    for name in ("RBM_INTROSPECTION", "RBM_ALLOWED_HOSTS", "RBM_METRICS_TOKEN", "RBM_SMTP_URL", "RBM_X"):
        assert f"{name}: " in refusal.value.message
    refuse_insecure(Settings(smtp_url="smtp://mail.example.org"), Surroundings({"RBM_X": ""}))


def test_a_variable_that_is_no_setting_is_told_with_the_one_that_may_be_meant() -> None:
    given = {"RBM_DATABSE_URL": "", "rbm_mode": "", "RBM_PORT": "", "RBM_SHARED": "", "RBM_QQQQ": "", "HOME": ""}
    told = {fault.setting: fault.advice for fault in unknown(given)}
    assert told == {
        "RBM_DATABSE_URL": "there is no such setting; RBM_DATABASE_URL may be meant",
        "RBM_QQQQ": "there is no such setting; take it out",
    }


@pytest.mark.parametrize(("host", "local"), [("::1", True), ("127.9.9.9", True), ("0.0.0.0", False), ("db", False)])  # noqa: S104
def test_loopback(host: str, local: bool) -> None:
    assert loopback(host) is local


SECRETS = {
    "database_url": "postgresql+psycopg://rbm:Secret-1@127.0.0.1:1/rbm",
    "smtp_url": "smtp://rbm:Secret-2@127.0.0.1",
    "metrics_token": "Secret-3-0123456789",
    "rate_storage": "redis://:Secret-4@127.0.0.1",
}


def test_o_02_settings_print_no_secret() -> None:
    chosen = Settings(**SECRETS)
    assert "Secret-" not in f"{chosen!r} {chosen} {chosen.model_copy(update={'port': 1})!r}"
    with pytest.raises(ValidationError) as error:
        Settings(**(SECRETS | {"mode": "Secret-5", "port": "Secret-6"}))
    assert "Secret-" not in str(error.value)


@pytest.mark.parametrize("command", [("rollup",), ("jobs", "list"), ("doctor",), ("serve",), ("init",), ("migrate",)])
def test_o_02_commands_that_fail_print_no_secret(command: tuple[str, ...]) -> None:
    given = {f"RBM_{name.upper()}": value for name, value in SECRETS.items()}
    ran = rbm(given.pop("RBM_DATABASE_URL"), *command, **given)
    assert ran.code == 1
    assert "Secret-" not in ran.out + ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", ["serve", "work"])
def test_o_01_nothing_starts_in_production_with_the_defaults(tmp_path: Path, command: str) -> None:
    url = f"sqlite:///{tmp_path}/rbm.sqlite3"
    ran = rbm(url, command, RBM_MODE="production", RBM_DATABSE_URL="x")
    assert ran.code == 1
    for name in ("RBM_INTROSPECTION", "RBM_ALLOWED_HOSTS", "RBM_METRICS_TOKEN", "RBM_DATABSE_URL"):
        assert f"{name}: " in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_typing_error_is_warned_of_elsewhere(tmp_path: Path) -> None:
    ran = rbm(f"sqlite:///{tmp_path}/rbm.sqlite3", "init", "--json", RBM_DATABSE_URL="x")
    assert ran.code == 0
    assert ran.document["office"] == "HQ"
    assert "warning: RBM_DATABSE_URL: there is no such setting; RBM_DATABASE_URL may be meant" in ran.err


def test_a_setting_of_the_wrong_kind_is_refused_by_its_name(tmp_path: Path) -> None:
    ran = rbm(f"sqlite:///{tmp_path}/rbm.sqlite3", "jobs", "list", "--json", RBM_PORT="many", RBM_MODE="test")
    (problem,) = ran.document["problems"]
    assert (ran.code, problem["code"]) == (1, "setting")
    assert "RBM_PORT: " in problem["message"]
    assert "RBM_MODE: " in problem["message"]
