"""Loads the frame: places, normative targets, themes, code lists, checklists, and the governance framework."""

from datetime import date

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.access import Permission
from rbm.model.iati import CodelistItem
from rbm.model.people import Office, Place, PlaceName
from rbm.model.projects import Theme
from rbm.model.strategy import Framework, NormativeTarget, Result
from rbm.services import people
from rbm.terms.strategy import FrameworkLevel, FrameworkStage, NodeKind
from rbm.work import Work
from seeds.checklists import load_checklists
from seeds.read import reference

MIGOF = "MIGOF"
MIGOF_YEAR_END = date(2015, 12, 31)
"""The Council endorsed it in 2015; sources differ on the month, so the day is the last of the year."""


def load_reference(work: Work) -> None:
    """Write the reference data once; a second run changes nothing."""
    work.require(Permission.MANAGE_PEOPLE)
    load_checklists(work)
    if work.session.scalars(sa.select(Place.id).limit(1)).first() is not None:
        return
    _load_places(work)
    _load_normative_targets(work)
    _load_themes(work)
    lists = [
        {
            "id": ids.new(),
            "code": f"{row['list']}:{row['code']}",
            "list": row["list"],
            "item": row["code"],
            "name": row["name"],
        }
        for row in reference("code_lists")
    ]
    bulk.insert(work.session, CodelistItem, lists)
    _load_migof(work)
    bulk.record(work.session, "place", "reference", {"lists": len(lists)})


def _load_places(work: Work) -> None:
    rows = list(reference("places"))
    keys = {row["code"]: ids.new() for row in rows}
    bulk.insert(
        work.session,
        Place,
        [
            {
                "id": keys[row["code"]],
                "code": row["code"],
                "name": row["name"],
                "kind": row["kind"],
                "iso2": row["iso2"] or None,
                "iso3": row["iso3"] or None,
                "parent_id": keys.get(row["parent_code"]),
            }
            for row in _parents_first(rows)
        ],
    )
    names = [{"id": ids.new(), "name": row["name"], "place_id": keys[row["code"]]} for row in reference("place_names")]
    bulk.insert(work.session, PlaceName, names)


def _parents_first(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    parents = {row["code"]: row["parent_code"] for row in rows}

    def depth(code: str) -> int:
        return 1 + depth(parents[code]) if parents.get(code) else 0

    return sorted(rows, key=lambda row: depth(row["code"]))


def _load_normative_targets(work: Work) -> None:
    rows = sorted(reference("normative_targets"), key=lambda row: bool(row["parent_code"]))
    keys = {(row["framework"], row["code"]): ids.new() for row in rows}
    made = [
        {
            "id": keys[row["framework"], row["code"]],
            "code": f"{row['framework']}:{row['code']}",
            "framework": row["framework"],
            "number": row["code"],
            "label": row["label"],
            "parent_id": keys.get((row["framework"], row["parent_code"])),
        }
        for row in rows
    ]
    bulk.insert(work.session, NormativeTarget, made)


def _load_themes(work: Work) -> None:
    areas = [("focus_area", f"focus-area-{row['number']}", row["label"]) for row in reference("focus_areas")]
    fields = [("operational_field", row["code"], row["label"]) for row in reference("operational_fields")]
    rows = [{"id": ids.new(), "kind": kind, "code": code, "label": label} for kind, code, label in areas + fields]
    bulk.insert(work.session, Theme, rows)


def _load_migof(work: Work) -> None:
    """The Migration Governance Framework: three principles and three objectives, without results of its own."""
    framework = work.add(
        Framework(
            code=MIGOF,
            title="Migration Governance Framework",
            level=FrameworkLevel.CORPORATE,
            stage=FrameworkStage.APPROVED,
            office_id=work.find(Office, people.HEADQUARTERS).id,
            approved_on=MIGOF_YEAR_END,
            approved_by="Council",
            public=True,
            released_on=MIGOF_YEAR_END,
            review_interval_months=24,
            next_review_on=date(2017, 12, 31),
            edition=1,
        )
    )
    for row in reference("migof"):
        node = Result(
            code=row["code"], title=row["label"], kind=NodeKind(row["kind"]), framework=framework, derived=False
        )
        work.session.add(node)
    work.flush()
