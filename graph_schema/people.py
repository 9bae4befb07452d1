"""Offices by date, posts, persons, roles and tokens."""

import graphene

from graph_schema.derive import batched, mutation, node, roots
from graph_schema.derive.context import Context
from graph_schema.derive.kinds import enumeration
from rbm.model.people import ApiToken, Membership, Office, OfficePlacement, Person, Place, PlaceName, Post
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
node(ApiToken, "name issued_at expires_at revoked_at person")


class Me(graphene.ObjectType):
    """Whoever asks, and the roles they hold today. Without a token this is the public."""

    label = graphene.NonNull(graphene.String)
    roles = graphene.NonNull(graphene.List(graphene.NonNull(enumeration(Role))))


class Query(roots(Place, PlaceName, Office, OfficePlacement, Person, Post, Membership, ApiToken)):
    """What one may ask about people."""

    me = graphene.NonNull(Me, description=Me.__doc__)

    @staticmethod
    def resolve_me(_root: object, info: graphene.ResolveInfo) -> dict[str, object]:
        """The caller."""
        context: Context = info.context
        held = {grant.role for grant in context.actor.grants}
        return {"label": context.actor.label, "roles": sorted(held)}


class Mutation(graphene.ObjectType):
    """What one may do with people."""

    create_office = mutation(people.create_office)
    move_office = mutation(people.move_office)
    create_post = mutation(people.create_post)
    fill_post = mutation(people.fill_post)
    create_person = mutation(people.create_person)
    deactivate_person = mutation(people.deactivate_person)
    grant_role = mutation(people.grant_role)
    revoke_role = mutation(people.revoke_role)
    issue_token = mutation(people.issue_token, "api_token secret")
    revoke_token = mutation(people.revoke_token)
