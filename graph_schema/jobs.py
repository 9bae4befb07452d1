"""Runs of jobs, for those who operate the system."""

from graph_schema.derive import node, roots
from rbm.model.jobs import JobRun

node(JobRun, "job slot by_hand outcome attempt started_at finished_at counts error")


class Query(roots(JobRun)):
    """What one may ask about jobs."""
