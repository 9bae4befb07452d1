"""Turns: one caller waits for its own answers, and takes no thread from others."""

import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpx
import pytest
import sqlalchemy as sa

from app.endpoint import MOST_AT_ONCE, MOST_OF_ONE_CALLER
from app.turns import Turns
from rbm.terms.people import Role
from tests.app.conftest import post, serving
from tests.conftest import Begin
from tests.make import Make


def test_one_caller_has_so_many_turns_and_others_have_theirs() -> None:
    async def drive() -> None:
        turns, came = Turns(10, 2), []
        leave = anyio.Event()

        async def take(caller: str) -> None:
            async with turns.of(caller) as threads:
                assert threads.total_tokens == 10
                came.append(caller)
                await leave.wait()

        async with anyio.create_task_group() as group:
            for caller in ("a", "a", "a", "a", "b"):
                group.start_soon(take, caller)
            await anyio.wait_all_tasks_blocked()
            assert (sorted(came), len(turns)) == (["a", "a", "b"], 2)
            leave.set()
        assert (sorted(came), len(turns)) == (["a", "a", "a", "a", "b"], 0)

    anyio.run(drive)


def test_whoever_leaves_while_waiting_takes_no_turn() -> None:
    async def drive() -> None:
        turns = Turns(10, 1)
        async with turns.of("a"):
            with pytest.raises(TimeoutError), anyio.fail_after(0):
                async with turns.of("a"):
                    raise AssertionError
        with anyio.fail_after(5):
            async with turns.of("a"):
                assert len(turns) == 1
        assert len(turns) == 0

    anyio.run(drive)


def test_a_caller_whose_questions_wait_for_the_database_keeps_nobody_else_waiting(
    engine: sa.Engine, start: Begin
) -> None:
    with start() as work:
        make = Make(work)
        secret = make.token(make.actor(Role.VIEWER))
    held, arrived = threading.Event(), threading.Semaphore(0)

    def wait(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "framework" in statement:
            arrived.release()
            assert held.wait(30)

    sa.event.listen(engine, "before_cursor_execute", wait)
    with serving(engine, query_seconds=60) as client, ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        asked = [pool.submit(post, client, "{ frameworks { totalCount } }") for _ in range(MOST_AT_ONCE)]
        for _ in range(MOST_OF_ONE_CALLER):
            assert arrived.acquire(timeout=30)
        me: httpx.Response = post(client, "{ me { label } }", {"authorization": f"Bearer {secret}"})
        assert (me.status_code, arrived.acquire(blocking=False)) == (200, False)
        held.set()
        assert [one.result().status_code for one in asked] == [200] * MOST_AT_ONCE
    sa.event.remove(engine, "before_cursor_execute", wait)
