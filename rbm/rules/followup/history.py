"""History: where actions stood on a day, when they were due, and which editions of responses were submitted."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

import numpy as np

from rbm.rules.arrays import Bools, Codes, Days, Ints, run_starts, stable_order
from rbm.rules.followup.columns import Actions, Extensions, Histories, Moves
from rbm.terms.followup import ActionStage

CLOSED = (ActionStage.VERIFIED_COMPLETE, ActionStage.NO_LONGER_APPLICABLE)
"""The stages in which an action is closed; a superseded one is neither open nor closed, another stands for it."""


def code(word: StrEnum) -> int:
    """The position of a word in its enumeration."""
    return list(type(word)).index(word)


def is_any(codes: Codes, words: Sequence[StrEnum]) -> Bools:
    """Where a column holds one of the words."""
    return np.isin(codes, [code(word) for word in words])


def happened(days: Days, on: Days | int) -> Bools:
    """Where a day has come: it is not never, and not after the day asked for."""
    found: Bools = (days > 0) & (days <= on)
    return found


def stages_on(actions: Actions, moves: Moves, on: Days | int) -> Codes:
    """The stage of each action at the end of a day, or of a day of its own.

    It is that of its last move by then; before its first move the stage from which that one led, and without any move
    the stage it is in.
    """
    found = actions.stage.copy()
    starts = run_starts(moves.action)
    found[moves.action[starts]] = moves.before[starts]
    done = np.flatnonzero(moves.day <= _of(on, moves.action))
    found[moves.action[done]] = moves.after[done]
    return found


def existing(actions: Actions, on: Days | int) -> Bools:
    """Which actions counted by a day, or by a day of their own."""
    return happened(actions.planned_on, on)


def counted_from(histories: Histories) -> Days:
    """The day from which each action counts: planned, with the edition that brought it standing; 0 before it ever did.

    The first edition stands from its submission, a later one from its publication. Where no submission is recorded,
    those up to the edition that stands now do, from the day of the first submission.
    """
    responses, sent, made = histories.responses, histories.submissions, histories.publications
    count, actions = len(responses.office), histories.actions
    response = histories.answers.response[actions.answer]
    known = np.bincount(sent.response, minlength=count) > 0
    first = np.zeros(count, dtype=np.int32)
    first[sent.response[::-1]] = sent.day[::-1]
    order = stable_order(made.response)
    starts = np.searchsorted(made.response[order], response)
    at = starts + actions.edition - 1
    there = at < np.searchsorted(made.response[order], response, side="right")
    later = np.zeros(len(at), dtype=np.int32)
    later[there] = made.day[order][at[there]]
    recorded = np.where(actions.edition == 1, first[response], later)
    stated = np.where(actions.edition <= responses.standing[response], responses.submitted_on[response], 0)
    stood = np.where(known[response], recorded, stated)
    return np.where(stood > 0, np.maximum(actions.planned_on, stood), 0).astype(np.int32)


def due_days(actions: Actions, extensions: Extensions, on: int) -> Days:
    """When each action was due as of a day: the last extension granted by then, otherwise the original day."""
    due = actions.original_due_on.copy()
    granted = np.flatnonzero(happened(extensions.decided_on, on))
    due[extensions.action[granted]] = extensions.due_on[granted]
    return due


def ended_days(actions: Actions, moves: Moves, on: int) -> Days:
    """When each action that is closed as of a day was closed: its last move by then; without any, the day it keeps."""
    closed = is_any(stages_on(actions, moves, on), CLOSED)
    moved = np.zeros(len(actions.stage), dtype=np.bool_)
    moved[moves.action] = True
    ended = np.where(moved, 0, np.where(actions.ended_on > 0, actions.ended_on, actions.claimed_on)).astype(np.int32)
    done = np.flatnonzero(moves.day <= on)
    ended[moves.action[done]] = moves.day[done]
    return np.where(closed, ended, 0).astype(np.int32)


def ever_claimed(actions: Actions, moves: Moves, on: int) -> Bools:
    """Which actions had been reported complete at least once by a day."""
    claimed = happened(actions.claimed_on, on)
    done = (moves.day <= on) & (moves.after == code(ActionStage.REPORTED_COMPLETE))
    claimed[moves.action[done]] = True
    return claimed | is_any(stages_on(actions, moves, on), [ActionStage.REPORTED_COMPLETE])


def standing_editions(histories: Histories, on: int) -> Ints:
    """Which edition of each response stood on a day: 0 before the first was submitted.

    The first stands from its submission, a revision from its publication. Where no submission is recorded it is the
    edition that stands now, from the day of the first submission.
    """
    responses, sent, made = histories.responses, histories.submissions, histories.publications
    count = len(responses.office)
    known = np.bincount(sent.response, minlength=count) > 0
    submitted = np.bincount(sent.response[sent.day <= on], minlength=count) > 0
    published = np.bincount(made.response[made.day <= on], minlength=count)
    counted = np.where(submitted, np.maximum(published, 1), 0)
    standing = np.where(happened(responses.submitted_on, on), responses.standing, 0)
    return np.where(known, counted, standing).astype(np.int64)


def as_published(histories: Histories, on: int) -> Histories:
    """The histories as those outside know them on a day: an answer, with its actions, is there once it is published.

    What a revision plans is there once that one is.
    """
    rows, made, actions = histories.responses, histories.publications, histories.actions
    out = happened(rows.published_on, on)
    responses = replace(rows, submitted_on=np.where(out, rows.submitted_on, 0).astype(np.int32))
    outside = replace(histories, responses=responses, submissions=made)
    response = histories.answers.response[actions.answer]
    known = out[response] & (actions.edition <= standing_editions(outside, on)[response])
    return replace(
        outside, actions=replace(actions, planned_on=np.where(known, actions.planned_on, 0).astype(np.int32))
    )


def _of(on: Days | int, rows: Ints) -> Days | int:
    return on if isinstance(on, int) else on[rows]
