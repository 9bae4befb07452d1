"""What was due or counted on days that are over stays: such parameters change from today on."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from rbm.errors import Invalid
from rbm.model.performance import RuleSet
from rbm.services import deadlines, followup, planning
from rbm.services.deadlines import DeadlineRevision
from rbm.services.followup import FigureRevision, ScopeRevision
from rbm.terms.followup import VerificationScope
from rbm.terms.planning import PlanApprover, PlanKind
from rbm.work import Work
from tests.conftest import Begin
from tests.refusals import refused

TODAY = date(2026, 3, 2)
BODY = PlanApprover.GOVERNING_BODY
PUTS: dict[str, Callable[[Work, date], RuleSet]] = {
    "deadlines": lambda work, day: deadlines.revise_deadlines(work, DeadlineRevision(day, comment_days=21)),
    "scopes": lambda work, day: followup.revise_verification_scope(
        work, ScopeRevision(day, low=VerificationScope.FULL)
    ),
    "figures": lambda work, day: followup.revise_key_figures(work, FigureRevision(day, green=Decimal(85))),
    "approver": lambda work, day: planning.set_plan_approver(work, PlanKind.BIENNIAL, BODY, day),
}


@pytest.mark.parametrize("name", PUTS)
def test_no_edition_takes_effect_on_a_day_that_is_over(start: Begin, engine: sa.Engine, name: str) -> None:
    for day in (TODAY - timedelta(days=1), date(2020, 1, 1)):
        with refused(engine, Invalid, "effective_from") as work:
            PUTS[name](work, day)
    with start() as work:
        assert PUTS[name](work, TODAY).effective_from == TODAY
