"""An activity published anew: what is the same stays, what changed becomes a new edition, nothing is lost."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.db import Row, table_of
from rbm.files.iati import ActivityRecord
from rbm.model.iati import Publication, PublicationRelation
from rbm.model.indicators import Baseline, Indicator, Target
from rbm.model.reporting import Measurement
from rbm.model.strategy import Framework, Result
from rbm.services.iati import values
from rbm.services.iati.batch import DETAILS
from rbm.services.iati.catalogue import Catalogue
from rbm.services.iati.publications import plan_facts, publication_facts, relation_rows
from rbm.terms.indicators import ChangeReason
from rbm.terms.reporting import ValueStage
from rbm.work import Work

WORDS = ("title", "description", "definition", "translations", "references", "content", "result_id")
"""What a publication says of a result or an indicator, and goes on to say when somebody works with it here."""

PROTOCOL = ("direction", "additivity", "over_units")
"""What a publication declares of an indicator as long as nobody has edited it here."""

PLACE = ("indicator_id", "place_id", "place_text", "disaggregation_id", "occurrence")
CELL_OF: dict[type[Row], tuple[str, ...]] = {
    Baseline: (*PLACE, "year"),
    Target: (*PLACE, "period_id"),
    Measurement: (*PLACE, "period_id"),
}
SAID = ("value", "text", "comment")

Values = dict[str, Any]
Cells = dict[type[Row], list[Values]]


@dataclass
class Put:
    """Results or indicators of a plan by code, and what is to change in them once new ones are written."""

    catalogue: Catalogue
    cls: type[Row]
    present: dict[str, Any]
    changed: dict[bool, list[Values]] = field(default_factory=lambda: defaultdict(list))

    def put(self, row: Values) -> UUID:
        """Change a row that is there, or add it; its key."""
        before = self.present.get(row["code"])
        if before is None:
            self.catalogue.batch.add(self.cls, row)
            made: UUID = row["id"]
            return made
        names = WORDS if before.version > 1 else WORDS + PROTOCOL
        self.changed[before.version > 1].append({"id": before.id} | {name: row[name] for name in names if name in row})
        key: UUID = before.id
        return key


def revise(work: Work, catalogue: Catalogue, activity: ActivityRecord, hashes: tuple[str, str]) -> list[UUID]:
    """Bring the rows of a known publication in line with what it says now; the keys of all its indicators.

    Its details are taken out, to be put in anew; `hashes` are those of file and content.
    """
    catalogue.batch.write()
    known = catalogue.publications[activity.identifier]
    known.content_hash = hashes[1]
    for cls in DETAILS:
        bulk.delete(work.session, cls, "plan_id", [known.plan_id])
    bulk.update(work.session, Publication, [{"id": known.id} | publication_facts(work, activity, hashes)])
    bulk.update(work.session, Framework, [{"id": known.plan_id} | plan_facts(activity)])
    bulk.delete(work.session, PublicationRelation, "publication_id", [known.id])
    bulk.insert(work.session, PublicationRelation, list(relation_rows(activity, known.id)))
    wanted = _revise_results(work, catalogue, activity, known.plan_id)
    indicators = [row.id for row in _present(work, Indicator, known.plan_id).values()]
    for kind in CELL_OF:
        _revise_cells(work, catalogue, (kind, wanted[kind]), indicators)
    return indicators


def _revise_results(work: Work, catalogue: Catalogue, activity: ActivityRecord, plan_id: UUID) -> Cells:
    """Bring results and indicators up to date; the cells they hold now."""
    mapping = values.Mapping(work, activity, catalogue)
    results = Put(catalogue, Result, _present(work, Result, plan_id))
    indicators = Put(catalogue, Indicator, _present(work, Indicator, plan_id))
    wanted: Cells = defaultdict(list)
    for result in activity.results:
        result_id = results.put(values.result_row(mapping, result, plan_id))
        for indicator in result.indicators:
            indicator_id = indicators.put(values.indicator_row(mapping, result, indicator, result_id))
            for cls, cell in values.cells(mapping, indicator, indicator_id):
                wanted[cls].append(cell)
    catalogue.batch.write()
    for each in (results, indicators):
        for changed in each.changed.values():
            bulk.update(work.session, each.cls, changed)
    return wanted


def _present(work: Work, cls: type[Row], plan_id: UUID) -> dict[str, Any]:
    """The results or indicators of a plan by code, with key and version."""
    table, result = table_of(cls).c, table_of(Result).c
    query = sa.select(table.id, table.code, table.version).where(result.framework_id == plan_id)
    if cls is Indicator:
        query = query.join_from(table_of(Indicator), table_of(Result), table.result_id == result.id)
    return {row.code: row for row in bulk.select(work.session, query)}


def _revise_cells(
    work: Work, catalogue: Catalogue, cells: tuple[type[Row], list[Values]], indicators: Collection[UUID]
) -> None:
    """Hold what is published of cells against what was: what is new, different or gone changes, the rest stays.

    What somebody has put in the place of a published value stays as long as the publisher says the same as before.
    """
    cls, rows = cells
    histories = _histories(work, cls, indicators)
    ended: dict[Any, Values] = {}
    for row in rows:
        history = histories.pop(_cell_of(cls, row), [])
        live = [each for each in history if _is_live(cls, each)]
        published = [each for each in history if _is_published(cls, each)]
        if live and published and _says_the_same(published[-1], row):
            continue
        ended |= {each["id"]: _end(cls, ValueStage.SUPERSEDED) for each in live}
        catalogue.batch.add(cls, row | _next_edition(cls, history))
    for history in histories.values():
        gone = (each for each in history if _is_live(cls, each) and _is_published(cls, each))
        ended |= {each["id"]: _end(cls, ValueStage.WITHDRAWN) for each in gone}
    bulk.update(work.session, cls, [{"id": key} | change for key, change in ended.items()])


def _histories(work: Work, cls: type[Row], indicators: Collection[UUID]) -> dict[tuple[Any, ...], list[Values]]:
    """Every edition of every cell, oldest first."""
    table = table_of(cls)
    query = sa.select(table).where(table.c.indicator_id.in_(indicators)).order_by(table.c.id)
    found: dict[tuple[Any, ...], list[Values]] = defaultdict(list)
    for each in bulk.select(work.session, query):
        row = dict(each._mapping)  # noqa: SLF001
        found[_cell_of(cls, row)].append(row)
    return found


def _cell_of(cls: type[Row], row: Values) -> tuple[Any, ...]:
    return tuple(row[name] for name in CELL_OF[cls])


def _is_live(cls: type[Row], row: Values) -> bool:
    return bool(row["stage"] is ValueStage.APPROVED if cls is Measurement else row["current"])


def _is_published(cls: type[Row], row: Values) -> bool:
    origin = row["origin"] if cls is Measurement else row["source"]
    return (origin or "").startswith(values.PUBLISHED)


def _says_the_same(before: Values, row: Values) -> bool:
    return all(before[name] == row[name] for name in (*SAID, "measured_on") if name in row)


def _end(cls: type[Row], stage: ValueStage) -> Values:
    return {"stage": stage} if cls is Measurement else {"current": False}


def _next_edition(cls: type[Row], history: list[Values]) -> Values:
    if cls is Measurement or not history:
        return {}
    reason = {"reason_code": ChangeReason.DATA_CORRECTION, "reason": "published anew"}
    return reason | {"edition": max(each["edition"] for each in history) + 1}
