"""The words of other organisations for ours: decisions, statuses, priorities, sources, languages.

Sources: the labels of UNDP, FAO, UNODC, WFP, UNICEF, UN Women, JIU, OIOS, UNEP, IFAD and of inspectors general in the
United States, as their public follow-up systems show them. "Closed" is none of ours: it does not say how.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from rbm.terms.evaluation import SourceKind, TextLanguage
from rbm.terms.findings import RecommendationPriority
from rbm.terms.followup import ActionStage
from rbm.terms.responses import ResponseDecision, ResponseReason

W = TypeVar("W", bound=StrEnum)

DECISIONS: Mapping[str, ResponseDecision] = {
    "agreed": ResponseDecision.ACCEPTED,
    "fully accepted": ResponseDecision.ACCEPTED,
    "resolved": ResponseDecision.ACCEPTED,
    "partially agreed": ResponseDecision.PARTIALLY_ACCEPTED,
    "partly accepted": ResponseDecision.PARTIALLY_ACCEPTED,
    "not accepted": ResponseDecision.REJECTED,
    "not agreed": ResponseDecision.REJECTED,
    "not agreed upon": ResponseDecision.REJECTED,
    "disagreed": ResponseDecision.REJECTED,
    "unresolved": ResponseDecision.REJECTED,
    "pending": ResponseDecision.UNDER_CONSIDERATION,
    "not applicable": ResponseDecision.NOT_RELEVANT,
    "not rated": ResponseDecision.NOT_RELEVANT,
}
STATUSES: Mapping[str, ActionStage] = {
    "not initiated": ActionStage.NOT_STARTED,
    "no action": ActionStage.NOT_STARTED,
    "not yet due": ActionStage.NOT_STARTED,
    "pending": ActionStage.NOT_STARTED,
    "open": ActionStage.NOT_STARTED,
    "overdue": ActionStage.NOT_STARTED,
    "initiated": ActionStage.IN_PROGRESS,
    "underway": ActionStage.IN_PROGRESS,
    "under way": ActionStage.IN_PROGRESS,
    "ongoing": ActionStage.IN_PROGRESS,
    "partial": ActionStage.IN_PROGRESS,
    "partially compliant": ActionStage.IN_PROGRESS,
    "partially implemented": ActionStage.IN_PROGRESS,
    "complete": ActionStage.REPORTED_COMPLETE,
    "completed": ActionStage.REPORTED_COMPLETE,
    "implemented": ActionStage.REPORTED_COMPLETE,
    "compliant": ActionStage.REPORTED_COMPLETE,
    "full follow up": ActionStage.REPORTED_COMPLETE,
    "verified complete": ActionStage.REPORTED_COMPLETE,
    "cancelled": ActionStage.NO_LONGER_APPLICABLE,
    "not applicable": ActionStage.NO_LONGER_APPLICABLE,
    "not relevant": ActionStage.NO_LONGER_APPLICABLE,
}
PRIORITIES: Mapping[str, RecommendationPriority] = {"important": RecommendationPriority.HIGH}
SOURCES: Mapping[str, SourceKind] = {"donor commissioned evaluation": SourceKind.DONOR_EVALUATION}
LANGUAGES: Mapping[str, TextLanguage] = {language.name.lower(): language for language in TextLanguage}
REASONS: Mapping[str, ResponseReason] = {}


def word(text: str, kind: type[W], others: Mapping[str, W]) -> W:
    """The word of a closed list that a text is, in any case and with spaces or underscores. ValueError says which are.

    `others` are words of other organisations, in small letters with single spaces.
    """
    plain = plainly(text)
    own = {plainly(each.value): each for each in kind}
    found = others.get(plain, own.get(plain))
    if found is None:
        known = ", ".join(sorted({*own, *others}))
        raise ValueError(f"{text!r} is none of: {known}")
    return found


def plainly(text: str) -> str:
    """A text in small letters with single spaces for everything else than letters and digits."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
