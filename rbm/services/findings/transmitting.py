"""Transmittal: an issued recommendation makes a response due from each office that it addresses."""

from datetime import date

import sqlalchemy as sa

from rbm.model.evaluation import Evaluation
from rbm.model.findings import Addressee, Recommendation
from rbm.model.responses import ManagementResponse
from rbm.services.deadlines import deadlines_on
from rbm.terms.responses import ResponseStage
from rbm.work import Work


def transmit(work: Work, evaluation: Evaluation, row: Recommendation, on: date) -> list[ManagementResponse]:
    """Start the clock of every office addressed that does not owe a response to the evaluation yet.

    The day it is due follows from the rule in force on the day of transmittal, whose edition is kept. Nobody in-house
    addressed makes no response. Returns the new ones.
    """
    addressed = sa.select(Addressee.office_id).where(
        Addressee.recommendation_id == row.id, Addressee.office_id.is_not(None)
    )
    owing = sa.select(ManagementResponse.office_id).where(ManagementResponse.evaluation_id == evaluation.id)
    new = sorted(set(work.session.scalars(addressed)) - set(work.session.scalars(owing)), key=str)
    deadlines = deadlines_on(work, on)
    return [
        work.add(
            ManagementResponse(
                evaluation=evaluation,
                office_id=office_id,
                stage=ResponseStage.DUE,
                edition=1,
                transmitted_on=on,
                due_on=deadlines.response_due(on, evaluation.level),
                rule_edition=deadlines.edition,
            )
        )
        for office_id in new
    ]
