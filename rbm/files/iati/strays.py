"""Elements and attributes that stand where the standard does not know them, extensions above all: kept as XML."""

from collections import Counter
from collections.abc import Iterator

from lxml.etree import QName
from lxml.etree import _Element as Element

from rbm.files.iati import content
from rbm.files.iati.findings import quoted
from rbm.files.iati.spot import Spot
from rbm.files.iati.texts import LANGUAGE

Stray = tuple[str, str]

_NAMED = frozenset({"title", "description", "document-link", "reference"})
_CELL = frozenset({"location", "dimension", "comment", "document-link"})
KNOWN = {
    "result": _NAMED | {"indicator"},
    "indicator": _NAMED | {"baseline", "period"},
    "period": frozenset({"period-start", "period-end", "target", "actual"}),
    "baseline": _CELL,
    "target": _CELL,
    "actual": _CELL,
    "document-link": frozenset({"title", "description", "category", "language", "document-date"}),
}
"""Children by element, as the standard has them."""

PLAIN = KNOWN["document-link"] | {"narrative"}


def strays(spot: Spot) -> tuple[Stray, ...]:
    """Return what is strange in a result or an indicator, indicators of a result apart: (way from there, XML).

    Each is told as noted; contact details are told as refused and dropped.
    """
    return tuple(_strays(spot, len(spot.path) + 1))


def is_plain(element: Element) -> bool:
    """Tell whether an element of an activity holds nothing but its own attributes, narratives and plain parts."""
    return all(part.tag in PLAIN for part in element.iterdescendants()) and not any(
        _extended(part) for part in element.iter()
    )


def _strays(spot: Spot, start: int) -> Iterator[Stray]:
    known, numbers = KNOWN[spot.element.tag], Counter[str]()
    for child in spot.element:
        numbers[child.tag] += 1
        path = f"{spot.path}/{child.tag}[{numbers[child.tag]}]"
        if child.tag not in known:
            yield from _kept(spot, child, start)
        elif child.tag != "indicator" and _extended(child):
            yield path[start:], content.xml_of(child)
        elif child.tag != "indicator" and child.tag in KNOWN:
            yield from _strays(Spot(child, path, spot.report), start)


def _kept(spot: Spot, child: Element, start: int) -> Iterator[Stray]:
    name = quoted(QName(child).localname)
    if content.is_contact(child):
        spot.tell("refused", f"element {name} does not belong here and is not kept")
        return
    spot.tell("noted", f"element {name} does not belong here and is kept as it is")
    yield spot.path[start:], content.xml_of(child)


def _extended(element: Element) -> bool:
    return any(str(name).startswith("{") and name != LANGUAGE for name in element.attrib)
