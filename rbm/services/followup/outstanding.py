"""What is long outstanding: overdue for longer than the deadlines allow, or open after its last round of follow-up."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission
from rbm.db import table_of
from rbm.model.findings import Recommendation
from rbm.model.followup import Action
from rbm.model.notices import Reminder
from rbm.model.people import Office
from rbm.model.responses import FollowUpRound
from rbm.services import notices
from rbm.services.deadlines import deadlines_on
from rbm.services.followup.audience import audience
from rbm.services.people import headquarters
from rbm.terms.followup import OPEN_STAGES
from rbm.terms.notices import NoticeKind
from rbm.work import Work

LEDGER = "outstanding"
_action, _round, _recommendation = table_of(Action).c, table_of(FollowUpRound).c, table_of(Recommendation).c


def find_outstanding_actions(work: Work) -> sa.Select[Action]:
    """Actions that are long outstanding today, the longest due first."""
    return sa.select(Action).where(_outstanding(work)).order_by(Action.due_on, Action.id)


def tell_outstanding(work: Work) -> Mapping[str, int]:
    """Tell senior management once a month how much is long outstanding; how many actions are, and how many were told.

    A job. A month in which it did not run on the first day is made up for on a later one.
    """
    office = work.get(Office, headquarters(work).id, hold=True)
    work.require(Permission.OPERATE, office.id)
    month = work.today.replace(day=1)
    query = sa.select(Reminder.id).where(Reminder.ladder == LEDGER, Reminder.due_on == month)
    if work.session.scalars(query).first() is not None:
        return {"outstanding": 0, "told": 0}
    actions, facts = _summary(work)
    if not actions:
        return {"outstanding": 0, "told": 0}
    entry = {"ladder": LEDGER, "subject_id": office.id, "due_on": month, "offset": 0, "sent_on": work.today}
    bulk.insert(work.session, Reminder, [entry])
    persons = audience(work).senior(work.today).persons
    told = notices.tell(work, NoticeKind.LONG_OUTSTANDING, persons, f"{LEDGER}:{month}", facts)
    return {"outstanding": actions, "told": told}


def _outstanding(work: Work) -> sa.ColumnElement[bool]:
    days = timedelta(days=deadlines_on(work, work.today).long_overdue_days)
    rounds = sa.select(_round.response_id).group_by(_round.response_id)
    over = rounds.having(sa.func.max(_round.closes_on) < work.today)
    late = sa.or_(_action.due_on < work.today - days, _action.response_id.in_(over))
    return sa.and_(_action.stage.in_(OPEN_STAGES), late)


def _summary(work: Work) -> tuple[int, dict[str, str]]:
    """How many actions are long outstanding, and what a notice says of them: of the oldest by name."""
    number, offices = sa.func.count().over(), sa.select(sa.func.count(_action.office_id.distinct()))
    many = offices.where(_outstanding(work)).scalar_subquery()
    columns = (_recommendation.code, _action.number, _action.due_on, number.label("actions"), many.label("offices"))
    joined = table_of(Action).join(table_of(Recommendation), _recommendation.id == _action.recommendation_id)
    query: sa.Select[Any] = sa.select(*columns).select_from(joined).where(_outstanding(work))
    found = bulk.select(work.session, query.order_by(_action.due_on, _action.id).limit(1))
    if not found:
        return 0, {}
    [row] = found
    facts = {"action": f"{row.code}/{row.number}", "due": str(row.due_on)}
    return row.actions, facts | {"count": str(row.actions), "offices": str(row.offices)}
