"""Decides whether and how indicators of one key add up over units, in all years; later imports ask what was decided."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from rbm import audit, bulk
from rbm.access import Permission
from rbm.audit import AuditKind
from rbm.db import table_of
from rbm.errors import Conflict, Invalid, NotFound, Refusal
from rbm.model.indicators import Indicator
from rbm.model.people import Office
from rbm.model.series import AggregationDecision
from rbm.model.strategy import Result
from rbm.rules.inputs import refuse_blank
from rbm.rules.protocol import Protocol, refuse_illegal
from rbm.rules.series import key_of, parts_of
from rbm.services import marks
from rbm.services.indicators.overlapping import refuse_added
from rbm.services.people import HEADQUARTERS
from rbm.services.strategy.edges import queue_up
from rbm.terms.indicators import Accumulation, Additivity, Direction, Measure, MissingPolicy, OverTime, OverUnits
from rbm.terms.strategy import ResultLevel
from rbm.work import Work


@dataclass(frozen=True)
class Decision:
    """How the indicators of a key combine over units (`none`: they do not add up), and why; the line it came from."""

    key: str
    operator: OverUnits
    reason: str
    line: int = 0


def decide_aggregation(work: Work, key: str, operator: OverUnits, reason: str) -> AggregationDecision:
    """Decide how all indicators of a key combine over units, in all years and plans; `none` when they do not add up.

    Earlier decisions stay as editions. Invalid naming the operator that is illegal for the measure, the key or the
    missing reason; NotFound when no indicator has the key; Conflict when people of one office would be added. Imports
    that come later apply it as well.
    """
    work.require(Permission.DEFINE, work.find(Office, HEADQUARTERS).id)
    queue_up(work)
    decision = Decision(key.strip(), operator, reason)
    refuse_undecidable(decision)
    found = _indicators(work).get(decision.key, [])
    if not found:
        raise NotFound(f"no indicator has the key {decision.key}", "key")
    return _decide(work, decision, found)


def decide_all(work: Work, decisions: Iterable[Decision]) -> list[AggregationDecision]:
    """Take many decisions or none, also ahead of indicators that are still to come. A refusal names the line.

    Invalid as well naming both lines that decide on one key.
    """
    work.require(Permission.DEFINE, work.find(Office, HEADQUARTERS).id)
    queue_up(work)
    known = _indicators(work)
    made, lines = [], dict[str, int]()
    for stated in decisions:
        decision = replace(stated, key=stated.key.strip())
        try:
            refuse_undecidable(decision)
            if decision.key in lines:
                raise Invalid(f"line {lines[decision.key]} decides on {decision.key} already", "key")
            lines[decision.key] = decision.line
            made.append(_decide(work, decision, known.get(decision.key, [])))
        except Refusal as refusal:
            raise type(refusal)(f"line {decision.line}: {refusal.message}", refusal.field, refusal.code) from refusal
    return made


def decided(work: Work) -> dict[str, OverUnits]:
    """The operators that stand decided, by key."""
    table = table_of(AggregationDecision).c
    rows = bulk.select(work.session, sa.select(table.key, table.operator).where(table.current))
    return {row.key: row.operator for row in rows}


def combined(decisions: dict[str, OverUnits], level: ResultLevel, title: str, measure: Measure) -> dict[str, Any]:
    """Additivity and operator of a published indicator as they stand decided; nothing when nobody has decided.

    Nothing as well by max then sum: a publication does not say that it counts people.
    """
    operator = decisions.get(key_of(level, title, measure))
    return {} if operator is None or operator is OverUnits.MAX_THEN_SUM else facts_of(operator)


def facts_of(operator: OverUnits) -> dict[str, Any]:
    """What a decision makes of an indicator."""
    return {"additivity": Additivity.NO if operator is OverUnits.NONE else Additivity.YES, "over_units": operator}


def refuse_undecidable(decision: Decision) -> None:
    """Nothing, when a decision can be taken. Invalid naming `key`, `operator` or `reason` otherwise."""
    _, _, measure = parts_of(decision.key)
    refuse_blank(decision.reason, "reason")
    _refuse_operator(measure, decision.operator, counts_people=True)


def _refuse_operator(measure: Measure, operator: OverUnits, *, counts_people: bool) -> None:
    words = (Direction.NONE, Accumulation.PERIODIC, operator, OverTime.LAST, MissingPolicy.EXCLUDE)
    try:
        refuse_illegal(Protocol(measure, *words, counts_people=counts_people))
    except Invalid as refusal:
        raise Invalid(refusal.message, "operator", refusal.code) from None


def _indicators(work: Work) -> dict[str, list[Any]]:
    """Every indicator by its key."""
    indicator, result = table_of(Indicator).c, table_of(Result).c
    names = ("id", "code", "title", "measure", "additivity", "over_units", "counts_people")
    query = sa.select(*(indicator[name] for name in names), result.level)
    query = query.join_from(table_of(Indicator), table_of(Result), indicator.result_id == result.id)
    made: dict[str, list[Any]] = {}
    for row in bulk.select(work.session, query.where(result.level.is_not(None)).order_by(indicator.code)):
        made.setdefault(key_of(row.level, row.title, row.measure), []).append(row)
    return made


def _decide(work: Work, decision: Decision, found: list[Any]) -> AggregationDecision:
    for row in found:
        _refuse_operator(row.measure, decision.operator, counts_people=row.counts_people)
    facts = facts_of(decision.operator)
    changed = [row for row in found if {name: getattr(row, name) for name in facts} != facts]
    bulk.update(work.session, Indicator, [{"id": row.id} | facts for row in changed])
    if decision.operator is OverUnits.SUM:
        _refuse_overlaps(work, changed)
    marks.mark(work, [row.id for row in changed], "decide_aggregation")
    for row in changed:
        told = {name: [getattr(row, name), new] for name, new in facts.items() if getattr(row, name) != new}
        audit.note(work.session, AuditKind.CHANGED, "indicator", str(row.id), told)
    return _edition(work, decision)


def _refuse_overlaps(work: Work, changed: list[Any]) -> None:
    try:
        refuse_added(work, {row.id for row in changed})
    except Conflict as refusal:
        raise Conflict(refusal.message, "operator", refusal.code) from None


def _edition(work: Work, decision: Decision) -> AggregationDecision:
    query = sa.select(AggregationDecision).where(AggregationDecision.key == decision.key, AggregationDecision.current)
    before = work.session.scalars(query).one_or_none()
    if before:
        before.current = False
    return work.add(
        AggregationDecision(
            key=decision.key,
            operator=decision.operator,
            reason=decision.reason.strip(),
            edition=before.edition + 1 if before else 1,
            current=True,
            decided_at=work.now,
            decided_by_id=work.actor.person_id,
        )
    )
