"""Reads the packaged tables, every cell as text."""

import csv
from collections.abc import Iterator
from importlib.resources import files


def reference(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one table of the frame, such as `places`."""
    return _rows("reference", name)


def demo(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one table of the demo, such as `values`."""
    return _rows("demo", name)


def _rows(folder: str, name: str) -> Iterator[dict[str, str]]:
    table = files("seeds") / folder / f"{name}.csv"
    yield from csv.DictReader(table.read_text(encoding="utf-8").splitlines())
