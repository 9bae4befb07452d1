"""Responses: what management answers, who endorses it, and the rounds in which it reports."""

from rbm.services.responses.addressed import came_since
from rbm.services.responses.deciding import (
    RecommendationDecision,
    respond_to_recommendation,
    write_overall_response,
)
from rbm.services.responses.finding import (
    ResponseClock,
    ResponseQuestion,
    find_responses,
    is_owed,
    may_see_written,
    missing_answers,
    owed,
    response_clocks,
)
from rbm.services.responses.moving import (
    endorse_response,
    publish_response,
    return_response,
    revise_response,
    submit_response,
)
from rbm.services.responses.planning import (
    ActionPlan,
    ActionRevision,
    plan_action,
    remove_planned_action,
    revise_planned_action,
)
from rbm.services.responses.rounds import (
    close_follow_up_round,
    miss_rounds,
    open_follow_up_round,
    open_rounds,
    review_follow_up_round,
    rounds_due,
    rounds_run_out,
    schedule_rounds,
    submit_follow_up_round,
)

__all__ = [
    "ActionPlan",
    "ActionRevision",
    "RecommendationDecision",
    "ResponseClock",
    "ResponseQuestion",
    "came_since",
    "close_follow_up_round",
    "endorse_response",
    "find_responses",
    "is_owed",
    "may_see_written",
    "miss_rounds",
    "missing_answers",
    "open_follow_up_round",
    "open_rounds",
    "owed",
    "plan_action",
    "publish_response",
    "remove_planned_action",
    "respond_to_recommendation",
    "response_clocks",
    "return_response",
    "review_follow_up_round",
    "revise_planned_action",
    "revise_response",
    "rounds_due",
    "rounds_run_out",
    "schedule_rounds",
    "submit_follow_up_round",
    "submit_response",
    "write_overall_response",
]
