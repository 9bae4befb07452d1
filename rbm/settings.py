"""Settings, read once from the environment (prefix RBM_) and frozen."""

from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting of the program; each one is explained in the README."""

    model_config = SettingsConfigDict(env_prefix="RBM_", frozen=True)

    database_url: str = "sqlite:///rbm.sqlite3"
    organisation: str = "The organisation"
    time_zone: str = "UTC"
    host: str = "127.0.0.1"
    port: int = 8000
    page_size: int = 50
    page_limit: int = 500
    iati_dir: Path | None = None
    smtp_url: str = ""
    mail_from: str = "rbm@localhost"


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
