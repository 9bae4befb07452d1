"""Versions: the one a caller has read, an argument of every mutation that answers with the edited row it was named."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import graphene

from graph_schema.derive import kinds
from graph_schema.derive.signatures import Service, parameters, returned
from rbm.db import Edited, Row
from rbm.work import Work

ARGUMENT = "version"


class Versioned(NamedTuple):
    """The row a mutation edits: its class, and the parameter that names it."""

    row: type[Row]
    parameter: str

    def expect(self, work: Work, values: Mapping[str, Any], version: int | None) -> None:
        """Let the unit of work refuse the row as Stale when it has another version."""
        if version is not None:
            work.expected[self.row.__tablename__, values[self.parameter]] = version


def versioned(service: Service) -> Versioned | None:
    """The row a service edits, or None when it answers with another one than it was named."""
    row, _ = kinds.optional(returned(service))
    if not (isinstance(row, type) and issubclass(row, Edited) and issubclass(row, Row)):
        return None
    table = row.__tablename__
    names = {f"{table}_id", f"{table.rpartition('_')[2]}_id"}
    parameter = next((one.name for one in parameters(service) if one.name in names), None)
    return Versioned(row, parameter) if parameter else None


def version_argument() -> graphene.Argument:
    """The argument `version`."""
    return graphene.Argument(graphene.Int, description="The version that was read; another one is a conflict.")
