"""Law: figures made of columns are those of a plain recount from the log of moves, on whatever day one looks."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rbm.rules.followup import action_figures as acting
from rbm.rules.followup import answer_figures as answering
from rbm.rules.followup.columns import Histories
from rbm.rules.followup.history import code
from rbm.rules.followup.standing import by_recommendation, statuses
from rbm.rules.followup.status import Addressed, Answered, recommendation_status
from rbm.rules.followup.view import View
from rbm.terms.findings import RecommendationStage
from rbm.terms.followup import OPEN_STAGES, ActionStage, RecommendationStatus
from rbm.terms.responses import TAKEN_UP, ResponseDecision
from tests.followed import histories, seen

START = date(2025, 11, 1)
SPAN = 150
S = ActionStage
NEXT = {
    S.NOT_STARTED: (S.IN_PROGRESS, S.NO_LONGER_APPLICABLE),
    S.IN_PROGRESS: (S.NOT_STARTED, S.REPORTED_COMPLETE, S.SUPERSEDED),
    S.REPORTED_COMPLETE: (S.VERIFIED_COMPLETE, S.IN_PROGRESS),
    S.VERIFIED_COMPLETE: (S.IN_PROGRESS,),
    S.NO_LONGER_APPLICABLE: (),
    S.SUPERSEDED: (),
}
DAYS = st.integers(0, SPAN)


@dataclass(frozen=True)
class Deed:
    """An action: what happened to it, and when."""

    part: int
    planned: int
    due: int
    moves: tuple[tuple[int, ActionStage], ...]
    granted: tuple[tuple[int, int], ...]

    def stage(self, day: int) -> ActionStage:
        """Where it stood at the end of a day."""
        return next((stage for on, stage in reversed(self.moves) if on <= day), S.NOT_STARTED)

    def due_on(self, day: int) -> int:
        """When it was due as of a day."""
        return next((due for on, due in reversed(self.granted) if on <= day), self.due)

    def closed_on(self, day: int) -> int | None:
        """The day it was closed, as of a day."""
        closed = self.stage(day) in {S.VERIFIED_COMPLETE, S.NO_LONGER_APPLICABLE}
        return max(on for on, _ in self.moves if on <= day) if closed else None


@dataclass(frozen=True)
class Reply:
    """What an office answered: the day, a decision and the day of it for each part, and what it does."""

    submitted: int | None
    decisions: tuple[tuple[ResponseDecision | None, int], ...]
    deeds: tuple[Deed, ...]


@dataclass(frozen=True)
class Advice:
    """A recommendation with the replies of the offices it is addressed to."""

    replies: tuple[Reply, ...]
    superseded: int | None


@st.composite
def deeds(draw: st.DrawFn, parts: int) -> Deed:
    stage, on, moves = S.NOT_STARTED, draw(DAYS), []
    planned = on
    for _ in range(draw(st.integers(0, 5))):
        if not NEXT[stage]:
            break
        stage, on = draw(st.sampled_from(NEXT[stage])), min(on + draw(st.integers(0, 30)), SPAN)
        moves.append((on, stage))
    granted = sorted(draw(st.lists(st.tuples(DAYS, DAYS), max_size=2)))
    return Deed(draw(st.integers(0, parts - 1)), planned, draw(DAYS), tuple(moves), tuple(granted))


@st.composite
def replies(draw: st.DrawFn, parts: int) -> Reply:
    decided = st.tuples(st.none() | st.sampled_from(list(ResponseDecision)), DAYS)
    decisions = tuple(draw(decided) for _ in range(parts))
    return Reply(draw(st.none() | DAYS), decisions, tuple(draw(st.lists(deeds(parts), max_size=3))))


@st.composite
def advices(draw: st.DrawFn) -> Advice:
    parts = draw(st.integers(1, 2))
    return Advice(tuple(draw(st.lists(replies(parts), min_size=1, max_size=2))), draw(st.none() | DAYS))


WORLDS = st.lists(advices(), max_size=5)


def day(number: int | None) -> int:
    """An ordinal; 0 for never."""
    return 0 if number is None else (START + timedelta(days=number)).toordinal()


def columns(world: list[Advice]) -> Histories:
    """The same world in columns: one evaluation for each recommendation, parts numbered through."""
    evaluations, answers, responses, decisions, actions, moves, extensions = ([] for _ in range(7))
    for number, advice in enumerate(world):
        for office, reply in enumerate(advice.replies):
            answer = len(answers)
            responses.append((number, office, day(0), day(reply.submitted), 0, 1))
            answers.append((number, office, answer))
            for part, (decision, on) in enumerate(reply.decisions):
                if decision is not None:
                    decisions.append((answer, part, 1, code(decision), day(on)))
            for deed in reply.deeds:
                before = S.NOT_STARTED
                for on, stage in deed.moves:
                    moves.append((len(actions), day(on), code(before), code(stage)))
                    before = stage
                extensions += [(len(actions), day(on), day(due)) for on, due in deed.granted]
                actions.append((answer, deed.part, office, code(before), day(deed.planned), day(deed.due), 0, 0, 1))
        evaluations.append((0, 0, 0, 0, 1, day(0), day(0), day(0), 0, 0))
    issued = [
        (number, len(advice.replies[0].decisions), 0, day(0), day(advice.superseded))
        for number, advice in enumerate(world)
    ]
    tables = {"evaluations": evaluations, "responses": responses, "recommendations": issued, "answers": answers}
    done = {"decisions": decisions, "actions": actions, "moves": moves, "extensions": extensions}
    return histories(**tables, **done)


def view(world: list[Advice], on: int) -> View:
    return seen(columns(world), START + timedelta(days=on), offices=2)


def addressed(reply: Reply, on: int) -> Addressed:
    """What an office had answered by a day, recounted."""
    sent = reply.submitted is not None and reply.submitted <= on
    answers = []
    for part, (decision, decided) in enumerate(reply.decisions):
        stages = tuple(deed.stage(on) for deed in reply.deeds if deed.part == part and deed.planned <= on)
        answers.append(Answered(decision if sent and decided <= on else None, stages))
    return Addressed(sent, tuple(answers))


def stage_of(advice: Advice, on: int) -> RecommendationStage:
    gone = advice.superseded is not None and advice.superseded <= on
    return RecommendationStage.SUPERSEDED if gone else RecommendationStage.ISSUED


@given(WORLDS, DAYS)
def test_statuses_in_columns_are_those_of_one_recommendation_after_the_other(world: list[Advice], on: int) -> None:
    found_in, words = view(world, on), list(RecommendationStatus)
    told = [[addressed(reply, on) for reply in advice.replies] for advice in world]
    whole = [recommendation_status(stage_of(advice, on), each) for advice, each in zip(world, told, strict=True)]
    found = statuses(by_recommendation(found_in.histories, found_in.standing), found_in.superseded)
    assert [words[status] for status in found] == whole
    apart = [
        recommendation_status(stage_of(advice, on), [one])
        for advice, each in zip(world, told, strict=True)
        for one in each
    ]
    assert [words[status] for status in found_in.status] == apart


@given(WORLDS, DAYS)
def test_rates_of_actions_are_those_of_a_recount(world: list[Advice], on: int) -> None:
    found_in = view(world, on)
    deeds_ = [deed for advice in world for reply in advice.replies for deed in reply.deeds if deed.planned <= on]
    open_ = [deed for deed in deeds_ if deed.stage(on) in OPEN_STAGES]
    late = [on - deed.due_on(on) for deed in open_]
    first = (date(found_in.on.year, 1, 1) - START).days
    due = [deed for deed in deeds_ if first <= deed.due_on(on) <= on and deed.stage(on) is not S.SUPERSEDED]
    ends = [(deed, deed.closed_on(on)) for deed in due]
    closed = [deed for deed, end in ends if end is not None and end >= first]
    claimed = [deed for deed in deeds_ if any(at <= on and to is S.REPORTED_COMPLETE for at, to in deed.moves)]
    verified = [deed for deed in deeds_ if deed.stage(on) is S.VERIFIED_COMPLETE]
    found = [
        acting.closed_in_year(found_in).share,
        acting.not_overdue(found_in).share,
        acting.not_long_overdue(found_in).share,
        acting.verified(found_in).share,
        acting.extended(found_in).share,
    ]
    recount = [
        (len(closed), len(due)),
        (sum(days <= 0 for days in late), len(open_)),
        (sum(days <= 90 for days in late), len(open_)),
        (len(verified), len(claimed)),
        (sum(deed.due_on(on) > deed.due for deed in deeds_), len(deeds_)),
    ]
    assert [(share.numerator, share.denominator) for share in found] == recount


@given(WORLDS, DAYS)
def test_rates_of_recommendations_are_those_of_a_recount(world: list[Advice], on: int) -> None:
    found_in = view(world, on)
    there = [advice for advice in world if stage_of(advice, on) is RecommendationStage.ISSUED]
    told = [addressed(reply, on) for advice in there for reply in advice.replies]
    sent = [each for each in told if each.submitted]
    words = [{answer.decision for answer in each.answers} for each in sent]
    decided = [each for each in words if not each & {None, ResponseDecision.UNDER_CONSIDERATION}]
    taken = [each for each, spoken in zip(sent, words, strict=True) if spoken & TAKEN_UP]
    done = [recommendation_status(RecommendationStage.ISSUED, [each]) for each in taken]
    idle = [each for each in taken if any(one.decision in TAKEN_UP and not one.actions for one in each.answers)]
    rates = (answering.accepted(found_in), answering.carried_out(found_in), answering.without_action(found_in))
    assert [(rate.share.numerator, rate.share.denominator) for rate in rates] == [
        (sum(bool(each & TAKEN_UP) for each in decided), len(decided)),
        (done.count(RecommendationStatus.IMPLEMENTED), len(taken)),
        (len(idle), len(taken)),
    ]
