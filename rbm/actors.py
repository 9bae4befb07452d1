"""Actors: the permissions of each role, and whoever acts with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum, StrEnum
from uuid import UUID

from rbm.terms.people import Role


class Reach(Enum):
    """Where else than in one office a permission may be asked for."""

    ANYWHERE = "anywhere"


ANYWHERE = Reach.ANYWHERE
"""In any office at all: for what belongs to none and concerns nobody else's work or person."""


class Permission(StrEnum):
    """What a role lets a person do in its office and the offices below."""

    SEE = "see"
    PLAN = "plan"
    APPROVE_STRATEGY = "approve_strategy"
    DEFINE = "define"
    SET_TARGET = "set_target"
    REVIEW = "review"
    REPORT = "report"
    APPROVE = "approve"
    VERIFY = "verify"
    IMPROVE = "improve"
    RELEASE = "release"
    IMPORT = "import"
    OPERATE = "operate"
    MANAGE_PEOPLE = "manage_people"
    READ_AUDIT = "read_audit"
    READ_ATTEMPTS = "read_attempts"
    PLAN_EVALUATION = "plan_evaluation"
    MANAGE_EVALUATION = "manage_evaluation"
    RECORD_FINDINGS = "record_findings"
    ASSESS_QUALITY = "assess_quality"
    OVERSEE_EVALUATION = "oversee_evaluation"
    DIRECT_EVALUATION = "direct_evaluation"
    CONFIRM_ACTION = "confirm_action"
    GOVERN = "govern"
    COMMENT = "comment"
    RESPOND = "respond"
    SUBMIT_RESPONSE = "submit_response"
    ENDORSE = "endorse"
    IMPLEMENT = "implement"


_SEE = frozenset({Permission.SEE})
_MANAGING_EVALUATION = _SEE | {Permission.MANAGE_EVALUATION, Permission.RECORD_FINDINGS}
_OVERSEEING_EVALUATION = _MANAGING_EVALUATION | {
    Permission.PLAN_EVALUATION,
    Permission.ASSESS_QUALITY,
    Permission.OVERSEE_EVALUATION,
    Permission.CONFIRM_ACTION,
}
_PLANNING = _SEE | {Permission.PLAN, Permission.DEFINE, Permission.SET_TARGET}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _SEE,
    Role.REPORTER: _PLANNING | {Permission.REPORT, Permission.IMPLEMENT},
    Role.APPROVER: _PLANNING
    | {Permission.APPROVE_STRATEGY, Permission.APPROVE, Permission.IMPROVE}
    | {Permission.COMMENT, Permission.RESPOND, Permission.SUBMIT_RESPONSE, Permission.IMPLEMENT},
    Role.MANAGEMENT_FOCAL_POINT: _SEE
    | {Permission.IMPROVE, Permission.COMMENT, Permission.RESPOND, Permission.IMPLEMENT},
    Role.VERIFIER: _SEE | {Permission.REVIEW, Permission.VERIFY},
    Role.ENDORSER: _SEE | {Permission.APPROVE_STRATEGY, Permission.COMMENT, Permission.ENDORSE},
    Role.HQ_RESULTS: _PLANNING
    | {Permission.REVIEW, Permission.IMPORT, Permission.OPERATE, Permission.RELEASE, Permission.APPROVE_STRATEGY}
    | {Permission.IMPROVE},
    Role.EVALUATION_MANAGER: _MANAGING_EVALUATION,
    Role.EVALUATOR: _SEE,
    Role.EVALUATION_OFFICER: _OVERSEEING_EVALUATION,
    Role.EVALUATION_HEAD: _OVERSEEING_EVALUATION | {Permission.DIRECT_EVALUATION, Permission.READ_ATTEMPTS},
    Role.QUALITY_ASSESSOR: _SEE | {Permission.ASSESS_QUALITY},
    Role.OVERSIGHT: _SEE | {Permission.READ_AUDIT, Permission.READ_ATTEMPTS, Permission.CONFIRM_ACTION},
    Role.SENIOR_MANAGEMENT: _SEE | {Permission.COMMENT, Permission.ENDORSE},
    Role.GOVERNING_BODY: frozenset({Permission.READ_ATTEMPTS, Permission.GOVERN}),
    Role.DONOR: frozenset(),
    Role.PUBLIC: frozenset(),
    Role.ADMIN: frozenset({Permission.MANAGE_PEOPLE}),
}

INTO_INDEPENDENT = frozenset({Permission.SEE, Permission.MANAGE_PEOPLE})
"""What a role above gives in an evaluation office, or in that of the governing body: neither is run from elsewhere."""


@dataclass(frozen=True)
class Grant:
    """A role in an office, and the offices it reaches: that one and every office below it today.

    `central`: the office acts for the whole organisation, and so does the role. Held anywhere else a role permits
    nothing that concerns all: an administrator or overseer of a country is one for that country.
    `evaluating`: no role at all, but the sight of what an evaluation judges, for those who make it.
    `apart`: those of the offices that are independent of it. It opens them to sight, and its persons are administered
    from there, but nothing is done in them by a role of another office.
    """

    role: Role
    office_id: UUID
    offices: frozenset[UUID]
    central: bool = False
    evaluating: bool = False
    apart: frozenset[UUID] = frozenset()

    def reached(self, permission: Permission) -> frozenset[UUID]:
        """The offices in which the role gives a permission that it has."""
        return self.offices if permission in INTO_INDEPENDENT else self.offices - self.apart


@dataclass(frozen=True)
class Actor:
    """Whoever acts. `above` are the offices over those in which the actor holds a role.

    `scopes` are the permissions the credentials are limited to; without them they carry all the person has.
    `day` is the business date on which it acts: what opens by date is closed to an actor without one.
    """

    label: str
    person_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    above: frozenset[UUID] = frozenset()
    system: bool = False
    scopes: frozenset[Permission] | None = None
    day: date | None = None
    _offices: dict[Permission, frozenset[UUID]] = field(default_factory=dict, compare=False, repr=False)

    def offices(self, permission: Permission) -> frozenset[UUID]:
        """The offices in which the actor holds `permission`."""
        if permission not in self._offices:
            reached = (grant.reached(permission) for grant in self._usable(permission))
            self._offices[permission] = frozenset().union(*reached)
        return self._offices[permission]

    def may(self, permission: Permission, where: UUID | Reach | None) -> bool:
        """Whether the actor holds `permission` in an office, ANYWHERE, or for the whole organisation without either.

        For the whole organisation it is held by a role in a central office.
        """
        if self.system:
            return True
        if where is None:
            return any(grant.central for grant in self._usable(permission))
        held = self.offices(permission)
        return bool(held) if where is ANYWHERE else where in held

    def belonging(self, permission: Permission) -> frozenset[UUID]:
        """The offices in which a role gives the actor `permission`: not those seen for an evaluation alone."""
        held = (grant for grant in self._usable(permission) if not grant.evaluating)
        return frozenset().union(*(grant.reached(permission) for grant in held))

    def on(self, day: date) -> "Actor":
        """The same actor, acting on a day."""
        return self if self.day == day else replace(self, day=day)

    def _usable(self, permission: Permission) -> Iterator[Grant]:
        """The grants that carry a permission, of what the credentials are limited to."""
        if self.scopes is None or permission in self.scopes:
            yield from (grant for grant in self.grants if permission in PERMISSIONS[grant.role])


PUBLIC = Actor("public")
SYSTEM = Actor("system", system=True)
