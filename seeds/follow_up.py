"""Writes the follow-up of the demo through the services: a published assessment, illustrative answers, a small plan.

What the assessment found is public: elements scored 0 or 1 on a scale to 4. The recommendations are our own short words
for them; decisions, actions, owners and dates are invented and say so. Dates are counted from the day the demo is made,
so that some actions are overdue on any day.
"""

from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from rbm.files.registers import Register, RegisterRow
from rbm.model.followup import Action
from rbm.model.people import Office
from rbm.model.planning import EvaluationPlan
from rbm.model.responses import ManagementResponse
from rbm.services import evaluation, followup, planning, responses
from rbm.terms.evaluation import (
    ConductedBy,
    EvaluationLevel,
    EvaluationScope,
    EvaluationType,
    SourceKind,
    Timing,
)
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage
from rbm.terms.planning import DecisionKind, FundingSource, PlanKind, PlanPriority
from rbm.terms.responses import ResponseDecision
from rbm.work import Work
from seeds.read import demo

CODE = "MOPAN-2019"
TITLE = "External assessment of 2017-18, published by MOPAN in 2019"
PUBLISHED = date(2019, 12, 31)
"""It came out in 2019; the day is the last of the year."""
ANSWERED = date(2020, 2, 10)
EVIDENCE = "https://example.org/evidence/"
PLAN, BUDGET = "DEMO-PLAN", "DEMO-EVALUATION-BUDGET"
CURRENCY = "USD"
STATUSES = {"completed": ActionStage.REPORTED_COMPLETE, "in progress": ActionStage.IN_PROGRESS}
MILESTONE = "A first draft is with those concerned (illustrative)"


def load_follow_up(work: Work, offices: dict[str, Office]) -> None:
    """Write the assessment with what was answered and done, remind of what is overdue, and write the plan.

    `offices` are those of the demo by their codes; its people have their roles already.
    """
    rows = list(demo("recommendations"))
    followup.import_register(work, Register("recommendations.csv", [_row(work.today, row) for row in rows]))
    _publish(work)
    _decide(work, rows)
    followup.remind_follow_up(work)
    _plan(work, offices)


def _row(today: date, row: dict[str, str]) -> RegisterRow:
    status, action = STATUSES.get(row["status"], ActionStage.NOT_STARTED), row["action"] or None
    facts = _action(today, row, status) if action else {}
    critical = row["priority"] == RecommendationPriority.CRITICAL
    return RegisterRow(
        int(row["number"]) + 1,
        evaluation=CODE,
        title=TITLE,
        source=SourceKind.EXTERNAL_ASSESSMENT,
        final_on=PUBLISHED,
        number=int(row["number"]),
        text=row["text"],
        priority=RecommendationPriority(row["priority"]),
        office=row["office"],
        decision=ResponseDecision(row["decision"]),
        explanation=row["explanation"] or None,
        responded_on=ANSWERED,
        action=action,
        milestone=MILESTONE if critical else None,
        milestone_on=ANSWERED if critical else None,
        **facts,
    )


def _action(today: date, row: dict[str, str], status: ActionStage) -> dict[str, object]:
    claimed = status is ActionStage.REPORTED_COMPLETE
    return {
        "owner": row["owner"],
        "due_on": today + timedelta(days=int(row["due_in"])),
        "status": status,
        "completed_on": today + timedelta(days=int(row["completed_in"])) if claimed else None,
        "evidence": (f"{EVIDENCE}{row['number']}",) if claimed else None,
    }


def _publish(work: Work) -> None:
    """The responses are endorsed and, as the assessment is public, published: rounds are counted from today."""
    for key in work.session.scalars(sa.select(ManagementResponse.id).order_by(ManagementResponse.id)).all():
        responses.endorse_response(work, key)
        responses.publish_response(work, key)


def _decide(work: Work, rows: list[dict[str, str]]) -> None:
    """Some claims are verified, an extension is granted; other claims wait."""
    actions = {action.text: action.id for action in work.session.scalars(sa.select(Action))}
    for row in rows:
        if row["verified"]:
            seen = f"{EVIDENCE}{row['number']}"
            followup.verify_action(work, actions[row["action"]], "Seen and confirmed (illustrative)", seen)
        if row["extended_to"]:
            until = work.today + timedelta(days=int(row["extended_to"]))
            asked = followup.request_extension(work, actions[row["action"]], until, "Later than planned (illustrative)")
            followup.decide_extension(work, asked.id, granted=True, reason="Granted once (illustrative)")


def _plan(work: Work, offices: dict[str, Office]) -> None:
    """A plan for two years from the first of this one, approved with its budget line, and one evaluation begun."""
    year = work.today.year
    period = date(year, 1, 1), date(year + 1, 12, 31)
    plan = planning.create_evaluation_plan(
        work,
        planning.PlanDraft(
            PLAN,
            f"Evaluation plan {year}-{year + 1} (illustrative)",
            PlanKind.BIENNIAL,
            offices["HQ-EVAL"].id,
            *period,
            _budget(work, year),
        ),
    )
    begun = {}
    for row in demo("plan_items"):
        item = planning.add_plan_item(work, plan.id, _item(period, offices, row, work.today))
        begun |= {row["evaluation"]: item} if row["evaluation"] else {}
    _approve(work, plan)
    for code, item in begun.items():
        brief = evaluation.EvaluationBrief(code, offices["HQ-EVAL"].id, item.id)
        evaluation.plan_evaluation(work, brief)


def _budget(work: Work, year: int) -> object:
    amount = Decimal(1_000_000)
    decided = planning.DecisionRecord(
        "DEMO-C/1", DecisionKind.BUDGET, "Budget of evaluation (illustrative)", date(year, 1, 1)
    )
    decision = planning.record_governing_decision(work, decided)
    line = planning.propose_budget_line(work, planning.BudgetProposal(BUDGET, year, amount, amount, CURRENCY))
    return planning.approve_budget_line(work, line.id, decision.id).id


def _item(
    period: tuple[date, date], offices: dict[str, Office], row: dict[str, str], today: date
) -> planning.PlanItemFacts:
    start, end = (today + timedelta(days=int(row[name])) for name in ("starts_in", "ends_in"))
    return planning.PlanItemFacts(
        row["title"],
        EvaluationType(row["type"]),
        EvaluationLevel(row["level"]),
        Timing(row["timing"]),
        ConductedBy(row["conducted_by"]),
        EvaluationScope(row["scope"]),
        PlanPriority(row["priority"]),
        FundingSource(row["funding_source"]),
        max(start, period[0]),
        min(end, period[1]),
        Decimal(row["cost"]),
        CURRENCY,
        office_id=offices[row["office"]].id,
    )


def _approve(work: Work, plan: EvaluationPlan) -> None:
    planning.submit_plan(work, plan.id)
    planning.approve_plan(work, plan.id)
