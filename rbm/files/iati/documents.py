"""Document links of any element."""

from rbm.files.iati import attributes
from rbm.files.iati.result_records import DocumentLink
from rbm.files.iati.spot import Spot
from rbm.files.iati.texts import narratives_under


def documents(spot: Spot) -> tuple[DocumentLink, ...]:
    """Return the document links among the children; one without address is told as refused."""
    links = (_link(child) for child in spot.each("document-link"))
    return tuple(link for link in links if link)


def _link(spot: Spot) -> DocumentLink | None:
    url = attributes.required(spot, "url")
    if url is None:
        return None
    dated = spot.one("document-date")
    return DocumentLink(
        url=url,
        format=spot.get("format"),
        titles=narratives_under(spot, "title"),
        descriptions=narratives_under(spot, "description"),
        categories=_codes(spot, "category"),
        languages=_codes(spot, "language"),
        date=attributes.day(dated) if dated else None,
    )


def _codes(spot: Spot, tag: str) -> tuple[str, ...]:
    codes = (child.get("code") for child in spot.each(tag))
    return tuple(code for code in codes if code)
