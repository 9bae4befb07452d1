"""What resolvers are handed: who asks, the unit of work in which the answer is read, and the one of each change."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import TypeVar

import sqlalchemy as sa

from graph_schema.derive.refusals import refused
from graph_schema.limits.bounds import Limits
from rbm.access import Actor
from rbm.errors import Refusal
from rbm.settings import settings
from rbm.work import Work, begin, perform

A = TypeVar("A")


class Context:
    """The side of one operation. The unit of work of its reads opens with the first and closes with the operation."""

    def __init__(self, engine: sa.Engine, actor: Actor, limits: Limits | None = None) -> None:
        self.engine = engine
        self.actor = actor
        self.limits = limits or Limits.of(settings())
        self._open = ExitStack()
        self._work: Work | None = None

    @property
    def work(self) -> Work:
        """The unit of work all reads share, so that they see one state."""
        if self._work is None:
            reading = begin(self.engine, self.actor, "query", writes=False, seconds=self.limits.query_seconds)
            self._work = self._open.enter_context(reading)
        return self._work

    def change(self, operation: str, act: Callable[[Work], A]) -> A:
        """What `act` returns, done and committed in a unit of work of its own; reads after it see what it did."""
        self.close()
        return perform(self.engine, self.actor, operation, act, seconds=self.limits.mutation_seconds)

    def close(self) -> None:
        """End the reads; the next one sees what has been committed since."""
        self._open.close()
        self._work = None


class Within(Context):
    """An operation that changes and reads in one unit of work, which somebody else commits or rolls back.

    `refusal` is what its change was refused with.
    """

    def __init__(self, engine: sa.Engine, work: Work) -> None:
        super().__init__(engine, work.actor)
        self._given = work
        self.refusal: Refusal | None = None

    @property
    def work(self) -> Work:
        """The unit of work it was given."""
        return self._given

    def change(self, operation: str, act: Callable[[Work], A]) -> A:
        """What `act` returns; reads after it see what it sent to the database."""
        try:
            done = act(self._given)
            self._given.flush()
        except (Refusal, sa.exc.StatementError) as error:
            self.refusal = refused(error)
            raise
        self._given.session.expire_all()
        return done
