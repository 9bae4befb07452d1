"""The part of a chain of links that a new link concerns, read whole: what the actor does not see counts as well."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from rbm import bulk
from rbm.access import Permission, office_of
from rbm.db import Row
from rbm.model.people import Office
from rbm.services import people
from rbm.services.people import HEADQUARTERS
from rbm.work import Work


def edges_upward(
    work: Work, link: type[Row], nodes: Collection[UUID], under: Collection[UUID] = ()
) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """Rows of the link table on the ways up from the nodes, and from everything that stands below those in `under`.

    `link` has the columns child_id and parent_id.
    """
    columns = link.__table__.c
    lower = sa.select(columns.child_id.label("node")).where(columns.parent_id.in_(under)).cte("lower", recursive=True)
    lower = lower.union(sa.select(columns.child_id).join(lower, columns.parent_id == lower.c.node))
    first = sa.or_(columns.child_id.in_(nodes), columns.child_id.in_(sa.select(lower.c.node)))
    upper = sa.select(columns.child_id.label("node")).where(first).cte("upper", recursive=True)
    upper = upper.union(sa.select(columns.parent_id).join(upper, columns.child_id == upper.c.node))
    wanted = sa.select(link.__table__).where(columns.child_id.in_(sa.select(upper.c.node)))
    return bulk.select(work.session, wanted)


def require_both(work: Work, permission: Permission, child: Row | UUID, parent: Row | UUID) -> None:
    """Ask for a permission in the office of a child, and in its parent's unless that is the same or stands above it.

    What an office reports goes up without being asked for; what goes anywhere else changes the figures of others.
    """
    work.require(permission, child)
    lower, receiving = (one if isinstance(one, UUID) else office_of(work.session, one) for one in (child, parent))
    if lower is None or receiving not in people.upward(work, lower):
        work.require(permission, parent)


def queue_up(work: Work) -> None:
    """Let those who change links do so one after another, so that no two make a circle together."""
    lock = sa.select(Office).where(Office.code == HEADQUARTERS).with_for_update(key_share=True)
    work.session.scalars(lock).all()
