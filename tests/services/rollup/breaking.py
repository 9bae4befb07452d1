"""Figures that cannot be stored: the database itself refuses those of an indicator, as long as a block lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa

MESSAGE = "no room for this figure"
NAME = "refuse_figure"


@contextmanager
def breaking(engine: sa.Engine, indicator_id: UUID) -> Iterator[None]:
    """Within the block no figure of the indicator is written, changed or taken out."""
    made, gone = (SQLITE, GONE) if engine.dialect.name == "sqlite" else (POSTGRESQL, GONE_WITH_FUNCTION)
    _run(engine, [text.format(name=NAME, key=_literal(engine, indicator_id), told=MESSAGE) for text in made])
    try:
        yield
    finally:
        _run(engine, [text.format(name=NAME) for text in gone])


EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
SQLITE = [
    f"CREATE TRIGGER {{name}}_{event} BEFORE {event} ON figure WHEN {row}.indicator_id = {{key}} "
    "BEGIN SELECT RAISE(ABORT, '{told}'); END"
    for event, row in EVENTS.items()
]
GONE = [f"DROP TRIGGER {{name}}_{event}" for event in EVENTS]
FUNCTION = """CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF coalesce(NEW.indicator_id, OLD.indicator_id) = {key} THEN RAISE EXCEPTION '{told}'; END IF;
    RETURN coalesce(NEW, OLD); END $$"""
TRIGGER = "CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OR DELETE ON figure FOR EACH ROW EXECUTE FUNCTION {name}()"
POSTGRESQL = [FUNCTION, TRIGGER]
GONE_WITH_FUNCTION = ["DROP TRIGGER {name} ON figure", "DROP FUNCTION {name}()"]


def _literal(engine: sa.Engine, key: UUID) -> str:
    return f"X'{key.hex}'" if engine.dialect.name == "sqlite" else f"'{key}'::uuid"


def _run(engine: sa.Engine, statements: list[str]) -> None:
    with engine.connect() as connection, connection.begin():
        for statement in statements:
            connection.exec_driver_sql(statement)
