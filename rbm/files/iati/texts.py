"""Narratives: one text a language."""

from collections import defaultdict

from rbm.files.iati.result_records import Texts
from rbm.files.iati.spot import Spot

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
FALLBACK_LANGUAGE = "en"


def folded(text: str) -> str:
    """Return a text with every run of white space as one space and none at the ends."""
    return " ".join(text.split())


def narratives(spot: Spot) -> Texts:
    """Return the texts of an element's narratives by language, in lower case.

    Empty ones are dropped, several of one language joined by a line break. A text that stands in the element itself,
    as version 1 had it, is taken and told as repaired.
    """
    default = language_of(spot.get(LANGUAGE), spot.report.language)
    pieces = defaultdict(list)
    for narrative in spot.element.iterchildren("narrative"):
        text = "".join(str(piece) for piece in narrative.itertext()).strip()
        if text:
            pieces[language_of(narrative.get(LANGUAGE), default)].append(text)
    return {language: "\n".join(texts) for language, texts in pieces.items()} or _bare(spot, default)


def narratives_under(spot: Spot, tag: str) -> Texts:
    """Return the texts of the first child of a tag; empty when there is none."""
    child = spot.one(tag)
    return narratives(child) if child else {}


def title_of(texts: Texts, language: str) -> str:
    """Return the folded text in a language, else in English, else the first, else an empty one."""
    return folded(texts.get(language) or texts.get(FALLBACK_LANGUAGE) or next(iter(texts.values()), ""))


def language_of(published: str | None, default: str) -> str:
    """Return a language code in lower case, or the default where none is given."""
    return (published or "").strip().lower() or default


def _bare(spot: Spot, language: str) -> Texts:
    text = (spot.element.text or "").strip()
    if not text:
        return {}
    spot.tell("repaired", "text without narrative element read as a narrative")
    return {language: text}
