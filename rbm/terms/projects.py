"""Words of the projects room. Source: IATI 2.03 code lists, with their standard names."""

from enum import StrEnum


class ProjectStage(StrEnum):
    """Life of a project. Source: IATI ActivityStatus 1 to 6."""

    PIPELINE = "pipeline"
    IMPLEMENTATION = "implementation"
    FINALISATION = "finalisation"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"


class DateKind(StrEnum):
    """Dates of an activity. Source: IATI ActivityDateType 1 to 4."""

    PLANNED_START = "planned_start"
    ACTUAL_START = "actual_start"
    PLANNED_END = "planned_end"
    ACTUAL_END = "actual_end"


class PlaceRole(StrEnum):
    """What a place is to a project. Source: IATI recipient-country, recipient-region, location."""

    RECIPIENT_COUNTRY = "recipient_country"
    RECIPIENT_REGION = "recipient_region"
    LOCATION = "location"


class OrganisationRole(StrEnum):
    """What an organisation does in a project. Source: IATI OrganisationRole 1 to 4."""

    FUNDING = "funding"
    ACCOUNTABLE = "accountable"
    EXTENDING = "extending"
    IMPLEMENTING = "implementing"


class BudgetKind(StrEnum):
    """Source: IATI BudgetType 1 and 2."""

    ORIGINAL = "original"
    REVISED = "revised"


class BudgetStatus(StrEnum):
    """Source: IATI BudgetStatus 1 and 2."""

    INDICATIVE = "indicative"
    COMMITTED = "committed"


class TransactionKind(StrEnum):
    """Source: IATI TransactionType 1 to 13; 1, 11 and 13 are income, 3 and 4 spending."""

    INCOMING_FUNDS = "incoming_funds"
    OUTGOING_COMMITMENT = "outgoing_commitment"
    DISBURSEMENT = "disbursement"
    EXPENDITURE = "expenditure"
    INTEREST_PAYMENT = "interest_payment"
    LOAN_REPAYMENT = "loan_repayment"
    REIMBURSEMENT = "reimbursement"
    PURCHASE_OF_EQUITY = "purchase_of_equity"
    SALE_OF_EQUITY = "sale_of_equity"
    CREDIT_GUARANTEE = "credit_guarantee"
    INCOMING_COMMITMENT = "incoming_commitment"
    OUTGOING_PLEDGE = "outgoing_pledge"
    INCOMING_PLEDGE = "incoming_pledge"


class DesignGap(StrEnum):
    """What the design of a project lacks before it can be endorsed. Source: requirement R008."""

    NO_CORPORATE_LINK = "no_corporate_link"
    NO_SDG_TARGET = "no_sdg_target"
