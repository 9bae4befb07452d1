"""Tokens from the command line."""

import re

import sqlalchemy as sa

from rbm.access import SYSTEM
from rbm.rules.inputs import refuse_blank
from rbm.services import people
from rbm.terms.people import Role
from rbm.work import begin


def issue(engine: sa.Engine, name: str, role: Role) -> dict[str, str]:
    """A token for a person found by e-mail address or name; a new person gets `role` at headquarters.

    Invalid when the name is blank.
    """
    name = refuse_blank(name, "name")
    with begin(engine, SYSTEM, "issue_token") as work:
        person = people.find_person(work, name)
        if person is None:
            local = re.sub(r"[^\w]+", ".", name.lower()).strip(".") or "person"
            email = name if "@" in name else f"{local}@localhost"
            person = people.create_person(work, email, name)
            people.grant_role(work, person.id, people.initialise(work).id, role)
        _, secret = people.issue_token(work, person.id, "command line")
        return {"person": person.name, "email": person.email, "token": secret}
