"""Merging: one entry for each changed row, from before the first flush to after the last."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rbm.audit import HIDDEN, AuditKind, merged

CREATED, CHANGED, DELETED = AuditKind.CREATED, AuditKind.CHANGED, AuditKind.DELETED


def note(kind: AuditKind, row: str = "1", **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "entity": "office", "entity_id": row, "changes": changes}


def test_changes_of_a_row_become_one() -> None:
    notes = [
        note(CHANGED, name=["A", "B"], version=[1, 2]),
        note(CHANGED, name=["B", "C"], code=["x", "y"], version=[2, 3]),
    ]
    assert merged(notes) == [note(CHANGED, name=["A", "C"], code=["x", "y"], version=[1, 3])]


def test_what_was_made_is_made_as_it_stands_at_the_end() -> None:
    notes = [note(CREATED, name=[None, "A"]), note(CHANGED, name=["A", "B"], code=["x", "y"])]
    assert merged(notes) == [note(CREATED, name=[None, "B"], code=[None, "y"])]


def test_what_was_taken_away_is_told_as_it_was_before() -> None:
    notes = [note(CHANGED, name=["A", "B"]), note(DELETED, name=["B", None], code=["x", None])]
    assert merged(notes) == [note(DELETED, name=["A", None], code=["x", None])]


def test_what_came_to_nothing_is_not_told() -> None:
    made_and_gone = [note(CREATED, name=[None, "A"]), note(DELETED, name=["A", None])]
    back = [note(CHANGED, "2", name=["A", "B"]), note(CHANGED, "2", name=["B", "A"])]
    assert merged([*made_and_gone, *back]) == []
    assert merged([*back, note(CHANGED, "2", name=["A", "C"])]) == [note(CHANGED, "2", name=["A", "C"])]


def test_a_secret_stays_one() -> None:
    assert merged([note(CREATED, digest=HIDDEN), note(CHANGED, digest=HIDDEN)]) == [note(CREATED, digest=HIDDEN)]


def test_what_is_no_row_is_told_each_time() -> None:
    batch = {"kind": AuditKind.BATCH, "entity": "file", "entity_id": "1", "changes": {"rows": 1}}
    assert merged([batch, batch]) == [batch, batch]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=12))
def test_an_entry_tells_the_way_from_the_first_value_to_the_last(steps: list[tuple[str, int]]) -> None:
    """Whatever happens in between, applying the entries to the state before gives the state after."""
    before = {"a": 0, "b": 0}
    state, notes = dict(before), []
    for row, value in steps:
        if state[row] != value:
            notes.append(note(CHANGED, row, value=[state[row], value]))
        state[row] = value
    told = {each["entity_id"]: each["changes"]["value"] for each in merged(notes)}
    assert told == {row: [0, state[row]] for row in state if state[row] != 0}
