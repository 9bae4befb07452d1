"""What notices say: the line and subject of each in a language, and the frame of the e-mail they stand in.

A fact nobody gave is shown as a question mark, and nothing in a fact can start a new line or a header.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rbm.services.notices.wording import EN, ES, FR, TEXTS
from rbm.terms.notices import NoticeKind as Kind
from rbm.terms.people import Language

UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
UNKNOWN = "?"


@dataclass(frozen=True)
class Frame:
    """What stands around the lines of an e-mail, and its subject when there are several."""

    several: str
    greeting: str
    closing: str


FRAMES: Mapping[Language, Frame] = {
    EN: Frame(
        "{count} notices",
        "Hello {name},",
        "You find all of this in your notifications. Please do not answer this e-mail.",
    ),
    FR: Frame(
        "{count} notifications",
        "Bonjour {name},",
        "Vous retrouverez tout cela dans vos notifications. Merci de ne pas répondre à ce message.",
    ),
    ES: Frame(
        "{count} avisos",
        "Hola, {name}:",
        "Encontrará todo esto en sus notificaciones. Por favor, no responda a este correo.",
    ),
}


def line(kind: Kind, language: Language, facts: Mapping[str, str]) -> str:
    """What is told, in one line."""
    return TEXTS[kind][language].line.format_map(_told(facts))


def subject(kinds: list[Kind], language: Language) -> str:
    """The subject of an e-mail that tells notices of these kinds."""
    if len(kinds) == 1:
        return TEXTS[kinds[0]][language].subject
    return FRAMES[language].several.format(count=len(kinds))


def body(name: str, language: Language, lines: list[str]) -> str:
    """The text of an e-mail: a greeting, the lines, a closing."""
    frame = FRAMES[language]
    listed = "\n".join(f"- {each}" for each in lines)
    return f"{frame.greeting.format(name=flat(name))}\n\n{listed}\n\n{frame.closing}\n"


def flat(text: str) -> str:
    """A fact on one line: line breaks, control and direction characters become a space."""
    return UNPRINTABLE.sub(" ", text).strip()


def _told(facts: Mapping[str, str]) -> Mapping[str, str]:
    return defaultdict(lambda: UNKNOWN, {name: flat(str(fact)) for name, fact in facts.items()})
