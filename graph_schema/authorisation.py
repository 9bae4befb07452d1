"""Authorisation: who may do what and who sees what, the whole of it, built from the code.

`python -m graph_schema.authorisation` prints docs/authorisation.md, with `--json` the same for programs.
"""

import sys
from collections.abc import Iterator
from enum import StrEnum
from itertools import product
from typing import Any, NamedTuple

import orjson

from graph_schema.derive.registry import SHAPES
from graph_schema.derive.rules import Place, Rule, Where
from graph_schema.readings import NARROWED, Reading, mark, readings, seen_by
from graph_schema.schema import MUTATIONS, RULES
from rbm.access import PERMISSIONS, STAFF, Permission
from rbm.db import Row
from rbm.disclosure import WITHIN
from rbm.terms.people import Role

OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
ANY = ""
"""The stage of a cell that knows none: the mutation acts at every stage, or on nothing that has stages."""

HEAD = """# Authorisation

Printed from the code (`make authorisation`); a test drives every row of it on SQLite and PostgreSQL.
`python -m graph_schema.authorisation --json` prints all of it for programs, each role, mutation, stage and place.

A person holds **roles in offices**, from a day to a day. A role reaches its own office and every office below it on
the day of the request; when an office is moved in the tree, what the role reaches moves with it. Roles of one person
do not mix: what a role allows, it allows in its own office and below, wherever else the person holds another one. A
request without credentials is the public. API tokens may be limited to some of the permissions of their person.

**What concerns the whole organisation** (persons with their tokens and identities, the audit trail, jobs, imports)
takes a role in a **central office**: one of the kind headquarters, evaluation or governing body. The same role in any
other office is one for that office and those below: an administrator of a country grants and ends roles, makes offices
and fills posts there, and is nobody's administrator elsewhere; overseers, heads of evaluation and HQ results of a
country see its work and no trail, attempts or jobs. Central offices are made, and roles in them granted and ended, by
administrators who hold their own role in one.

**What you may not see does not exist for you.** Asked for by id, by code, through a list, a filter, an order, a
count, an edge or a figure, it is absent; changed, it is "not found", in the words used for an id that nobody ever
had. "Forbidden" is said only of what you see. Lists count, figures compute and filters compare what you see, nothing
else. Attempts that are refused as forbidden or not found are kept in the audit trail with the person, the operation
and what was wanted.

**Codes** are the names people use, and each is taken once in the whole organisation. Whoever makes something under a
code that another office uses is told that the code is taken, and nothing about what took it; that it is taken cannot
be hidden. Choose codes that tell nothing by themselves.

**Two persons.** These need somebody else than the person who acted before, whatever the roles:

| what | not by |
| --- | --- |
| approve a report | who submitted it, or recorded a value in it |
| check a value, verify or reject it | who recorded, submitted or approved it, or holds a role in the same office |
| grant a role | the person who gets it; of a trusted role, who recorded the decision; the last administrator stays |
| decide what was asked of a plan of evaluations | who asked it |
| endorse a management response | who drafted it, decided in it or submitted it |
| verify an action, refuse its claim, open it again | who owns or claimed it, or holds a role in its office |
| grant or decline a later due date or a release | who asked for it, or owns the action |

No input takes a stage, a version of its own, an author, a day that rules set, or the office of a row that exists: they
follow from what is done.
"""
PERMITTED = """## What roles permit

| role | permissions |
| --- | --- |"""
CHANGES = """## What one may do

Every mutation needs its permissions in one place: `office`, in the office of what it acts on or one above; `above`, in
an office above it and above where it goes; `another unit`, in an office above it by somebody with no role in the
office itself; `headquarters`, at headquarters, for what everyone uses; `central`, in a central office, for what
concerns the whole organisation; `anywhere`, in any office; `own`, in none, for what is the caller's own: what an
evaluation says is its team's own, whatever the roles. It acts only
at the stages named; at others it is a conflict. ✓ means its own office and the offices below; ↓ the offices below only;
∀ every office; HQ what is kept for all, at headquarters or in a central office as is said under "where". A role that
has no column may do nothing in the room. In another office, everything but ∀ is refused."""
MARKS = {
    frozenset[Place](): "·",
    frozenset({Place.OWN}): "HQ",
    frozenset({Place.OWN, Place.LOWER}): "✓",
    frozenset({Place.LOWER}): "↓",
    frozenset(Place): "∀",
}
READS = f"""## What one sees

Every field of a noun, and every edge to it, is read by the rule of the noun. Fields and figures of services show
{NARROWED}. The columns are of roles held in a central office. "All" see
every row; "part" the rows of their offices, at whatever stage, and what the rule opens to them; "opened" only what the
rule opens to them, by stage, publication, day or kind; the roles in no column see what is open to everyone, and their
own. A rule that says "in a central office", or that names the evaluation unit, oversight, the governing body or the
assessors of quality, shows the same roles held elsewhere no more than others. "Seeing" are the roles with the
permission `see`, "within" these and the governing body, "staff" these and the administrators; "other" are those of
them in no column before. Who runs an office that an evaluation judges is management of it before anything else: of that
one a role of the evaluation unit, oversight or an assessor held besides shows no more.

| noun | who sees a row | all | part | opened |
| --- | --- | --- | --- | --- |"""
GROUPS = {
    "every role": set(Role),
    "staff": {role for role in Role if PERMISSIONS[role] & set(STAFF)},
    "within": {role for role in Role if PERMISSIONS[role] & set(WITHIN)},
    "seeing": {role for role in Role if Permission.SEE in PERMISSIONS[role]},
}
COLUMNS = ("all", "part", "opened")


class Cell(NamedTuple):
    """Whether a mutation is open to a role held at a place, with the row concerned at a stage of its kind."""

    mutation: str
    role: Role
    place: Place
    row: str
    stage: str
    allowed: bool


def cells() -> Iterator[Cell]:
    """The whole matrix of changes."""
    for (name, rule), role, place in product(sorted(RULES.items()), Role, Place):
        allowed = rule.allows(role, place)
        for row, stage, fits in stages(rule):
            yield Cell(name, role, place, row, stage, allowed and fits)


def stages(rule: Rule) -> Iterator[tuple[str, str, bool]]:
    """Every stage of the staged rows that a rule names, and whether it names that stage; one of any without them."""
    for kind, named in by_kind(rule).items():
        for stage in kind:
            yield staged_row(kind).__name__, stage, stage in named
    if not rule.stages:
        yield ANY, ANY, True


def by_kind(rule: Rule) -> dict[type[StrEnum], list[StrEnum]]:
    """The stages a rule names, by their kind."""
    kinds: dict[type[StrEnum], list[StrEnum]] = {}
    for stage in rule.stages:
        kinds.setdefault(type(stage), []).append(stage)
    return kinds


def staged_row(kind: type[StrEnum]) -> type[Row]:
    """The row class whose stages these are. LookupError when there is none."""
    for row, shape in SHAPES.items():
        column = shape.columns.get("stage")
        if column is not None and getattr(column.type, "enum_class", None) is kind:
            return row
    raise LookupError(f"no row stands at a {kind.__name__}")


def room(name: str) -> str:
    """The room of a mutation."""
    return str(MUTATIONS[name].__module__.split(".")[2])


def matrix() -> dict[str, Any]:
    """The matrix as JSON holds it: permissions of roles, rules of mutations, their cells, nouns and fields."""
    return {
        "roles": {role: sorted(PERMISSIONS[role]) for role in Role},
        "mutations": {name: _mutation(name, rule) for name, rule in sorted(RULES.items())},
        "cells": [cell._asdict() for cell in cells()],
        "nouns": {row.__name__: _noun(row) for row in _nouns()},
        "fields": {f"{one.type}.{one.field}": _field(one) for one in readings()},
    }


def page() -> str:
    """The page for people."""
    permitted = (f"| {role} | {_words(sorted(PERMISSIONS[role]))} |" for role in Role)
    rooms = sorted({room(name) for name in RULES})
    tables = (line for one in rooms for line in ("", f"### {one.capitalize()}", "", *_table(one)))
    nouns = (f"| {row.__name__} | {seen_by(row)} | {' | '.join(_roles(row))} |" for row in _nouns())
    return "\n".join([HEAD, PERMITTED, *permitted, "", CHANGES, *tables, "", READS, *nouns, ""])


def _mutation(name: str, rule: Rule) -> dict[str, Any]:
    named = {staged_row(kind).__name__: list(stages) for kind, stages in by_kind(rule).items()}
    return {
        "room": room(name),
        "permissions": sorted(rule.permissions),
        "at": rule.at,
        "own": rule.own,
        "stages": named,
    }


def _noun(row: type[Row]) -> dict[str, Any]:
    marks = {name: {role: mark(row, role, central=name == "roles") for role in Role} for name in ("roles", "elsewhere")}
    return {"seen_by": seen_by(row), **marks}


def _field(reading: Reading) -> dict[str, Any]:
    return {"noun": reading.noun.__name__ if reading.noun else None, "seen_by": reading.rule}


def _nouns() -> list[type[Row]]:
    return sorted(SHAPES, key=lambda row: row.__name__)


def _table(one: str) -> Iterator[str]:
    rules = {name: rule for name, rule in sorted(RULES.items()) if room(name) == one}
    roles = [role for role in Role if any(_open(rule, role) for rule in rules.values())]
    yield f"| mutation | needs | where | stages |{''.join(f' {_words([role])} |' for role in roles)}"
    yield f"| --- | --- | --- | --- |{' --- |' * len(roles)}"
    for name, rule in rules.items():
        marks = "".join(f" {MARKS[_open(rule, role)]} |" for role in roles)
        needed = _words(sorted(rule.permissions)) if rule.at is not Where.OWN else "·"
        yield f"| {name} | {needed} | {_where(rule)} | {_stages(rule)} |{marks}"


def _open(rule: Rule, role: Role) -> frozenset[Place]:
    return frozenset(place for place in Place if rule.allows(role, place))


def _where(rule: Rule) -> str:
    also = ", or one's own" if rule.own and rule.at is not Where.OWN else ""
    return f"{rule.at.replace('_', ' ')}{also}"


def _stages(rule: Rule) -> str:
    named = (f"{staged_row(kind).__name__}: {_words(stages)}" for kind, stages in by_kind(rule).items())
    return "; ".join(named) or "any"


def _roles(row: type[Row]) -> Iterator[str]:
    """The roles of each column, by the name of their group where they are one, or what is left of one."""
    marks, before = {role: mark(row, role) for role in Role}, set[Role]()
    for column in COLUMNS:
        found = [role for role in Role if marks[role] == column]
        other = "other " if before else ""
        names = (f"{other}{name}" for name, group in GROUPS.items() if group - before == set(found) != set())
        yield next(names, _words(found) or "·")
        before.update(found)


def _words(words: list[Any]) -> str:
    return ", ".join(word.replace("_", " ") for word in words)


if __name__ == "__main__":
    if "--json" in sys.argv[1:]:
        sys.stdout.buffer.write(orjson.dumps(matrix(), option=OPTIONS))
    else:
        sys.stdout.write(page())
