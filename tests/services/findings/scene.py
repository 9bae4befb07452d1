"""An evaluation of a country office by the evaluation office, with its authors and those who are judged."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rbm.access import Actor
from rbm.services.findings import AddresseeInput, RecommendationDraft
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.findings import AddresseeKind
from rbm.terms.people import Role
from rbm.work import Work
from tests.evaluating import Evaluating
from tests.make import Make


@dataclass(frozen=True)
class Scene:
    """Who acts in it, and the keys of what they act on. `chief` heads the office that is judged."""

    evaluation_id: UUID
    unit_id: UUID
    country_id: UUID
    region_id: UUID
    officer: Actor
    head: Actor
    manager: Actor
    chief: Actor


def play(work: Work, stage: EvaluationStage = EvaluationStage.DATA_COLLECTION, **facts: Any) -> Scene:
    """The evaluation at a stage, with nothing found yet."""
    make = Make(work)
    evaluating = Evaluating(make)
    unit, region = evaluating.unit(), make.office(code=make.code("REGION"))
    country = make.office(region, code=make.code("COUNTRY"))
    evaluation = evaluating.evaluation(stage, **({"office": unit} | facts))
    evaluating.subject(evaluation, country)
    return Scene(
        evaluation_id=evaluation.id,
        unit_id=unit.id,
        country_id=country.id,
        region_id=region.id,
        officer=make.actor(Role.EVALUATION_OFFICER, unit),
        head=make.actor(Role.EVALUATION_HEAD, unit),
        manager=make.actor(Role.EVALUATION_MANAGER, unit),
        chief=make.actor(Role.APPROVER, country),
    )


def to(office_id: UUID, *, leads: bool = False) -> AddresseeInput:
    """An office as an addressee."""
    return AddresseeInput(AddresseeKind.HEAD_OF_OFFICE, office_id, leads=leads)


def draft(
    office_id: UUID, text: str = "Set up a register of recommendations by 2027", **facts: Any
) -> RecommendationDraft:
    """A recommendation to one office."""
    return RecommendationDraft(**({"text": text, "addressees": [to(office_id)]} | facts))
