"""Views over all rooms for those who have to act: what waits for me, how an office stands, how interventions do."""

from rbm.services.portfolio.boards import due_reports, open_flags, overdue_reports, values_to_verify
from rbm.services.portfolio.interventions import PortfolioRow, portfolio
from rbm.services.portfolio.waiting import MyWork, my_work

__all__ = [
    "MyWork",
    "PortfolioRow",
    "due_reports",
    "my_work",
    "open_flags",
    "overdue_reports",
    "portfolio",
    "values_to_verify",
]
