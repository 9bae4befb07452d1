"""Follow-up: actions from plan to verification, what is overdue, and the figures of the evaluation function."""

from rbm.services.followup.claiming import claim_action_complete
from rbm.services.followup.definitions import FigureRevision, definition_on, revise_key_figures
from rbm.services.followup.escalating import escalations, response_escalations, told_within
from rbm.services.followup.figures import (
    CompositeQuestion,
    CompositeScore,
    FigureQuestion,
    KeyFigureValue,
    composite_score,
    key_figures,
)
from rbm.services.followup.finding import ActionQuestion, RecommendationQuestion, find_actions, find_recommendations
from rbm.services.followup.outstanding import find_outstanding_actions, tell_outstanding
from rbm.services.followup.registering import import_register
from rbm.services.followup.registers_actions import Imported
from rbm.services.followup.registers_matrix import register_sheets
from rbm.services.followup.reminding import remind_follow_up
from rbm.services.followup.reporting import StatusReportCheck, lock_status_report, verify_status_report
from rbm.services.followup.requesting import (
    decide_extension,
    decline_release,
    release_action,
    request_extension,
    request_release,
    supersede_action,
)
from rbm.services.followup.scopes import ScopeRevision, revise_verification_scope, scopes_on
from rbm.services.followup.standing import OfficeStanding, Standing, StatusCount, standings, status_counts
from rbm.services.followup.timing import Timing, timings
from rbm.services.followup.uncovered import tell_coverage_gaps
from rbm.services.followup.updating import add_evidence, pause_action, update_action
from rbm.services.followup.verifying import reject_action_claim, reopen_action, verify_action

__all__ = [
    "ActionQuestion",
    "CompositeQuestion",
    "CompositeScore",
    "FigureQuestion",
    "FigureRevision",
    "Imported",
    "KeyFigureValue",
    "OfficeStanding",
    "RecommendationQuestion",
    "ScopeRevision",
    "Standing",
    "StatusCount",
    "StatusReportCheck",
    "Timing",
    "add_evidence",
    "claim_action_complete",
    "composite_score",
    "decide_extension",
    "decline_release",
    "definition_on",
    "escalations",
    "find_actions",
    "find_outstanding_actions",
    "find_recommendations",
    "import_register",
    "key_figures",
    "lock_status_report",
    "pause_action",
    "register_sheets",
    "reject_action_claim",
    "release_action",
    "remind_follow_up",
    "reopen_action",
    "request_extension",
    "request_release",
    "response_escalations",
    "revise_key_figures",
    "revise_verification_scope",
    "scopes_on",
    "standings",
    "status_counts",
    "supersede_action",
    "tell_coverage_gaps",
    "tell_outstanding",
    "timings",
    "told_within",
    "update_action",
    "verify_action",
    "verify_status_report",
]
