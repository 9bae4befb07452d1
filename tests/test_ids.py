"""Identifiers: version 7, in order of making."""

from rbm import ids


def test_identifiers_are_ordered_and_of_version_seven() -> None:
    made = [ids.new() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert {key.version for key in made} == {7}
