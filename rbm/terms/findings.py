"""Words of the findings room: what evaluations find, how they rate, and what they recommend to whom."""

from enum import StrEnum


class Criterion(StrEnum):
    """Evaluation criteria. Source: OECD-DAC 2019; the last three of humanitarian work, ALNAP."""

    RELEVANCE = "relevance"
    COHERENCE = "coherence"
    EFFECTIVENESS = "effectiveness"
    EFFICIENCY = "efficiency"
    IMPACT = "impact"
    SUSTAINABILITY = "sustainability"
    COVERAGE = "coverage"
    CONNECTEDNESS = "connectedness"
    COORDINATION = "coordination"


class FindingKind(StrEnum):
    """What stands numbered in a report. Source: UNEG report checklist, OECD-DAC glossary."""

    FINDING = "finding"
    CONCLUSION = "conclusion"
    LESSON = "lesson"


class RecommendationPriority(StrEnum):
    """How much a recommendation matters; critical ones need a milestone on the way. Source: OIOS, UNDP audit."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class RecommendationStage(StrEnum):
    """What the evaluation unit decides of a recommendation; where it stands with management is derived."""

    DRAFT = "draft"
    ISSUED = "issued"
    SUPERSEDED = "superseded"


class AddresseeKind(StrEnum):
    """Who is addressed. Source: JIU follow-up system, which tells executive heads from legislative bodies."""

    MANAGEMENT = "management"
    HEAD_OF_OFFICE = "head_of_office"
    DEPARTMENT = "department"
    GOVERNING_BODY = "governing_body"
    PARTNER = "partner"
    GOVERNMENT = "government"


class RatingScaleName(StrEnum):
    """Declared scales of ratings. Source: UNEP evaluation criteria and ratings, UNDP ICPE and GEF guidance."""

    SATISFACTION = "satisfaction"
    LIKELIHOOD = "likelihood"
    CONTEXT = "context"
    SUSTAINABILITY = "sustainability"
    COUNTRY_PROGRAMME = "country_programme"
    AUDIT = "audit"


class SynthesisVerdict(StrEnum):
    """How one evaluation of a synthesis stands on a topic."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NOT_ASSESSED = "not_assessed"


class WordingHint(StrEnum):
    """What a machine misses in the words of a recommendation, without judging them. Source: UNEP, SMART."""

    WHO = "who"
    """Nobody is addressed."""
    WHEN = "when"
    """Neither its text nor a part of it says by when."""
    FEW_WORDS = "few_words"
    """Fewer than five words."""
    BASIS = "basis"
    """It rests on no finding or conclusion."""
    RESULT = "result"
    """It is linked to no result and no target of the SDGs."""
