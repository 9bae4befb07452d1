"""Failures: an address that shows bad credentials too often has to wait."""

import math

import structlog
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.exceptions import HTTPException

from graph_schema.limits.rates import caller_of
from rbm import clock
from rbm.access import PUBLIC
from rbm.settings import Settings

NAMESPACE = "rbm-sign-in"
MINUTE = 60
log = structlog.get_logger("identity")


class Failures:
    """Bad credentials of each address (of IPv6, each site) over a minute, counted where the settings say.

    A storage that is away lets everyone through: credentials are looked at all the same.
    """

    def __init__(self, chosen: Settings) -> None:
        self._item = RateLimitItemPerMinute(chosen.failed_sign_ins_a_minute, namespace=NAMESPACE)
        storage = storage_from_string(chosen.rate_storage, wrap_exceptions=True)
        self._limiter = SlidingWindowCounterRateLimiter(storage)

    def count(self, address: str) -> None:
        """One more of an address."""
        try:
            self._limiter.hit(self._item, caller_of(PUBLIC, address))
        except StorageError as error:
            log.warning("failed sign-ins are not counted", reason=str(error))

    def refuse_more(self, address: str) -> None:
        """Nothing, unless the address has shown too many. HTTPException (429) says when to try again."""
        site = caller_of(PUBLIC, address)
        try:
            if self._limiter.test(self._item, site):
                return
            wait = self._limiter.get_window_stats(self._item, site).reset_time - clock.read().timestamp()
        except StorageError as error:
            log.warning("failed sign-ins are not counted", reason=str(error))
            return
        seconds = min(MINUTE, max(1, math.ceil(wait)))
        raise HTTPException(429, "too many bad credentials from this address", {"retry-after": str(seconds)})
