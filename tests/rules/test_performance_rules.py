"""The rules that find poorly performing interventions, on small tables, and their laws."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.errors import Invalid
from rbm.rules.performance import (
    RULES,
    Deadline,
    HitRate,
    Indicators,
    Interventions,
    OffTrackShares,
    RatedCells,
    Reports,
    Shares,
    Sources,
    Standings,
    Verdict,
    explain,
    hit_rate,
    interventions,
    no_cells,
    rule_named,
    standings,
    stated,
    verdict,
)
from rbm.terms.people import Role
from rbm.terms.performance import FlagRule, Rating
from rbm.terms.strategy import ResultLevel

from .tables import position

AS_OF = date(2024, 3, 1)
ON, RISK, OFF, NOT = Rating.ON_TRACK, Rating.AT_RISK, Rating.OFF_TRACK, Rating.NOT_RATED
GOAL, OUTCOME, OUTPUT = ResultLevel.GOAL, ResultLevel.OUTCOME, ResultLevel.OUTPUT
RATINGS = st.lists(st.sampled_from(Rating), max_size=12)
SHARES = st.fractions(0, 1, max_denominator=12)


@dataclass
class Portfolio:
    """Interventions gathered indicator by indicator, then turned into the table."""

    count: int = 1
    indicators: list[tuple[int, int, bool]] = field(default_factory=list)
    cells: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]] = field(default_factory=lambda: ([], []))
    reports: list[tuple[int, int, int]] = field(default_factory=list)

    def indicator(self, *ratings: Rating, level: ResultLevel = OUTCOME, of: int = 0, **more: Any) -> "Portfolio":
        """An indicator with a cell for each rating, and in the period before for each of `before`."""
        at = len(self.indicators)
        self.indicators.append((of, position(level), more.get("expected", True)))
        facts = (more.get("actual", True), more.get("baseline", True))
        self.cells[0].extend((at, position(rating), *facts) for rating in ratings)
        self.cells[1].extend((at, position(rating), *facts) for rating in more.get("before", ()))
        return self

    def report(self, due: date, submitted: date | None = None, of: int = 0) -> "Portfolio":
        """A report."""
        self.reports.append((of, due.toordinal(), submitted.toordinal() if submitted else 0))
        return self

    def sources(self) -> Sources:
        """What the table is made of."""
        return Sources(
            subject=np.arange(self.count, dtype=np.int64) + 100,
            indicators=Indicators(*turned(self.indicators, (np.int64, np.int8, np.bool_))),
            cells=rated(self.cells[0]),
            cells_before=rated(self.cells[1]),
            reports=Reports(*turned(self.reports, (np.int64, np.int32, np.int32))),
        )

    def table(self) -> Interventions:
        """The table."""
        return interventions(self.sources(), AS_OF)

    def judged(self, name: FlagRule, parameters: Any = None, row: int = 0) -> Verdict:
        """The verdict of a rule on one intervention."""
        return verdict(rule_named(name)(self.table(), parameters), row)


def turned(rows: Sequence[tuple[Any, ...]], kinds: tuple[Any, ...]) -> list[Any]:
    """Rows as columns."""
    return [np.array([row[at] for row in rows], dtype=kind) for at, kind in enumerate(kinds)]


def rated(rows: list[tuple[Any, ...]]) -> RatedCells:
    """Cells of one period."""
    return RatedCells(*turned(rows, (np.int64, np.int8, np.bool_, np.bool_)))


def level_of(found: Verdict) -> int:
    """0 nothing, 1 watch, 2 raised."""
    return 2 if found.raised else int(found.watch)


@st.composite
def portfolios(draw: st.DrawFn) -> Portfolio:
    """Some interventions with anything in them."""
    made = Portfolio(draw(st.integers(1, 3)))
    for _ in range(draw(st.integers(0, 8))):
        facts = {name: draw(st.booleans()) for name in ("expected", "actual", "baseline")}
        of, level = draw(st.integers(0, made.count - 1)), draw(st.sampled_from(ResultLevel))
        made.indicator(*draw(RATINGS), level=level, of=of, before=draw(RATINGS), **facts)
    days = st.dates(AS_OF - timedelta(9), AS_OF + timedelta(9))
    for _ in range(draw(st.integers(0, 3))):
        made.report(draw(days), draw(st.none() | days), draw(st.integers(0, made.count - 1)))
    return made


@pytest.mark.parametrize(
    ("off", "rest", "standing"),
    [(4, 2, 2), (3, 2, 1), (66, 34, 1), (67, 33, 2), (3, 3, 1), (2, 3, 0), (4, 0, 0), (5, 0, 2), (0, 5, 0)],
)
def test_off_track_at_two_thirds_of_five_or_more_and_watch_at_half(off: int, rest: int, standing: int) -> None:
    portfolio = Portfolio().indicator(*[OFF] * off, *[RISK] * rest, NOT, NOT)
    assert level_of(portfolio.judged(FlagRule.OFF_TRACK)) == standing


def test_impact_is_shown_and_not_counted() -> None:
    portfolio = Portfolio().indicator(*[OFF] * 9, level=GOAL).indicator(ON, ON, OFF, level=OUTPUT).indicator(ON, OFF)
    found = portfolio.judged(FlagRule.OFF_TRACK)
    assert level_of(found) == 0
    shown = ("off_track", "rated", "outcome_off_track", "output_off_track", "impact_off_track", "impact_rated")
    assert [found.inputs[name] for name in shown] == [2, 5, 1, 1, 9, 9]
    for level in (ResultLevel.ACTIVITY, ResultLevel.OTHER):
        assert portfolio.indicator(OFF, OFF, level=level).table().rated.tolist() == [5]


def test_parameters_are_an_argument_and_go_with_the_verdict() -> None:
    portfolio = Portfolio().indicator(OFF, ON, ON)
    found = portfolio.judged(FlagRule.OFF_TRACK, OffTrackShares(3, Fraction(1, 3), Fraction(1, 4)))
    assert (found.raised, found.thresholds) == (True, {"minimum": 3, "raised_at": "1/3", "watch_at": "1/4"})
    assert found.subject == 100
    assert stated(Deadline(3)) == {"grace_days": 3}


def test_missed_twice_is_the_same_indicator_missed_in_both_periods() -> None:
    portfolio = Portfolio(2)
    portfolio.indicator(OFF, OFF, before=[OFF]).indicator(OFF, before=[RISK]).indicator(ON, before=[OFF])
    portfolio.indicator(OFF).indicator(OFF, before=[NOT]).indicator(OFF, before=[OFF], level=GOAL)
    portfolio.indicator(OFF, ON, of=1, before=[OFF])
    found = portfolio.judged(FlagRule.MISSED_TARGET_TWICE)
    assert (found.raised, found.inputs) == (True, {"missed_twice": 1, "compared": 3})
    assert explain(found) == (
        "1 of 3 indicators rated in this period and the one before is missed in both: flagged; "
        "at least 1/3 raises a flag and at least 1/5 puts to watch, where 1 or more are counted."
    )
    assert level_of(portfolio.judged(FlagRule.MISSED_TARGET_TWICE, row=1)) == 0


def test_baselines_are_asked_of_outcomes_and_impact_only() -> None:
    portfolio = Portfolio().indicator(ON, baseline=False, level=OUTPUT).indicator(ON)
    assert portfolio.judged(FlagRule.NO_BASELINE).inputs == {"without_baseline": 0, "needing_baseline": 1}
    portfolio.indicator(ON, baseline=False, level=GOAL).indicator(expected=False)
    found = portfolio.judged(FlagRule.NO_BASELINE)
    assert (found.raised, found.inputs) == (True, {"without_baseline": 1, "needing_baseline": 2})
    assert "1 of 2 indicators of outcomes and impact is without a baseline: flagged" in explain(found)


def test_stale_is_what_was_due_and_has_no_value() -> None:
    portfolio = Portfolio().indicator(NOT, actual=False, expected=False).indicator(*[ON] * 9)
    assert level_of(portfolio.judged(FlagRule.STALE_INDICATOR)) == 0
    found = portfolio.indicator(NOT, actual=False).judged(FlagRule.STALE_INDICATOR)
    assert (found.raised, found.inputs) == (True, {"stale": 1, "expected": 2, "last_report": None})
    assert level_of(portfolio.indicator(ON).indicator(ON).indicator(ON).judged(FlagRule.STALE_INDICATOR)) == 1
    assert "any puts to watch" in explain(found)


@pytest.mark.parametrize(("days", "grace", "raised"), [(0, 0, False), (1, 0, True), (1, 1, False), (-1, 0, False)])
def test_due_today_is_not_overdue(days: int, grace: int, raised: bool) -> None:
    portfolio = Portfolio().report(AS_OF - timedelta(days))
    assert portfolio.judged(FlagRule.REPORT_OVERDUE, Deadline(grace)).raised is raised


def test_the_earliest_report_that_is_not_submitted_counts() -> None:
    portfolio = Portfolio(2).report(AS_OF - timedelta(40), AS_OF - timedelta(2)).report(AS_OF - timedelta(5))
    portfolio.report(AS_OF - timedelta(10))
    found = portfolio.judged(FlagRule.REPORT_OVERDUE)
    assert explain(found) == (
        "A report due on 2024-02-20 is not submitted and 10 days overdue, with 0 days of grace; "
        "the last one was submitted on 2024-02-28."
    )
    assert explain(portfolio.judged(FlagRule.REPORT_OVERDUE, row=1)) == "No report is waiting to be submitted."


@given(portfolios(), st.randoms(use_true_random=False))
def test_order_never_matters(portfolio: Portfolio, random: Any) -> None:
    before = portfolio.table()
    for rows in (*portfolio.cells, portfolio.reports):
        random.shuffle(rows)
    after = portfolio.table()
    assert all(np.array_equal(getattr(before, name.name), getattr(after, name.name)) for name in fields(before))


@given(portfolios(), st.integers(0, 100), st.sampled_from([OUTCOME, OUTPUT]))
def test_a_cell_that_turns_off_track_never_lowers_a_flag(portfolio: Portfolio, at: int, level: ResultLevel) -> None:
    portfolio.indicator(ON, RISK, level=level, before=[OFF])
    rules = (FlagRule.OFF_TRACK, FlagRule.MISSED_TARGET_TWICE)
    before = [level_of(portfolio.judged(name, row=row)) for name in rules for row in range(portfolio.count)]
    cells = portfolio.cells[0]
    turning = [place for place, cell in enumerate(cells) if cell[1] != position(NOT)]
    chosen = turning[at % len(turning)]
    cells[chosen] = (cells[chosen][0], position(OFF), *cells[chosen][2:])
    after = [level_of(portfolio.judged(name, row=row)) for name in rules for row in range(portfolio.count)]
    assert all(one <= other for one, other in zip(before, after, strict=True))


@given(portfolios())
def test_one_more_off_track_cell_never_lowers_a_flag(portfolio: Portfolio) -> None:
    before = level_of(portfolio.judged(FlagRule.OFF_TRACK))
    assert before <= level_of(portfolio.indicator(OFF).judged(FlagRule.OFF_TRACK))


@given(portfolios())
def test_what_is_not_rated_raises_no_flag_of_ratings_and_no_exception(portfolio: Portfolio) -> None:
    for rows in portfolio.cells:
        rows[:] = [(row[0], position(NOT), *row[2:]) for row in rows]
    table = portfolio.table()
    assert not any(rule(table).raised.any() or rule(table).watch.any() for rule in RULES[:2])
    assert set(standings(table).rating.tolist()) == {position(NOT)}


@given(portfolios())
def test_every_verdict_explains_itself_and_never_both_raises_and_watches(portfolio: Portfolio) -> None:
    table = portfolio.table()
    for rule in RULES:
        found = rule(table)
        assert not (found.raised & found.watch).any()
        for row in range(portfolio.count):
            one = verdict(found, row)
            assert explain(one).endswith(".")
            assert (one.rule, one.version, set(one.inputs)) == (rule.name, rule.version, set(found.inputs))


def test_every_rule_is_registered_once_with_an_owner() -> None:
    assert [rule.name for rule in RULES] == list(FlagRule)
    assert {rule.owner for rule in RULES} <= set(Role)


def test_no_interventions_have_no_verdicts() -> None:
    empty = Portfolio(0).table()
    assert [len(rule(empty).raised) for rule in RULES] == [0] * len(RULES)
    assert len(no_cells().indicator) == 0


@given(portfolios(), SHARES.filter(bool), SHARES)
def test_shares_compare_exactly(portfolio: Portfolio, one: Fraction, other: Fraction) -> None:
    shares = Shares(1, max(one, other), min(one, other))
    table = portfolio.table()
    found = rule_named(FlagRule.OFF_TRACK)(table, shares)
    for row, (part, whole) in enumerate(zip(table.off_track.tolist(), table.rated.tolist(), strict=True)):
        share = Fraction(part, whole) if whole else Fraction(0)
        assert found.raised[row] == (part > 0 and share >= shares.raised_at)
        assert found.watch[row] == (part > 0 and shares.watch_at <= share < shares.raised_at)


@pytest.mark.parametrize(
    ("values", "refused_field"),
    [
        ({"minimum": 0}, "minimum"),
        ({"raised_at": Fraction(0)}, "raised_at"),
        ({"raised_at": Fraction(3, 2)}, "raised_at"),
        ({"watch_at": Fraction(3, 4)}, "watch_at"),
        ({"watch_at": Fraction(-1, 4)}, "watch_at"),
        ({"raised_at": Fraction(10**6, 10**6 + 1)}, "raised_at"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(values: dict[str, Any], refused_field: str) -> None:
    with pytest.raises(Invalid) as refused:
        OffTrackShares(**values)
    assert refused.value.field == refused_field
    with pytest.raises(Invalid):
        Deadline(-1)


def test_positions_that_point_at_nothing_and_uneven_columns_are_refused() -> None:
    sources = Portfolio().indicator(ON).sources()
    beyond = replace(sources.cells, indicator=np.array([1], dtype=np.int64))
    with pytest.raises(Invalid, match=r"cells\.indicator points at nothing"):
        interventions(replace(sources, cells=beyond), AS_OF)
    for change, message in (
        ({"expected": np.zeros(0, dtype=np.bool_)}, "indicators differ in length"),
        ({"level": np.array([len(ResultLevel)], dtype=np.int8)}, "level points at nothing"),
        ({"intervention": np.array([-1], dtype=np.int64)}, "intervention points at nothing"),
    ):
        with pytest.raises(Invalid, match=message):
            interventions(replace(sources, indicators=replace(sources.indicators, **change)), AS_OF)


def test_an_indicator_without_a_level_is_not_counted_anywhere() -> None:
    sources = Portfolio(2).indicator(OFF, OFF, before=[OFF]).indicator(ON, of=1).sources()
    without = replace(sources.indicators, level=np.array([-1, position(OUTCOME)], dtype=np.int8))
    table = interventions(replace(sources, indicators=without), AS_OF)
    assert [table.rated.tolist(), table.impact_rated.tolist(), table.compared.tolist()] == [[0, 1], [0, 0], [0, 0]]


def test_hit_rate_counts_what_was_flagged_beside_what_was_not() -> None:
    portfolio = Portfolio(4).indicator(*[OFF] * 5).indicator(*[OFF] * 5, of=1).indicator(*[OFF] * 5, of=2)
    flags = rule_named(FlagRule.OFF_TRACK)(portfolio.indicator(*[ON] * 5, of=3).table())
    later = Standings(np.array([103, 100, 101, 9]), np.array([position(word) for word in (RISK, OFF, ON, OFF)]))
    found = hit_rate(flags, later)
    assert found == HitRate(FlagRule.OFF_TRACK, 1, 2, 1, 1, 0, (1, 0))
    assert (found.share, found.unflagged_share) == (Fraction(1, 2), Fraction(0))
    assert hit_rate(flags, later, OFF, RISK).red == 1
    nothing = hit_rate(flags, Standings(later.subject[:0], later.rating[:0]))
    assert (nothing.share, nothing.unflagged_share, nothing.not_rated) == (None, None, (3, 1))
    with pytest.raises(Invalid, match="twice"):
        hit_rate(flags, Standings(np.array([1, 1]), later.rating[:2]))
