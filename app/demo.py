"""The demo: published results of two years written, rolled up, and shown with what changed and what is missing."""

from typing import Any

import sqlalchemy as sa
from rich.progress import Progress

from app import listing, output, tokens
from rbm.access import SYSTEM
from rbm.db import from_fixed
from rbm.services import rollup
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work, begin
from seeds import demonstration
from seeds.read import demo

YEARS = (2022, 2023)
LEAD = "4.2a"
QUERY = """{
  figures(year: 2023, level: CORPORATE, first: 5) {
    totalCount
    edges { node { indicator { title } value verified reported expected reason excluded { edges { node { reason count } } } } }
  }
}"""


def run(engine: sa.Engine, *, as_json: bool) -> dict[str, Any]:
    """Load the demo unless it is there, roll up, and answer with its figures."""
    with Progress(console=output.console, transient=True, disable=as_json) as progress:
        task = progress.add_task("Demo", total=8)
        _load(engine, lambda step: progress.update(task, description=f"Writing {step}", advance=1))
        progress.update(task, description="Rolling up", advance=1)
        with begin(engine, SYSTEM, "refresh") as work:
            rollup.refresh(work)
        progress.update(task, completed=8)
    with begin(engine, SYSTEM, "figures", writes=False) as work:
        return {"corporate": _corporate(work), "regions": _regions(work), "people": list(demo("people"))}


def _load(engine: sa.Engine, tell: demonstration.Tell) -> None:
    with begin(engine, SYSTEM, "load_demo") as work:
        if not demonstration.is_loaded(work):
            demonstration.load_demo(work, tell)


def _figures(work: Work, level: FrameworkLevel, year: int, indicator: str | None = None) -> list[dict[str, Any]]:
    question = rollup.FigureQuestion(level, year, indicator=indicator)
    return listing.list_figures(work, question)


def _corporate(work: Work) -> list[dict[str, Any]]:
    """Every corporate indicator with both years side by side, and the change decomposed where it adds up."""
    years = {year: {row["code"]: row for row in _figures(work, FrameworkLevel.CORPORATE, year)} for year in YEARS}
    before, after = (years[year] for year in YEARS)
    return [_compared(work, before.get(code), after.get(code)) for code in sorted(before.keys() | after.keys())]


def _compared(work: Work, before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    either = after or before or {}
    row: dict[str, Any] = {"code": either["code"], "title": either["title"]}
    for year, figure in zip(YEARS, (before, after), strict=True):
        names = ("value", "verified", "reported", "expected", "reason")
        row[str(year)] = {name: figure[name] for name in names} if figure else None
    adds_up = before and after and before["value"] is not None and after["value"] is not None
    row["change"] = _change(work, before["id"], after["id"]) if adds_up and before and after else None
    return row


def _change(work: Work, before: int, after: int) -> dict[str, Any]:
    change = rollup.change_between(work, before, after)
    return {
        "same_operations": change.same_units,
        "same_before": from_fixed(change.same_before),
        "same_after": from_fixed(change.same_after),
        "same_percent": change.same_percent,
        "new_operations": change.new_units,
        "new_total": from_fixed(change.new_total),
        "gone_operations": change.gone_units,
        "gone_total": from_fixed(change.gone_total),
    }


def _regions(work: Work) -> list[dict[str, Any]]:
    """The lead indicator by region, both years."""
    years = {year: {row["office"]: row for row in _figures(work, FrameworkLevel.REGIONAL, year, LEAD)} for year in YEARS}
    offices = sorted({office for rows in years.values() for office in rows})
    return [_region(office, {year: years[year].get(office) for year in YEARS}) for office in offices]


def _region(office: str, figures: dict[int, dict[str, Any] | None]) -> dict[str, Any]:
    named = next(row for row in figures.values() if row)
    row: dict[str, Any] = {"office": office, "name": named["office_name"], "title": named["title"]}
    for year, figure in figures.items():
        row[str(year)] = figure["value"] if figure else None
        row[f"coverage_{year}"] = f"{figure['reported']} of {figure['expected']}" if figure else None
    return row


def show(facts: dict[str, Any], engine: sa.Engine, port: int) -> None:
    """Print the figures, then a ready query and a token."""
    _show_corporate(facts["corporate"])
    rows = [_region_row(row) for row in facts["regions"]]
    title = facts["regions"][0]["title"]
    output.table(f"By region: {title}", ("region", "2022#", "reported", "2023#", "reported"), rows)
    _show_change(next(row for row in facts["corporate"] if row["title"].startswith(LEAD)))
    headquarters = next(row for row in facts["people"] if row["role"] == Role.HQ_RESULTS)
    issued = tokens.issue(engine, headquarters["email"], Role.HQ_RESULTS)
    output.paper.print("\nSource: UNHCR, published as IATI, CC BY 4.0; labels are ours. Nobody has verified these values.")
    output.paper.print(f"\nA query for http://127.0.0.1:{port}/graphql:\n\n{QUERY}\n", markup=False)
    output.paper.print(f"Token of {issued['person']} (headquarters): {issued['token']}", markup=False)
    others = ", ".join(row["email"] for row in facts["people"] if row is not headquarters)
    output.paper.print(f"Others: rbm token ADDRESS for {others}", markup=False)


def _show_corporate(corporate: list[dict[str, Any]]) -> None:
    summed = [row for row in corporate if row["change"]]
    columns = ("corporate indicator", "2022#", "reported", "2023#", "reported", "same operations#", "new#", "gone#")
    output.table("What adds up", columns, (_sum_row(row) for row in summed))
    reasons: dict[str, int] = {}
    for row in corporate:
        for year in YEARS:
            figure = row[str(year)]
            if figure and figure["value"] is None:
                reasons[figure["reason"]] = reasons.get(figure["reason"], 0) + 1
    told = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(reasons.items()))
    output.paper.print(f"Without a corporate total (figures of both years): {told}.")


def _sum_row(row: dict[str, Any]) -> tuple[Any, ...]:
    change, before, after = row["change"], row["2022"], row["2023"]
    percent = change["same_percent"]
    same = "–" if percent is None else f"{percent:+.1f} %"
    coverage = [f"{figure['reported']} of {figure['expected']}" for figure in (before, after)]
    parts = (f"{change['same_operations']}: {same}", change["new_total"], -change["gone_total"])
    return (row["title"], before["value"], coverage[0], after["value"], coverage[1], *parts)


def _region_row(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["name"], row["2022"], row["coverage_2022"], row["2023"], row["coverage_2023"])


def _show_change(row: dict[str, Any]) -> None:
    change = row["change"]
    shown = {name: output.shown(value) for name, value in change.items()}
    output.paper.print(
        f"{row['title']}: {shown['same_operations']} operations reported in both years and went from "
        f"{shown['same_before']} to {shown['same_after']} ({change['same_percent']:+.1f} %); "
        f"{shown['new_operations']} new ones add {shown['new_total']}, "
        f"{shown['gone_operations']} that left take {shown['gone_total']}."
    )

