"""Notices: people are told in the transaction of what happened, read it at once, and receive one e-mail a day."""

from rbm.services.notices.delivering import Mailbox, deliver
from rbm.services.notices.reading import find_notifications, read_notification
from rbm.services.notices.telling import tell

__all__ = ["Mailbox", "deliver", "find_notifications", "read_notification", "tell"]
