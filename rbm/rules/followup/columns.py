"""Columns of evaluation follow-up: what was planned, answered and done, with the days on which it happened.

Days are ordinals and 0 stands for never; words are their positions in their enumerations; -1 stands for none.
"""

from dataclasses import dataclass

from rbm.rules.arrays import Bools, Codes, Days, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Evaluations:
    """Evaluations by their commissioning office; `planned` leaves out those that were begun or made without a plan."""

    office: Ints
    source: Codes
    level: Codes
    joint: Bools
    planned: Bools
    planned_on: Days
    original_end: Days
    final_on: Days
    published_on: Days
    cancelled_on: Days


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """Items of approved editions of plans, those approved first before others.

    `chain` is the same for an item, its copies in later editions and what it was carried over to. `office` is the one
    that would commission it; `ended_on` the day a later edition took the place of its edition or its plan was closed.
    """

    chain: Ints
    office: Ints
    level: Codes
    joint: Bools
    original_end: Days
    approved_on: Days
    ended_on: Days


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """Which evaluations were begun from items, by the chain of these."""

    evaluation: Ints
    chain: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """What offices owe in answer to evaluations; `standing` is the edition that stands now."""

    evaluation: Ints
    office: Ints
    due_on: Days
    submitted_on: Days
    published_on: Days
    standing: Ints


@dataclass(frozen=True, slots=True, eq=False)
class ResponseDays:
    """Each time something was done with a response: an edition of it submitted, or published."""

    response: Ints
    day: Days


@dataclass(frozen=True, slots=True, eq=False)
class Recommendations:
    """Issued recommendations, and how many answers each wants: one for each of its parts, or one."""

    evaluation: Ints
    wanted: Ints
    priority: Codes
    issued_on: Days
    superseded_on: Days


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What each office that is addressed owes in answer to a recommendation; `response` is the one it stands in."""

    recommendation: Ints
    office: Ints
    response: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Belated:
    """Answers that came to be owed after the response had come, and the day each of them was given."""

    answer: Ints
    answered_on: Days


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """What was decided of a recommendation, or of a part of it, in an edition of a response; -1 is no part."""

    answer: Ints
    part: Ints
    edition: Ints
    decision: Codes
    decided_on: Days


@dataclass(frozen=True, slots=True, eq=False)
class Actions:
    """Actions under the answers, and the parts, they belong to, with the stage they are in now.

    `edition` is the one of the response that brought an action; `planned_on` the day from which it counts, not before
    that edition stands.
    """

    answer: Ints
    part: Ints
    office: Ints
    stage: Codes
    planned_on: Days
    original_due_on: Days
    claimed_on: Days
    ended_on: Days
    edition: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Moves of actions from stage to stage, by action, those of one in the order in which they happened."""

    action: Ints
    day: Days
    before: Codes
    after: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Extensions:
    """Later due days that were granted, in the order in which they were asked for."""

    action: Ints
    decided_on: Days
    due_on: Days


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What verifiers said of claims."""

    action: Ints
    verdict: Codes
    day: Days


@dataclass(frozen=True, slots=True, eq=False)
class Rounds:
    """Follow-up rounds of responses; `opened_on` is the day on which one was really opened."""

    response: Ints
    opened_on: Days
    closes_on: Days
    submitted_on: Days


@dataclass(frozen=True, slots=True, eq=False)
class Reviews:
    """Final reviews of the quality of final reports; `gender_points` 0 to 9, -1 where none were given."""

    evaluation: Ints
    level: Codes
    gender_points: Ints
    finished_on: Days


@dataclass(frozen=True, slots=True, eq=False)
class Subjects:
    """The offices that evaluations judged."""

    evaluation: Ints
    office: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Everything the figures of the evaluation function are made of, as it is known now."""

    evaluations: Evaluations
    items: Items
    begun: Begun
    responses: Responses
    submissions: ResponseDays
    publications: ResponseDays
    recommendations: Recommendations
    answers: Answers
    belated: Belated
    decisions: Decisions
    actions: Actions
    moves: Moves
    extensions: Extensions
    verdicts: Verdicts
    rounds: Rounds
    reviews: Reviews
    subjects: Subjects
