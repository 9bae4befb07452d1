"""Views for those who have to act."""

import graphene

from graph_schema.derive import figure
from rbm.services import portfolio


class Query(graphene.ObjectType):
    """What waits, and how interventions do."""

    my_work = figure(portfolio.my_work, weight=1_000)
    portfolio = figure(portfolio.portfolio, weight=2_000)
