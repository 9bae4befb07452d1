"""Notifications: what a person was told, read in the application whether or not an e-mail went out."""

from uuid import UUID

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import NotFound
from rbm.model.notices import Notice
from rbm.work import Work


def find_notifications(work: Work) -> sa.Select[Notice]:
    """What the caller was told, the newest first."""
    own = sa.false() if work.actor.person_id is None else Notice.person_id == work.actor.person_id
    return sa.select(Notice).where(own).order_by(Notice.told_at.desc(), Notice.id.desc())


def read_notification(work: Work, notice_id: UUID) -> Notice:
    """Mark a notice of one's own as read; reading it again keeps the first time. NotFound for anybody else's."""
    notice = work.get(Notice, notice_id, "notice_id")
    if not work.actor.system and notice.person_id != work.actor.person_id:
        raise NotFound("no such notice", "notice_id")
    work.asked.add(Permission.SEE)  # one's own notice needs no role
    notice.read_at = notice.read_at or work.now
    work.flush()
    return notice
