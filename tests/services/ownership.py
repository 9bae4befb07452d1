"""Who owns what in the rooms of evaluation: the fields, the mutations that write them, and the only roles that may.

The table of evaluation-practice, section 5, as data; written by hand, beside the permissions of the roles and not from
them. Whoever is not among `by` never writes it, at any stage, from whichever office; beside `AUTHORS`, the team of the
evaluation does, whatever the role.
"""

from typing import NamedTuple

from rbm.terms.people import Role

UNIT = {Role.EVALUATION_OFFICER, Role.EVALUATION_HEAD}
AUTHORS = UNIT | {Role.EVALUATION_MANAGER}
HEAD = {Role.EVALUATION_HEAD}
MANAGERS = UNIT | {Role.EVALUATION_MANAGER}
ANSWERING = {Role.APPROVER, Role.MANAGEMENT_FOCAL_POINT}
ACTING = ANSWERING | {Role.REPORTER}
SPEAKING = ANSWERING | UNIT | {Role.ENDORSER, Role.SENIOR_MANAGEMENT, Role.HQ_RESULTS}
"""Each for an office of its own: headquarters and the evaluation office are judged and planned for as others are."""
PLANNING = {Role.REPORTER, Role.APPROVER, Role.HQ_RESULTS}
GOVERNING = {Role.GOVERNING_BODY}
NOBODY: set[Role] = set()
SEEING = set(Role) - {Role.GOVERNING_BODY, Role.DONOR, Role.PUBLIC, Role.ADMIN}


class Owned(NamedTuple):
    """Fields that belong together, the mutations that write them, and the roles of which one may."""

    what: str
    mutations: str
    by: set[Role]


OWNERSHIP = (
    Owned("findings, conclusions, lessons", "recordFinding reviseFinding removeFinding", AUTHORS),
    Owned("drafted recommendations", "draftRecommendation reviseRecommendation removeRecommendation", AUTHORS),
    Owned("sections of the report, answers to comments", "writeReportSections answerComment", AUTHORS),
    Owned("issued recommendations", "issueRecommendation supersedeRecommendation recordEffect", UNIT),
    Owned("text, number, priority, criterion once issued: an erratum", "correctRecommendation", HEAD),
    Owned("ratings", "rateCriterion withdrawRating", AUTHORS),
    Owned("syntheses", "recordSynthesis", UNIT),
    Owned("who assesses quality", "assignQualityReview", UNIT),
    Owned("the assessment: the assessor who was asked, whatever the role", "rateQuality", NOBODY),
    Owned("moderation", "finishQualityReview returnQualityReview", UNIT | {Role.QUALITY_ASSESSOR}),
    Owned("decisions, reasons, overall response", "respondToRecommendation writeOverallResponse", ANSWERING),
    Owned("the response as a whole", "submitResponse reviseResponse submitFollowUpRound", {Role.APPROVER}),
    Owned("endorsement", "endorseResponse", {Role.ENDORSER, Role.SENIOR_MANAGEMENT}),
    Owned("completeness and publication of responses", "returnResponse publishResponse", UNIT),
    Owned("rounds", "openFollowUpRound reviewFollowUpRound closeFollowUpRound", UNIT),
    Owned("text, owner, due date of actions", "planAction revisePlannedAction removePlannedAction", ANSWERING),
    Owned("progress", "updateAction pauseAction addEvidence claimActionComplete requestExtension", ACTING),
    Owned("what the head asks to be released from", "requestRelease", ANSWERING),
    Owned("verdicts", "verifyAction rejectActionClaim reopenAction", UNIT | {Role.OVERSIGHT}),
    Owned("granted due dates and releases", "decideExtension releaseAction declineRelease supersedeAction", UNIT),
    Owned(
        "rules, figures, scopes, what was locked",
        "reviseDeadlines reviseKeyFigures reviseVerificationScope lockStatusReport",
        HEAD,
    ),
    Owned("checklists", "defineChecklist", HEAD),
    Owned("the way of an evaluation", "finaliseEvaluation publishEvaluation postponeEvaluation resumeEvaluation", UNIT),
    Owned("terms of reference, final texts", "approveTermsOfReference attachToFinal registerSource", UNIT),
    Owned("what is judged, once the team is at work", "widenEvaluation", UNIT),
    Owned("disclosure and cancellation", "withholdReport cancelEvaluation", HEAD),
    Owned("an evaluation as it is commissioned", "planEvaluation reviseEvaluation advanceEvaluation", MANAGERS),
    Owned("what is judged, and with whom", "addSubject removeSubject addPartner attachDocument", MANAGERS),
    Owned("the team", "addTeamMember leaveTeam assignEvaluationManager", MANAGERS),
    Owned("one's own interests: the member, whatever the role", "declareInterest", NOBODY),
    Owned("what evaluations are paid from", "chargeEvaluationReserve", MANAGERS),
    Owned("plans", "createEvaluationPlan addPlanItem revisePlanItem removePlanItem carryOver fundPlan", UNIT),
    Owned("the way of a plan", "submitPlan revisePlan", UNIT),
    Owned("approval of plans", "approvePlan returnPlan closePlan decidePlanRequest", HEAD),
    Owned("policy", "draftPolicy revisePolicy addCoverageRule removeCoverageRule activatePolicy", HEAD),
    Owned("proposed budgets, peer reviews", "proposeBudgetLine recordPeerReview", HEAD),
    Owned("what the governing body decides", "recordGoverningDecision approveBudgetLine reviseBudgetLine", GOVERNING),
    Owned("plans before the governing body", "adoptPlan referPlanBack setPlanApprover", GOVERNING),
    Owned("calls for proposals", "openProposalCall scoreProposal", UNIT),
    Owned("what becomes of proposals", "selectProposal declineProposal", HEAD),
    Owned("evaluators", "registerEvaluator recordTraining", UNIT),
    Owned("what offices say of drafts and plans", "commentOnDraft requestPlanChange", SPEAKING),
    Owned("what offices propose", "submitProposal", PLANNING),
    Owned("projects of offices", "closeProject fixEvaluationReserve", PLANNING),
    Owned("reports of interference", "reportInterference", SEEING),
)
BY = {name: owned.by for owned in OWNERSHIP for name in owned.mutations.split()}
"""The only roles that may, by mutation."""
