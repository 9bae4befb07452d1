"""Crosswalks between frameworks: what is proposed, what is accepted, what is refused."""

from typing import Any

import pytest
import sqlalchemy as sa

from rbm.access import PUBLIC
from rbm.errors import Conflict, Forbidden, Invalid, NotFound
from rbm.model.indicators import Indicator
from rbm.model.series import CrosswalkLink
from rbm.services import series
from rbm.services.series import Succession
from rbm.terms.indicators import Accumulation, Direction, Measure
from rbm.terms.people import Role
from rbm.terms.series import CrosswalkRelation
from rbm.work import Work, begin
from tests.conftest import NOW, Begin
from tests.make import Make
from tests.refusals import refused

SAME, CHANGED = CrosswalkRelation.SAME, CrosswalkRelation.CHANGED
SPLIT, MERGED, DISCONTINUED = CrosswalkRelation.SPLIT, CrosswalkRelation.MERGED, CrosswalkRelation.DISCONTINUED


def two_frameworks(make: Make) -> dict[str, Indicator]:
    """An old and a new framework with indicators that go on, change and end."""
    old, new = (make.result(make.framework(code=code)) for code in ("OLD", "NEW"))
    facts: dict[str, tuple[Any, dict[str, Any]]] = {
        "kept": (old, {"title": "1.1 People reached"}),
        "kept on": (new, {"title": "1.1 People who were reached"}),
        "scored": (old, {"title": "1.2 Extent", "measure": Measure.NUMBER}),
        "scored on": (new, {"title": "1.2 Extent", "measure": Measure.SCORE}),
        "turned": (old, {"title": "1.3 Cases"}),
        "turned on": (new, {"title": "1.3 Cases", "direction": Direction.DECREASE}),
        "recounted": (old, {"title": "1.4 Reached"}),
        "recounted on": (new, {"title": "1.4 Reached", "unit": "households"}),
        "counted": (old, {"title": "1.5 Trained"}),
        "counted on": (new, {"title": "1.5 Trained", "accumulation": Accumulation.RUNNING_TOTAL}),
        "worded": (old, {"title": "People, trained!"}),
        "worded on": (new, {"title": "people trained"}),
        "ended": (old, {"title": "10.1 Ended"}),
        "begun": (new, {"title": "9.9 Begun"}),
    }
    return {name: make.indicator(result, **words) for name, (result, words) in facts.items()}


def test_pairs_are_proposed_by_level_number_and_measure_with_the_reason(work: Work, make: Make) -> None:
    two_frameworks(make)
    found = {pair.lead: pair for pair in series.propose_crosswalk(work, "OLD", "NEW")}
    assert {lead: pair.relation for lead, pair in found.items() if "." in lead} == {
        "1.1": SAME,
        "1.2": CHANGED,
        "1.3": CHANGED,
        "1.4": CHANGED,
        "1.5": CHANGED,
        "10.1": DISCONTINUED,
    }
    assert [pair.relation for lead, pair in found.items() if "." not in lead] == [SAME]
    assert found["1.1"].reason == "outcome 1.1, number: the same level, number and measure"
    assert found["1.2"].reason == "outcome 1.2: the measure changed from number to score"
    assert found["1.3"].reason == "outcome 1.3, number: the direction changed from increase to decrease"
    assert found["1.4"].reason == "outcome 1.4, number: the unit changed from people to households"
    assert found["1.5"].reason == "outcome 1.5, number: the accumulation changed from periodic to running total"
    assert found["10.1"].reason == "outcome 10.1, number: nothing of this level and number comes after it"
    assert {pair.hindrance for pair in found.values()} == {None}
    assert [lead for lead in found if "." in lead] == ["1.1", "1.2", "1.3", "1.4", "1.5", "10.1"]


def test_what_is_accepted_is_linked_once_by_whom_and_when(start: Begin) -> None:
    with start() as work:
        make = Make(work)
        rows, actor = two_frameworks(make), make.actor(Role.HQ_RESULTS)
    with start(actor) as deciding:
        done = series.accept_crosswalk(deciding, "OLD", "NEW", ["outcome/1.1/number"])
        assert (done.links, [pair.lead for pair in done.pairs], done.waiting) == (1, ["1.1"], [])
    with start(actor) as deciding:
        assert series.accept_crosswalk(deciding, "OLD", "NEW").links == 6
    with start(actor) as deciding:
        assert series.accept_crosswalk(deciding, "OLD", "NEW").links == 0
        links = deciding.session.scalars(sa.select(CrosswalkLink)).all()
        [link] = [link for link in links if link.before_id == rows["kept"].id]
        assert (link.after_id, link.relation, link.decided_by_id) == (rows["kept on"].id, SAME, actor.person_id)
        assert (link.decided_at, str(link.valid_from)) == (NOW, "2025-01-01")
        assert {link.after_id for link in links if link.relation is DISCONTINUED} == {None}


@pytest.mark.parametrize(
    ("names", "field"), [(("OLD", "OLD"), "later"), (("NONE", "NEW"), "earlier"), (("OLD", "1999"), "later")]
)
def test_a_crosswalk_leads_from_something_to_something_else(
    engine: sa.Engine, start: Begin, names: tuple[str, str], field: str
) -> None:
    with start() as work:
        two_frameworks(Make(work))
    with refused(engine, Invalid if names[0] == names[1] else NotFound, field) as work:
        series.propose_crosswalk(work, *names)


def test_a_key_that_is_not_proposed_is_refused(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        two_frameworks(Make(work))
    with refused(engine, Invalid, "keys") as work:
        series.accept_crosswalk(work, "OLD", "NEW", ["outcome/1.1/number", "outcome/7.7/number"])


@pytest.mark.parametrize("role", [Role.REPORTER, Role.APPROVER])
def test_a_crosswalk_is_decided_at_headquarters(engine: sa.Engine, start: Begin, role: Role) -> None:
    with start() as work:
        make = Make(work)
        rows = two_frameworks(make)
        actor = make.actor(role, make.framework().office)
    with refused(engine, Forbidden, None, actor) as work:
        series.accept_crosswalk(work, "OLD", "NEW")
    with refused(engine, Forbidden, None, actor) as work:
        series.record_crosswalk(work, Succession(rows["kept"].id, SAME, "why", rows["kept on"].id))


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("scored", "scored on", "measure"),
        ("turned", "turned on", "direction"),
        ("recounted", "recounted on", "unit"),
        ("counted", "counted on", "accumulation"),
        ("kept", "kept", "after_id"),
        ("kept", None, "after_id"),
    ],
)
def test_what_changed_is_never_the_same(
    engine: sa.Engine, start: Begin, before: str, after: str | None, field: str
) -> None:
    with start() as work:
        rows = two_frameworks(Make(work))
    with refused(engine, Invalid, field) as work:
        succession = Succession(rows[before].id, SAME, "why", rows[after].id if after else None)
        series.record_crosswalk(work, succession)


def test_nothing_follows_what_ended_and_a_reason_is_needed(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        rows = two_frameworks(Make(work))
    with refused(engine, Invalid, "after_id") as work:
        series.record_crosswalk(work, Succession(rows["ended"].id, DISCONTINUED, "why", rows["begun"].id))
    with refused(engine, Invalid, "reason") as work:
        series.record_crosswalk(work, Succession(rows["ended"].id, DISCONTINUED, " "))


@pytest.mark.parametrize(
    ("relation", "pair", "field"),
    [
        (SAME, ("kept", "worded on"), "before_id"),
        (SPLIT, ("kept", "begun"), "before_id"),
        (DISCONTINUED, ("kept", None), "before_id"),
        (MERGED, ("worded", "kept on"), "after_id"),
        (CHANGED, ("kept on", "kept"), "after_id"),
    ],
)
def test_a_second_word_on_either_end_is_a_conflict(
    engine: sa.Engine, start: Begin, relation: CrosswalkRelation, pair: tuple[str, str | None], field: str
) -> None:
    with start() as work:
        rows = two_frameworks(Make(work))
        series.record_crosswalk(work, Succession(rows["kept"].id, SAME, "why", rows["kept on"].id))
    with refused(engine, Conflict, field) as work:
        before, after = pair
        series.record_crosswalk(work, Succession(rows[before].id, relation, "why", rows[after].id if after else None))


def test_one_is_split_into_several_and_several_merge_into_one(work: Work, make: Make) -> None:
    rows = two_frameworks(make)
    for after in ("kept on", "begun"):
        series.record_crosswalk(work, Succession(rows["kept"].id, SPLIT, "why", rows[after].id))
    for before in ("worded", "ended"):
        series.record_crosswalk(work, Succession(rows[before].id, MERGED, "why", rows["worded on"].id))
    relations = work.session.scalars(sa.select(CrosswalkLink.relation)).all()
    assert sorted(relations) == [MERGED, MERGED, SPLIT, SPLIT]


def test_a_succession_is_recorded_once(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        rows = two_frameworks(Make(work))
        series.record_crosswalk(work, Succession(rows["kept"].id, SPLIT, "why", rows["kept on"].id))
    with refused(engine, Conflict, "after_id") as work:
        series.record_crosswalk(work, Succession(rows["kept"].id, SPLIT, "why", rows["kept on"].id))


def test_a_link_is_seen_by_whoever_sees_both_ends(engine: sa.Engine, start: Begin) -> None:
    with start() as work:
        make = Make(work)
        open_to_all = [make.framework(released_on=NOW.date()) for _ in range(2)]
        first, second, third = (make.indicator(make.result(plan)) for plan in (*open_to_all, make.framework()))
        for after in (second, third):
            facts = {"relation": SPLIT, "valid_from": NOW.date(), "reason": "parted", "decided_at": NOW}
            work.add(CrosswalkLink(before_id=first.id, after_id=after.id, **facts))
    with begin(engine, PUBLIC, "test", now=NOW, writes=False) as work:
        assert [row.after_id for row in work.session.scalars(sa.select(CrosswalkLink))] == [second.id]


def test_a_year_that_never_was_is_refused(engine: sa.Engine) -> None:
    with refused(engine, NotFound, "earlier") as work:
        series.propose_crosswalk(work, "0000", "2023")
