"""The public report on the status of recommendations: locked, reproducible, and silent about what is withheld."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from rbm.access import Permission
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.appraisal import DisclosureException
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Erratum, Recommendation
from rbm.model.followup import Action
from rbm.model.responses import ManagementResponse
from rbm.rules.followup.measures import Definition
from rbm.services import followup
from rbm.services.followup.definitions import FigureRevision, revise_key_figures
from rbm.stages import Transition
from rbm.terms.evaluation import SourceKind
from rbm.terms.followup import ActionStage
from rbm.terms.people import Role
from rbm.terms.responses import ResponseStage
from rbm.work import Work
from tests.conftest import NOW, Begin
from tests.evaluating import Evaluating
from tests.make import Make

FINAL = date(2025, 3, 3)
CUT_OFF = date(2025, 12, 31)


@pytest.fixture
def rows(make: Make) -> Evaluating:
    return Evaluating(make)


def followed(rows: Evaluating, **facts: object) -> tuple[Evaluation, Recommendation, ManagementResponse, Action]:
    """A disclosed evaluation with a recommendation that was accepted, and an action due in the year."""
    days = {"final_on": FINAL, "disclosed_on": FINAL + timedelta(days=30), "title": "Evaluation of the programme"}
    evaluation = rows.evaluation(**(days | facts))
    office = rows.make.office()
    recommendation = rows.recommendation(evaluation, office, issued_on=FINAL)
    sent = {"submitted_on": FINAL, "published_on": FINAL + timedelta(days=40), "stage": ResponseStage.PUBLISHED}
    response = rows.response(evaluation, office, transmitted_on=FINAL, due_on=FINAL + timedelta(days=42), **sent)
    rows.decision(response, recommendation, decided_on=FINAL)
    action = rows.action(response, recommendation, planned_on=FINAL, due_on=date(2025, 12, 1))
    return evaluation, recommendation, response, action


def verified(work: Work, action: Action, on: date) -> None:
    """A move that closes an action."""
    before, action.stage = action.stage, ActionStage.VERIFIED_COMPLETE
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    key = {"entity": "action", "entity_id": action.id, "at": at}
    work.add(Transition(**key, from_stage=before, to_stage=ActionStage.VERIFIED_COMPLETE))


def test_r127_totals_are_those_of_the_rows_at_the_cut_off(work: Work, rows: Evaluating) -> None:
    _, _, response, action = followed(rows)
    followed(rows, source=SourceKind.AUDIT)
    verified(work, followed(rows)[3], CUT_OFF)
    contents = followup.lock_status_report(work, 2025).contents
    totals = contents["totals"]
    assert (totals["recommendations"], totals["actions"], totals["overdue_actions"]) == (3, 3, 2)
    assert totals["by_status"] == {"implemented": 1, "not_started": 2}
    assert totals["by_source"] == {"audit": {"not_started": 1}, "evaluation": {"implemented": 1, "not_started": 1}}
    assert totals["by_office"][response.office.code] == {"not_started": 1}
    assert (totals["by_priority"], totals["by_age"]) == ({"high": totals["by_status"]}, {"up_to_12": 2})
    assert contents["figures"]["evaluation"]["K7"]["value"] == "50.0000"
    assert contents["figures"]["audit"]["K9"] == {
        "value": "0.0000",
        "unit": "percent",
        "numerator": 0,
        "denominator": 1,
        "reason": None,
    }
    [row] = [row for row in contents["recommendations"] if row["code"] == action.recommendation.code]
    assert row["actions"][0]["overdue_days"] == 30


def test_r127_later_changes_alter_neither_the_report_nor_what_is_computed_again(work: Work, rows: Evaluating) -> None:
    _, recommendation, _, action = followed(rows)
    report = followup.lock_status_report(work, 2025)
    before = report.content_hash
    verified(work, action, date(2026, 2, 1))
    erratum = {"edition": 2, "before": recommendation.text, "after": "Do it", "reason": "unclear", "corrected_at": NOW}
    work.add(Erratum(recommendation=recommendation, **erratum))
    recommendation.text = "Do it"
    followed(rows, final_on=date(2026, 1, 5), disclosed_on=date(2026, 2, 5))
    revise_key_figures(work, FigureRevision(work.today, green=Decimal(85)))
    found = followup.verify_status_report(work, 2025)
    assert (found.reproduced, found.unaltered, found.recomputed_hash) == (True, True, before)
    assert found.differing == []


def test_what_is_registered_later_with_earlier_days_is_named(work: Work, rows: Evaluating) -> None:
    followed(rows)
    followup.lock_status_report(work, 2025)
    _, late, _, _ = followed(rows)
    found = followup.verify_status_report(work, 2025)
    assert (found.reproduced, found.unaltered, found.differing) == (False, True, [late.code])


def test_a_report_that_was_tampered_with_is_told(work: Work, rows: Evaluating) -> None:
    followed(rows)
    report = followup.lock_status_report(work, 2025)
    report.contents = report.contents | {"withheld_evaluations": 7}
    found = followup.verify_status_report(work, 2025)
    assert (found.reproduced, found.unaltered) == (True, False)


@pytest.mark.parametrize("until", [date(2025, 12, 31), date(2026, 4, 1)], ids=["at the cut-off", "today"])
def test_nothing_of_what_is_withheld_is_told_but_that_there_is_something(
    work: Work, rows: Evaluating, until: date
) -> None:
    evaluation, recommendation, _, _ = followed(rows, title="A secret title")
    facts = {"reason": "security", "ends_on": until, "recorded_at": datetime(2025, 3, 1, tzinfo=UTC)}
    work.add(DisclosureException(evaluation=evaluation, **facts))
    contents = followup.lock_status_report(work, 2025).contents
    assert (contents["recommendations"], contents["withheld_evaluations"]) == ([], 1)
    assert contents["totals"]["by_status"] == {}
    for secret in ("secret", evaluation.code, recommendation.code):
        assert secret not in str(contents)


def test_of_the_exceptions_of_a_text_only_the_last_recorded_by_the_day_holds(work: Work, rows: Evaluating) -> None:
    def withhold(evaluation: Evaluation, ends_on: date, recorded_at: datetime) -> None:
        work.add(DisclosureException(evaluation=evaluation, reason="r", ends_on=ends_on, recorded_at=recorded_at))

    shortened, prolonged = followed(rows), followed(rows)
    for (evaluation, *_), days in ((shortened, (2028, 2025)), (prolonged, (2025, 2028))):
        for month, year in enumerate(days, 4):
            withhold(evaluation, date(year, 5, 31), datetime(2025, month, 1, tzinfo=UTC))
    report = followup.lock_status_report(work, 2025)
    assert [row["code"] for row in report.contents["recommendations"]] == [shortened[1].code]
    assert report.contents["withheld_evaluations"] == 1
    withhold(shortened[0], date(2029, 1, 1), report.locked_at + timedelta(seconds=1))
    assert followup.verify_status_report(work, 2025).reproduced


def test_an_answer_that_is_not_published_is_no_answer_yet(work: Work, rows: Evaluating) -> None:
    _, _, response, _ = followed(rows)
    response.stage, response.published_on = ResponseStage.SUBMITTED, None
    contents = followup.lock_status_report(work, 2025).contents
    [row] = contents["recommendations"]
    assert (row["status"], row["actions"]) == ("awaiting_response", [])
    assert contents["figures"]["evaluation"]["K9"]["reason"] == "nothing_counted"


def test_a_revision_that_is_being_written_is_not_told(work: Work, rows: Evaluating) -> None:
    _, recommendation, response, _ = followed(rows)
    response.stage, response.edition = ResponseStage.SUBMITTED, 2
    rows.decision(response, recommendation, edition=2, decision="rejected", decided_on=FINAL)
    rows.action(response, recommendation, edition=2, planned_on=FINAL, stage=ActionStage.IN_PROGRESS)
    [row] = followup.lock_status_report(work, 2025).contents["recommendations"]
    assert (row["status"], len(row["actions"])) == ("not_started", 1)


def test_it_is_addressed_to_the_governing_body_and_locked_once(work: Work) -> None:
    report = followup.lock_status_report(work, 2025)
    assert (report.cut_off, report.addressed_to) == (CUT_OFF, "governing body")
    assert report.contents["definition"] == Definition().edition
    with pytest.raises(Conflict, match="locked"):
        followup.lock_status_report(work, 2025)


@pytest.mark.parametrize("year", [2026, 2027, 1900])
def test_a_year_that_is_not_over_is_refused(work: Work, year: int) -> None:
    with pytest.raises(Invalid, match="no year that is over"):
        followup.lock_status_report(work, year)


def test_what_was_not_locked_is_not_verified(work: Work) -> None:
    with pytest.raises(NotFound):
        followup.verify_status_report(work, 2024)


@pytest.mark.parametrize("role", [Role.SENIOR_MANAGEMENT, Role.OVERSIGHT, Role.ADMIN, Role.EVALUATION_OFFICER])
def test_only_the_head_of_evaluation_locks_it(start: Begin, role: Role) -> None:
    with start() as work:
        actor = Make(work).actor(role)
    with pytest.raises(Forbidden, match=Permission.DIRECT_EVALUATION.replace("_", " ")), start(actor) as work:
        followup.lock_status_report(work, 2025)
