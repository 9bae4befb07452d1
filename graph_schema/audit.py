"""The audit trail, for those who may read it."""

from dataclasses import replace
from typing import Any

import graphene

from graph_schema.derive import batched, node, roots
from graph_schema.derive.lists import list_field, wanted
from graph_schema.derive.orders import stated
from graph_schema.derive.pages import Page, whole
from rbm.audit import AuditBlock, AuditEntry
from rbm.services import audit

ENTITY = graphene.Argument(graphene.NonNull(graphene.String), description="What it is, as entries have it: `report`.")
KEY = graphene.Argument(graphene.NonNull(graphene.ID))


def _entry(name: str) -> graphene.Field:
    """The id of an entry that a block names; there are more entries than an Int can count."""
    return graphene.Field(graphene.NonNull(graphene.ID), resolver=lambda item, _info: getattr(item.row, name))


def _trail(_root: object, info: graphene.ResolveInfo, /, **given: Any) -> Page:
    statement = audit.find_trail(given["entity"], given["id"])
    asked = wanted(AuditEntry, statement.order_by(None), given)
    in_order = asked if given.get("order_by") else replace(asked, keys=stated(AuditEntry, statement))
    return whole(info.context.work, in_order)


node(AuditEntry, "at actor person_id operation kind entity entity_id changes", person=batched(audit.person))
node(AuditBlock, "number entries sealed_at previous hash", first_id=_entry("first_id"), last_id=_entry("last_id"))


class Query(roots(AuditEntry, AuditBlock)):
    """What one may ask about the audit trail."""

    audit_trail = list_field(AuditEntry, _trail, audit.find_trail.__doc__, entity=ENTITY, id=KEY)
