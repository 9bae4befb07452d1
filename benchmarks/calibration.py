"""Ratings and flags on published results, by region and year: `python -m benchmarks.calibration FILE FILE`.

Imports the activity files into a database of its own, holds every operation against the rules, and prints tables in
Markdown: they stand in docs/calibration.md.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.db import open_engine
from rbm.migrations import upgrade
from rbm.model.people import Office
from rbm.model.performance import Flag
from rbm.model.reporting import Period
from rbm.model.strategy import Framework
from rbm.services import iati, people, performance, quality
from rbm.work import Work, begin
from seeds.load import load_reference


def table(columns: list[str], rows: list[list[object]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *[[str(cell) for cell in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def load(engine: sa.Engine, files: list[Path]) -> None:
    """The files in a migrated database, with flags and issues raised."""
    upgrade(engine)
    with begin(engine, SYSTEM, "initialise") as work:
        people.initialise(work)
        load_reference(work)
    for path in files:
        with begin(engine, SYSTEM, "import_file") as work:
            iati.import_file(work, path)
    with begin(engine, SYSTEM, "flag_interventions") as work:
        performance.flag_interventions(work)
        for period in work.session.scalars(sa.select(Period).order_by(Period.start)):
            quality.raise_issues(work, period.id)


def ratings(work: Work, period: Period) -> str:
    """Rated cells of outcomes and outputs by region."""
    rows: list[list[object]] = [
        [row.office_name, row.operations, row.on_track, row.at_risk, row.off_track, row.not_rated]
        for row in performance.rating_counts(work, period.id)
    ]
    totals = [sum(int(str(row[column])) for row in rows) for column in range(1, 6)]
    columns = ["region", "operations", "on track", "at risk", "off track or missed", "not rated"]
    return table(columns, [*rows, ["all", *totals]])


def flags(work: Work) -> str:
    """Flags and watches, as they were raised, by period and region: for each rule "flagged / to watch"."""
    query = sa.select(Flag, Period, Framework.office_id).join(Flag.period).join(Flag.framework)
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for flag, period, office_id in work.session.execute(query):
        above = people.office_above(work, office_id, period.end)
        for place in (work.get(Office, above or office_id).name, "all"):
            counted[period.code, place, flag.rule, "watched" if flag.plan_due_on is None else "flagged"] += 1
    rules = sorted({rule for _, _, rule, _ in counted})
    places = sorted({(code, place == "all", place) for code, place, _, _ in counted})
    rows: list[list[object]] = [
        [code, place, *(_pair(counted, (code, place, rule)) for rule in rules)] for code, _, place in places
    ]
    return table(["period", "region", *rules], rows)


def _pair(counted: Counter[tuple[str, str, str, str]], key: tuple[str, str, str]) -> str:
    return f"{counted[*key, 'flagged']} / {counted[*key, 'watched']}"


def hits(work: Work, period: Period) -> str:
    """Of what each rule flagged a period before, how much was off track in this one."""
    rows: list[list[object]] = [
        [
            *(each.rule, each.flagged, each.still_red, _percent(each.share)),
            *(each.unflagged, each.red, _percent(each.unflagged_share)),
        ]
        for each in performance.hit_rates(work, period.id)
    ]
    columns = ["rule", "flagged", "off track a year later", "share", "not flagged", "of them off track", "share"]
    return table(columns, rows)


def _percent(share: object) -> str:
    return "–" if share is None else f"{float(str(share)) * 100:.0f} %"


def main(arguments: list[str]) -> None:
    """Print the tables for the files that are named."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/calibration.sqlite3")
        load(engine, [Path(name) for name in arguments])
        with begin(engine, SYSTEM, "look", writes=False) as work:
            periods = work.session.scalars(sa.select(Period).order_by(Period.start)).all()
            for period in periods:
                print(f"### Ratings {period.code}\n\n{ratings(work, period)}\n")
            print(f"### Flags: flagged / to watch, as they were raised\n\n{flags(work)}\n")
            for period in periods[1:]:
                print(f"### Hit rates, {period.code}\n\n{hits(work, period)}")
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
