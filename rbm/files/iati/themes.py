"""Sectors, tags and policy markers of an activity."""

from collections import defaultdict
from decimal import Decimal

from rbm.files.iati import attributes, numbers
from rbm.files.iati.findings import quoted
from rbm.files.iati.records import MarkerRecord, SectorRecord, TagRecord
from rbm.files.iati.spot import Spot
from rbm.files.iati.texts import narratives

DEFAULT_VOCABULARY = "1"
ROUNDING_PER_SECTOR = Decimal("0.02")


def sectors(activity: Spot) -> tuple[SectorRecord, ...]:
    """Return the sectors; percentages that do not make 100 in a vocabulary are noted."""
    found = []
    for child in activity.each("sector"):
        code = attributes.required(child, "code")
        if code is not None:
            vocabulary = child.get("vocabulary") or DEFAULT_VOCABULARY
            share, uri = attributes.percentage(child), child.get("vocabulary-uri")
            found.append(SectorRecord(vocabulary, code, share, narratives(child), uri))
    _check_shares(activity, found)
    return tuple(found)


def tags(activity: Spot) -> tuple[TagRecord, ...]:
    """Return the tags; one without code is told as refused."""
    found = []
    for child in activity.each("tag"):
        code = attributes.required(child, "code")
        if code is not None:
            found.append(TagRecord(child.get("vocabulary"), code, narratives(child), child.get("vocabulary-uri")))
    return tuple(found)


def markers(activity: Spot) -> tuple[MarkerRecord, ...]:
    """Return the policy markers; one without code is told as refused."""
    found = []
    for child in activity.each("policy-marker"):
        code = attributes.required(child, "code")
        if code is not None:
            vocabulary = child.get("vocabulary") or DEFAULT_VOCABULARY
            significance, uri = child.get("significance"), child.get("vocabulary-uri")
            found.append(MarkerRecord(vocabulary, code, significance, narratives(child), uri))
    return tuple(found)


def _check_shares(activity: Spot, found: list[SectorRecord]) -> None:
    by_vocabulary = defaultdict(list)
    for sector in found:
        by_vocabulary[sector.vocabulary].append(sector.percentage)
    for vocabulary, shares in by_vocabulary.items():
        given = [share for share in shares if share is not None]
        alone = len(shares) == 1 and not given
        total = sum(given, Decimal(0))
        if not alone and abs(total - attributes.HUNDRED) > ROUNDING_PER_SECTOR * len(shares):
            reason = f"percentages of vocabulary {quoted(vocabulary)} make {numbers.plain(total)}, not 100"
            activity.tell("noted", reason, "sector")
