"""Registers that are taken in from files, and refused."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rbm.files.registers import Faulty, read_register
from rbm.services import followup
from rbm.services.followup import Imported
from rbm.work import Work
from tests.files.register_builder import HEAD, csv_file


def take(work: Work, folder: Path, *rows: Any, office: str | None = None, head: Sequence[Any] = HEAD) -> Imported:
    """What is made of a file with these rows."""
    return followup.import_register(work, read_register(csv_file(folder, *rows, head=head)), office)


def refused(work: Work, folder: Path, *rows: Any) -> list[str]:
    """The faults for which a file with these rows is refused."""
    with pytest.raises(Faulty) as caught:
        take(work, folder, *rows)
    return [words for _, words in caught.value.faults]
