"""The words of every kind of notice in every language; the facts a line takes stand in braces."""

from rbm.services.notices.wording.figures import FIGURES
from rbm.services.notices.wording.followup import FOLLOW_UP
from rbm.services.notices.wording.handing import HANDING
from rbm.services.notices.wording.plans import PLANS
from rbm.services.notices.wording.reporting import REPORTING
from rbm.services.notices.wording.rounds import ROUNDS
from rbm.services.notices.wording.text import EN, ES, FR, Text, Texts

TEXTS: Texts = {**REPORTING, **FIGURES, **FOLLOW_UP, **HANDING, **ROUNDS, **PLANS}

__all__ = ["EN", "ES", "FR", "TEXTS", "Text", "Texts"]
