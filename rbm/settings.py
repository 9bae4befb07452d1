"""Settings, read once from the environment (prefix RBM_) and frozen."""

from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "RBM_"
MOST_PORT = 65_535


class Mode(StrEnum):
    """How much is at stake: production refuses insecure settings."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Introspection(StrEnum):
    """Who may ask for the schema."""

    ALL = "all"
    ADMINS = "admins"
    NONE = "none"


class LogLevel(StrEnum):
    """From which weight on events are logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseSettings):
    """Every setting of the program; each one is explained in the README.

    Addresses may hold passwords: they stay out of what is printed of the settings and of errors about them.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, hide_input_in_errors=True)

    mode: Mode = Mode.DEVELOPMENT
    database_url: str = Field(default="sqlite:///rbm.sqlite3", repr=False)
    organisation: str = "The organisation"
    time_zone: str = "UTC"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=MOST_PORT)
    iati_dir: Path | None = None
    smtp_url: str = Field(default="", repr=False)
    mail_from: str = "rbm@localhost"

    page_size: int = Field(default=25, ge=1)
    page_limit: int = Field(default=100, ge=1)
    introspection: Introspection = Introspection.ALL
    most_body_bytes: int = Field(default=1_000_000, ge=1)
    most_query_bytes: int = Field(default=20_000, ge=1)
    most_tokens: int = Field(default=2_000, ge=1)
    most_depth: int = Field(default=10, ge=1)
    most_aliases: int = Field(default=15, ge=0)
    most_typename_aliases: int = Field(default=30, ge=0)
    most_root_fields: int = Field(default=10, ge=1)
    most_repeated_fields: int = Field(default=20, ge=0)
    most_directives: int = Field(default=20, ge=0)
    most_fragment_spreads: int = Field(default=50, ge=0)
    most_cost: int = Field(default=50_000, ge=1)
    most_variable_depth: int = Field(default=20, ge=1)
    most_variable_values: int = Field(default=10_000, ge=1)
    most_answer_bytes: int = Field(default=5_000_000, ge=1)
    query_seconds: float = Field(default=5, gt=0)
    mutation_seconds: float = Field(default=15, gt=0)
    cost_a_minute: int = Field(default=300_000, ge=1)
    failed_sign_ins_a_minute: int = Field(default=20, ge=1)
    rate_storage: str = Field(default="memory://", repr=False)
    idempotency_hours: int = Field(default=24, ge=1)

    token_days: int = Field(default=90, ge=1)
    oidc_issuer: str = ""
    oidc_audience: str = ""
    oidc_clients: tuple[str, ...] = ()
    oidc_keys_url: str = ""
    oidc_algorithms: tuple[str, ...] = ("RS256",)
    oidc_most_hours: int = Field(default=24, ge=1)
    oidc_link_by_email: bool = False

    allowed_hosts: tuple[str, ...] = ("*",)
    allowed_origins: tuple[str, ...] = ()
    metrics_token: SecretStr = SecretStr("")
    log_level: LogLevel = LogLevel.INFO


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
