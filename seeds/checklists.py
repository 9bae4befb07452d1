"""The first edition of the checklists of the four quality gates, in short words of our own, after those of UNEG."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from rbm.access import Permission
from rbm.model.appraisal import Checklist
from rbm.services.evaluation import ChecklistInput, QuestionInput, put_checklist
from rbm.terms.evaluation import QualityGate
from rbm.work import Work
from seeds.read import reference

IN_FORCE = date(2016, 1, 1)
"""The year of the norms and standards of the United Nations Evaluation Group that they follow."""
PASS_MARK = Decimal(60)
"""The lowest score that is moderately satisfactory."""


def load_checklists(work: Work) -> None:
    """Write the first edition of each gate; once there is a checklist, nothing."""
    work.require(Permission.MANAGE_PEOPLE)
    if work.session.scalars(sa.select(Checklist.id).limit(1)).first() is not None:
        return
    questions: dict[QualityGate, list[QuestionInput]] = {gate: [] for gate in QualityGate}
    for row in reference("quality_checklists"):
        asked = QuestionInput(row["section"], row["text"], Decimal(row["weight"]))
        questions[QualityGate(row["gate"])].append(asked)
    for gate, asked_here in questions.items():
        title = f"Quality of {gate.replace('_', ' ')}"
        put_checklist(work, ChecklistInput(gate, title, IN_FORCE, PASS_MARK, asked_here), edition=1)
