"""The Authorization header, and the ways in which credentials are refused."""

from collections.abc import Sequence

LONGEST = 8_192


class Rejected(Exception):
    """Credentials that are not good. Its text says why, for the log: the caller is not told."""


class Unavailable(Exception):
    """What is needed to look at credentials cannot be had at present."""


def bearer(headers: Sequence[str]) -> str:
    """The token in the Authorization headers of a request. Rejected when there are several, or it is none."""
    if len(headers) != 1:
        raise Rejected("several authorization headers")
    scheme, _, secret = headers[0].strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        raise Rejected("no bearer token")
    if len(secret) > LONGEST:
        raise Rejected("too long")
    return secret
