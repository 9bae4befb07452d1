"""Proposes a crosswalk: pairs of indicators by level, leading number and measure, each with the reason in words."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rbm.errors import Invalid
from rbm.rules.series import changed, differences, folded, key_of, lead_of
from rbm.services.series.members import YEAR, Member, members
from rbm.terms.indicators import Measure
from rbm.terms.series import CrosswalkRelation
from rbm.terms.strategy import ResultLevel
from rbm.work import Work


@dataclass(frozen=True)
class Follower:
    """An indicator and the one that follows it from a day on; None when nothing does."""

    before: Member
    after: Member | None
    valid_from: date | None


@dataclass(frozen=True)
class CrosswalkPair:
    """What a crosswalk proposes for one key: the relation, why, and for how many indicators of how many earlier ones.

    A `hindrance` says why the pair is not accepted as it is: a person records what it is.
    """

    key: str
    relation: CrosswalkRelation
    level: ResultLevel
    lead: str
    measure: Measure
    title: str
    next_measure: Measure | None
    next_title: str | None
    reason: str
    hindrance: str | None
    indicators: int
    unmatched: int


@dataclass(frozen=True)
class Proposal:
    """A pair with the indicators it stands for."""

    pair: CrosswalkPair
    followers: tuple[Follower, ...]


def propose_crosswalk(work: Work, earlier: str, later: str) -> list[CrosswalkPair]:
    """Pairs of indicators of two frameworks, named by code, or of all plans published for two years, such as 2022.

    Plans of two years are held against one another office by office. Invalid when both are the same; NotFound when
    there is no such framework or year.
    """
    return [proposal.pair for proposal in proposals(work, earlier, later)]


def proposals(work: Work, earlier: str, later: str) -> list[Proposal]:
    """The pairs with their indicators, in the order of levels and numbers."""
    if earlier.strip() == later.strip():
        raise Invalid("a crosswalk leads from one framework or year to another one", "later")
    sides = [members(work, named, field) for field, named in (("earlier", earlier), ("later", later))]
    apart = all(YEAR.fullmatch(named.strip()) for named in (earlier, later))
    old, new = (_by_key(side) for side in sides)
    starts = min((member.starts_on for member in sides[1] if member.starts_on), default=None)
    made = [_proposal(key, old, new, apart=apart, starts=starts) for key in old]
    return sorted(made, key=lambda each: _order(each.pair))


def _by_key(found: Sequence[Member]) -> dict[str, list[Member]]:
    made: dict[str, list[Member]] = defaultdict(list)
    for member in found:
        made[member.key].append(member)
    return made


def _proposal(
    key: str, old: dict[str, list[Member]], new: dict[str, list[Member]], *, apart: bool, starts: date | None
) -> Proposal:
    """What becomes of the indicators of a key. `apart`: office by office; `starts`: when the later plans begin."""
    earlier, first = old[key], old[key][0]
    other = key if key in new else _remeasured(first, old, new)
    if other is None:
        followers = tuple(Follower(member, None, starts) for member in earlier)
        reason = f"{_named(first)}: nothing of this level and number comes after it"
        pair = _pair((first, None), CrosswalkRelation.DISCONTINUED, (reason, None), (len(followers), 0))
        return Proposal(pair, followers)
    after = new[other][0]
    followers = _matched(earlier, new[other], apart=apart)
    relation, reason, hindrance = _judged(first, after, followers)
    counts = (len(followers), len(earlier) - len(followers))
    return Proposal(_pair((first, after), relation, (reason, hindrance), counts), followers)


def _remeasured(member: Member, old: dict[str, list[Member]], new: dict[str, list[Member]]) -> str | None:
    """The key of the same level and number with another measure that nothing else leads to."""
    keys = (key_of(member.level, member.title, measure) for measure in Measure)
    return next((key for key in keys if key in new and key not in old), None)


def _judged(first: Member, after: Member, followers: Sequence[Follower]) -> tuple[CrosswalkRelation, str, str | None]:
    """The relation, the reason in words, and what stands against accepting it."""
    measures = (first.sense.measure, after.sense.measure)
    if measures[0] is not measures[1]:
        words = f"{first.level} {lead_of(first.title)}: the measure changed from {measures[0]} to {measures[1]}"
        return CrosswalkRelation.CHANGED, words.replace("_", " "), None
    same = f"{_named(first)}: the same level, number and measure"
    pairs = [(each.before, each.after) for each in followers if each.after]
    other = [(before, later) for before, later in pairs if differences(before.sense, later.sense)]
    if not other:
        return CrosswalkRelation.SAME, same, None
    senses = (other[0][0].sense, other[0][1].sense)
    words = changed(differences(*senses)[0], *senses)
    if all(before.published and later.published for before, later in other):
        return CrosswalkRelation.SAME, same, f"{words} in what was published: a person says which it is"
    return CrosswalkRelation.CHANGED, f"{_named(first)}: {words}", None


def _named(member: Member) -> str:
    return f"{member.level} {lead_of(member.title)}, {member.sense.measure}".replace("_", " ")


def _matched(earlier: Sequence[Member], later: Sequence[Member], *, apart: bool) -> tuple[Follower, ...]:
    """Who follows whom, each once: first of one result, title and making, at last whoever is left alone."""
    made: list[Follower] = []
    offices: dict[UUID | None, tuple[list[Member], list[Member]]] = defaultdict(lambda: ([], []))
    for side, found in enumerate((earlier, later)):
        for member in found:
            offices[member.office_id if apart else None][side].append(member)
    for old, new in offices.values():
        for likeness in (_words, _title_and_making, _title, _making, _any):
            made += _alike(old, new, likeness)
    return tuple(made)


def _alike(old: list[Member], new: list[Member], likeness: Any) -> list[Follower]:
    """Pairs of which each is the only one of its likeness on either side; they leave the lists."""
    made = []
    for mark in dict.fromkeys(likeness(member) for member in old):
        ones, others = ([member for member in side if likeness(member) == mark] for side in (old, new))
        if len(ones) == len(others) == 1:
            made.append(Follower(ones[0], others[0], others[0].starts_on))
            old.remove(ones[0])
            new.remove(others[0])
    return made


def _words(member: Member) -> tuple[str, str, bool]:
    return folded(member.result), folded(member.title), member.derived


def _title_and_making(member: Member) -> tuple[str, bool]:
    return folded(member.title), member.derived


def _title(member: Member) -> str:
    return folded(member.title)


def _making(member: Member) -> bool:
    return member.derived


def _any(_: Member) -> None:
    return None


def _pair(
    ends: tuple[Member, Member | None],
    relation: CrosswalkRelation,
    words: tuple[str, str | None],
    counts: tuple[int, int],
) -> CrosswalkPair:
    first, after = ends
    return CrosswalkPair(
        key=first.key,
        relation=relation,
        level=first.level,
        lead=lead_of(first.title),
        measure=first.sense.measure,
        title=first.title,
        next_measure=after.sense.measure if after else None,
        next_title=after.title if after else None,
        reason=words[0],
        hindrance=words[1],
        indicators=counts[0],
        unmatched=counts[1],
    )


def _order(pair: CrosswalkPair) -> tuple[Any, ...]:
    numbers = [(int(part), "") if part.isdigit() else (0, part) for part in re.findall(r"\d+|\D+", pair.lead)]
    return list(ResultLevel).index(pair.level), numbers, pair.measure
