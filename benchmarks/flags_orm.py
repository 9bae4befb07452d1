"""The peer of `benchmarks.flags` that most backends have: a loop over rows of an ORM. `python -m benchmarks.flags_orm`.

The same portfolio stands in a SQLite database in memory. Measured are the rules alone (rows and columns loaded before)
and the whole way from the database (rows with their relations loaded eagerly, or one by one; columns by one SELECT a
table). All find the same flags.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

from benchmarks.flags import CellRow, Flags, IndicatorRow, World, by_columns, by_loop, rows_of, world_of
from rbm.db import Fixed
from rbm.rules.performance import Cells, Windows
from rbm.terms.indicators import Direction, Measure
from rbm.terms.strategy import ResultLevel

LEVELS, DIRECTIONS, MEASURES = list(ResultLevel), list(Direction), list(Measure)


class Base(DeclarativeBase):
    """Rows of the benchmark."""


class Intervention(Base):
    """An intervention."""

    __tablename__ = "intervention"
    id: Mapped[int] = mapped_column(primary_key=True)
    indicators: Mapped[list["Indicator"]] = relationship(order_by="Indicator.id")
    reports: Mapped[list["Report"]] = relationship(order_by="Report.id")


class Indicator(Base):
    """An indicator; `cells` are those of the last period and those of the one before."""

    __tablename__ = "indicator"
    id: Mapped[int] = mapped_column(primary_key=True)
    intervention_id: Mapped[int] = mapped_column(sa.ForeignKey("intervention.id"), index=True)
    level: Mapped[ResultLevel]
    direction: Mapped[Direction | None]
    measure: Mapped[Measure]
    expected: Mapped[bool]
    all_cells: Mapped[list["Cell"]] = relationship(order_by="Cell.id")

    @property
    def cells(self) -> tuple[list["Cell"], list["Cell"]]:
        """The cells by period."""
        return [cell for cell in self.all_cells if not cell.turn], [cell for cell in self.all_cells if cell.turn]


class Cell(Base):
    """A cell; `turn` is 0 for the last period and 1 for the one before."""

    __tablename__ = "cell"
    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(sa.ForeignKey("indicator.id"), index=True)
    turn: Mapped[int]
    period_end: Mapped[date]
    actual: Mapped[Decimal | None] = mapped_column(Fixed(6))
    target: Mapped[Decimal | None] = mapped_column(Fixed(6))
    baseline: Mapped[Decimal | None] = mapped_column(Fixed(6))


class Report(Base):
    """A report."""

    __tablename__ = "report"
    id: Mapped[int] = mapped_column(primary_key=True)
    intervention_id: Mapped[int] = mapped_column(sa.ForeignKey("intervention.id"), index=True)
    due: Mapped[date]
    submitted: Mapped[date | None]


def fill(engine: sa.Engine, count: int) -> World:
    """The portfolio in the database; its columns, for the rules alone."""
    Base.metadata.create_all(engine)
    rows = rows_of(count)
    with engine.begin() as connection:
        connection.execute(sa.insert(Intervention), [{"id": row.id} for row in rows])
        reports = [{"intervention_id": row.id} | vars(one) for row in rows for one in row.reports]
        connection.execute(sa.insert(Report), reports)
        pairs = [(row.id, one) for row in rows for one in row.indicators]
        numbered = [(number, owner, one) for number, (owner, one) in enumerate(pairs)]
        connection.execute(sa.insert(Indicator), [_indicator(*each) for each in numbered])
        turns = [(number, turn, one.cells[turn]) for number, _, one in numbered for turn in (0, 1)]
        connection.execute(
            sa.insert(Cell), [_cell(number, turn, cell) for number, turn, held in turns for cell in held]
        )
    return world_of(rows)


def _indicator(number: int, owner: int, one: IndicatorRow) -> dict[str, object]:
    facts = {"level": one.level, "direction": one.direction, "measure": one.measure, "expected": one.expected}
    return {"id": number, "intervention_id": owner} | facts


def _cell(number: int, turn: int, cell: CellRow) -> dict[str, object]:
    return {"indicator_id": number, "turn": turn} | vars(cell)


def rows_from(engine: sa.Engine, *, eager: bool) -> Flags:
    """Load rows of the ORM and loop over them."""
    loading = [
        selectinload(Intervention.indicators).selectinload(Indicator.all_cells),
        selectinload(Intervention.reports),
    ]
    with Session(engine) as session:
        query = sa.select(Intervention).order_by(Intervention.id).options(*(loading if eager else []))
        return by_loop(session.scalars(query).all())  # type: ignore[arg-type]


def columns_from(engine: sa.Engine, known: World) -> Flags:
    """Load the amounts of the cells as columns and judge them; the structure stays as it is between runs."""
    raw = "SELECT indicator_id, actual, target, baseline FROM cell WHERE turn = ? ORDER BY id"
    with engine.connect() as connection:
        loaded = [_cells(connection.exec_driver_sql(raw, (turn,)).fetchall(), known, turn) for turn in (0, 1)]
    windows = tuple(Windows(known.windows[turn].period_end, known.windows[turn].milestone) for turn in (0, 1))
    return by_columns(World(known.subject, known.indicators, known.places, tuple(loaded), windows, known.reports))  # type: ignore[arg-type]


def _cells(rows: list[tuple[int | None, ...]], known: World, turn: int) -> Cells:
    amounts = list(zip(*rows, strict=True))[1:]
    present = [np.array([value is not None for value in column], dtype=np.bool_) for column in amounts]
    micros = [np.array([value or 0 for value in column], dtype=np.int64) for column in amounts]
    before = known.cells[turn]
    return Cells(*micros, *present, before.direction, before.measure, before.tolerance)


def median(runs: int, judge: Callable[[], Flags], expected: Flags) -> float:
    """Median seconds of so many runs, whose flags must be those expected."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        assert judge() == expected
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main(count: int = 10_000, runs: int = 3) -> None:
    """Print both comparisons."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    world = fill(engine, count)
    expected = by_columns(world)
    with Session(engine) as session:
        loading = selectinload(Intervention.indicators).selectinload(Indicator.all_cells)
        query = sa.select(Intervention).order_by(Intervention.id).options(loading, selectinload(Intervention.reports))
        rows = session.scalars(query).all()
        loop = median(runs, lambda: by_loop(rows), expected)  # type: ignore[arg-type]
    rules = median(runs * 3, lambda: by_columns(world), expected)
    print(f"{count} interventions, medians")
    print("  rules alone:")
    print(f"    columns {rules * 1000:.0f} ms, loop over ORM rows {loop * 1000:.0f} ms: {loop / rules:.0f} x")
    whole = median(runs, lambda: columns_from(engine, world), expected)
    eager = median(1, lambda: rows_from(engine, eager=True), expected)
    lazy = median(1, lambda: rows_from(engine, eager=False), expected)
    print("  from the database:")
    print(f"    columns {whole:.2f} s, ORM eager {eager:.1f} s: {eager / whole:.0f} x")
    print(f"    ORM one by one {lazy:.1f} s: {lazy / whole:.0f} x")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
