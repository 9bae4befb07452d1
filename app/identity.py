"""Identity: whom the credentials of a request stand for."""

import sqlalchemy as sa
from starlette.exceptions import HTTPException

from rbm.access import SYSTEM, Actor
from rbm.errors import NotFound
from rbm.services import people
from rbm.work import begin


def actor_of(engine: sa.Engine, secret: str | None) -> Actor:
    """The caller a token stands for; the public without one. HTTPException (401) when the token is not good."""
    try:
        with begin(engine, SYSTEM, "sign_in", writes=False) as work:
            return people.actor_of(work, secret)
    except NotFound:
        raise HTTPException(
            401, "this token is not good", {"www-authenticate": 'Bearer error="invalid_token"'}
        ) from None


def bearer(authorization: str | None) -> str | None:
    """The token in an Authorization header. HTTPException (401) when the header holds something else."""
    if authorization is None:
        return None
    scheme, _, secret = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise HTTPException(401, "a bearer token is expected", {"www-authenticate": "Bearer"})
    return secret.strip()
