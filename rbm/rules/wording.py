"""Hints on the words of a recommendation that need no judgement of its meaning; they never stand in the way."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rbm.terms.findings import WordingHint

FEWEST_WORDS = 5
WORD = re.compile(r"[\w'-]+")
YEAR = r"\b20\d\d\b"
SPAN = r"\b(?:within|in|dans|en|sous|dentro de)\s+(?:(?:the|next|coming|les|los|las)\s+)*(?:\w+\s+)?"
UNITS = r"(?:day|week|month|quarter|year|jour|semaine|mois|trimestre|an|année|día|semana|mes|año)e?s?\b"
TIME = re.compile(f"{YEAR}|{SPAN}{UNITS}", re.IGNORECASE)
"""A year, or a span of time in English, French or Spanish."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What of a recommendation is looked at: its texts, and how many addressees, bases and links it has."""

    texts: tuple[str, ...]
    addressees: int
    bases: int
    links: int


def hints(wording: Wording) -> tuple[WordingHint, ...]:
    """What is missed, in the order of the words."""
    return tuple(_missed(wording))


def _missed(wording: Wording) -> Iterator[WordingHint]:
    if not wording.addressees:
        yield WordingHint.WHO
    if not _any(wording.texts):
        yield WordingHint.WHEN
    if len(WORD.findall(wording.texts[0])) < FEWEST_WORDS:
        yield WordingHint.FEW_WORDS
    if not wording.bases:
        yield WordingHint.BASIS
    if not wording.links:
        yield WordingHint.RESULT


def _any(texts: Iterable[str]) -> bool:
    return any(TIME.search(text) for text in texts)
