"""What resolvers are handed: who asks, and the unit of work in which the answer is read."""

from contextlib import ExitStack

import sqlalchemy as sa

from rbm.access import Actor
from rbm.work import Work, begin


class Context:
    """The reading side of one operation. The unit of work opens with the first read and closes with the operation."""

    def __init__(self, engine: sa.Engine, actor: Actor) -> None:
        self.engine = engine
        self.actor = actor
        self._open = ExitStack()
        self._work: Work | None = None

    @property
    def work(self) -> Work:
        """The unit of work all reads share, so that they see one state."""
        if self._work is None:
            self._work = self._open.enter_context(begin(self.engine, self.actor, "query", writes=False))
        return self._work

    def close(self) -> None:
        """End the reads; the next one sees what has been committed since."""
        self._open.close()
        self._work = None
