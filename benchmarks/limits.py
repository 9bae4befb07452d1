"""How long a hostile question takes until it is refused: `python -m benchmarks.limits`.

Asks 1,000 questions that must be refused, each a document of its own so that nothing is kept, of an empty database in
memory, and prints one line of JSON with milliseconds, by the clock and of the processor.
"""

import json
import statistics
import time
from collections.abc import Callable
from itertools import cycle, islice
from typing import NamedTuple

import sqlalchemy as sa

from graph_schema.execute import execute
from rbm.access import PUBLIC
from rbm.db import open_engine
from rbm.memory import settle

QUESTIONS = 1_000
PAGES = "frameworks(first: 100) { edges { node { results(first: 100) { edges { node { ...R } } } } } }"
CHAIN = " ".join(f"fragment F{n} on Me {{ ...F{n + 1} ...F{n + 1} }}" for n in range(24))
SPREADS = " ".join(f"...F{n}" for n in range(45))
FIELDS = "code name kind version id place { code name kind iso2 }"
WIDE = " ".join(f"fragment F{n} on Office {{ {FIELDS} }}" for n in range(45))

HOSTILE: dict[str, Callable[[int], str]] = {
    "aliases": lambda n: f"{{ {' '.join(f'a{n}x{each}: __typename' for each in range(101))} }}",
    "repeated": lambda n: f"{{ me {{ a{n}: label {'label ' * 1_900} }} }}",
    "directives": lambda n: f"{{ a{n}: __typename {'@aa ' * 900} }}",
    "tokens": lambda n: f"{{ a{n}: __typename {'b ' * 9_000} }}",
    "length": lambda n: f"{{ a{n}: __typename }} #{'x' * 100_000}",
    "nesting": lambda n: f"{{ a{n}: me " + "{ me " * 190 + "}" * 190 + "}",
    "braces": lambda n: f"{{ a{n}: me " + "{" * 5_000,
    "doubling": lambda n: f"{{ me {{ a{n}: label ...F0 }} }} {CHAIN} fragment F24 on Me {{ label }}",
    "unknown": lambda n: f"{{ a{n} me {{ {' '.join(f'b{each}' for each in range(1_900))} }} }}",
    "wide": lambda n: f"{{ offices(first: 101) {{ edges {{ node {{ a{n}: id {SPREADS} }} }} }} }} {WIDE}",
    "cost": lambda n: f"{{ a{n}: {PAGES} }} fragment R on Result {{ indicators {{ totalCount }} }}",
    "comments": lambda n: f"{{ a{n}: nothing }}" + "#\n" * 9_000,
}


class Taken(NamedTuple):
    """Milliseconds until a question was refused: by the clock, and of the processor."""

    clock: float
    processor: float


def refuse(engine: sa.Engine, document: str) -> Taken:
    """How long it took until a question was refused."""
    began, worked = time.perf_counter(), time.thread_time()
    answer = execute(engine, PUBLIC, document)
    taken = Taken((time.perf_counter() - began) * 1_000, (time.thread_time() - worked) * 1_000)
    assert "data" not in answer
    return taken


def spread(times: list[float]) -> dict[str, float]:
    """The median, the 99th of a hundred, and the slowest."""
    percentiles = statistics.quantiles(times, n=100)
    return {"median": round(percentiles[49], 1), "p99": round(percentiles[98], 1), "slowest": round(max(times), 1)}


def main() -> None:
    """Ask, and print."""
    engine = open_engine("sqlite://")
    settle()
    names = list(islice(cycle(HOSTILE), QUESTIONS))
    taken = [refuse(engine, HOSTILE[name](number)) for number, name in enumerate(names)]
    by_name = {name: [one.processor for one, of in zip(taken, names, strict=True) if of == name] for name in HOSTILE}
    result = {
        "questions": len(taken),
        "clock_ms": spread([one.clock for one in taken]),
        "processor_ms": spread([one.processor for one in taken]),
        "median_processor_ms": {name: round(statistics.median(times), 1) for name, times in by_name.items()},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
