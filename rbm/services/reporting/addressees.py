"""Who is told about a report: those who write it, those who approve it, those above who wait for it."""

from uuid import UUID

from rbm.access import Permission
from rbm.services.people import holders, responsible_post, upward
from rbm.work import Work


def reporters(work: Work, office_id: UUID) -> list[UUID]:
    """Those who report for an office; where it has none, whoever holds the responsible post."""
    found = holders(work, office_id, Permission.REPORT)
    if found:
        return found
    holder = responsible_post(work, office_id).holder_id
    return [holder] if holder else []


def approvers(work: Work, office_id: UUID) -> list[UUID]:
    """Those who approve in an office, or in the nearest office above that has somebody."""
    return _nearest(work, upward(work, office_id), Permission.APPROVE)


def overseers(work: Work, office_id: UUID) -> list[UUID]:
    """Those who verify, or run headquarters, in the nearest office above an office that has somebody."""
    return _nearest(work, upward(work, office_id)[1:], Permission.VERIFY, Permission.OPERATE)


def _nearest(work: Work, offices: list[UUID], *permissions: Permission) -> list[UUID]:
    for office_id in offices:
        found = {person for permission in permissions for person in holders(work, office_id, permission)}
        if found:
            return sorted(found)
    return []
