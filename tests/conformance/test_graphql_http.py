"""The public audit of GraphQL over HTTP is locked, names no registry, and is left out where node is not there."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.conformance import protocol


def test_the_packages_are_locked_by_their_hash_and_name_no_registry() -> None:
    lock = json.loads((protocol.SOURCE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert set(packages) == {"node_modules/graphql", "node_modules/graphql-http"}
    assert all(facts["integrity"].startswith("sha512-") for facts in packages.values())
    assert packages["node_modules/graphql-http"]["version"].startswith("1.23.")
    for file in protocol.SOURCE.iterdir():
        assert not re.search(r"registry|resolved|https?://(?!127\.0\.0\.1)", file.read_text(encoding="utf-8"))


def test_g_01_without_node_the_audit_says_so_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert protocol.main() == 0
    assert capsys.readouterr().out == "graphql-http: not measured, since node and npm are not on this machine\n"


def test_the_audit_takes_just_three_notices() -> None:
    script = (protocol.SOURCE / "audit.mjs").read_text(encoding="utf-8")
    assert re.findall(r"'([0-9A-F]{4})'", script) == ["5A70", "D6D5", "6A70"]
