"""Reads the histories of evaluation follow-up out of the database into columns, one SELECT a table."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from rbm import bulk
from rbm.model.evaluation import Evaluation
from rbm.model.findings import Recommendation
from rbm.model.followup import Action
from rbm.model.responses import ManagementResponse
from rbm.rules.arrays import Bools, Days, Ints, stable_order
from rbm.rules.followup.columns import (
    Actions,
    Answers,
    Decisions,
    Evaluations,
    Extensions,
    Histories,
    Moves,
    Publications,
    Recommendations,
    Responses,
    Reviews,
    Rounds,
    Subjects,
    Submissions,
    Verdicts,
)
from rbm.rules.followup.history import code
from rbm.services.followup import asking
from rbm.services.followup.linking import Found, Links, Parts, Places, business_days, ordinals
from rbm.services.rollup.sheets import Array, positions
from rbm.settings import settings
from rbm.terms.evaluation import EvaluationStage
from rbm.terms.findings import RecommendationStage
from rbm.terms.people import OfficeKind
from rbm.work import Work


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
    offices = _read(work, asking.offices())
    evaluations, responses = _read(work, asking.evaluations()), _read(work, asking.responses())
    recommendations, subjects = _read(work, asking.recommendations()), _read(work, asking.subjects())
    actions, moves = _read(work, asking.actions()), _moves(work)
    keys = {"office": offices["id"], "evaluation": evaluations["id"], "response": responses["id"]}
    keys |= {"recommendation": recommendations["id"], "action": actions["id"]}
    links = Links(keys)
    parts = Parts(_read(work, asking.parts()), links)
    told = _responses(responses, links)
    issued = _recommendations(recommendations, moves, links, parts)
    answers = _answers(_read(work, asking.addressees()), issued, told, links)
    place = Places(answers, len(keys["response"]))
    planned, kept = _actions(actions, links, place, parts)
    done = np.full(len(keys["action"]), -1, dtype=np.int64)
    done[kept] = np.arange(len(kept))
    histories = Histories(
        evaluations=_evaluations(evaluations, moves, links),
        responses=told,
        submissions=_submissions(moves, links),
        publications=_publications(moves, links),
        recommendations=issued,
        answers=answers,
        decisions=_decisions(_read(work, asking.decisions()), links, place, parts),
        actions=planned,
        moves=_action_moves(moves, links, done),
        extensions=_extensions(_read(work, asking.extensions()), links, done),
        verdicts=_verdicts(_read(work, asking.verdicts()), links, done),
        rounds=_rounds(_read(work, asking.rounds()), links),
        reviews=_reviews(_read(work, asking.reviews()), links),
        subjects=Subjects(links("evaluation", subjects), links("office", subjects)),
    )
    countries = offices["kind"] == code(OfficeKind.COUNTRY)
    shown = {name: column[kept] for name, column in actions.items()}
    return Loaded(histories, offices["id"], countries, evaluations, recommendations, shown, subjects)


def _read(work: Work, query: sa.Select[Any]) -> Found:
    return bulk.columns(work.session, query)


def _moves(work: Work) -> Found:
    found = _read(work, asking.moves())
    return found | {"day": business_days(found["at"], settings().time_zone)}


def _evaluations(found: Found, moves: Found, links: Links) -> Evaluations:
    ended = _ended(moves, links, "evaluation", asking.ENTITIES.index(Evaluation))
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


def _ended(moves: Found, links: Links, name: str, entity: int) -> Days:
    """The day on which rows of a class came to their end; 0 where that is not recorded."""
    chosen = moves["entity"] == entity
    row = positions(links.keys[name], moves["entity_id"][chosen])
    found = np.zeros(links.count(name), dtype=np.int32)
    found[row[row >= 0]] = moves["day"][chosen][row >= 0]
    return found


def _responses(found: Found, links: Links) -> Responses:
    due_on, submitted_on, published_on = (ordinals(found[name]) for name in ("due_on", "submitted_on", "published_on"))
    above = links("evaluation", found), links("office", found)
    return Responses(*above, due_on, submitted_on, published_on, found["standing"], found["public"])


def _submissions(moves: Found, links: Links) -> Submissions:
    row, day, stage = _of_responses(moves, links)
    there = stage != asking.PUBLISHED
    return Submissions(row[there], day[there], np.where(stage == asking.RETURNED, -1, 1).astype(np.int8)[there])


def _publications(moves: Found, links: Links) -> Publications:
    row, day, stage = _of_responses(moves, links)
    return Publications(row[stage == asking.PUBLISHED], day[stage == asking.PUBLISHED])


def _of_responses(moves: Found, links: Links) -> tuple[Ints, Days, Ints]:
    chosen = moves["entity"] == asking.ENTITIES.index(ManagementResponse)
    row = positions(links.keys["response"], moves["entity_id"][chosen])
    return row[row >= 0], moves["day"][chosen][row >= 0], moves["to_stage"][chosen][row >= 0]


def _recommendations(found: Found, moves: Found, links: Links, parts: Parts) -> Recommendations:
    ended = _ended(moves, links, "recommendation", asking.ENTITIES.index(Recommendation))
    superseded = found["stage"] == code(RecommendationStage.SUPERSEDED)
    issued_on = ordinals(found["issued_on"])
    return Recommendations(
        evaluation=links("evaluation", found),
        wanted=np.maximum(parts.count, 1),
        priority=found["priority"].astype(np.int8),
        issued_on=issued_on,
        superseded_on=np.where(superseded & (ended == 0), issued_on, ended),
    )


def _answers(found: Found, issued: Recommendations, told: Responses, links: Links) -> Answers:
    """What each addressed office owes in answer to what was issued, with the response of that office."""
    recommendation, office = links("recommendation", found), links("office", found)
    recommendation, office = recommendation[recommendation >= 0], office[recommendation >= 0]
    wide = links.count("office")
    owed = told.evaluation * wide + told.office
    order = np.argsort(owed, kind="stable")
    wanted = issued.evaluation[recommendation] * wide + office
    if not len(owed):
        return Answers(recommendation, office, np.full(len(office), -1, dtype=np.int64))
    at = np.minimum(np.searchsorted(owed[order], wanted), len(owed) - 1)
    return Answers(recommendation, office, np.where(owed[order][at] == wanted, order[at], -1))


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
    days = (ordinals(found[name])[kept] for name in names)
    numbers = (answer[kept], stated[kept], links("office", found)[kept], found["stage"][kept].astype(np.int8))
    return Actions(*numbers, *days), kept


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


def _rounds(found: Found, links: Links) -> Rounds:
    days = (ordinals(found[name]) for name in ("opens_on", "closes_on", "submitted_on"))
    return Rounds(links("response", found), *days)


def _reviews(found: Found, links: Links) -> Reviews:
    finished = ordinals(found["finished_on"])
    level = found["level"].astype(np.int8)
    return Reviews(links("evaluation", found), level, found["gender_points"], finished)
