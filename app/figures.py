"""Figures from the command line: listed, or one opened down to its measurements."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from app import database, listing, opened, output
from rbm.access import SYSTEM
from rbm.services import rollup
from rbm.terms.rollup import LeadBasis
from rbm.terms.strategy import FrameworkLevel
from rbm.work import begin

Row = dict[str, Any]
HEADS = {LeadBasis.VERIFIED_ONLY: "verified only", LeadBasis.APPROVED_NOT_REJECTED: "approved, not rejected"}


def figures(
    figure: Annotated[int | None, typer.Argument(metavar="[ID]", help="One figure, opened.")] = None,
    level: Annotated[FrameworkLevel | None, typer.Option(help="Needed unless a figure is named.")] = None,
    year: Annotated[int | None, typer.Option(help="Periods wholly inside this year.")] = None,
    period: Annotated[str | None, typer.Option(help="`life` for periods over a project's life.")] = None,
    indicator: Annotated[str | None, typer.Option(help="Part of a code or title, in any case.")] = None,
    office: Annotated[str | None, typer.Option(help="Code of an office.")] = None,
    region: Annotated[str | None, typer.Option(help="Code of an office above, or of the office itself.")] = None,
    country: Annotated[str | None, typer.Option(help="M49 or ISO code of a country, or its name.")] = None,
    theme: Annotated[str | None, typer.Option(help="Code of a theme of the project.")] = None,
    partner: Annotated[str | None, typer.Option(help="Part of a name or reference of who takes part.")] = None,
    by: Annotated[str | None, typer.Option(help="Dimensions, with commas: one figure a category.")] = None,
    explain: Annotated[bool, typer.Option(help="Show what each figure is made of; of ID everything.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """List figures with what leads, coverage and everything left out; or open one: `rbm figures --explain ID`."""
    if figure is not None:
        _open(figure, as_json=as_json)
        return
    if level is None:
        raise typer.BadParameter("a level is needed, or the id of one figure", param_hint="--level")
    if period not in {None, "life"}:
        raise typer.BadParameter("only `life` can be named", param_hint="--period")
    question = rollup.FigureQuestion(
        level,
        year,
        period == "life",
        indicator,
        office,
        by,
        region=region,
        country=country,
        theme=theme,
        partner=partner,
    )
    _list(question, explained=explain, as_json=as_json)


def _open(figure: int, *, as_json: bool) -> None:
    engine = database.prepare()
    with begin(engine, SYSTEM, "figures", writes=False) as work:
        row = opened.open_up(work, figure)
    engine.dispose()
    output.answer(as_json, row, lambda: opened.show(row))


def _list(question: rollup.FigureQuestion, *, explained: bool, as_json: bool) -> None:
    engine = database.prepare()
    with begin(engine, SYSTEM, "figures", writes=False) as work:
        rows = listing.list_figures(work, question, explained=explained)
        basis = rollup.lead_basis(work)
    engine.dispose()
    output.answer(as_json, rows, lambda: _show(rows, basis))


def _show(rows: Sequence[Row], basis: LeadBasis) -> None:
    """The column of what leads stands first and says on which basis, the other truth beside it."""
    [other] = set(LeadBasis) - {basis}
    columns = (
        "office",
        "indicator",
        "period",
        f"{HEADS[basis]}#",
        f"{HEADS[other]}#",
        "units#",
        "left out or why none",
    )
    output.table("Figures", columns, map(_line, rows))
    for row in rows:
        if "explanation" in row:
            opened.show_contributions(row, row["explanation"])


def _line(row: Row) -> tuple[Any, ...]:
    slice_ = f" · {row['category_label']}" if "category" in row else ""
    left_out = [f"{each['count']} {output.words(each['reason'])}" for each in row["excluded"]]
    why = [output.words(row["reason"])] if row["reason"] else []
    if "distribution" in row:
        left_out.append(_spread(row["distribution"]))
    units = f"{row['reported']}/{row['expected']}"
    facts = (row["lead"]["value"], row["lead"]["beside"], units, ", ".join(why + left_out) or None)
    return (row["office_name"], row["title"] + slice_, output.span(row["period_start"], row["period_end"]), *facts)


def _spread(row: Row) -> str:
    """A distribution in words."""
    names = ("minimum", "lower_quartile", "median", "upper_quartile", "maximum")
    five = " · ".join(output.shown(row[name]) for name in names)
    return f"distribution over {row['n']} of {row['units']} units: {five}; {row['met']} of {row['rated']} met"
