"""Notices: people are told in the transaction of what happened, read it at once, and receive one e-mail a day."""

from rbm.services.notices.delivering import Mailbox, deliver
from rbm.services.notices.reading import find_notifications, read_notification
from rbm.services.notices.telling import MOST_AT_ONCE, Telling, Told, tell, tell_all

__all__ = [
    "MOST_AT_ONCE",
    "Mailbox",
    "Telling",
    "Told",
    "deliver",
    "find_notifications",
    "read_notification",
    "tell",
    "tell_all",
]
