"""The demo: published results of two years rolled up and shown with what changed; what was recommended, and is late."""

from collections import Counter
from typing import Any

import sqlalchemy as sa
from rich.progress import Progress

from app import listing, output, recommendations, tokens
from rbm.access import SYSTEM
from rbm.db import from_fixed
from rbm.services import rollup
from rbm.services.followup import RecommendationQuestion
from rbm.terms.people import Role
from rbm.terms.strategy import FrameworkLevel
from rbm.work import Work, begin
from seeds import demonstration
from seeds.read import demo

YEARS = (2022, 2023)
LEAD = "4.2a"
SUMS = ("corporate indicator", "2022#", "of#", "2023#", "of#")
CHANGES = ("code", "both#", "2022#", "2023#", "change#", "new#", "left#")
REGIONS = ("region", "2022#", "of#", "2023#", "of#")
QUERY = """{
  figures(year: 2023, level: CORPORATE, first: 5) {
    totalCount
    edges { node {
      indicator { title }
      value verified reported expected reason
      excluded { reason count }
    } }
  }
}"""

OVERDUE = """{
  actions(overdue: true) {
    totalCount
    edges { node {
      text dueOn overdueDays owner { name } office { name }
      recommendation { code text }
      escalation { overdueSince level steps { level on persons { name } } }
    } }
  }
}"""


def run(engine: sa.Engine, *, as_json: bool) -> dict[str, Any]:
    """Load the demo unless it is there, roll up, and answer with its figures."""
    with Progress(console=output.console, transient=True, disable=as_json) as progress:
        task = progress.add_task("Demo", total=9)
        _load(engine, lambda step: progress.update(task, description=f"Writing {step}", advance=1))
        progress.update(task, description="Rolling up", advance=1)
        with begin(engine, SYSTEM, "refresh") as work:
            rollup.refresh(work)
        progress.update(task, completed=9)
    with begin(engine, SYSTEM, "figures", writes=False) as work:
        figures = {"corporate": _corporate(work), "regions": _regions(work)}
        return figures | {"follow_up": _follow_up(work), "people": list(demo("people"))}


def _follow_up(work: Work) -> dict[str, Any]:
    """How many recommendations stand where, and what is overdue, whose, since when and to whom it was brought."""
    rows = recommendations.list_recommendations(work, RecommendationQuestion())
    return recommendations.counted(rows) | {"overdue": recommendations.late_actions(rows)}


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
    found = {year: _figures(work, FrameworkLevel.REGIONAL, year, LEAD) for year in YEARS}
    years = {year: {row["office"]: row for row in rows} for year, rows in found.items()}
    offices = sorted({office for rows in years.values() for office in rows})
    return [_region(office, {year: years[year].get(office) for year in YEARS}) for office in offices]


def _region(office: str, figures: dict[int, dict[str, Any] | None]) -> dict[str, Any]:
    named = next(row for row in figures.values() if row)
    row: dict[str, Any] = {"office": office, "name": named["office_name"], "title": named["title"]}
    for year, figure in figures.items():
        row[str(year)] = figure["value"] if figure else None
        row[f"coverage_{year}"] = _coverage(figure) if figure else None
    return row


def show(facts: dict[str, Any]) -> None:
    """Print what adds up with its coverage, how it changed, and the lead indicator by region."""
    summed = [row for row in facts["corporate"] if row["change"]]
    output.table("What adds up: corporate totals, regions that reported beside each", SUMS, map(_sum_row, summed))
    _show_reasons(facts["corporate"])
    output.table(
        "How it changed: operations of both years, new ones, those that left", CHANGES, map(_change_row, summed)
    )
    output.table(f"By region: {facts['regions'][0]['title']}", REGIONS, map(_region_row, facts["regions"]))
    _show_change(next(row for row in summed if row["title"].startswith(LEAD)))
    output.paper.print(
        "\nSource: UNHCR, published as IATI, CC BY 4.0; labels are ours. Nobody has verified these values.\n"
    )
    _show_follow_up(facts["follow_up"])


def show_door(facts: dict[str, Any], engine: sa.Engine, port: int) -> None:
    """Print a ready query and a new token for it."""
    headquarters = next(row for row in facts["people"] if row["role"] == Role.HQ_RESULTS)
    issued = tokens.issue(engine, headquarters["email"], Role.HQ_RESULTS)
    output.line(f"\nA query for http://127.0.0.1:{port}/graphql:\n\n{QUERY}\n")
    output.line(f"What is overdue, whose it is, since when, and to whom it was brought:\n\n{OVERDUE}\n")
    output.line(f"Token of {issued['person']} (headquarters): {issued['token']}")
    others = ", ".join(row["email"] for row in facts["people"] if row is not headquarters)
    output.line(f"Others: rbm token ADDRESS for {others}")


def _show_reasons(corporate: list[dict[str, Any]]) -> None:
    figures = (row[str(year)] for row in corporate for year in YEARS)
    reasons = Counter(output.words(figure["reason"]) for figure in figures if figure and figure["value"] is None)
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    output.paper.print(f"Without a corporate total (figures of both years): {told}.\n")


def _show_follow_up(facts: dict[str, Any]) -> None:
    standing = ", ".join(f"{count} {output.words(status)}" for status, count in facts["status"].items())
    output.paper.print(f"{facts['recommendations']} recommendations of an external assessment: {standing}.\n")
    recommendations.show_overdue(facts["overdue"])
    output.paper.print(
        "Source: scores published by MOPAN in 2019; the words are ours; answers, owners and dates are illustrative."
    )


def _sum_row(row: dict[str, Any]) -> tuple[Any, ...]:
    before, after = row["2022"], row["2023"]
    return (row["title"], before["value"], _coverage(before), after["value"], _coverage(after))


def _coverage(figure: dict[str, Any]) -> str:
    return f"{figure['reported']}/{figure['expected']}"


def _change_row(row: dict[str, Any]) -> tuple[Any, ...]:
    change = row["change"]
    came = f"{output.shown(change['new_total'])} ({change['new_operations']})"
    left = f"{output.shown(-change['gone_total'])} ({change['gone_operations']})"
    same = (change["same_operations"], change["same_before"], change["same_after"], _percent(change))
    return (row["title"].partition(" ")[0], *same, came, left)


def _percent(change: dict[str, Any]) -> str | None:
    percent = change["same_percent"]
    return None if percent is None else f"{percent:+.1f} %"


def _region_row(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["name"], row["2022"], row["coverage_2022"], row["2023"], row["coverage_2023"])


def _show_change(row: dict[str, Any]) -> None:
    change = row["change"]
    shown = {name: output.shown(value) for name, value in change.items()}
    output.paper.print(
        f"{row['title']}: {shown['same_operations']} operations reported in both years and went from "
        f"{shown['same_before']} to {shown['same_after']} ({_percent(change)}); "
        f"{shown['new_operations']} new ones add {shown['new_total']}, "
        f"{shown['gone_operations']} that left take {shown['gone_total']}."
    )
