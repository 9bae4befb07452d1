"""What stands in the public report on the status of recommendations: totals, figures, and the rows behind them.

Only what everyone may read on the cut-off day, and still on the day it is locked: evaluations that are disclosed and
not withheld, and what was published of the answers to them.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from rbm import bulk, clock
from rbm.db import table_of
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Erratum, Recommendation
from rbm.model.people import Office
from rbm.rules.arrays import Bools, Codes, Ints
from rbm.rules.deadlines import Deadlines
from rbm.rules.followup.ageing import bucket
from rbm.rules.followup.history import as_published, happened
from rbm.rules.followup.key_figures import measure
from rbm.rules.followup.measures import Definition
from rbm.rules.followup.standing import by_recommendation, statuses
from rbm.rules.followup.view import Scope, View
from rbm.services.followup import asking
from rbm.services.followup.figures import figure_value
from rbm.services.followup.histories import Loaded
from rbm.services.followup.linking import business_days, ordinals, read
from rbm.services.rollup.sheets import positions, uuids
from rbm.settings import settings
from rbm.terms.evaluation import SourceKind
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import CLOSED_STATUSES, ActionStage, KeyFigure, RecommendationStatus
from rbm.work import Work

K = KeyFigure
FIGURES = (K.K3, K.K4, K.K5, K.K6, K.K7, K.K8, K.K9, K.K10, K.K11, K.K12, K.K13, K.K14, K.K15, K.K16, K.K23, K.K24)
"""The figures that are made of what is disclosed and published alone; a response counts when it is published."""
ADDRESSED_TO = "governing body"
ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
Contents = dict[str, Any]


@dataclass(frozen=True)
class Basis:
    """What a report is made by: its cut-off, the moment it is locked, and the editions in force."""

    cut_off: date
    locked_at: datetime
    deadlines: Deadlines
    definition: Definition


@dataclass(frozen=True, eq=False)
class Shown:
    """The recommendations in the report by position, with the view they are seen in and the status of each."""

    view: View
    rows: Ints
    status: Codes
    by_answer: Codes


def digest(contents: Contents) -> str:
    """The SHA-256 of contents: a JSON object with its keys in order, without spaces, in UTF-8."""
    return hashlib.sha256(ENCODER.encode(contents).encode("utf-8")).hexdigest()


def contents_of(work: Work, loaded: Loaded, basis: Basis) -> Contents:
    """The contents of the report on a cut-off day."""
    public, withheld = _public(work, loaded, basis)
    shown = _shown(loaded, basis, public)
    rows = _recommendations(work, loaded, shown)
    return {
        "year": basis.cut_off.year,
        "cut_off": str(basis.cut_off),
        "addressed_to": ADDRESSED_TO,
        "definition": basis.definition.edition,
        "deadlines": basis.deadlines.edition,
        "withheld_evaluations": withheld,
        "totals": totals(rows, basis.cut_off),
        "figures": {source.value: _figures(loaded, shown, source) for source in _sources(rows)},
        "recommendations": rows,
    }


def totals(rows: Sequence[Contents], cut_off: date) -> Contents:
    """Recommendations by status, and within source, office and priority by status; those that are open by age."""
    closed = {status.value for status in CLOSED_STATUSES}
    aged = [row for row in rows if row["status"] not in closed]
    by_office = [(office["office"], office["status"]) for row in rows for office in row["offices"]]
    return {
        "recommendations": len(rows),
        "actions": sum(len(row["actions"]) for row in rows),
        "overdue_actions": sum(action["overdue_days"] > 0 for row in rows for action in row["actions"]),
        "by_status": _counted(row["status"] for row in rows),
        "by_source": _within((row["source"], row["status"]) for row in rows),
        "by_office": _within(by_office),
        "by_priority": _within((row["priority"], row["status"]) for row in rows),
        "by_age": _counted(bucket(date.fromisoformat(row["issued_on"]), cut_off).value for row in aged),
    }


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _within(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, list[str]] = {}
    for group, word in pairs:
        found.setdefault(group, []).append(word)
    return {group: _counted(words) for group, words in sorted(found.items())}


def _sources(rows: Sequence[Contents]) -> list[SourceKind]:
    return [source for source in SourceKind if any(row["source"] == source.value for row in rows)]


def _public(work: Work, loaded: Loaded, basis: Basis) -> tuple[Bools, int]:
    """Which evaluations everyone may read, and how many are withheld: by the exception that was recorded last."""
    disclosed = happened(ordinals(loaded.evaluations["disclosed_on"]), basis.cut_off.toordinal())
    found = read(work, asking.exceptions())
    recorded_on = business_days(found["recorded_at"], settings().time_zone)
    of = positions(loaded.evaluations["id"], found["evaluation_id"])
    locked_on = clock.business_date(basis.locked_at, settings().time_zone)
    withheld = np.zeros(len(disclosed), dtype=np.bool_)
    for known, on in (
        (recorded_on <= basis.cut_off.toordinal(), basis.cut_off),
        (found["recorded_at"] <= basis.locked_at.timestamp(), locked_on),
    ):
        until = np.zeros(len(disclosed), dtype=np.int64)
        until[of[known]] = ordinals(found["ends_on"])[known]
        withheld |= until >= on.toordinal()
    return disclosed & ~withheld, int((disclosed & withheld).sum())


def _shown(loaded: Loaded, basis: Basis, public: Bools) -> Shown:
    histories = as_published(loaded.histories, basis.cut_off.toordinal())
    everywhere = np.ones(len(loaded.offices), dtype=np.bool_)
    scope = Scope(everywhere, frozenset(SourceKind), None, public)
    view = View(histories, basis.cut_off, scope, basis.deadlines, basis.definition)
    issued = happened(histories.recommendations.issued_on, view.day)
    rows = np.flatnonzero(issued & view.sourced[histories.recommendations.evaluation])
    over_all = statuses(by_recommendation(histories, view.standing), view.superseded)
    return Shown(view, rows, over_all, view.status)


def _figures(loaded: Loaded, shown: Shown, source: SourceKind) -> Contents:
    view = replace(shown.view, scope=replace(shown.view.scope, sources=frozenset({source})))
    found = [figure_value(view, each, measure(view, each, loaded.countries)) for each in FIGURES]
    return {
        each.figure.value: {
            "value": None if each.value is None else str(each.value),
            "unit": each.unit.value,
            "numerator": each.numerator,
            "denominator": each.denominator,
            "reason": None if each.reason is None else each.reason.value,
        }
        for each in found
    }


def _recommendations(work: Work, loaded: Loaded, shown: Shown) -> list[Contents]:
    """The rows of the report, in the order of their codes."""
    histories = shown.view.histories
    issued, priorities, status = histories.recommendations, list(RecommendationPriority), list(RecommendationStatus)
    texts = _texts(work, shown.view.on)
    names = _evaluations(work)
    keys = uuids(loaded.recommendations["id"])
    evaluations = uuids(loaded.evaluations["id"])
    offices, actions = _offices(work, loaded, shown), _actions(work, loaded, shown)
    rows = []
    for at in shown.rows.tolist():
        above = issued.evaluation[at]
        code, title = names[evaluations[above]]
        rows.append(
            {
                "code": texts[keys[at]][0],
                "text": texts[keys[at]][1],
                "evaluation": code,
                "title": title,
                "source": list(SourceKind)[histories.evaluations.source[above]].value,
                "priority": priorities[issued.priority[at]].value,
                "issued_on": str(date.fromordinal(issued.issued_on[at])),
                "status": status[shown.status[at]].value,
                "offices": offices.get(at, []),
                "actions": actions.get(at, []),
            }
        )
    return sorted(rows, key=lambda row: row["code"])


def _texts(work: Work, on: date) -> dict[Any, tuple[str, str]]:
    """Code and text of each recommendation as it read on a day."""
    table, erratum = table_of(Recommendation).c, table_of(Erratum).c
    rows = bulk.select(work.session, sa.select(table.id, table.code, table.text))
    found = {row.id: (row.code, row.text) for row in rows}
    corrected = sa.select(erratum.recommendation_id, erratum.before, erratum.corrected_at)
    for row in bulk.select(work.session, corrected.order_by(erratum.edition.desc())):
        if clock.business_date(row.corrected_at, settings().time_zone) > on:
            found[row.recommendation_id] = (found[row.recommendation_id][0], row.before)
    return found


def _evaluations(work: Work) -> dict[Any, tuple[str, str]]:
    table = table_of(Evaluation).c
    rows = bulk.select(work.session, sa.select(table.id, table.code, table.title))
    return {row.id: (row.code, row.title) for row in rows}


def _codes(work: Work, loaded: Loaded) -> list[str]:
    table = table_of(Office).c
    codes = {row.id: row.code for row in bulk.select(work.session, sa.select(table.id, table.code))}
    return [codes[key] for key in uuids(loaded.offices)]


def _offices(work: Work, loaded: Loaded, shown: Shown) -> dict[int, list[Contents]]:
    """What stands with each office addressed, by recommendation, in the order of the offices' codes."""
    codes, words = _codes(work, loaded), list(RecommendationStatus)
    rows = shown.view.histories.answers
    found: dict[int, list[Contents]] = {}
    for at in np.flatnonzero(shown.view.addressed).tolist():
        told = {"office": codes[rows.office[at]], "status": words[shown.by_answer[at]].value}
        found.setdefault(int(rows.recommendation[at]), []).append(told)
    return {at: sorted(told, key=lambda each: str(each["office"])) for at, told in found.items()}


def _actions(work: Work, loaded: Loaded, shown: Shown) -> dict[int, list[Contents]]:
    """The actions of published responses by recommendation, in the order of office and number."""
    view, codes, words = shown.view, _codes(work, loaded), list(ActionStage)
    rows, answers = view.histories.actions, view.histories.answers
    found: dict[int, list[Contents]] = {}
    for at in np.flatnonzero(view.actions).tolist():
        told = {
            "office": codes[rows.office[at]],
            "number": int(loaded.actions["number"][at]),
            "stage": words[view.stage[at]].value,
            "original_due_on": str(date.fromordinal(rows.original_due_on[at])),
            "due_on": str(date.fromordinal(view.due[at])),
            "overdue_days": int(view.late[at]),
        }
        found.setdefault(int(answers.recommendation[rows.answer[at]]), []).append(told)
    return {at: sorted(told, key=lambda each: (str(each["office"]), each["number"])) for at, told in found.items()}
