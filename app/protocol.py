"""GraphQL over HTTP: what a request has to be, and the kind of its answer."""

import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

import orjson
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request

from graph_schema.question import Question

KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PLAIN, SPECIAL = "application/json", "application/graphql-response+json"
ANSWERED_BY = {SPECIAL: SPECIAL, PLAIN: PLAIN, "application/*": PLAIN, "*/*": PLAIN}


def answer_kind(accept: str | None) -> str:
    """The media type of the answer. HTTPException (406) when the caller takes none that there is."""
    if not accept or not accept.strip():
        return PLAIN
    for kind in _by_preference(accept):
        if kind in ANSWERED_BY:
            return ANSWERED_BY[kind]
    raise HTTPException(406, f"answers are {SPECIAL} or {PLAIN}")


def refuse_content(headers: Headers, most_bytes: int) -> None:
    """Nothing when the body is plain JSON in UTF-8 of a bearable size. HTTPException (415, 413) otherwise."""
    kind, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != PLAIN or charset not in {"", "utf-8"}:
        raise HTTPException(415, f"questions are {PLAIN} in UTF-8")
    if headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415, "questions are not compressed")
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length[:20]) > most_bytes:
        raise HTTPException(413, f"a question is at most {most_bytes} bytes")


def idempotency_key(headers: Sequence[str]) -> UUID | None:
    """The key of an `Idempotency-Key` header: a UUID, quoted or not. HTTPException (400) when it is none."""
    if not headers:
        return None
    text = headers[0].strip().strip('"')
    if len(headers) > 1 or not KEY.fullmatch(text):
        raise HTTPException(400, "an Idempotency-Key is one UUID")
    return UUID(text)


def read_question(body: bytes) -> Question:
    """The question in a body. HTTPException (400) says what is wrong with it; of equal keys the last one counts."""
    content = _json(body)
    if isinstance(content, list):
        raise HTTPException(400, "one question at a time: batches are not taken")
    if not isinstance(content, dict) or not isinstance(content.get("query"), str):
        raise HTTPException(400, "the body needs a query, which is text")
    for name, kind in (("variables", dict), ("operationName", str), ("extensions", dict)):
        if not isinstance(content.get(name), kind | None):
            raise HTTPException(400, f"{name} is of the wrong type")
    return Question(content["query"], content.get("variables"), content.get("operationName"))


def _json(body: bytes) -> Any:
    if rb"\u0000" in body:
        raise HTTPException(400, "text cannot hold a NUL")
    try:
        if rb"\ud" in body.lower():
            orjson.loads(body)  # refuses halves of surrogate pairs, which json lets through
        return json.loads(body.decode(), parse_constant=_refuse_constant, parse_float=_exact)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON in UTF-8") from None


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _exact(text: str) -> float | Decimal:
    """A float where it is exact, else the decimal: values of figures are never rounded on their way in."""
    number, decimal = float(text), Decimal(text)
    return number if Decimal(repr(number)) == decimal else decimal


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The body, read no further than it may be long. HTTPException (413) when it is longer."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise HTTPException(413, f"a question is at most {most_bytes} bytes")
    return bytes(body)


def _by_preference(accept: str) -> Iterable[str]:
    weighed = []
    for part in accept.lower().split(","):
        kind, *parameters = (word.strip() for word in part.split(";"))
        weight = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        weighed.append((kind, float(weight) if weight.replace(".", "", 1).isdecimal() else 0.0))
    return (kind for kind, weight in sorted(weighed, key=lambda pair: -pair[1]) if weight > 0)
