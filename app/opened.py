"""One figure opened: its truths, what leads, coverage, rule and hash, its contributions and its measurements."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import listing, output
from rbm.model.indicators import Indicator
from rbm.model.rollup import Figure
from rbm.model.strategy import Framework, Result
from rbm.services import rollup
from rbm.work import Work

Row = dict[str, Any]
SHOWN = 20
FACTS = ("lower", "upper", "target", "targets", "baseline", "baselines", "verified_units", "computed_at")


def open_up(work: Work, figure_id: int) -> Row:
    """A figure as a row of a listing, with all it says about itself and every measurement that entered it.

    NotFound when it is not there.
    """
    chain = joinedload(Figure.indicator).joinedload(Indicator.result).joinedload(Result.framework)
    beside = (joinedload(Figure.period), joinedload(Figure.category), joinedload(Figure.disaggregation))
    work.get(Figure, figure_id, "figure")
    figure = work.session.scalars(
        sa.select(Figure)
        .where(Figure.id == figure_id)
        .options(chain.joinedload(Framework.office), *beside, selectinload(Figure.excluded))
        .execution_options(populate_existing=True)
    ).one()
    row = listing.listed(figure) | {name: getattr(figure, name) for name in FACTS}
    [lead], [share] = rollup.leads(work, [figure]), rollup.verified_shares(work, [figure])
    [stale] = rollup.stale(work, [figure])
    row |= {"lead": vars(lead), "verified_share": vars(share), "stale": stale}
    return row | listing.explanation(work, figure_id) | {"entries": _entries(work, figure_id)}


def _entries(work: Work, figure_id: int) -> list[Row]:
    entries = rollup.entries(work, figure_id)
    keys = {entry.measurement.indicator_id for entry in entries}
    named = sa.select(Indicator.id, Indicator.code).where(Indicator.id.in_(keys))
    codes = {row.id: row.code for row in work.session.execute(named)}
    return [
        {
            "measurement": str(entry.measurement.id),
            "indicator": codes.get(entry.measurement.indicator_id),
            "value": entry.measurement.value,
            "share": entry.share,
        }
        for entry in entries
    ]


def show(row: Row) -> None:
    """Print an opened figure: facts, contributions, and the first of its measurements."""
    title = f"{row['title']}, {row['office_name']}, {output.span(row['period_start'], row['period_end'])}"
    output.table(title, ("fact", "is#"), _facts(row))
    output.line(f"Rule: {row['rule']}")
    output.line(f"Inputs: {row['inputs_hash']}\n")
    show_contributions(row, row)
    entries = row["entries"]
    beyond = f", the first {SHOWN} of {len(entries)}" if len(entries) > SHOWN else ""
    columns = ("measurement#", "indicator", "value#", "share#")
    output.table(f"Measurements{beyond}", columns, (tuple(each.values()) for each in entries[:SHOWN]))


def show_contributions(row: Row, explanation: Row) -> None:
    """Print what a figure is made of."""
    measured = f"{explanation['measurements']} values of {explanation['units']} indicators"
    parts = (
        (
            each["office_name"],
            each["value"],
            each["weight"] * each["factor"],
            each["reason"] and output.words(each["reason"]),
        )
        for each in explanation["contributions"]
    )
    title = f"{row['title']}, {row['office_name']}: {measured}"
    output.table(title, ("made of", "value#", "share#", "left out"), parts)


def _facts(row: Row) -> list[tuple[Any, ...]]:
    lead, share = row["lead"], row["verified_share"]
    left_out = ", ".join(f"{each['count']} {output.words(each['reason'])}" for each in row["excluded"])
    return [
        (f"leads: {output.words(lead['basis'])}", lead["value"]),
        (f"beside: {output.words(lead['beside_basis'])}", lead["beside"]),
        ("self-reported", row["self_reported"]),
        ("verified share by value", share["by_value"]),
        ("verified share by unit", share["by_unit"]),
        ("units reported of expected", f"{row['reported']}/{row['expected']}"),
        ("lower bound", row["lower"]),
        ("upper bound", row["upper"]),
        ("target", row["target"]),
        ("units with a target", f"{row['targets']}/{row['expected']}"),
        ("baseline", row["baseline"]),
        ("left out", left_out or None),
        ("why none", row["reason"] and output.words(row["reason"])),
        ("computed", row["computed_at"].isoformat(timespec="seconds")),
        ("stale", "yes" if row["stale"] else "no"),
    ]
