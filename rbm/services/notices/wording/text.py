"""What a notice of a kind says in a language."""

from collections.abc import Mapping
from dataclasses import dataclass

from rbm.terms.notices import NoticeKind
from rbm.terms.people import Language

EN, FR, ES = Language.ENGLISH, Language.FRENCH, Language.SPANISH


@dataclass(frozen=True)
class Text:
    """The subject of an e-mail that tells this alone, and the line in one that tells more."""

    subject: str
    line: str


Texts = Mapping[NoticeKind, Mapping[Language, Text]]
"""A subject and a line for kinds of notice, in each language."""
