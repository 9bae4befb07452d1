"""Reviews of the evaluation function by its peers: recorded, and due after five years."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from rbm.access import Permission
from rbm.errors import Invalid
from rbm.model.governance import PeerReview
from rbm.rules.inputs import refuse_address, refuse_blank
from rbm.rules.planning import EDITION, peer_review_day
from rbm.work import Work


@dataclass(frozen=True)
class PeerReviewRecord:
    """A review of the evaluation function: by whom, when it was completed, and where it can be read."""

    title: str
    reviewers: str
    completed_on: date
    url: str | None = None


@dataclass(frozen=True)
class PeerReviewStanding:
    """The latest review of the function on a day, until when it is recent enough, and whether another one is due."""

    latest_on: date | None
    recent_until: date | None
    due: bool
    edition: int


def record_peer_review(work: Work, review: PeerReviewRecord) -> PeerReview:
    """Record a review of the evaluation function by others. Invalid when it was not completed yet."""
    work.require(Permission.DIRECT_EVALUATION)
    title, reviewers = refuse_blank(review.title, "title"), refuse_blank(review.reviewers, "reviewers")
    if review.completed_on > work.today:
        raise Invalid(f"{review.completed_on} has not come yet", "completed_on")
    url = refuse_address(review.url, "url") if review.url else None
    return work.add(PeerReview(title=title, reviewers=reviewers, completed_on=review.completed_on, url=url))


def peer_review_due(work: Work, on: date | None = None) -> PeerReviewStanding:
    """Whether the evaluation function was not reviewed by peers within five years, on a day or today."""
    day = on or work.today
    query = sa.select(sa.func.max(PeerReview.completed_on)).where(PeerReview.completed_on <= day)
    latest = work.session.scalars(query).one()
    until = peer_review_day(latest) if latest else None
    return PeerReviewStanding(latest, until, until is None or until < day, EDITION)
