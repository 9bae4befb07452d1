"""Changes: a service as a mutation, its refusals as problems."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args, get_origin

import graphene
import sqlalchemy as sa

from graph_schema import facts
from graph_schema.derive import kinds
from graph_schema.derive.answers import nullable_type, present
from graph_schema.derive.context import Context
from graph_schema.derive.names import camel, pascal, plural, sentence
from graph_schema.derive.refusals import refused
from graph_schema.derive.registry import key, key_name
from graph_schema.derive.rules import Rule
from graph_schema.derive.siblings import Item
from graph_schema.derive.signatures import Service, arguments, read, returned
from graph_schema.derive.versions import ARGUMENT, Versioned, version_argument, versioned
from rbm.access import Actor
from rbm.db import Row
from rbm.errors import Forbidden, Refusal, Stale
from rbm.work import Work


class Problem(graphene.ObjectType):
    """An expected refusal: why nothing was changed."""

    code = graphene.NonNull(
        graphene.String, description="For programs: invalid, not_found, forbidden, conflict, limited."
    )
    message = graphene.NonNull(graphene.String, description="For people.")
    field = graphene.String(description="The argument it concerns.")
    version = graphene.Int(description="The version the row has by now, when it is not the one that was read.")


class Part(NamedTuple):
    """One named part of what a service returns."""

    name: str
    annotation: Any


@dataclass(frozen=True)
class Change:
    """A service that changes something, with the parts of its answer."""

    service: Service
    rule: Rule
    parts: tuple[Part, ...]
    versioned: Versioned | None

    @property
    def secret(self) -> bool:
        """Whether it answers with a secret, which is shown once and kept nowhere."""
        return any(part.name == "secret" for part in self.parts)

    def run(self, context: Context, given: dict[str, Any]) -> dict[str, Any]:
        """Call the service in a unit of work of its own; the answer is read after it was committed.

        The public changes nothing, so nothing is opened for it, and nothing of its attempts is kept in the audit trail.
        """
        try:
            _refuse_public(context.actor)
            answer = context.change(self.service.__name__, lambda work: self._call(work, given))
        except (Refusal, sa.exc.StatementError) as error:
            return {"problems": [_problem(_refusal(error))]}
        answers = answer if len(self.parts) > 1 else (answer,)
        shown = {
            part.name: _shown(context, part.annotation, value) for part, value in zip(self.parts, answers, strict=True)
        }
        return shown | {"problems": []}

    def _call(self, work: Work, given: dict[str, Any]) -> Any:
        values = read(self.service, {name: value for name, value in given.items() if name != ARGUMENT})
        if self.versioned:
            self.versioned.expect(work, values, given.get(ARGUMENT))
        answer = self.service(work, **values)
        self.rule.refuse_others(work.asked)
        if work.expected:
            raise RuntimeError(f"{self.service.__name__} did not look at the row whose version it was given")
        return answer


class Mutation(graphene.Field):
    """A field of Mutation; `service` is what it calls, `rule` what that needs, `secret` whether it answers with one."""

    service: Service
    rule: Rule
    secret: bool
    weight = 500
    """Its points: a transaction, and the entries of the audit trail that are kept for good."""


def mutation(service: Service, rule: Rule, names: str = "") -> Mutation:
    """The mutation of a service by its declared rule; a service that asks for anything else is an error of ours.

    `names` names the parts of a tuple, or a part otherwise than by its row class.

    Its payload is null only beside an unexpected error, so that what other fields of the document did is still told.
    """
    change = Change(service, rule, _parts(returned(service), names.split()), versioned(service))

    def resolve(_root: object, info: graphene.ResolveInfo, /, **given: Any) -> dict[str, Any]:
        return change.run(info.context, given)

    field = Mutation(
        _payload(change),
        args=arguments(service) | ({ARGUMENT: version_argument()} if change.versioned else {}),
        resolver=resolve,
        description=sentence(service.__doc__),
    )
    field.service, field.rule, field.secret = service, rule, change.secret
    return field


def _refuse_public(actor: Actor) -> None:
    if actor.person_id is None and not actor.system:
        raise Forbidden(f"{actor.label} may not change anything")


def _refusal(error: Exception) -> Refusal:
    refusal = refused(error)
    if refusal is None:
        raise error
    return refusal


def _problem(refusal: Refusal) -> dict[str, Any]:
    facts.current().refusals.append(refusal.code)
    field = camel(refusal.field) if refusal.field else None
    version = refusal.version if isinstance(refusal, Stale) else None
    return {"code": refusal.code, "message": refusal.message, "field": field, "version": version}


def _parts(annotation: Any, names: Sequence[str]) -> tuple[Part, ...]:
    if get_origin(annotation) is tuple and kinds.element(annotation) is None:
        return tuple(Part(name, kind) for name, kind in zip(names, get_args(annotation), strict=True))
    return (Part(names[0] if names else _noun(annotation), annotation),)


def _noun(annotation: Any) -> str:
    bare, _ = kinds.optional(annotation)
    inner = kinds.element(bare)
    if inner is not None:
        return plural(_noun(inner))
    return bare.__tablename__ if isinstance(bare, type) and issubclass(bare, Row) else "result"


def _payload(change: Change) -> type[graphene.ObjectType]:
    name = change.service.__name__
    fields: dict[str, Any] = {part.name: _part_field(part) for part in change.parts}
    fields["problems"] = graphene.NonNull(graphene.List(graphene.NonNull(Problem)))
    described = {"__doc__": f"What {camel(name)} answers; when there are problems, nothing was changed."}
    return type(f"{pascal(name)}Payload", (graphene.ObjectType,), fields | described)


def _part_field(part: Part) -> graphene.Field:
    return graphene.Field(lambda: nullable_type(part.annotation))


def _shown(context: Context, annotation: Any, value: Any) -> Any:
    bare, _ = kinds.optional(annotation)
    rows = value if kinds.element(bare) is not None else [value]
    if not rows or not all(isinstance(row, Row) for row in rows):
        return present(annotation, [value])[0]
    items = _read_again(context, rows)
    return items if isinstance(value, (list, tuple)) else next(iter(items), None)


def _read_again(context: Context, rows: Sequence[Any]) -> list[Item]:
    """The rows as the caller sees them now; what the change took away, as it was."""
    cls = type(rows[0])
    statement = sa.select(cls).where(key(cls).in_([getattr(row, key_name(cls)) for row in rows]))
    found = {getattr(row, key_name(cls)): row for row in context.work.session.scalars(statement)}
    current = [found.get(getattr(row, key_name(cls)), row if sa.inspect(row).was_deleted else None) for row in rows]
    (items,) = present(list[cls], [[row for row in current if row is not None]])  # type: ignore[valid-type]
    return items
