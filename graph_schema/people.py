"""Offices by date, posts, persons, roles, and what persons sign in with."""

import graphene
import sqlalchemy as sa

from graph_schema.derive import Where, batched, mutation, needs, node, roots
from graph_schema.derive.context import Context
from graph_schema.derive.kinds import enumeration
from graph_schema.derive.registry import shape
from graph_schema.derive.siblings import Item, together
from rbm.access import Permission
from rbm.model.people import (
    ApiToken,
    Identity,
    Membership,
    Office,
    OfficePlacement,
    Person,
    Place,
    PlaceName,
    Post,
    SignIn,
)
from rbm.services import people, portfolio
from rbm.terms.people import Role

node(Place, "code name kind iso2 iso3 parent")
node(PlaceName, "name place")
node(
    Office,
    "code name kind version place placements posts",
    due=batched(portfolio.due_reports),
    overdue=batched(portfolio.overdue_reports),
    to_verify=batched(portfolio.values_to_verify),
    flags=batched(portfolio.open_flags),
)
node(OfficePlacement, "valid_from valid_to office parent")
node(Person, "email name language active version memberships")
node(Post, "code title version office holder")
node(Membership, "role valid_from valid_to person office")
node(
    ApiToken,
    "name issued_at expires_at revoked_at person",
    scopes=graphene.Field(
        graphene.List(graphene.NonNull(enumeration(Permission))),
        description="The permissions it is limited to; null when it carries all that its person has.",
        resolver=lambda item, _info: item.row.scopes,
    ),
)
node(Identity, "issuer subject person")
node(SignIn, "at person")


class Me(graphene.ObjectType):
    """Whoever asks, and the roles they hold today. Without a token this is the public."""

    label = graphene.NonNull(graphene.String)
    roles = graphene.NonNull(graphene.List(graphene.NonNull(enumeration(Role))))
    person = graphene.Field(lambda: shape(Person).node, description="Null for the public.")
    scopes = graphene.List(
        graphene.NonNull(enumeration(Permission)),
        description="The permissions the token is limited to; null when it carries all that the person has.",
    )

    @staticmethod
    def resolve_person(_root: object, info: graphene.ResolveInfo) -> Item | None:
        """The caller as a person."""
        context: Context = info.context
        query = sa.select(Person).where(Person.id == context.actor.person_id)
        found = context.work.session.scalars(query).one_or_none() if context.actor.person_id else None
        return None if found is None else together([found])[0]


class Query(
    roots(Place, PlaceName, Office, OfficePlacement, Person, Post, Membership, ApiToken, Identity, SignIn),
):
    """What one may ask about people."""

    me = graphene.NonNull(Me, description=Me.__doc__)

    @staticmethod
    def resolve_me(_root: object, info: graphene.ResolveInfo) -> dict[str, object]:
        """The caller."""
        context: Context = info.context
        held = {grant.role for grant in context.actor.grants}
        limits = context.actor.scopes
        scopes = None if limits is None else sorted(limits)
        return {"label": context.actor.label, "roles": sorted(held), "scopes": scopes}


class Mutation(graphene.ObjectType):
    """What one may do with people."""

    create_office = mutation(people.create_office, needs(Permission.MANAGE_PEOPLE))
    move_office = mutation(people.move_office, needs(Permission.MANAGE_PEOPLE, at=Where.ABOVE))
    create_post = mutation(people.create_post, needs(Permission.MANAGE_PEOPLE))
    fill_post = mutation(people.fill_post, needs(Permission.MANAGE_PEOPLE))
    create_person = mutation(people.create_person, needs(Permission.MANAGE_PEOPLE, at=Where.CENTRAL))
    deactivate_person = mutation(people.deactivate_person, needs(Permission.MANAGE_PEOPLE, at=Where.CENTRAL))
    reactivate_person = mutation(people.reactivate_person, needs(Permission.MANAGE_PEOPLE, at=Where.CENTRAL))
    grant_role = mutation(people.grant_role, needs(Permission.MANAGE_PEOPLE))
    revoke_role = mutation(people.revoke_role, needs(Permission.MANAGE_PEOPLE))
    issue_token = mutation(
        people.issue_token, needs(Permission.MANAGE_PEOPLE, at=Where.CENTRAL, own=True), "api_token secret"
    )
    revoke_token = mutation(people.revoke_token, needs(Permission.MANAGE_PEOPLE, at=Where.CENTRAL, own=True))
    link_identity = mutation(people.link_identity, needs(Permission.MANAGE_PEOPLE, at=Where.CENTRAL))
    unlink_identity = mutation(people.unlink_identity, needs(Permission.MANAGE_PEOPLE, at=Where.CENTRAL))
