"""Words of the evaluation room: what an evaluation is, its stages, its team, its documents and its quality."""

from enum import StrEnum


class EvaluationLevel(StrEnum):
    """Who is answerable for an evaluation. Source: IOM and UNFPA evaluation policies."""

    CENTRALIZED = "centralized"
    DECENTRALIZED = "decentralized"


class EvaluationType(StrEnum):
    """Kinds of evaluation. Source: UNDP Evaluation Resource Centre, UNFPA, IOM Development Fund guidelines."""

    CORPORATE = "corporate"
    STRATEGIC = "strategic"
    POLICY = "policy"
    THEMATIC = "thematic"
    REGIONAL_PROGRAMME = "regional_programme"
    COUNTRY_PROGRAMME = "country_programme"
    OUTCOME = "outcome"
    PROJECT = "project"
    IMPACT = "impact"
    JOINT = "joint"
    SYSTEM_WIDE = "system_wide"
    SYNTHESIS = "synthesis"
    EVALUABILITY_ASSESSMENT = "evaluability_assessment"


STRATEGIC_TYPES = frozenset({EvaluationType.CORPORATE, EvaluationType.STRATEGIC, EvaluationType.POLICY})
"""The types that judge the organisation as a whole."""


class Timing(StrEnum):
    """When in the life of what it judges an evaluation takes place. Source: OECD-DAC glossary."""

    EX_ANTE = "ex_ante"
    MID_TERM = "mid_term"
    FINAL = "final"
    EX_POST = "ex_post"
    REAL_TIME = "real_time"


class ConductedBy(StrEnum):
    """By whom an evaluation is done. Source: IOM evaluation policy."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    MIXED = "mixed"


class EvaluationScope(StrEnum):
    """How wide an evaluation looks."""

    ORGANISATION = "organisation"
    THEMATIC = "thematic"
    REGIONAL = "regional"
    COUNTRY = "country"
    PROJECT = "project"


class SourceKind(StrEnum):
    """Where recommendations come from; all are followed up alike and never mixed in figures."""

    EVALUATION = "evaluation"
    DONOR_EVALUATION = "donor_evaluation"
    EXTERNAL_ASSESSMENT = "external_assessment"
    AUDIT = "audit"
    PEER_REVIEW = "peer_review"


REGISTERED = frozenset(SourceKind) - {SourceKind.EVALUATION}
"""The kinds of source that others make, and that are registered when they are final."""


class EvaluationStage(StrEnum):
    """Life of an evaluation. Source: UNDP evaluation management, with the steps that others track."""

    PLANNED = "planned"
    TOR = "tor"
    TEAM_ONBOARD = "team_onboard"
    INCEPTION = "inception"
    DATA_COLLECTION = "data_collection"
    DRAFT_REPORT = "draft_report"
    QUALITY_REVIEW = "quality_review"
    FINAL = "final"
    PUBLISHED = "published"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


UNDER_WAY = (
    EvaluationStage.TEAM_ONBOARD,
    EvaluationStage.INCEPTION,
    EvaluationStage.DATA_COLLECTION,
    EvaluationStage.DRAFT_REPORT,
    EvaluationStage.QUALITY_REVIEW,
)
"""The stages in which a team finds, rates and recommends; with the final all of it is settled."""
SETTLED = (EvaluationStage.FINAL, EvaluationStage.PUBLISHED)
"""The stages from the final on."""
BEFORE_FINAL = (EvaluationStage.PLANNED, EvaluationStage.TOR, *UNDER_WAY, EvaluationStage.POSTPONED)
"""The stages in which whom an evaluation has and what it judges can still change."""


class TeamRole(StrEnum):
    """What somebody does in an evaluation team."""

    LEAD = "lead"
    MEMBER = "member"


class DocumentKind(StrEnum):
    """Kinds of document of an evaluation. Source: UNDP Evaluation Resource Centre."""

    TERMS_OF_REFERENCE = "terms_of_reference"
    INCEPTION_REPORT = "inception_report"
    DRAFT_REPORT = "draft_report"
    FINAL_REPORT = "final_report"
    ANNEX = "annex"
    QUALITY_ASSESSMENT = "quality_assessment"


DISCLOSED = frozenset(
    {
        DocumentKind.TERMS_OF_REFERENCE,
        DocumentKind.FINAL_REPORT,
        DocumentKind.ANNEX,
        DocumentKind.QUALITY_ASSESSMENT,
    }
)
"""The kinds of document that are ever disclosed: never a draft."""


class TextLanguage(StrEnum):
    """The official languages of the United Nations: a text is in one of them."""

    ENGLISH = "en"
    FRENCH = "fr"
    SPANISH = "es"
    ARABIC = "ar"
    RUSSIAN = "ru"
    CHINESE = "zh"


class QualityGate(StrEnum):
    """Where the quality of an evaluation is reviewed. Source: requirement R115."""

    TERMS_OF_REFERENCE = "terms_of_reference"
    INCEPTION = "inception"
    DRAFT = "draft"
    FINAL = "final"


class QualityStage(StrEnum):
    """Life of a quality review."""

    ASSIGNED = "assigned"
    RATED = "rated"
    FINAL = "final"


class QualityLevel(StrEnum):
    """How good a report is. Source: UNDP evaluation management, six points."""

    HIGHLY_SATISFACTORY = "highly_satisfactory"
    SATISFACTORY = "satisfactory"
    MODERATELY_SATISFACTORY = "moderately_satisfactory"
    MODERATELY_UNSATISFACTORY = "moderately_unsatisfactory"
    UNSATISFACTORY = "unsatisfactory"
    HIGHLY_UNSATISFACTORY = "highly_unsatisfactory"


class QualityGrouping(StrEnum):
    """By what the quality of evaluations is averaged. Source: requirement R122."""

    TYPE = "type"
    REGION = "region"
    YEAR = "year"


class GenderBand(StrEnum):
    """How far evaluations integrate gender. Source: UN-SWAP evaluation performance indicator."""

    MISSING = "missing"
    APPROACHES = "approaches"
    MEETS = "meets"
    EXCEEDS = "exceeds"
