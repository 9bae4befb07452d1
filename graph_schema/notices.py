"""What the caller was told."""

import graphene

from graph_schema.derive import OWN, find, mutation, node, roots
from rbm.model.notices import Notice
from rbm.services import notices

node(Notice, "kind text facts told_at stage delivered_at attempts error read_at person")


class Query(roots(Notice)):
    """What one may ask about notices."""

    notifications = find(Notice, notices.find_notifications)


class Mutation(graphene.ObjectType):
    """What one may do with notices."""

    read_notification = mutation(notices.read_notification, OWN)
