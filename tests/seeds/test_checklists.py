"""The first checklists: one for each gate, written once, questions of all eight sections at the final one."""

import sqlalchemy as sa

from rbm.model.appraisal import Checklist, ChecklistQuestion
from rbm.services.evaluation.checklists import checklist_on
from rbm.terms.evaluation import QualityGate
from rbm.work import Work
from seeds.checklists import IN_FORCE, PASS_MARK, load_checklists


def test_every_gate_has_a_checklist_once(work: Work) -> None:
    for _ in range(2):
        load_checklists(work)
    found = work.session.scalars(sa.select(Checklist)).all()
    assert {(row.gate, row.edition, row.pass_mark) for row in found} == {(gate, 1, PASS_MARK) for gate in QualityGate}
    assert len(found) == len(QualityGate)


def test_the_final_asks_about_all_eight_sections(work: Work) -> None:
    load_checklists(work)
    final = checklist_on(work, QualityGate.FINAL, IN_FORCE)
    query = sa.select(ChecklistQuestion.section).where(ChecklistQuestion.checklist_id == final.id)
    sections = list(dict.fromkeys(work.session.scalars(query.order_by(ChecklistQuestion.number))))
    assert sections == [
        "Structure",
        "Object",
        "Purpose, objectives and scope",
        "Method",
        "Findings",
        "Conclusions",
        "Recommendations",
        "Gender and human rights",
        "Comments",
    ]
