"""Where recommendations stand: exact cases, and laws that hold for any answers and actions."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbm.rules.followup.status import ENDED, Addressed, Answered, recommendation_status
from rbm.terms.findings import RecommendationStage
from rbm.terms.followup import ActionStage, RecommendationStatus
from rbm.terms.responses import ResponseDecision

ISSUED = RecommendationStage.ISSUED
ACCEPTED, PARTLY, REJECTED, CONSIDERED, IRRELEVANT = (
    ResponseDecision.ACCEPTED,
    ResponseDecision.PARTIALLY_ACCEPTED,
    ResponseDecision.REJECTED,
    ResponseDecision.UNDER_CONSIDERATION,
    ResponseDecision.NOT_RELEVANT,
)
NOT_STARTED, BEGUN, CLAIMED, VERIFIED, RELEASED, REPLACED = ActionStage
Offices = st.SearchStrategy[list[Addressed]]
WAY = [
    RecommendationStatus.NOT_STARTED,
    RecommendationStatus.IN_PROGRESS,
    RecommendationStatus.AWAITING_VERIFICATION,
    RecommendationStatus.IMPLEMENTED,
]
"""The way of a recommendation that was taken up."""
CLOSED = {
    RecommendationStatus.NOT_ACCEPTED,
    RecommendationStatus.IMPLEMENTED,
    RecommendationStatus.CLOSED_WITHOUT_IMPLEMENTATION,
}

STAGES = st.sampled_from(ActionStage)


def offices_of(decisions: st.SearchStrategy[ResponseDecision | None], submitted: st.SearchStrategy[bool]) -> Offices:
    """Offices with parts that were decided in these ways."""
    answers = st.builds(Answered, decisions, st.lists(STAGES, max_size=3).map(tuple))
    return st.lists(st.builds(Addressed, submitted, st.lists(answers, min_size=1, max_size=3).map(tuple)), max_size=3)


OFFICES = offices_of(st.none() | st.sampled_from(ResponseDecision), st.booleans())
ANSWERED = offices_of(st.sampled_from([ACCEPTED, PARTLY, REJECTED, IRRELEVANT]), st.just(value=True))
DECLINED = offices_of(st.sampled_from([REJECTED, IRRELEVANT]), st.just(value=True))


def of(*stages: ActionStage, decision: ResponseDecision = ACCEPTED) -> Addressed:
    """An office that answered, with the stages of its actions."""
    return Addressed(submitted=True, answers=(Answered(decision, stages),))


def status(*offices: Addressed) -> RecommendationStatus:
    return recommendation_status(ISSUED, offices)


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ((), "no_action"),
        ((NOT_STARTED, NOT_STARTED), "not_started"),
        ((NOT_STARTED, BEGUN), "in_progress"),
        ((NOT_STARTED, VERIFIED), "in_progress"),
        ((BEGUN, CLAIMED), "in_progress"),
        ((NOT_STARTED, RELEASED), "in_progress"),
        ((CLAIMED,), "awaiting_verification"),
        ((CLAIMED, VERIFIED, RELEASED), "awaiting_verification"),
        ((VERIFIED, VERIFIED), "implemented"),
        ((VERIFIED, RELEASED), "implemented"),
        ((VERIFIED, REPLACED), "implemented"),
        ((RELEASED, RELEASED), "closed_without_implementation"),
        ((RELEASED, REPLACED), "closed_without_implementation"),
    ],
)
def test_the_actions_of_what_was_taken_up_say_where_it_stands(stages: tuple[ActionStage, ...], expected: str) -> None:
    assert status(of(*stages)) == expected
    assert status(of(*stages, decision=PARTLY)) == expected


@pytest.mark.parametrize("decision", [REJECTED, IRRELEVANT])
def test_what_was_not_taken_up_is_not_accepted_unless_an_action_of_before_is_open(decision: ResponseDecision) -> None:
    assert status(of(decision=decision)) is RecommendationStatus.NOT_ACCEPTED
    assert status(of(BEGUN, decision=decision)) is RecommendationStatus.IN_PROGRESS
    assert status(of(CLAIMED, decision=decision)) is RecommendationStatus.AWAITING_VERIFICATION
    assert status(of(VERIFIED, decision=decision)) is RecommendationStatus.NOT_ACCEPTED


def test_stage_comes_before_everything() -> None:
    assert recommendation_status(RecommendationStage.DRAFT, [of(VERIFIED)]) is RecommendationStatus.NOT_ISSUED
    assert recommendation_status(RecommendationStage.SUPERSEDED, [of(BEGUN)]) is RecommendationStatus.SUPERSEDED


def test_every_office_addressed_has_to_answer() -> None:
    silent = Addressed(submitted=False, answers=(Answered(None),))
    assert status(of(VERIFIED), silent) is RecommendationStatus.AWAITING_RESPONSE
    assert status(of(VERIFIED), of(BEGUN)) is RecommendationStatus.IN_PROGRESS
    assert status(of(VERIFIED), of(decision=REJECTED)) is RecommendationStatus.IMPLEMENTED
    assert status() is RecommendationStatus.AWAITING_RESPONSE


def test_every_part_has_to_be_decided_and_those_taken_up_planned() -> None:
    def parts(*answers: Answered) -> RecommendationStatus:
        return status(Addressed(submitted=True, answers=answers))

    done = Answered(ACCEPTED, (VERIFIED,))
    assert parts(done, Answered(None)) is RecommendationStatus.UNDER_CONSIDERATION
    assert parts(done, Answered(CONSIDERED)) is RecommendationStatus.UNDER_CONSIDERATION
    assert parts(done, Answered(PARTLY)) is RecommendationStatus.NO_ACTION
    assert parts(done, Answered(PARTLY, (CLAIMED,))) is RecommendationStatus.AWAITING_VERIFICATION
    assert parts(done, Answered(REJECTED)) is RecommendationStatus.IMPLEMENTED


@given(ANSWERED)
def test_nothing_closed_has_an_open_action(offices: list[Addressed]) -> None:
    if status(*offices) in CLOSED:
        assert ENDED.issuperset(stages(offices))


@given(OFFICES, st.randoms())
def test_the_order_of_offices_parts_and_actions_is_nothing(offices: list[Addressed], random: object) -> None:
    def shuffled(rows: tuple[object, ...]) -> tuple[object, ...]:
        kept = list(rows)
        random.shuffle(kept)  # type: ignore[attr-defined]
        return tuple(kept)

    turned = [
        replace(office, answers=shuffled(tuple(replace(one, actions=shuffled(one.actions)) for one in office.answers)))
        for office in offices
    ]
    assert status(*shuffled(tuple(turned))) is status(*offices)  # type: ignore[arg-type]


@given(st.lists(STAGES, min_size=1, max_size=5).filter(lambda stages: CLAIMED in stages))
def test_verifying_one_more_action_never_leads_back(found: list[ActionStage]) -> None:
    place = found.index(CLAIMED)
    verified = [*found[:place], VERIFIED, *found[place + 1 :]]
    assert WAY.index(status(of(*verified))) >= WAY.index(status(of(*found)))


@given(ANSWERED)
def test_implemented_takes_a_verified_action(offices: list[Addressed]) -> None:
    if status(*offices) is RecommendationStatus.IMPLEMENTED:
        assert VERIFIED in stages(offices)


@given(OFFICES.filter(bool))
def test_nothing_is_known_before_every_office_has_answered(offices: list[Addressed]) -> None:
    waiting = not all(office.submitted for office in offices)
    assert (status(*offices) is RecommendationStatus.AWAITING_RESPONSE) == waiting


@given(DECLINED)
def test_what_nobody_took_up_is_not_accepted_once_nothing_is_open(offices: list[Addressed]) -> None:
    over = bool(offices) and ENDED.issuperset(stages(offices))
    assert (status(*offices) is RecommendationStatus.NOT_ACCEPTED) == over


def stages(offices: list[Addressed]) -> list[ActionStage]:
    return [stage for office in offices for answer in office.answers for stage in answer.actions]
