"""The money of a project for its own evaluation: fixed at design, used for that and nothing else."""

from datetime import date
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rbm.access import Following, Seen
from rbm.db import Edited, Key, Money, Row
from rbm.model.evaluation import Evaluation
from rbm.model.people import Person
from rbm.model.projects import Project


class EvaluationReserve(Edited, Row):
    """What a project set aside at design for its evaluation."""

    __tablename__ = "evaluation_reserve"
    SEEN: ClassVar[Seen] = Following("project", "project")

    id: Mapped[Key]
    project_id: Mapped[UUID] = mapped_column(sa.ForeignKey("project.id"), unique=True)
    amount: Mapped[Money]
    currency: Mapped[str]
    fixed_on: Mapped[date]

    project: Mapped[Project] = relationship(lazy="raise")
    charges: Mapped[list["ReserveCharge"]] = relationship(back_populates="reserve", lazy="raise")


class ReserveCharge(Row):
    """What an evaluation of the project took from its reserve."""

    __tablename__ = "reserve_charge"
    SEEN: ClassVar[Seen] = Following("reserve", "reserve.project")

    id: Mapped[Key]
    reserve_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation_reserve.id"), index=True)
    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"), index=True)
    amount: Mapped[Money]
    charged_on: Mapped[date]
    charged_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    reserve: Mapped[EvaluationReserve] = relationship(back_populates="charges", lazy="raise")
    evaluation: Mapped[Evaluation] = relationship(lazy="raise")
    charged_by: Mapped[Person | None] = relationship(lazy="raise")
