"""The house itself: ceilings, imports, names, one head, one commit, every setting explained."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from rbm import migrations, model
from rbm.access import SYSTEM, Actor, criteria, visible
from rbm.audit import TRIGGERS
from rbm.db import Row
from rbm.settings import Settings

ROOT = Path(__file__).parents[1]
PACKAGES = ("rbm", "graph_schema", "jobs", "seeds", "app")
SOURCES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "versions" not in path.parts
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
NAMELESS = re.compile(r"^(utils?|helpers?|common|misc|managers?|base_.*|.*_helpers?)$")
FILE_CEILING, TEST_CEILING, FUNCTION_CEILING, ARGUMENT_CEILING, NESTING_CEILING = 300, 400, 40, 6, 3
BULK = {"rbm/bulk.py", "rbm/db.py", "rbm/audit.py", "rbm/work.py", "rbm/migrations/__init__.py"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def code_lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def flattened(function: Function) -> int:
    """Nesting of a function, where `elif` continues its `if`."""
    return max((_depth(statement) for statement in function.body), default=0)


def _depth(node: ast.AST) -> int:
    if isinstance(node, Function | ast.ClassDef):
        return 0
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        return max(1 + max(map(_depth, node.body)), _depth(node.orelse[0]))
    nests = isinstance(node, ast.For | ast.While | ast.If | ast.With | ast.Try)
    return nests + max(map(_depth, ast.iter_child_nodes(node)), default=0)


def test_source_files_stay_under_their_ceiling() -> None:
    long = {name_of(path): code_lines(path) for path in SOURCES if code_lines(path) > FILE_CEILING}
    assert long == {}


def test_test_files_stay_under_their_ceiling() -> None:
    long = {name_of(path): code_lines(path) for path in TESTS if code_lines(path) > TEST_CEILING}
    assert long == {}


def test_functions_stay_short_flat_and_narrow(trees: dict[str, ast.Module]) -> None:
    faults = []
    for name, tree in trees.items():
        for function in functions(tree):
            length = (function.end_lineno or 0) - function.lineno + 1
            arguments = len(function.args.args) + len(function.args.kwonlyargs) - (name.startswith("app/cli"))
            nesting = flattened(function)
            if length > FUNCTION_CEILING or nesting > NESTING_CEILING:
                faults.append((name, function.name, length, nesting))
            if arguments > ARGUMENT_CEILING and name not in {"app/cli.py", "app/figures.py"}:
                faults.append((name, function.name, "arguments", arguments))
    assert faults == []


def test_no_import_hides_in_a_function(trees: dict[str, ast.Module]) -> None:
    hidden = [
        (name, function.name)
        for name, tree in trees.items()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_type_checking_imports_only_between_rows() -> None:
    used = {name_of(path) for path in SOURCES if "TYPE_CHECKING" in path.read_text(encoding="utf-8")}
    assert {name for name in used if not name.startswith("rbm/model/")} == set()


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in [*SOURCES, *TESTS] if NAMELESS.match(path.stem)] == []


def test_every_module_opens_with_a_sentence(trees: dict[str, ast.Module]) -> None:
    assert [name for name, tree in trees.items() if not (ast.get_docstring(tree) or "").strip()] == []


def test_only_one_place_commits(trees: dict[str, ast.Module]) -> None:
    committing = {
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    }
    assert committing == {"rbm/work.py"}


def test_only_the_clock_reads_the_time(trees: dict[str, ast.Module]) -> None:
    reading = {
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date", "dt"}
    }
    assert reading == {"rbm/clock.py"}


def test_bulk_statements_live_in_one_place(trees: dict[str, ast.Module]) -> None:
    words = {"insert", "update", "delete", "text"}
    writing = {
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in words
        if isinstance(node.value, ast.Name) and node.value.id == "sa"
    }
    assert writing <= BULK


def test_comments_leave_nothing_undone() -> None:
    undone = []
    for path in SOURCES:
        with path.open("rb") as file:
            comments = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
        undone += [name_of(path) for comment in comments if re.search(r"\b(TODO|FIXME|XXX)\b", comment.string)]
    assert undone == []


def test_every_setting_is_explained_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = [f"RBM_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in names if f"`{name}`" not in readme] == []


def test_no_index_address_in_the_lock_file() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", lock)
    assert lock.count("--hash=sha256:") > lock.count("==")


def test_migrations_have_a_single_head() -> None:
    assert len(ScriptDirectory.from_config(migrations.config()).get_heads()) == 1


def test_migrations_make_what_the_rows_say(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Row.metadata) == []


def test_the_audit_trail_is_append_only_at_head(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit_entry (at, actor, operation, kind, entity, changes)"
            " VALUES ('2026-01-01 00:00:00', 'a', 'o', 'created', 'e', '{}')"
        )
        connection.commit()
        for statement in ("UPDATE audit_entry SET actor = 'b'", "DELETE FROM audit_entry"):
            with pytest.raises(sa.exc.DBAPIError, match="append only"):
                connection.exec_driver_sql(statement)
            connection.rollback()
    assert set(TRIGGERS) == {"sqlite", "postgresql"}


def test_sqlite_tables_are_strict(sqlite_template: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{sqlite_template}")
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    engine.dispose()
    loose = [name for name, sql in tables if "STRICT" not in sql and not name.startswith(("alembic", "sqlite"))]
    assert loose == []


def test_no_reference_deletes_by_cascade() -> None:
    keys = [key for table in Row.metadata.tables.values() for key in table.foreign_keys]
    assert [key for key in keys if key.ondelete] == []
    assert model


def test_every_row_class_says_who_sees_it() -> None:
    classes = [mapper.class_ for mapper in Row.registry.mappers]
    assert [cls.__name__ for cls in classes if not hasattr(cls, "SEEN")] == []
    stranger = Actor("stranger")
    for cls in classes:
        assert visible(cls, stranger) is not None
    assert criteria(SYSTEM) == ()


def test_relations_never_load_unasked() -> None:
    lazy = [
        f"{mapper.class_.__name__}.{relation.key}"
        for mapper in Row.registry.mappers
        for relation in mapper.relationships
        if relation.lazy not in {"raise", "raise_on_sql"}
    ]
    assert lazy == []
