"""Planning: shares with their reason, money that is stated, and what a budget stands at."""

from rbm.rules.planning.amounts import Sum, one_currency, refuse_amount, refuse_currency
from rbm.rules.planning.budgets import BudgetFact, standing_budget
from rbm.rules.planning.lineage import continued
from rbm.rules.planning.peers import PEER_REVIEW_YEARS, peer_review_day
from rbm.rules.planning.rates import EDITION, PlanRate, money_rate, rate
from rbm.rules.planning.reserves import RESERVE_SHARE, reserve_gap

__all__ = [
    "EDITION",
    "PEER_REVIEW_YEARS",
    "RESERVE_SHARE",
    "BudgetFact",
    "PlanRate",
    "Sum",
    "continued",
    "money_rate",
    "one_currency",
    "peer_review_day",
    "rate",
    "refuse_amount",
    "refuse_currency",
    "reserve_gap",
    "standing_budget",
]
