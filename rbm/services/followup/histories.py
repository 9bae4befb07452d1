"""Reads the histories of evaluation follow-up out of the database into columns, one SELECT a table."""

from dataclasses import dataclass, replace

import numpy as np

from rbm.model.evaluation import Evaluation
from rbm.model.findings import Recommendation
from rbm.model.followup import Action
from rbm.model.responses import FollowUpRound, ManagementResponse
from rbm.rules.arrays import Bools, Days, Ints, stable_order
from rbm.rules.followup.columns import (
    Actions,
    Answers,
    Belated,
    Decisions,
    Evaluations,
    Extensions,
    Histories,
    Moves,
    Recommendations,
    ResponseDays,
    Responses,
    Reviews,
    Rounds,
    Subjects,
    Verdicts,
)
from rbm.rules.followup.history import code, counted_from
from rbm.services.followup import asking
from rbm.services.followup.foreseeing import plans
from rbm.services.followup.linking import Found, Links, Parts, Places, business_days, moved, ordinals, read
from rbm.services.rollup.sheets import Array, positions
from rbm.settings import settings
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.findings import RecommendationStage
from rbm.terms.people import OfficeKind
from rbm.terms.responses import RoundStage
from rbm.work import Work

LINKED = ("office", "evaluation", "response", "recommendation", "action")
"""The tables whose rows others point to."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """Histories, and by their positions the keys of the database and what is told of the rows by name.

    `countries` marks the country offices.
    """

    histories: Histories
    offices: Array
    countries: Bools
    evaluations: Found
    recommendations: Found
    actions: Found
    subjects: Found


def load(work: Work) -> Loaded:
    """The histories of all evaluations, whoever asks: what is told of them is for the caller to narrow."""
    offices = read(work, asking.offices())
    evaluations, responses = read(work, asking.evaluations()), read(work, asking.responses())
    recommendations, subjects = read(work, asking.recommendations()), read(work, asking.subjects())
    actions, moves = read(work, asking.actions()), _moves(work)
    found = (offices, evaluations, responses, recommendations, actions)
    keys = {name: one["id"] for name, one in zip(LINKED, found, strict=True)}
    links = Links(keys)
    parts = Parts(read(work, asking.parts()), links)
    told = _responses(responses, links)
    issued = _recommendations(recommendations, moves, links, parts)
    answers, belated = _answers(read(work, asking.addressees()), issued, told, links)
    place = Places(answers, len(keys["response"]))
    planned, kept = _actions(actions, links, place, parts)
    done = _places(kept, len(keys["action"]))
    items, begun = plans(work, evaluations, moves, links)
    histories = _counted(
        Histories(
            evaluations=_evaluations(evaluations, moves, links),
            items=items,
            begun=begun,
            responses=told,
            submissions=_submissions(moves, links),
            publications=_publications(moves, links),
            recommendations=issued,
            answers=answers,
            belated=belated,
            decisions=_decisions(read(work, asking.decisions()), links, place, parts),
            actions=planned,
            moves=_action_moves(moves, links, done),
            extensions=_extensions(read(work, asking.extensions()), links, done),
            verdicts=_verdicts(read(work, asking.verdicts()), links, done),
            rounds=_rounds(read(work, asking.rounds()), moves, links),
            reviews=_reviews(read(work, asking.reviews()), links),
            subjects=Subjects(links("evaluation", subjects), links("office", subjects)),
        )
    )
    countries = offices["kind"] == code(OfficeKind.COUNTRY)
    return Loaded(histories, offices["id"], countries, evaluations, recommendations, _those(actions, kept), subjects)


def _those(found: Found, kept: Ints) -> Found:
    return {name: column[kept] for name, column in found.items()}


def _places(kept: Ints, size: int) -> Ints:
    """Where each of so many rows stands among those kept; -1 for the others."""
    done = np.full(size, -1, dtype=np.int64)
    done[kept] = np.arange(len(kept))
    return done


def _counted(histories: Histories) -> Histories:
    """The histories with each action counted from the day on which the edition that brought it stood."""
    return replace(histories, actions=replace(histories.actions, planned_on=counted_from(histories)))


def _moves(work: Work) -> Found:
    found = read(work, asking.moves())
    return found | {"day": business_days(found["at"], settings().time_zone)}


def _evaluations(found: Found, moves: Found, links: Links) -> Evaluations:
    ended = moved(moves, links.keys["evaluation"], asking.ENTITIES.index(Evaluation))
    cancelled = found["stage"] == code(EvaluationStage.CANCELLED)
    planned_on = ordinals(found["planned_on"])
    return Evaluations(
        office=links("office", found),
        source=found["source"].astype(np.int8),
        level=found["level"].astype(np.int8),
        joint=found["joint"],
        planned=found["planned"],
        planned_on=planned_on,
        original_end=ordinals(found["original_end"]),
        final_on=ordinals(found["final_on"]),
        published_on=ordinals(found["published_on"]),
        cancelled_on=np.where(cancelled & (ended == 0), planned_on, ended),
    )


def _responses(found: Found, links: Links) -> Responses:
    due_on, submitted_on, published_on = (ordinals(found[name]) for name in ("due_on", "submitted_on", "published_on"))
    above = links("evaluation", found), links("office", found)
    return Responses(*above, due_on, submitted_on, published_on, found["standing"])


def _submissions(moves: Found, links: Links) -> ResponseDays:
    row, day, stage = _of_responses(moves, links)
    there = stage != asking.PUBLISHED
    return ResponseDays(row[there], day[there])


def _publications(moves: Found, links: Links) -> ResponseDays:
    row, day, stage = _of_responses(moves, links)
    return ResponseDays(row[stage == asking.PUBLISHED], day[stage == asking.PUBLISHED])


def _of_responses(moves: Found, links: Links) -> tuple[Ints, Days, Ints]:
    chosen = moves["entity"] == asking.ENTITIES.index(ManagementResponse)
    row = positions(links.keys["response"], moves["entity_id"][chosen])
    return row[row >= 0], moves["day"][chosen][row >= 0], moves["to_stage"][chosen][row >= 0]


def _recommendations(found: Found, moves: Found, links: Links, parts: Parts) -> Recommendations:
    ended = moved(moves, links.keys["recommendation"], asking.ENTITIES.index(Recommendation))
    superseded = found["stage"] == code(RecommendationStage.SUPERSEDED)
    issued_on = ordinals(found["issued_on"])
    return Recommendations(
        evaluation=links("evaluation", found),
        wanted=np.maximum(parts.count, 1),
        priority=found["priority"].astype(np.int8),
        issued_on=issued_on,
        superseded_on=np.where(superseded & (ended == 0), issued_on, ended),
    )


def _answers(found: Found, issued: Recommendations, told: Responses, links: Links) -> tuple[Answers, Belated]:
    """What each addressed office owes in answer to what was issued, with the response of that office.

    Also which of them came to be owed after that response.
    """
    recommendation, office = links("recommendation", found), links("office", found)
    there = recommendation >= 0
    recommendation, office = recommendation[there], office[there]
    late = np.flatnonzero(found["due_on"][there] > 0)
    belated = Belated(late, ordinals(found["answered_on"])[there][late])
    wide = links.count("office")
    owed = told.evaluation * wide + told.office
    order = np.argsort(owed, kind="stable")
    wanted = issued.evaluation[recommendation] * wide + office
    if not len(owed):
        return Answers(recommendation, office, np.full(len(office), -1, dtype=np.int64)), belated
    at = np.minimum(np.searchsorted(owed[order], wanted), len(owed) - 1)
    return Answers(recommendation, office, np.where(owed[order][at] == wanted, order[at], -1)), belated


def _decisions(found: Found, links: Links, place: Places, parts: Parts) -> Decisions:
    answer = place.of(links("recommendation", found), links("response", found))
    there = answer >= 0
    decided_on = ordinals(found["decided_on"])[there]
    decision = found["decision"].astype(np.int8)[there]
    return Decisions(answer[there], parts.of(found)[there], found["edition"][there], decision, decided_on)


def _actions(found: Found, links: Links, place: Places, parts: Parts) -> tuple[Actions, Ints]:
    """The actions under answers, and which of those found they are."""
    recommendation = links("recommendation", found)
    answer, part = place.of(recommendation, links("response", found)), parts.of(found)
    kept = np.flatnonzero(answer >= 0)
    stated = np.where(part < 0, parts.first[np.maximum(recommendation, 0)], part) if len(parts.first) else part
    names = ("planned_on", "original_due_on", "claimed_on", "ended_on")
    planned_on, original_due_on, claimed_on, ended_on = (ordinals(found[name])[kept] for name in names)
    numbers = (answer[kept], stated[kept], links("office", found)[kept], found["stage"][kept].astype(np.int8))
    days = (planned_on, original_due_on, claimed_on, ended_on)
    return Actions(*numbers, *days, found["edition"][kept]), kept


def _action_moves(moves: Found, links: Links, done: Ints) -> Moves:
    chosen = moves["entity"] == asking.ENTITIES.index(Action)
    row = _kept(positions(links.keys["action"], moves["entity_id"][chosen]), done)
    there = np.flatnonzero(row >= 0)
    ordered = there[stable_order(row[there])]
    columns = (moves[name][chosen][ordered] for name in ("day", "from_stage", "to_stage"))
    day, before, after = columns
    return Moves(row[ordered], day, before.astype(np.int8), after.astype(np.int8))


def _extensions(found: Found, links: Links, done: Ints) -> Extensions:
    row = _kept(links("action", found), done)
    days = (ordinals(found[name])[row >= 0] for name in ("decided_on", "due_wanted"))
    return Extensions(row[row >= 0], *days)


def _verdicts(found: Found, links: Links, done: Ints) -> Verdicts:
    row = _kept(links("action", found), done)
    there, days = row >= 0, business_days(found["verified_at"], settings().time_zone)
    return Verdicts(row[there], found["verdict"][there].astype(np.int8), days[there])


def _kept(row: Ints, done: Ints) -> Ints:
    return np.where(row >= 0, done[np.maximum(row, 0)], -1) if len(done) else np.full(len(row), -1, dtype=np.int64)


def _rounds(found: Found, moves: Found, links: Links) -> Rounds:
    """Rounds with the day on which each was opened; where that is not recorded, and it is open or was, its first."""
    opened = moved(moves, found["id"], asking.ENTITIES.index(FollowUpRound))
    first, closes_on, submitted_on = (ordinals(found[name]) for name in ("opens_on", "closes_on", "submitted_on"))
    begun = found["stage"] != code(RoundStage.SCHEDULED)
    return Rounds(links("response", found), np.where(begun & (opened == 0), first, opened), closes_on, submitted_on)


def _reviews(found: Found, links: Links) -> Reviews:
    finished = ordinals(found["finished_on"])
    level = found["level"].astype(np.int8)
    return Reviews(links("evaluation", found), level, found["gender_points"], finished)
