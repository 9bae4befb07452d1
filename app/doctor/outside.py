"""What a doctor sees from outside: settings, the way to the identity provider and to the database, room on the disk."""

from pathlib import Path

import sqlalchemy as sa

from app.doctor.finding import Finding, Health
from app.identity.bearer import Unavailable
from app.identity.keys import published
from rbm import migrations, production
from rbm.db import open_engine
from rbm.production import Surroundings
from rbm.settings import Mode, Settings

MEGABYTE = 1_000_000


def safe_settings(chosen: Settings, around: Surroundings) -> Finding:
    """What production refuses: it fails there, and is said elsewhere."""
    faults = production.insecure(chosen, around)
    if not faults:
        return Finding("settings", Health.OK, "safe for production")
    health = Health.FAIL if chosen.mode is Mode.PRODUCTION else Health.WARN
    advice = "; ".join(f"{fault.setting}: {fault.advice}" for fault in faults)
    return Finding("settings", health, f"{len(faults)} not safe for production", advice)


def known_variables(chosen: Settings, around: Surroundings) -> Finding:
    """Variables that look like settings and are none."""
    faults = production.unknown(around.environment)
    if not faults:
        return Finding("variables", Health.OK, "all are settings")
    health = Health.FAIL if chosen.mode is Mode.PRODUCTION else Health.WARN
    told = ", ".join(fault.setting for fault in faults)
    return Finding("variables", health, told, "; ".join(f"{fault.setting}: {fault.advice}" for fault in faults))


def keys(chosen: Settings) -> Finding:
    """The keys of the identity provider can be fetched, and there are some for the algorithms of the settings."""
    advice = "check RBM_OIDC_ISSUER, RBM_OIDC_KEYS_URL, RBM_OIDC_ALGORITHMS and the way to the provider"
    try:
        count = len(published(chosen))
    except Unavailable as error:
        return Finding("identity_keys", Health.FAIL, f"cannot be fetched: {error}", advice)
    return Finding("identity_keys", Health.OK if count else Health.FAIL, f"{count} keys", None if count else advice)


def reachable(chosen: Settings) -> Finding:
    """The database is there and answers."""
    try:
        url = sa.make_url(chosen.database_url)
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
            return Finding("database", Health.FAIL, "there is no such file", "run `rbm init`, or set RBM_DATABASE_URL")
        engine = open_engine(chosen.database_url)
        with engine.connect() as connection:
            connection.scalar(sa.select(1))
        engine.dispose()
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        told = f"cannot be reached ({type(error).__name__})"
        return Finding("database", Health.FAIL, told, "check RBM_DATABASE_URL and whether the server runs")
    return Finding("database", Health.OK, f"{url.get_backend_name()} answers")


def newest_form(engine: sa.Engine) -> Finding:
    """The database has the newest form."""
    try:
        newest = migrations.at_head(engine)
    except sa.exc.SQLAlchemyError as error:
        told = f"cannot be read ({type(error).__name__})"
        return Finding("migrations", Health.FAIL, told, "restore the database from a backup")
    if newest:
        return Finding("migrations", Health.OK, "the newest form")
    return Finding("migrations", Health.FAIL, "an older form, or none", "make a backup, then run `rbm migrate`")


def room(free: int, size: int) -> Finding:
    """Room on the disk of a SQLite file for it to grow; sizes in bytes."""
    told = f"{free // MEGABYTE:,} MB free, the file has {size // MEGABYTE:,} MB"
    if free >= max(size, 1000 * MEGABYTE):
        return Finding("disk", Health.OK, told)
    health = Health.WARN if free >= 100 * MEGABYTE else Health.FAIL
    return Finding("disk", health, told, "make room on the disk, or move the file to a larger one")
