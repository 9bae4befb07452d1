"""People: offices and posts, persons and roles, tokens and identities, and the actors they stand for."""

from rbm.services.people.actors import actor_of_person, actor_of_token
from rbm.services.people.identities import (
    link_by_email,
    link_identity,
    person_of,
    person_to_link,
    unlink_identity,
)
from rbm.services.people.offices import (
    BEGINNING,
    HEADQUARTERS,
    RESULTS_POST,
    create_office,
    create_post,
    fill_post,
    find_offices,
    headquarters,
    initialise,
    move_office,
    responsible_post,
)
from rbm.services.people.persons import create_person, deactivate_person, find_person, reactivate_person
from rbm.services.people.roles import grant_role, holders, revoke_role
from rbm.services.people.sign_ins import hashed, sign_in, use_of_token
from rbm.services.people.tokens import PREFIX, find_token, issue_token, revoke_token
from rbm.services.people.tree import below, office_above, upward

__all__ = [
    "BEGINNING",
    "HEADQUARTERS",
    "PREFIX",
    "RESULTS_POST",
    "actor_of_person",
    "actor_of_token",
    "below",
    "create_office",
    "create_person",
    "create_post",
    "deactivate_person",
    "fill_post",
    "find_offices",
    "find_person",
    "find_token",
    "grant_role",
    "hashed",
    "headquarters",
    "holders",
    "initialise",
    "issue_token",
    "link_by_email",
    "link_identity",
    "move_office",
    "office_above",
    "person_of",
    "person_to_link",
    "reactivate_person",
    "responsible_post",
    "revoke_role",
    "revoke_token",
    "sign_in",
    "unlink_identity",
    "upward",
    "use_of_token",
]
