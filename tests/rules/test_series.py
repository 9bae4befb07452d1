"""What an indicator is known by over the years, and what may not have changed for it to be the same."""

import pytest

from rbm.errors import Invalid
from rbm.rules.series import Sense, differences, folded, key_of, lead_of, parts_of, refuse_another
from rbm.terms.indicators import Accumulation, Direction, Measure
from rbm.terms.strategy import ResultLevel

COUNT = Sense(Measure.NUMBER, "people", Direction.INCREASE, Accumulation.PERIODIC)


def test_a_key_is_made_of_level_number_and_measure() -> None:
    assert key_of(ResultLevel.GOAL, "4.2a Number of people who departed", Measure.NUMBER) == "goal/4.2a/number"


def test_a_title_without_a_number_is_known_by_its_words_whatever_their_signs() -> None:
    one, other = ("# of Births  registered.", "of births registered")
    assert lead_of(one) == lead_of(other)
    assert len(lead_of(one)) == 10
    assert lead_of("Births registered") != lead_of(one)


def test_a_share_is_not_the_number_of_the_same_words() -> None:
    assert folded("% of schools") == "% of schools"
    assert lead_of("% of schools") != lead_of("# of schools")


def test_a_key_is_read_back() -> None:
    assert parts_of(" goal/4.2a/number ") == (ResultLevel.GOAL, "4.2a", Measure.NUMBER)


@pytest.mark.parametrize("key", ["", "goal", "goal/4.2a", "goal//number", "peak/4.2a/number", "goal/4.2a/sum"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parts_of(key)
    assert refusal.value.field == "key"


@pytest.mark.parametrize(
    ("after", "field"),
    [
        (Sense(Measure.SCORE, "people", Direction.INCREASE), "measure"),
        (Sense(Measure.NUMBER, "households", Direction.INCREASE), "unit"),
        (Sense(Measure.NUMBER, "people", Direction.DECREASE), "direction"),
        (Sense(Measure.NUMBER, "people", Direction.INCREASE, Accumulation.RUNNING_TOTAL), "accumulation"),
    ],
)
def test_another_measure_unit_direction_or_accumulation_is_not_the_same(after: Sense, field: str) -> None:
    assert differences(COUNT, after) == (field,)
    with pytest.raises(Invalid) as refusal:
        refuse_another(COUNT, after)
    assert refusal.value.field == field


@pytest.mark.parametrize("after", [COUNT, Sense(Measure.NUMBER, " People ", None), Sense(Measure.NUMBER, None, None)])
def test_what_is_not_stated_is_no_other_one(after: Sense) -> None:
    assert differences(COUNT, after) == ()
    refuse_another(COUNT, after)


@pytest.mark.parametrize(("one", "other"), [("$", "€"), ("‰", "°"), ("US$", "US"), ("km", "km/h"), ("-", "people")])
def test_signs_tell_units_apart(one: str, other: str) -> None:
    pair = (Sense(Measure.NUMBER, one, None), Sense(Measure.NUMBER, other, None))
    assert differences(*pair) == ("unit",)
    with pytest.raises(Invalid) as refusal:
        refuse_another(*pair)
    assert refusal.value.message == f"the unit changed from {one} to {other}: that is not the same"


@pytest.mark.parametrize(
    ("one", "other"), [("€", " € "), ("Number (of people)", "number of people."), ("élèves", "ELEVES")]
)
def test_case_accents_and_punctuation_do_not(one: str, other: str) -> None:
    assert differences(Sense(Measure.NUMBER, one, None), Sense(Measure.NUMBER, other, None)) == ()
