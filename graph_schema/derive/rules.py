"""Rules: what a mutation needs, declared on its one line of the schema and held against what its service asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rbm.access import PERMISSIONS, Permission
from rbm.terms.people import Role


class Where(StrEnum):
    """In which office the permission has to be held."""

    OFFICE = "office"
    """In the office of what the mutation acts on, or in one above it."""
    ABOVE = "above"
    """In an office above it, and above where it goes: what is moved leaves one and enters another."""
    ANOTHER_UNIT = "another_unit"
    """In an office above it, and by no role in that office itself."""
    HEADQUARTERS = "headquarters"
    """At headquarters: it acts on what everyone uses."""
    CENTRAL = "central"
    """In a central office (headquarters, evaluation, governing body): it acts on what belongs to all."""
    ANYWHERE = "anywhere"
    """In any office: it acts on what belongs to none, and on nobody else."""
    OWN = "own"
    """In none: it acts on what belongs to the caller alone."""


class Place(StrEnum):
    """Where a role is held, seen from the office of what a mutation acts on."""

    OWN = "own"
    """In that office itself."""
    LOWER = "lower"
    """In an office above it, so that it belongs to a lower one."""
    OTHER = "other"
    """In an office that is neither: it belongs to another one."""


OPEN: dict[Where, frozenset[Place]] = {
    Where.OFFICE: frozenset({Place.OWN, Place.LOWER}),
    Where.ABOVE: frozenset({Place.LOWER}),
    Where.ANOTHER_UNIT: frozenset({Place.LOWER}),
    Where.HEADQUARTERS: frozenset({Place.OWN}),
    Where.CENTRAL: frozenset({Place.OWN}),
    Where.ANYWHERE: frozenset(Place),
    Where.OWN: frozenset(),
}
"""From which places a role that has the permission may act."""


@dataclass(frozen=True)
class Rule:
    """Which permissions a mutation needs, where, and the only stages of rows in which it acts.

    Of each kind of staged row that `stages` names a stage of, the row concerned must stand at one of those named.
    With `own`, nobody needs the permissions for what is one's own.
    """

    permissions: frozenset[Permission]
    at: Where
    stages: tuple[StrEnum, ...] = ()
    own: bool = False

    @property
    def sensitive(self) -> bool:
        """Whether it decides about persons and what they may do."""
        return Permission.MANAGE_PEOPLE in self.permissions

    def allows(self, role: Role, place: Place) -> bool:
        """Whether somebody with a role held at a place may do it, at a stage in which it can be done."""
        return place in OPEN[self.at] and self.permissions <= PERMISSIONS[role]

    def refuse_others(self, asked: Iterable[Permission]) -> None:
        """Nothing, when the service asked for what is declared. RuntimeError when either is not true."""
        if self.permissions != frozenset(asked):
            declared, found = ", ".join(sorted(self.permissions)), ", ".join(sorted(asked))
            raise RuntimeError(f"declared to need {declared}, but asked for {found}")


def needs(
    *permissions: Permission, at: Where = Where.OFFICE, stages: Iterable[StrEnum] = (), own: bool = False
) -> Rule:
    """The rule of a mutation. TypeError when it needs no permission, which only what is one's own does."""
    if not permissions:
        raise TypeError("a mutation needs a permission")
    return Rule(frozenset(permissions), at, tuple(stages), own)


OWN = Rule(frozenset({Permission.SEE}), Where.OWN, own=True)
"""The rule of a mutation on what belongs to the caller alone: no role opens it to another person."""
