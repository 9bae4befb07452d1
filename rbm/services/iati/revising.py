"""An activity published anew: what is the same stays, what changed becomes a new edition, nothing is lost."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk, ids
from rbm.db import Row
from rbm.files.iati import ActivityRecord, IndicatorRecord
from rbm.model.iati import Publication, PublicationRelation
from rbm.model.indicators import Baseline, Indicator, Target
from rbm.model.projects import Project
from rbm.model.reporting import Measurement
from rbm.model.strategy import Framework, Result
from rbm.services.iati import values
from rbm.services.iati.batch import DETAILS
from rbm.services.iati.catalogue import Catalogue, Known
from rbm.services.iati.details import STAGES
from rbm.terms.indicators import ChangeReason
from rbm.terms.reporting import ValueStage
from rbm.work import Work

PLACE = ("indicator_id", "place_id", "place_text", "disaggregation_id", "occurrence")
CELL_OF: dict[type[Row], tuple[str, ...]] = {
    Baseline: (*PLACE, "year"),
    Target: (*PLACE, "period_id"),
    Measurement: (*PLACE, "period_id"),
}
SAID = ("value", "text", "comment")


def revise(work: Work, catalogue: Catalogue, activity: ActivityRecord, known: Known) -> None:
    """Bring the rows of a known publication in line with what it says now; its details are taken out to be put anew."""
    mapping = values.Mapping(work, activity, catalogue)
    for cls in DETAILS:
        bulk.delete(work.session, cls, "plan_id", [known.plan_id])
    _revise_relations(work, activity, known)
    _revise_names(work, activity, known)
    wanted: dict[type[Row], list[dict[str, Any]]] = {Baseline: [], Target: [], Measurement: []}
    for result in activity.results:
        row = values.result_row(mapping, result, known.plan_id)
        result_id = _upsert(work, catalogue, Result, row)
        for indicator in result.indicators:
            indicator_id = _upsert(work, catalogue, Indicator, values.indicator_row(mapping, result, indicator, result_id))
            _gather(mapping, indicator, indicator_id, wanted)
    catalogue.batch.write()
    for cls, rows in wanted.items():
        _revise_cells(work, catalogue, cls, rows, indicators_of(work, known))


def indicators_of(work: Work, known: Known) -> list[UUID]:
    """The keys of the indicators of a publication."""
    query = sa.select(Indicator.id).join(Indicator.result).where(Result.framework_id == known.plan_id)
    return list(work.session.scalars(query))


def mark_revised(work: Work, known: Known, file_hash: str, content_hash: str) -> None:
    """Remember which file the publication was last read from."""
    known.content_hash = content_hash
    row = {"id": known.id, "file_hash": file_hash, "content_hash": content_hash, "imported_at": work.now}
    bulk.update(work.session, Publication, [row])


def _revise_relations(work: Work, activity: ActivityRecord, known: Known) -> None:
    bulk.delete(work.session, PublicationRelation, "publication_id", [known.id])
    pairs = dict.fromkeys((relation.kind, relation.ref) for relation in activity.relations)
    rows = [{"id": ids.new(), "publication_id": known.id, "kind": kind, "reference": ref} for kind, ref in pairs]
    bulk.insert(work.session, PublicationRelation, rows)


def _revise_names(work: Work, activity: ActivityRecord, known: Known) -> None:
    names = {"title": activity.title, "translations": {"title": activity.titles}}
    bulk.update(work.session, Framework, [{"id": known.plan_id} | names])
    stage = STAGES.get(activity.status or "")
    if stage is not None:
        bulk.update(work.session, Project, [{"id": known.project_id, "stage": stage} | names])


def _upsert(work: Work, catalogue: Catalogue, cls: Any, row: dict[str, Any]) -> UUID:
    key = work.session.scalars(sa.select(cls.id).where(cls.code == row["code"])).one_or_none()
    if key is None:
        catalogue.batch.add(cls, row)
        made: UUID = row["id"]
        return made
    kept = {name: value for name, value in row.items() if name not in {"code", "version", "additivity", "over_units"}}
    bulk.update(work.session, cls, [kept | {"id": key}])
    found: UUID = key
    return found


def _gather(
    mapping: values.Mapping, indicator: IndicatorRecord, indicator_id: UUID, wanted: dict[type[Row], list[dict[str, Any]]]
) -> None:
    wanted[Baseline] += values.baseline_rows(mapping, indicator, indicator_id)
    for period in indicator.periods:
        wanted[Target] += values.target_rows(mapping, period, indicator_id)
        wanted[Measurement] += values.measurement_rows(mapping, period, indicator_id)


def _revise_cells(
    work: Work, catalogue: Catalogue, cls: type[Row], rows: list[dict[str, Any]], indicators: list[UUID]
) -> None:
    names = CELL_OF[cls]
    present = {_key(row, names): row for row in _present(work, cls, indicators)}
    ended = {}
    for row in rows:
        before = present.pop(_key(row, names), None)
        if before is not None and all(before[name] == row[name] for name in SAID):
            continue
        if before is not None:
            ended[before["id"]] = _end(cls, superseded=True)
            row |= _next_edition(cls, before)
        catalogue.batch.add(cls, row)
    for gone in present.values():
        ended[gone["id"]] = _end(cls, superseded=False)
    bulk.update(work.session, cls, [{"id": key} | change for key, change in ended.items()])


def _present(work: Work, cls: type[Row], indicators: list[UUID]) -> list[dict[str, Any]]:
    table = cls.__table__
    live = table.c.stage == ValueStage.APPROVED if cls is Measurement else table.c.current
    query = sa.select(table).where(table.c.indicator_id.in_(indicators), live)
    return [dict(row._mapping) for row in bulk.select(work.session, query)]  # noqa: SLF001


def _key(row: dict[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def _end(cls: type[Row], *, superseded: bool) -> dict[str, Any]:
    if cls is Measurement:
        return {"stage": ValueStage.SUPERSEDED if superseded else ValueStage.WITHDRAWN}
    return {"current": False}


def _next_edition(cls: type[Row], before: dict[str, Any]) -> dict[str, Any]:
    if cls is Measurement:
        return {}
    reason = {"reason_code": ChangeReason.DATA_CORRECTION, "reason": "published anew"}
    return reason | {"edition": before["edition"] + 1}
