"""Stages: which moves a staged row may make, what refuses them, and the record of each one made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from rbm import access
from rbm.access import Permission
from rbm.db import Row, Serial
from rbm.errors import Conflict, Forbidden, Invalid


@dataclass(frozen=True)
class Step:
    """A permitted move to a stage: the permission it needs, a guard that refuses, whom the mover must differ from.

    `guard` takes the unit of work and the row. `apart_from` names columns of the row that hold persons: none of them
    may be the mover. With `central` the permission has to be held in a central office, not in that of the row.
    """

    permission: Permission
    guard: Callable[[Any, Any], None] | None = None
    apart_from: tuple[str, ...] = ()
    reason_needed: bool = False
    central: bool = False


Flow = Mapping[StrEnum, Mapping[StrEnum, Step]]


class Transition(Row):
    """One move of a row from stage to stage: who, when, why."""

    __tablename__ = "transition"
    SEEN: ClassVar[access.Seen] = access.Moves()
    AUDITED: ClassVar[bool] = False

    id: Mapped[Serial]
    entity: Mapped[str]
    entity_id: Mapped[UUID] = mapped_column(index=True)
    from_stage: Mapped[str]
    to_stage: Mapped[str]
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    reason: Mapped[str | None]


def step_to(row: Any, to: StrEnum) -> Step:
    """The step of a row from its stage to another. Conflict when its FLOW has none."""
    step: Step | None = row.FLOW.get(row.stage, {}).get(to)
    if step is None:
        raise Conflict(f"{row.__tablename__} is {row.stage} and cannot become {to}", "stage")
    return step


def refuse_move(work: Any, row: Any, step: Step, reason: str | None) -> None:
    """Nothing, when the mover may take the step besides holding its permission. Forbidden, Invalid or the guard's word.

    `work` is the unit of work that wants to move the row.
    """
    for column in step.apart_from:
        if work.actor.person_id and getattr(row, column) == work.actor.person_id:
            other = column.removesuffix("_id").replace("_", " ")
            raise Forbidden(f"not by the person who is its {other}").on(row.__tablename__, row.id)
    if step.reason_needed and not (reason or "").strip():
        raise Invalid("a reason is needed", "reason")
    if step.guard:
        step.guard(work, row)
