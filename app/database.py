"""Opens the database of the settings, makes it ready when it is new, and refuses one that is behind."""

import sqlalchemy as sa

from rbm import migrations
from rbm.access import SYSTEM
from rbm.db import open_engine
from rbm.errors import Conflict
from rbm.services import people
from rbm.settings import settings
from rbm.work import begin
from seeds.load import load_reference


def prepare() -> sa.Engine:
    """An engine on a database of the newest form: a new one is made, an older one is a Conflict (run `rbm migrate`)."""
    engine = open_engine(settings().database_url)
    if not sa.inspect(engine).has_table("alembic_version"):
        initialise(engine)
    elif not migrations.at_head(engine):
        raise Conflict("the database has an older form; run `rbm migrate`", "RBM_DATABASE_URL")
    return engine


def initialise(engine: sa.Engine) -> None:
    """Tables, reference data, and headquarters with its vacant post; running again changes nothing."""
    migrations.upgrade(engine)
    with begin(engine, SYSTEM, "initialise") as work:
        people.initialise(work)
        load_reference(work)
