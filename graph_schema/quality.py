"""Checks of values by another unit, and issues found in data."""

import graphene

from graph_schema.derive import find, mutation, node, roots
from rbm.model.quality import Check, Issue
from rbm.model.reporting import Measurement
from rbm.services import quality

node(Check, "stage opened_at decided_at note measurement checker")
node(Issue, "rule stage explanation raised_on due_on indicator period target responsible")


class Query(roots(Check, Issue)):
    """What one may ask about the quality of values."""

    to_verify = find(Measurement, quality.find_to_verify)


class Mutation(graphene.ObjectType):
    """What one may do about the quality of values."""

    open_check = mutation(quality.open_check)
    verify_measurement = mutation(quality.verify_measurement)
    reject_measurement = mutation(quality.reject_measurement)
    resolve_issue = mutation(quality.resolve_issue)
    accept_issue = mutation(quality.accept_issue)
