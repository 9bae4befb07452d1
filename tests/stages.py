"""The page of stages, printed from the rows themselves: `python -m tests.stages > docs/stages.md`."""

from collections.abc import Iterator

from rbm import model
from rbm.db import Row
from rbm.stages import Step

assert model
HEAD = """# Stages

Printed from the rows (`python -m tests.stages > docs/stages.md`). A row moves only along these steps; every move is
kept with who, when and why. GraphQL answers `allowedTransitions { to reasonIfDenied }` on each of them.
"""


def page() -> str:
    """The whole page."""
    staged = sorted((mapper.class_ for mapper in Row.registry.mappers if hasattr(mapper.class_, "FLOW")), key=name)
    return "\n".join([HEAD, *(section(cls) for cls in staged)])


def name(cls: type[Row]) -> str:
    return cls.__name__


def section(cls: type[Row]) -> str:
    """One row class: its moves, and what each needs."""
    lines = [f"## {cls.__name__}", "", "| from | to | permission | besides |", "| --- | --- | --- | --- |", *moves(cls)]
    return "\n".join([*lines, ""])


def moves(cls: type[Row]) -> Iterator[str]:
    for stage, steps in cls.FLOW.items():  # type: ignore[attr-defined]
        for to, step in steps.items():
            yield f"| {stage} | {to} | {step.permission} | {needs(step)} |"


def needs(step: Step) -> str:
    """What a move needs besides the permission."""
    persons = [f"not by who is its {column.removesuffix('_id').replace('_', ' ')}" for column in step.apart_from]
    reason = ["a reason"] if step.reason_needed else []
    guard = (
        [(step.guard.__doc__ or "").split("\n")[0].strip().removeprefix("Nothing, ").rstrip(".")] if step.guard else []
    )
    return "; ".join([*reason, *persons, *guard]) or "–"  # noqa: RUF001 - a dash for nothing


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
