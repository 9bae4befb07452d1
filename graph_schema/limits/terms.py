"""Terms: on which a door answers, and whom it counts."""

from dataclasses import dataclass

from graph_schema.limits.bounds import Limits
from graph_schema.limits.rates import REFUSED_COST, Rates, caller_of
from rbm.access import Actor
from rbm.settings import settings


@dataclass(frozen=True)
class Terms:
    """The limits of a door; with rates, what callers ask for is counted, the public's by its address."""

    limits: Limits
    rates: Rates | None = None
    address: str = ""

    @classmethod
    def usual(cls) -> "Terms":
        """The limits of the settings, nobody counted."""
        return cls(Limits.of(settings()))

    def refuse_spent(self, actor: Actor) -> None:
        """Nothing while the caller has points left. TooOften otherwise."""
        if self.rates:
            self.rates.refuse_spent(caller_of(actor, self.address))

    def spend(self, actor: Actor, cost: int = REFUSED_COST) -> None:
        """Take points from the caller; without a cost, those of a question that is not answered. TooOften."""
        if self.rates:
            self.rates.spend(caller_of(actor, self.address), cost)
