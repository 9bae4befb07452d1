"""Rates: how much each caller may ask for in a minute, in points of cost."""

import math
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import structlog
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from graph_schema.limits.bounds import Exceeded
from rbm.access import Actor
from rbm.settings import Settings

NAMESPACE = "rbm-cost"
REFUSED_COST = 100
"""What a question costs that was read and is not answered."""
MINUTE = 60
IPV6_SITE = 64
"""Bits of an address that one site holds: whoever has one of its addresses has them all."""
log = structlog.get_logger("graph_schema")


class TooOften(Exceeded):
    """More than a caller may ask for in a minute; `seconds` is when it makes sense to ask again."""

    def __init__(self, most: int, seconds: int) -> None:
        super().__init__("rate", most)
        self.seconds = seconds


@dataclass(frozen=True)
class Rates:
    """The counts of one server, or of several that share a storage. A storage that is away lets everyone through."""

    limiter: SlidingWindowCounterRateLimiter
    item: RateLimitItemPerMinute

    @classmethod
    def of(cls, settings: Settings) -> "Rates":
        """Counts where settings say, of as many points as they say."""
        storage = storage_from_string(settings.rate_storage, wrap_exceptions=True)
        item = RateLimitItemPerMinute(settings.cost_a_minute, namespace=NAMESPACE)
        return cls(SlidingWindowCounterRateLimiter(storage), item)

    def refuse_spent(self, caller: str) -> None:
        """Nothing while a caller has points left. TooOften otherwise."""
        try:
            if not self.limiter.test(self.item, caller):
                raise self._too_often(caller, 1)
        except StorageError as error:
            log.warning("rates are not counted", reason=str(error))

    def spend(self, caller: str, cost: int) -> None:
        """Take points from a caller. TooOften, and nothing taken, when they are more than are left.

        What costs more than a whole minute's points takes all of them.
        """
        bounded = min(cost, self.item.amount)
        try:
            if not self.limiter.hit(self.item, caller, cost=bounded):
                raise self._too_often(caller, bounded)
        except StorageError as error:
            log.warning("rates are not counted", reason=str(error))

    def _too_often(self, caller: str, cost: int) -> TooOften:
        minute, most = self.item.get_expiry(), self.item.amount
        storage: Any = self.limiter.storage
        previous, _, current, left = storage.get_sliding_window(self.item.key_for(caller), minute)
        return TooOften(most, wait(previous, current, most - cost, left - minute))


def wait(previous: int, current: int, most: int, left: float) -> int:
    """Whole seconds until no more than `most` points are counted, when none are added; `left` of this minute remain.

    The points of the minute before count by the part of it that lies within the last sixty seconds.
    """
    if current <= most:
        seconds = left - (most - current) * MINUTE / max(previous, 1)
    else:
        seconds = left + MINUTE - most * MINUTE / current
    return max(1, math.ceil(seconds))


def caller_of(actor: Actor, address: str) -> str:
    """Under which name points are counted: a person's own, and the public's by its address or site."""
    if actor.person_id is not None:
        return str(actor.person_id)
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, IPV6_SITE), strict=False)) if isinstance(known, IPv6Address) else address
