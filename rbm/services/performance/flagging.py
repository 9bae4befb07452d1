"""Raises flags, keeps them in step with what the rules say, and clears them when the cause is gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.audit import plain
from rbm.db import table_of
from rbm.model.people import Membership, Office, Post
from rbm.model.performance import Flag
from rbm.model.reporting import Measurement, Period
from rbm.rules.performance import RULES, Rule, Verdict, Verdicts, explain, interventions, verdict
from rbm.services import notices, people
from rbm.services.performance.loading import Intervention, Loaded, load
from rbm.services.performance.rulesets import parameters_on, thresholds_on, version_on
from rbm.terms.flags import FlagStage
from rbm.terms.notices import NoticeKind
from rbm.terms.people import Role
from rbm.terms.performance import FlagRule
from rbm.terms.reporting import PeriodKind
from rbm.work import Work

PLAN_DAYS = 30
"""Days in which a flag asks for a plan of improvement."""

WHOLES = ("rated", "compared", "needing_baseline", "expected")
"""The inputs that say how much a rule had to judge."""

ENDED = frozenset({FlagStage.RESOLVED, FlagStage.CLEARED, FlagStage.CLOSED_AS_FAILED})
Subject = tuple[FlagRule, UUID]


@dataclass
class Run:
    """One run over all periods: what is flagged, what stands there, and what each rule said last of each subject."""

    work: Work
    flags: dict[tuple[str, UUID, UUID], Flag]
    subjects: dict[UUID, UUID] = field(default_factory=dict)
    standing: dict[Subject, Flag] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: {"raised": 0, "watched": 0, "cleared": 0, "escalated": 0})


def flag_interventions(work: Work) -> Mapping[str, int]:
    """Hold every operational plan against the rules, period by period; returns how many flags were raised or cleared.

    A flag is unique for rule, plan and period. It is cleared when its own period no longer raises it, or when a later
    period that could be judged does not. Running it again changes nothing.
    """
    work.require(Permission.OPERATE)
    flags = {(flag.rule, flag.framework_id, flag.period_id): flag for flag in work.session.scalars(sa.select(Flag))}
    run = Run(work, flags)
    for period in _periods(work):
        loaded = load(work, period, thresholds_on(work, work.today), None)
        table = interventions(loaded.sources, work.today)
        run.subjects |= {each.framework_id: each.subject for each in loaded.interventions}
        for rule in RULES:
            found = rule(table, parameters_on(work, rule, work.today))
            _apply(run, period, loaded, rule, found)
    return {name: count for name, count in run.counts.items() if count}


def _periods(work: Work) -> list[Period]:
    """Periods in which something was reported, or is due, in the order of their days; lives of projects stand apart."""
    values = bulk.select(work.session, sa.select(table_of(Measurement).c.period_id).distinct())
    query = sa.select(Period).where(
        Period.kind != PeriodKind.LIFE,
        sa.or_(Period.id.in_([row.period_id for row in values]), Period.reports_due_on.is_not(None)),
    )
    return list(work.session.scalars(query.order_by(Period.start, Period.end, Period.code)))


def _apply(run: Run, period: Period, loaded: Loaded, rule: Rule[Any], found: Verdicts) -> None:
    for row, intervention in enumerate(loaded.interventions):
        flag = run.flags.get((rule.name, intervention.framework_id, period.id))
        if not (found.raised[row] or found.watch[row]):
            _release(run, rule, intervention, flag, judged=_judged(found, row))
            continue
        said = verdict(found, row)
        flag = _raise(run, period, intervention, rule, said) if flag is None else _update(run, flag, said)
        run.standing[rule.name, intervention.subject] = flag


def _judged(found: Verdicts, row: int) -> bool:
    """Whether the rule had anything to judge: a period without values says nothing about an earlier one."""
    return any(int(found.inputs[name][row]) > 0 for name in WHOLES if name in found.inputs)


def _release(run: Run, rule: Rule[Any], intervention: Intervention, flag: Flag | None, *, judged: bool) -> None:
    if flag is not None:
        _clear(run, flag, "the rule no longer finds it")
    if judged:
        earlier = run.standing.pop((rule.name, intervention.subject), None)
        if earlier is not None:
            _clear(run, earlier, "a later period is no longer flagged")


def _clear(run: Run, flag: Flag, reason: str) -> None:
    if flag.stage in ENDED:
        return
    watched = flag.stage is FlagStage.WATCH
    run.work.move(flag, FlagStage.CLEARED, reason)
    flag.cleared_on = run.work.today
    run.counts["cleared"] += 1
    if not watched:
        _tell(run, flag, NoticeKind.FLAG_CLEARED)


def _raise(run: Run, period: Period, intervention: Intervention, rule: Rule[Any], said: Verdict) -> Flag:
    before = run.standing.get((rule.name, intervention.subject))
    ignored = said.raised and before is not None and before.stage is FlagStage.NEW
    escalation = before.escalation + 1 if ignored and before else 0
    flag = run.work.add(
        Flag(
            rule=rule.name,
            rule_version=version_on(run.work, rule, run.work.today),
            framework_id=intervention.framework_id,
            period_id=period.id,
            stage=FlagStage.NEW if said.raised else FlagStage.WATCH,
            responsible_id=_responsible(run.work, intervention.office_id, escalation).id,
            raised_on=run.work.today,
            inputs=_plain(said.inputs),
            thresholds=dict(said.thresholds),
            explanation=explain(said),
            plan_due_on=run.work.today + timedelta(days=PLAN_DAYS) if said.raised else None,
            escalation=escalation,
        )
    )
    run.flags[rule.name, intervention.framework_id, period.id] = flag
    run.counts["raised" if said.raised else "watched"] += 1
    if said.raised:
        run.counts["escalated"] += bool(escalation)
        _tell(run, flag, NoticeKind.FLAG_ESCALATED if escalation else NoticeKind.FLAG_RAISED)
    return flag


def _update(run: Run, flag: Flag, said: Verdict) -> Flag:
    """Keep what the rule saw last; a watched plan that is now raised becomes a flag; what ended stays as it ended."""
    if flag.stage in ENDED:
        return flag
    facts = {"inputs": _plain(said.inputs), "explanation": explain(said), "thresholds": dict(said.thresholds)}
    for name, value in facts.items():
        if getattr(flag, name) != value:
            setattr(flag, name, value)
    if said.raised and flag.stage is FlagStage.WATCH:
        run.work.move(flag, FlagStage.NEW, "from watched to flagged")
        flag.plan_due_on = run.work.today + timedelta(days=PLAN_DAYS)
        run.counts["raised"] += 1
        _tell(run, flag, NoticeKind.FLAG_RAISED)
    run.work.flush()
    return flag


def _responsible(work: Work, office_id: UUID, escalation: int) -> Post:
    """The responsible post of the office, one office higher for each step of escalation."""
    current = office_id
    for _ in range(escalation):
        current = people.office_above(work, current) or current
    return people.responsible_post(work, current)


def _tell(run: Run, flag: Flag, kind: NoticeKind) -> None:
    work = run.work
    post = work.get(Post, flag.responsible_id)
    office = work.get(Office, post.office_id)
    heads = sa.select(Membership.person_id).where(
        Membership.office_id == office.id,
        Membership.role == Role.APPROVER,
        Membership.valid_from <= work.today,
        sa.or_(Membership.valid_to.is_(None), Membership.valid_to >= work.today),
    )
    persons = {post.holder_id, *work.session.scalars(heads)} - {None}
    facts = {"office": office.name, "rule": flag.rule.replace("_", " "), "explanation": flag.explanation}
    subject = f"flag:{flag.id}:{flag.escalation}:{work.today}"
    notices.tell(work, kind, sorted(key for key in persons if key), subject, facts)


def _plain(inputs: Mapping[str, int | date | None]) -> dict[str, Any]:
    return {name: plain(value) for name, value in inputs.items()}
