"""Speaks GraphQL over HTTP as a person: queries and mutations with arguments as literals."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import httpx

from graph_schema.derive.names import camel

PATIENCE = 20


@dataclass(frozen=True)
class Persona:
    """Somebody with a token."""

    client: httpx.Client
    token: str

    def ask(self, query: str) -> dict[str, Any]:
        """The data of a query that must succeed."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.client.post("/graphql", json={"query": query}, headers=headers).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def tell(self, mutation: str, shows: str, **arguments: Any) -> dict[str, Any]:
        """The payload of a mutation, with its problems."""
        given = ", ".join(f"{camel(name)}: {literal(value)}" for name, value in arguments.items())
        query = f"mutation {{ {mutation}({given}) {{ {shows} problems {{ code message field }} }} }}"
        payload: dict[str, Any] = self.ask(query)[mutation]
        return payload

    def does(self, mutation: str, shows: str, **arguments: Any) -> Any:
        """What a mutation that must succeed shows: its one part."""
        payload = self.tell(mutation, shows, **arguments)
        assert payload.pop("problems") == [], payload
        (part,) = payload.values()
        return part

    def is_refused(self, mutation: str, shows: str, **arguments: Any) -> tuple[str, str | None]:
        """The code and field of the refusal of a mutation that must be refused."""
        (problem,) = self.tell(mutation, shows, **arguments)["problems"]
        return problem["code"], problem["field"]


def literal(value: Any) -> str:
    """A value as GraphQL writes it."""
    if isinstance(value, StrEnum):
        return value.name
    if isinstance(value, dict):
        return "{" + ", ".join(f"{camel(name)}: {literal(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value.isoformat() if isinstance(value, date) else value)


def eventually(found: Callable[[], Any], wanted: Any) -> None:
    """Wait until something in the background has brought about what is wanted."""
    deadline = time.monotonic() + PATIENCE
    while (last := found()) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    assert last == wanted
