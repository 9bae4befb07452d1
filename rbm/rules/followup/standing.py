"""Where all recommendations stood on a day, in columns: the decisions that stood, and statuses by the same rule.

`rbm.rules.followup.status` decides for one recommendation; here the same is decided for all of them at once.
"""

from dataclasses import dataclass

import numpy as np

from rbm.rules.arrays import Bools, Codes, Days, Ints
from rbm.rules.followup.columns import Histories
from rbm.rules.followup.history import code, existing, happened, is_any, stages_on, standing_editions
from rbm.terms.followup import OPEN_STAGES, ActionStage, RecommendationStatus
from rbm.terms.responses import TAKEN_UP, ResponseDecision

ENDED = (ActionStage.VERIFIED_COMPLETE, ActionStage.NO_LONGER_APPLICABLE, ActionStage.SUPERSEDED)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Answers, or recommendations, as of a day.

    submitted: the response it stands in was; decided: all parts are, and none is left under consideration;
    taken_up, accepted: in part at least, and wholly; idle: something that was taken up has no action.
    stages: how many actions are in each stage, a column for each.
    """

    submitted: Bools
    decided: Bools
    taken_up: Bools
    accepted: Bools
    idle: Bools
    stages: Ints


def standing(histories: Histories, on: int) -> Standing:
    """The answers as of a day."""
    decisions, count = histories.decisions, len(histories.answers.office)
    edition = _editions(histories, on)
    stands = (decisions.edition == edition[decisions.answer]) & happened(decisions.decided_on, on)
    taken = stands & is_any(decisions.decision, sorted(TAKEN_UP))
    open_ = stands & (decisions.decision == code(ResponseDecision.UNDER_CONSIDERATION))
    whole = stands & (decisions.decision == code(ResponseDecision.ACCEPTED))
    given, considered, taken_up, accepted = (
        np.bincount(decisions.answer[chosen], minlength=count) for chosen in (stands, open_, taken, whole)
    )
    alone = taken & ~_acted(histories, np.flatnonzero(existing(histories.actions, on)))
    return Standing(
        submitted=edition > 0,
        decided=(given >= histories.recommendations.wanted[histories.answers.recommendation]) & (considered == 0),
        taken_up=taken_up > 0,
        accepted=(accepted > 0) & (accepted == given),
        idle=np.bincount(decisions.answer[alone], minlength=count) > 0,
        stages=stage_counts(histories, on),
    )


def stage_counts(histories: Histories, on: Days | int) -> Ints:
    """How many actions of each answer were in each stage on a day, or on a day of its own: a row for each answer."""
    actions, kinds = histories.actions, len(ActionStage)
    days = on if isinstance(on, int) else on[actions.answer]
    stage = stages_on(actions, histories.moves, days)
    there = existing(actions, days)
    count = len(histories.answers.office)
    flat = actions.answer[there] * kinds + stage[there]
    return np.bincount(flat, minlength=count * kinds).reshape(count, kinds)


def implemented(stages: Ints) -> Bools:
    """Where everything has ended and at least one action was verified, by counts of actions in each stage."""
    ended = stages[:, [code(stage) for stage in ENDED]].sum(axis=1)
    found: Bools = (stages[:, code(ActionStage.VERIFIED_COMPLETE)] > 0) & (ended == stages.sum(axis=1))
    return found


def done_by_report(stages: Ints) -> Bools:
    """Where everything is done or has ended by what was reported, verified or not."""
    reported = stages[:, code(ActionStage.REPORTED_COMPLETE)]
    ended = stages[:, [code(stage) for stage in ENDED]].sum(axis=1) + reported
    done = stages[:, code(ActionStage.VERIFIED_COMPLETE)] + reported
    found: Bools = (done > 0) & (ended == stages.sum(axis=1))
    return found


def by_recommendation(histories: Histories, standing_: Standing) -> Standing:
    """What stands over all the offices each recommendation is addressed to."""
    of, count = histories.answers.recommendation, len(histories.recommendations.issued_on)

    def every(column: Bools) -> Bools:
        missing: Bools = np.bincount(of[~column], minlength=count) == 0
        return missing & (np.bincount(of, minlength=count) > 0)

    def some(column: Bools) -> Bools:
        found: Bools = np.bincount(of[column], minlength=count) > 0
        return found

    stages = np.zeros((count, standing_.stages.shape[1]), dtype=np.int64)
    np.add.at(stages, of, standing_.stages)
    return Standing(
        submitted=every(standing_.submitted),
        decided=every(standing_.decided),
        taken_up=some(standing_.taken_up),
        accepted=every(standing_.accepted),
        idle=some(standing_.idle),
        stages=stages,
    )


def statuses(found: Standing, superseded: Bools) -> Codes:
    """The status of each answer, or of each recommendation; `superseded` says of which another took the place."""
    total = found.stages.sum(axis=1)
    in_stage = {stage: found.stages[:, code(stage)] for stage in ActionStage}
    running = sum(in_stage[stage] for stage in sorted(OPEN_STAGES)) > 0
    ended = sum(in_stage[stage] for stage in ENDED) == total
    status = RecommendationStatus
    cases = (
        (superseded, status.SUPERSEDED),
        (~found.submitted, status.AWAITING_RESPONSE),
        (~found.decided, status.UNDER_CONSIDERATION),
        (~found.taken_up & ended, status.NOT_ACCEPTED),
        (found.idle, status.NO_ACTION),
        ((total > 0) & (in_stage[ActionStage.NOT_STARTED] == total), status.NOT_STARTED),
        (running, status.IN_PROGRESS),
        (~ended, status.AWAITING_VERIFICATION),
        (in_stage[ActionStage.VERIFIED_COMPLETE] > 0, status.IMPLEMENTED),
    )
    chosen = [code(each) for _, each in cases]
    default = code(status.CLOSED_WITHOUT_IMPLEMENTATION)
    return np.select([condition for condition, _ in cases], chosen, default).astype(np.int8)


def _editions(histories: Histories, on: int) -> Ints:
    """The submitted edition in which each answer stands, 0 for none."""
    response, late = histories.answers.response, histories.belated
    known = np.flatnonzero(response >= 0)
    found = np.zeros(len(response), dtype=np.int64)
    found[known] = standing_editions(histories, on)[response[known]]
    found[late.answer[~happened(late.answered_on, on)]] = 0
    return found


def _acted(histories: Histories, there: Ints) -> Bools:
    """Of which decisions there is an action under the same part of the same answer."""
    decisions, actions = histories.decisions, histories.actions
    parts = int(max(decisions.part.max(initial=-1), actions.part.max(initial=-1))) + 2
    held = actions.answer[there] * parts + actions.part[there] + 1
    return np.isin(decisions.answer * parts + decisions.part + 1, held)
