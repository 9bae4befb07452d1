"""Checks of values by another unit, and issues found in data."""

import graphene

from graph_schema.derive import Where, find, mutation, needs, node, roots
from rbm.access import Permission
from rbm.model.quality import Check, Issue
from rbm.model.reporting import Measurement
from rbm.services import quality
from rbm.terms.quality import IssueStage
from rbm.terms.reporting import ValueStage

node(Check, "stage opened_at decided_at note measurement checker")
node(Issue, "rule stage explanation raised_on due_on indicator period target responsible")


class Query(roots(Check, Issue)):
    """What one may ask about the quality of values."""

    to_verify = find(Measurement, quality.find_to_verify, weight=200)


class Mutation(graphene.ObjectType):
    """What one may do about the quality of values."""

    open_check = mutation(
        quality.open_check, needs(Permission.VERIFY, at=Where.ANOTHER_UNIT, stages=[ValueStage.APPROVED])
    )
    verify_measurement = mutation(
        quality.verify_measurement, needs(Permission.VERIFY, at=Where.ANOTHER_UNIT, stages=[ValueStage.APPROVED])
    )
    reject_measurement = mutation(
        quality.reject_measurement, needs(Permission.VERIFY, at=Where.ANOTHER_UNIT, stages=[ValueStage.APPROVED])
    )
    resolve_issue = mutation(quality.resolve_issue, needs(Permission.REPORT, stages=[IssueStage.OPEN]))
    accept_issue = mutation(quality.accept_issue, needs(Permission.REVIEW, stages=[IssueStage.OPEN]))
