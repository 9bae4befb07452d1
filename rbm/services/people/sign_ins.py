"""Sign-ins: the first use of credentials is kept once, and told in the audit trail."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from rbm import audit
from rbm.access import Permission
from rbm.audit import AuditKind
from rbm.errors import Forbidden
from rbm.model.people import ApiToken, SignIn
from rbm.work import Work


def use_of_token(token: ApiToken, on: date) -> str:
    """What the use of an API token on a business date is kept under."""
    return hashed("api token", token.id, on)


def hashed(*facts: object) -> str:
    """What a use of credentials is kept under: a hash that tells nothing about them."""
    return hashlib.sha256(json.dumps([str(fact) for fact in facts]).encode()).hexdigest()


def sign_in(work: Work, credentials: str, facts: Mapping[str, Any]) -> bool:
    """Keep the caller's first use of credentials, with one entry in the audit trail; False when that was done before.

    `facts` say how the caller signed in, without any secret. Conflict when another one does the same at this moment;
    Forbidden to the public.
    """
    person_id = work.actor.person_id
    if person_id is None:
        raise Forbidden("nobody signs in as the public")
    if work.session.scalars(sa.select(SignIn).where(SignIn.credentials == credentials)).first():
        return False
    work.asked.add(Permission.SEE)  # one's own sign-in needs no role
    work.add(SignIn(person_id=person_id, credentials=credentials, at=work.now))
    audit.note(work.session, AuditKind.SIGNED_IN, "person", str(person_id), facts)
    return True
