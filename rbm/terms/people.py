"""Words of the people room: kinds of offices, posts and roles."""

from enum import StrEnum


class OfficeKind(StrEnum):
    """Kinds of organisational unit. Source: field structure of IOM, MOPAN 2019 assessment."""

    HEADQUARTERS = "headquarters"
    REGIONAL = "regional"
    COUNTRY = "country"
    SUB = "sub"
    EVALUATION = "evaluation"
    GOVERNING_BODY = "governing_body"


CENTRAL = frozenset({OfficeKind.HEADQUARTERS, OfficeKind.EVALUATION, OfficeKind.GOVERNING_BODY})
"""The kinds of office that act for the whole organisation: what a role permits for all of it, it permits only there."""


class Role(StrEnum):
    """What a person is in an office; permissions follow from it. Source: UNEG norms 4 and 5, UN RBM handbook 2011."""

    VIEWER = "viewer"
    REPORTER = "reporter"
    APPROVER = "approver"
    MANAGEMENT_FOCAL_POINT = "management_focal_point"
    VERIFIER = "verifier"
    ENDORSER = "endorser"
    HQ_RESULTS = "hq_results"
    EVALUATION_MANAGER = "evaluation_manager"
    EVALUATOR = "evaluator"
    EVALUATION_OFFICER = "evaluation_officer"
    EVALUATION_HEAD = "evaluation_head"
    QUALITY_ASSESSOR = "quality_assessor"
    OVERSIGHT = "oversight"
    SENIOR_MANAGEMENT = "senior_management"
    GOVERNING_BODY = "governing_body"
    DONOR = "donor"
    PUBLIC = "public"
    ADMIN = "admin"


TRUSTED = frozenset(
    {
        Role.EVALUATION_OFFICER,
        Role.QUALITY_ASSESSOR,
        Role.OVERSIGHT,
        Role.SENIOR_MANAGEMENT,
        Role.GOVERNING_BODY,
    }
)
"""The roles that a person has in a central office only by decision of the governing body; its appointee as head too."""


class PlaceKind(StrEnum):
    """Levels of the UN M49 standard."""

    WORLD = "world"
    REGION = "region"
    SUBREGION = "subregion"
    INTERMEDIATE = "intermediate"
    COUNTRY = "country"


class Language(StrEnum):
    """Languages the organisation writes to people in."""

    ENGLISH = "en"
    FRENCH = "fr"
    SPANISH = "es"
