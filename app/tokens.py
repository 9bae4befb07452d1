"""Tokens from the command line."""

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rbm.access import SYSTEM, Permission
from rbm.rules.inputs import refuse_blank
from rbm.services import people
from rbm.terms.people import Role
from rbm.work import begin


@dataclass(frozen=True)
class Limits:
    """For how many days a token is good, and the only permissions it carries; without them as much as may be."""

    days: int | None = None
    scopes: list[Permission] | None = None


NONE = Limits()


def issue(engine: sa.Engine, name: str, role: Role, limits: Limits = NONE) -> dict[str, Any]:
    """A token for a person found by e-mail address or name; a new person gets `role` at headquarters.

    Invalid when the name is blank, or the limits are none.
    """
    name = refuse_blank(name, "name")
    with begin(engine, SYSTEM, "issue_token") as work:
        person = people.find_person(work, name)
        if person is None:
            local = re.sub(r"[^\w]+", ".", name.lower()).strip(".") or "person"
            email = name if "@" in name else f"{local}@localhost"
            person = people.create_person(work, email, name)
            people.grant_role(work, person.id, people.initialise(work).id, role)
        row, secret = people.issue_token(work, person.id, "command line", limits.days, limits.scopes)
        facts: dict[str, Any] = {"person": person.name, "email": person.email, "token": secret}
        return facts | {"expires_at": row.expires_at and row.expires_at.isoformat(), "scopes": row.scopes}
