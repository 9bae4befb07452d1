"""What those who run the service look at: what waits, who may do too much for too long, how safe the database is."""

from rbm.services.operations.people import Token, administrators, live_tokens, without_roles
from rbm.services.operations.soundness import clock_difference, damage, missing_triggers, unsafe_settings
from rbm.services.operations.waiting import (
    Backlog,
    dead_marks,
    dead_notices,
    dirty_marks,
    job_outcomes,
    newest_runs,
    stuck_runs,
    unsealed_entries,
)

__all__ = [
    "Backlog",
    "Token",
    "administrators",
    "clock_difference",
    "damage",
    "dead_marks",
    "dead_notices",
    "dirty_marks",
    "job_outcomes",
    "live_tokens",
    "missing_triggers",
    "newest_runs",
    "stuck_runs",
    "unsafe_settings",
    "unsealed_entries",
    "without_roles",
]
