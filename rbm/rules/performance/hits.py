"""How often a rule was right: of what it flagged, how much was still red a year later, beside what it did not flag."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from rbm.errors import Invalid
from rbm.rules.arrays import Codes, Ints
from rbm.rules.performance.interventions import Interventions
from rbm.rules.performance.parameters import OffTrackShares
from rbm.rules.performance.rules import off_track
from rbm.rules.performance.verdicts import Verdicts
from rbm.rules.rollup.words import code
from rbm.terms.performance import FlagRule, Rating


@dataclass(frozen=True, slots=True, eq=False)
class Standings:
    """K interventions: ids, each once, and their rating as a whole (position in Rating)."""

    subject: Ints
    rating: Codes


@dataclass(frozen=True, slots=True)
class HitRate:
    """Interventions rated later: flagged and those of them red, unflagged and those of them red.

    not_rated: how many of those flagged, and of those not flagged, have no rating later and are not counted.
    """

    rule: FlagRule
    version: int
    flagged: int
    still_red: int
    unflagged: int
    red: int
    not_rated: tuple[int, int]

    @property
    def share(self) -> Fraction | None:
        """Share of the flagged that were still red, None without any."""
        return Fraction(self.still_red, self.flagged) if self.flagged else None

    @property
    def unflagged_share(self) -> Fraction | None:
        """Share of the unflagged that were red, None without any."""
        return Fraction(self.red, self.unflagged) if self.unflagged else None


def standings(table: Interventions, parameters: OffTrackShares | None = None) -> Standings:
    """The rating of each intervention as a whole: off track where the rule off_track raises, at risk where it watches.

    Not rated with fewer rated cells than the rule asks for.
    """
    chosen = parameters or OffTrackShares()
    found = off_track(table, chosen)
    rating: Codes = np.full(len(table.subject), code(Rating.ON_TRACK), dtype=np.int8)
    np.copyto(rating, code(Rating.AT_RISK), where=found.watch)
    np.copyto(rating, code(Rating.OFF_TRACK), where=found.raised)
    np.copyto(rating, code(Rating.NOT_RATED), where=table.rated < chosen.minimum)
    return Standings(table.subject, rating)


def hit_rate(flags_before: Verdicts, ratings_after: Standings, *red: Rating) -> HitRate:
    """The hit rate of a rule's flags on the ratings of a later period; red is off track unless other words are given.

    Invalid when a subject stands twice.
    """
    for field, subject in (("flags_before", flags_before.subject), ("ratings_after", ratings_after.subject)):
        if len(np.unique(subject)) < len(subject):
            raise Invalid("a subject stands twice", field)
    later = dict(zip(ratings_after.subject.tolist(), ratings_after.rating.tolist(), strict=True))
    unrated = int(code(Rating.NOT_RATED))
    rating = np.array([later.get(subject, unrated) for subject in flags_before.subject.tolist()], dtype=np.int8)
    known, raised = rating != unrated, flags_before.raised
    bad = known & np.isin(rating, [code(word) for word in red or (Rating.OFF_TRACK,)])
    return HitRate(
        rule=flags_before.rule,
        version=flags_before.version,
        flagged=int((known & raised).sum()),
        still_red=int((bad & raised).sum()),
        unflagged=int((known & ~raised).sum()),
        red=int((bad & ~raised).sum()),
        not_rated=(int((~known & raised).sum()), int((~known & ~raised).sum())),
    )
