"""Figures follow a change over HTTP by themselves, soon, and without a scheduler."""

import threading
import time
from decimal import Decimal

import httpx
import sqlalchemy as sa

from jobs.nudge import Refresher
from rbm.model.jobs import JobRun
from rbm.model.rollup import DirtyMark, Figure
from rbm.services import rollup
from rbm.terms.people import Role
from tests.app.conftest import post
from tests.conftest import Begin
from tests.make import Make

LINK = """mutation ($c: ID!, $p: ID!) {
    linkIndicators(plan: {childId: $c, parentId: $p}) { problems { code message } } }"""


def value_of(start: Begin, indicator: object) -> Decimal | None:
    with start() as work:
        found = work.session.scalars(sa.select(Figure).where(Figure.indicator_id == indicator)).first()
        return found.value if found else None


def test_a_figure_is_current_soon_after_a_change(client: httpx.Client, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        actor = make.actor(Role.HQ_RESULTS)
        result = make.result()
        child, parent = make.indicator(result), make.indicator(result)
        make.measurement(child, make.year(), 7)
        secret = make.token(actor)
    with start() as work:
        rollup.refresh(work, full=True)
    assert value_of(start, parent.id) is None
    signed = {"authorization": f"Bearer {secret}"}
    answer = post(client, LINK, signed, c=str(child.id), p=str(parent.id)).json()
    assert answer["data"]["linkIndicators"]["problems"] == []
    end = time.monotonic() + 10
    while value_of(start, parent.id) is None and time.monotonic() < end:
        time.sleep(0.05)
    assert value_of(start, parent.id) == 7
    with start() as work:
        assert work.session.scalars(sa.select(DirtyMark)).all() == []
        (run,) = work.session.scalars(sa.select(JobRun))
    assert (run.job, run.by_hand, run.outcome) == ("rollup.refresh", True, "done")


def test_a_change_that_marks_nothing_runs_nothing(client: httpx.Client, start: Begin) -> None:
    assert post(client, "mutation { nothing: __typename }").json()["data"] == {"nothing": "Mutation"}
    time.sleep(1)
    with start() as work:
        assert work.session.scalars(sa.select(JobRun)).all() == []


def test_it_ends_whenever_it_is_told_to(engine: sa.Engine) -> None:
    for number in range(200):
        refresher = Refresher(engine, pause=0.0005 * (number % 4))
        refresher.start()
        refresher.nudge()
        ending = threading.Thread(target=refresher.stop, daemon=True)
        ending.start()
        ending.join(30)
        assert not ending.is_alive()
