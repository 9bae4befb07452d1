"""Databases with the real files in them, made once for all tests that only read, and files made for a test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.services import iati, people, rollup
from rbm.services.iati import ImportReport
from rbm.work import begin
from seeds.load import load_reference
from tests import databases
from tests.conftest import NOW
from tests.files.iati_builder import document

YEARS = ("unhcr-2022", "unhcr-2023")
EARLIER = ("unhcr-2020", "unhcr-2021")
Bring = Callable[..., list[ImportReport]]


def prepare(engine: sa.Engine) -> None:
    """Headquarters and the reference data."""
    with begin(engine, SYSTEM, "initialise", now=NOW) as work:
        people.initialise(work)
        load_reference(work)


def bring(engine: sa.Engine, *files: Path, consolidate: bool = True) -> list[ImportReport]:
    """Import files one by one, each in a transaction of its own, then consolidate and roll up."""
    reports = []
    for file in files:
        with begin(engine, SYSTEM, "import_file", now=NOW) as work:
            reports.append(iati.import_file(work, file))
    with begin(engine, SYSTEM, "consolidate", now=NOW) as work:
        if consolidate:
            iati.consolidate(work)
        rollup.refresh(work)
    return reports


def real(shared: Path, *names: str) -> list[Path]:
    """The paths of real files."""
    return [shared / "data" / "iati" / f"{name}.xml.gz" for name in names]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    made: str = request.param
    return made


@pytest.fixture(scope="session")
def fresh(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """An empty database for a whole session."""
    if kind == "sqlite":
        with databases.sqlite(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("real")) as made:
            yield made
    else:
        with databases.postgresql(request.getfixturevalue("postgresql_address")) as made:
            yield made


@pytest.fixture(scope="session")
def published(fresh: sa.Engine, shared: Path) -> sa.Engine:
    """The four years, consolidated and rolled up; for reading only."""
    prepare(fresh)
    bring(fresh, *real(shared, *EARLIER, *YEARS))
    return fresh


@pytest.fixture
def ready(engine: sa.Engine) -> sa.Engine:
    """A database of the test's own with headquarters and the reference data."""
    prepare(engine)
    return engine


@pytest.fixture
def publish(ready: sa.Engine, tmp_path: Path) -> Bring:
    """Import activities written in the test as one file, consolidate and roll up."""

    def publish_activities(*activities: str, name: str = "made.xml") -> list[ImportReport]:
        path = tmp_path / name
        path.write_bytes(document(*activities))
        return bring(ready, path)

    return publish_activities
