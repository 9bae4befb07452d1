"""Hints on the words of recommendations: what a machine can miss without judging."""

import pytest

from rbm.rules.wording import Wording, hints
from rbm.terms.findings import WordingHint

GOOD = "Set up a register of recommendations by 2027"


def test_a_recommendation_that_says_who_when_and_why_gets_no_hint() -> None:
    assert hints(Wording((GOOD,), addressees=1, bases=1, links=1)) == ()


def test_everything_may_be_missed() -> None:
    assert set(hints(Wording(("Do better",), addressees=0, bases=0, links=0))) == set(WordingHint)


@pytest.mark.parametrize(
    "text",
    [
        "Hire two people within six months of the report",
        "Recruter deux personnes dans six mois au plus tard",
        "Contratar a dos personas dentro de tres meses como máximo",
        "Publish the list in the next year for all",
        "Publish the list by the end of 2027",
    ],
)
def test_a_time_is_found_in_three_languages(text: str) -> None:
    assert hints(Wording((text,), 1, 1, 1)) == ()


@pytest.mark.parametrize("text", ["Hire more people in the country office", "Spend 2 million on the register"])
def test_a_place_or_a_sum_is_no_time(text: str) -> None:
    assert hints(Wording((text,), 1, 1, 1)) == (WordingHint.WHEN,)


def test_a_time_in_a_part_is_enough() -> None:
    assert hints(Wording(("Set up a register of recommendations", "Hire by 2027"), 1, 1, 1)) == ()


def test_four_words_are_few() -> None:
    assert hints(Wording(("Set up by 2027",), 1, 1, 1)) == (WordingHint.FEW_WORDS,)
