"""Fetching JSON documents of the identity provider: only by HTTP, short, in a short time, and never redirected."""

import http.client
import json
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from app.identity.bearer import Unavailable

SECONDS = 5.0
MOST_BYTES = 500_000
PORTION = 65_536


class _Stay(urllib.request.HTTPRedirectHandler):
    """The provider is asked where the settings say, and nowhere else."""

    def redirect_request(self, *_: object) -> None:
        """None, so that a redirection is an error."""


_OPENER = urllib.request.build_opener(_Stay)


def fetch(address: str) -> dict[str, Any]:
    """The JSON object at an address. Unavailable when it cannot be had."""
    try:
        document = json.loads(_read(address))
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
        raise Unavailable(f"{type(error).__name__} at {address}") from None
    if not isinstance(document, dict):
        raise Unavailable(f"no JSON object at {address}")
    return document


def scheme_of(address: str) -> str:
    """How an address is reached, such as `https`; nothing when it is no address."""
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def _read(address: str) -> bytes:
    if scheme_of(address) not in {"http", "https"}:
        raise ValueError(address)
    end = time.monotonic() + SECONDS
    request = urllib.request.Request(address, headers={"accept": "application/json"})  # noqa: S310  # looked at above
    content = bytearray()
    with _OPENER.open(request, timeout=SECONDS) as answer:
        while portion := answer.read1(PORTION):
            content += portion
            if len(content) > MOST_BYTES or time.monotonic() > end:
                raise ValueError(address)
    return bytes(content)
