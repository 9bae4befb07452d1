"""What a server wrote to its log while a block ran."""

import json
from typing import Any

import pytest


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines since the last look: each of them has to be a JSON document."""
    return parsed(capsys.readouterr().err)


def parsed(text: str) -> list[dict[str, Any]]:
    """Each line as the JSON document it has to be."""
    return [json.loads(line) for line in text.split("\n") if line]


def requests(logged: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The access lines."""
    return [line for line in logged if line["event"] == "request"]
