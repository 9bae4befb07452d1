"""Replay a file of conformance cases: `python -m tests.conformance FILE.json [--json]`."""

import argparse
import json
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from rbm.db import open_engine
from tests import databases
from tests.conformance.cases import Case, Malformed, read
from tests.conformance.company import Company, founded
from tests.conformance.replay import Outcome, Verdict, replay

NO_CASES = 2
log = logging.getLogger("conformance")


def main(arguments: list[str]) -> int:
    """One line a case and the totals last; 0 when none failed, 1 when some did, 2 when the file holds no cases."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("file", type=Path, help="a list of cases")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    asked = parser.parse_args(arguments)
    try:
        cases = read(asked.file)
    except Malformed as refusal:
        sys.stderr.write(f"{refusal}\n")
        return NO_CASES
    outcomes = []
    for outcome in _replayed(cases):
        outcomes.append(outcome)
        if not asked.json:
            _say(_line(outcome))
    _say_totals(outcomes, as_json=asked.json)
    return int(any(outcome.bad for outcome in outcomes))


def _replayed(cases: list[Case]) -> Iterator[Outcome]:
    """Each case in a database of its own: a copy of one that holds the company, always in the same place."""
    with TemporaryDirectory(prefix="rbm-conformance-") as folder:
        template = databases.make_sqlite_template(Path(folder))
        engine = open_engine(f"sqlite:///{template}")
        company = founded(engine)
        engine.dispose()
        empty = template.read_bytes()
        for case in cases:
            yield _survived(engine, case, company)
            engine.dispose()
            template.write_bytes(empty)


def _survived(engine: sa.Engine, case: Case, company: Company) -> Outcome:
    """How a case went; one that breaks has failed and does not stop the others."""
    try:
        return replay(engine, case, company)
    except Exception as error:
        log.exception("%s broke", case.id)
        return Outcome(case.id, Verdict.FAILED, (f"{type(error).__name__}: {error}",))


def _line(outcome: Outcome) -> str:
    told = "; ".join(outcome.differences)
    return _printable(f"{outcome.id} {outcome.verdict}{': ' if told else ''}{told}")


def _printable(text: str) -> str:
    """A text on one line, whatever stands in it."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _say_totals(outcomes: list[Outcome], *, as_json: bool) -> None:
    counted = Counter(outcome.verdict for outcome in outcomes)
    totals = {str(verdict): counted[verdict] for verdict in Verdict}
    if as_json:
        rows = [{"id": each.id, "outcome": each.verdict, "differences": each.differences} for each in outcomes]
        _say(json.dumps({"cases": rows, "totals": totals}, ensure_ascii=False, indent=2))
        return
    _say(f"{len(outcomes)} cases: {', '.join(f'{count} {verdict}' for verdict, count in totals.items())}")


def _say(text: str) -> None:
    sys.stdout.buffer.write(f"{text}\n".encode(errors="backslashreplace"))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
