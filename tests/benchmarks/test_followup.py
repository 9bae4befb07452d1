"""The benchmark of follow-up runs at a small size, where both of its ways agree; no test asks how fast it is."""

import pytest

from benchmarks import followup
from benchmarks.followup import Plan


def test_columns_and_row_objects_find_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    followup.main(Plan(evaluations=12, runs=1, kinds=("sqlite",)))
    printed = capsys.readouterr().out
    assert "12 evaluation, 96 recommendation" in printed
    assert printed.count("loop over rows") == 4
