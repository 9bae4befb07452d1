"""To whom something owed is brought at a step of the ladder, as the ledger of reminders keeps it for ever."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from rbm.rules.deadlines import Deadlines
from rbm.services.followup.audience import Above, Audience
from rbm.services.followup.owing import Ladder, Owed
from rbm.terms.followup import EscalationLevel

ESCALATED = (Ladder.ACTION, Ladder.RESPONSE)
"""The ladders on which something is brought up from level to level."""
Brought = dict[EscalationLevel, Above]


def brought(audience: Audience, deadlines: Deadlines, one: Owed, today: date) -> Brought:
    """The levels that a step reaches, each with its office and persons; one at which nobody is told is not reached."""
    if one.ladder not in ESCALATED:
        return {}
    [office] = one.offices
    owned = one.owner_id is not None and one.owner_id not in audience.gone
    found: Brought = {}
    if one.owner_id is not None and owned:
        found[EscalationLevel.OWNER] = Above(office, (one.owner_id,))
    if not owned or one.step > 0:
        found[EscalationLevel.OFFICE] = Above(office, audience.answering(office, today))
    if one.step >= deadlines.supervisor_from:
        found[EscalationLevel.SUPERVISOR] = audience.above(office, today)
    if one.step >= deadlines.senior_from:
        found[EscalationLevel.SENIOR_MANAGEMENT] = audience.senior(today)
    return {level: above for level, above in found.items() if above.persons}


def recorded(levels: Brought) -> dict[str, Any] | None:
    """Levels as the ledger holds them; nothing for none."""
    return {level.value: _words(above) for level, above in levels.items()} or None


def read_back(told: Mapping[str, Any] | None) -> Brought:
    """The levels that the ledger holds."""
    return {
        EscalationLevel(level): Above(
            UUID(words["office"]) if words["office"] else None, tuple(UUID(key) for key in words["persons"])
        )
        for level, words in (told or {}).items()
    }


def _words(above: Above) -> dict[str, Any]:
    office = str(above.office_id) if above.office_id else None
    return {"office": office, "persons": [str(key) for key in above.persons]}
