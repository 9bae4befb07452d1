"""The register that is given out: a row for each action, the decisions that stand, the status by office."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from rbm.files.registers import Faulty, Sheet, read_register, write_workbook
from rbm.model.findings import Addressee, RecommendationPart
from rbm.model.followup import ActionUpdate
from rbm.services import followup, people
from rbm.services.followup import Imported, RecommendationQuestion
from rbm.terms.findings import AddresseeKind
from rbm.terms.followup import ActionStage
from rbm.terms.people import Role
from rbm.terms.responses import ResponseDecision, ResponseStage
from rbm.work import Work
from tests.evaluating import FINAL, Evaluating
from tests.make import Make

DUE = date(2026, 2, 20)
TODAY = date(2026, 3, 2)


@pytest.fixture
def build(make: Make) -> Evaluating:
    """Builders of evaluation rows."""
    return Evaluating(make)


def lines(sheet: Sheet) -> list[dict[str, Any]]:
    return [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows]


def test_a_row_for_each_action_and_one_for_an_office_without(work: Work, make: Make, build: Evaluating) -> None:
    first, second = make.office(code="AAA"), make.office(code="BBB")
    row = build.recommendation(build.evaluation(), second, first, number=3)
    response = build.response(row.evaluation, first, stage=ResponseStage.SUBMITTED, submitted_on=TODAY)
    build.decision(response, row)
    late = build.action(response, row, number=1, due_on=DUE, original_due_on=date(2026, 2, 1))
    work.add(
        ActionUpdate(
            action=late, stage=late.stage, text="Half is done", reported_at=datetime(2026, 2, 27, 9, tzinfo=UTC)
        )
    )
    build.action(response, row, number=2, stage=ActionStage.VERIFIED_COMPLETE, completed_on=DUE)
    matrix, status, outside = followup.register_sheets(work)
    one, two, three = lines(matrix)
    assert (one["Office"], one["Decision"], one["Response date"]) == ("AAA", ResponseDecision.ACCEPTED, TODAY)
    assert (one["Original due date"], one["Due date"], one["Overdue days"]) == (date(2026, 2, 1), DUE, 10)
    assert (one["Last update"], one["Last update text"]) == (date(2026, 2, 27), "Half is done")
    assert (two["Status"], two["Completed on"], two["Overdue days"]) == (ActionStage.VERIFIED_COMPLETE, DUE, None)
    assert (three["Office"], three["Number"], three["Decision"], three["Action"]) == ("BBB", 3, None, None)
    assert [(row[0], sum(row[1:-1]), row[-1]) for row in status.rows] == [
        ("AAA", 1, 1),
        ("BBB", 1, 0),
        ("All recommendations", 1, 1),
    ]
    assert outside.rows == []


def test_while_a_revision_is_written_the_edition_before_stands(work: Work, make: Make, build: Evaluating) -> None:
    office = make.office()
    row = build.recommendation(build.evaluation(), office)
    response = build.response(row.evaluation, office, stage=ResponseStage.DRAFT, edition=2, submitted_on=TODAY)
    build.decision(response, row, edition=1)
    build.decision(response, row, edition=2, decision=ResponseDecision.REJECTED, reasons=["other"], explanation="No")
    [line] = lines(followup.register_sheets(work)[0])
    assert line["Decision"] is ResponseDecision.ACCEPTED


def test_parts_have_rows_of_their_own(work: Work, make: Make, build: Evaluating) -> None:
    office = make.office()
    row = build.recommendation(build.evaluation(), office)
    parts = [work.add(RecommendationPart(recommendation=row, letter=letter, text="Part")) for letter in "ab"]
    response = build.response(row.evaluation, office, stage=ResponseStage.SUBMITTED, submitted_on=TODAY)
    for part in parts:
        build.decision(response, row, part=part)
    build.action(response, row, part=parts[1], text="Do it")
    found = [(line["Part"], line["Action"]) for line in lines(followup.register_sheets(work)[0])]
    assert found == [("a", None), ("b", "Do it")]


def test_parts_that_were_answered_here_come_back_as_they_are(
    work: Work, make: Make, build: Evaluating, tmp_path: Path
) -> None:
    office, person = make.office(), make.person()
    people.grant_role(work, person.id, office.id, Role.REPORTER)
    row = build.recommendation(build.evaluation(), office, number=1)
    response = build.response(row.evaluation, office, stage=ResponseStage.SUBMITTED, submitted_on=TODAY)
    for letter in "ab":
        part = work.add(RecommendationPart(recommendation=row, letter=letter, text="Part"))
        build.decision(response, row, part=part)
        build.action(response, row, part=part, text=f"Do {letter}", owner=person)
    path = tmp_path / "out.xlsx"
    path.write_bytes(write_workbook(followup.register_sheets(work)))
    register = read_register(path)
    assert followup.import_register(work, register) == Imported(known=2)
    other = replace(register.rows[1], action="Do something else")
    with pytest.raises(Faulty, match="parts are not taken in"):
        followup.import_register(work, replace(register, rows=[register.rows[0], other]))


def test_somebody_gets_the_register_as_far_as_they_see_it(start: Any) -> None:
    with start() as work:
        make = Make(work)
        build, office, other = Evaluating(make), make.office(code="AAA"), make.office(code="BBB")
        row = build.recommendation(build.evaluation(code="E-1"), office, other, number=1)
        part = work.add(RecommendationPart(recommendation=row, letter="a", text="Part"))
        for place in (office, other):
            response = build.response(row.evaluation, place, stage=ResponseStage.SUBMITTED, submitted_on=TODAY)
            build.decision(response, row, part=part)
            build.action(response, row, part=part, text=f"Do it in {place.code}")
        actor = make.actor(Role.REPORTER, office)
    with start(actor) as work:
        found = lines(followup.register_sheets(work)[0])
        assert [(line["Office"], line["Part"], line["Action"]) for line in found] == [
            ("AAA", "a", "Do it in AAA"),
            ("BBB", None, None),
        ]


def test_who_is_addressed_outside_stands_apart(work: Work, make: Make, build: Evaluating) -> None:
    row = build.recommendation(build.evaluation(code="E-OUT"), number=1, text="Sign the agreement")
    work.add(Addressee(recommendation=row, kind=AddresseeKind.GOVERNMENT, name="Government", leads=True))
    matrix, _, outside = followup.register_sheets(work)
    assert (matrix.rows, outside.rows) == ([], [["E-OUT", 1, "Sign the agreement", "Government"]])


def test_drafts_are_never_given_out_and_questions_narrow(work: Work, make: Make, build: Evaluating) -> None:
    office = make.office()
    build.recommendation(build.evaluation(code="E-DRAFT"), office, issued_on=None)
    kept = build.recommendation(build.evaluation(), office)
    build.recommendation(build.evaluation(), make.office())
    matrix, _, _ = followup.register_sheets(work, RecommendationQuestion(office=office.code))
    assert [line["Evaluation code"] for line in lines(matrix)] == [kept.evaluation.code]
    assert lines(matrix)[0]["Final date"] == FINAL


def test_the_last_update_is_told_by_the_day_of_the_organisation(
    work: Work, make: Make, build: Evaluating, geneva: None
) -> None:
    office = make.office()
    row = build.recommendation(build.evaluation(), office)
    action = build.action(build.response(row.evaluation, office), row)
    told = datetime(2026, 1, 2, 23, 30, tzinfo=UTC)
    work.add(ActionUpdate(action=action, stage=action.stage, text="Begun", reported_at=told))
    [line] = lines(followup.register_sheets(work)[0])
    assert line["Last update"] == date(2026, 1, 3)
