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

    The day it is due follows from the rule in force on the day of transmittal, whose edition is kept. Where the
    response of an office came before, this recommendation has a clock of its own. Nobody in-house addressed makes no
    response. Returns the new ones.
    """
    query = sa.select(Addressee).where(Addressee.recommendation_id == row.id, Addressee.office_id.is_not(None))
    addressed = {one.office_id: one for one in work.session.scalars(query.order_by(Addressee.id)) if one.office_id}
    owing = sa.select(ManagementResponse.office_id, ManagementResponse.submitted_on).where(
        ManagementResponse.evaluation_id == evaluation.id
    )
    known = {found.office_id: found.submitted_on for found in work.session.execute(owing)}
    deadlines = deadlines_on(work, on)
    for office, one in addressed.items():
        if known.get(office) is not None:
            one.due_on = deadlines.response_due(on, evaluation.level)
    new = sorted(set(addressed) - set(known), key=str)
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
