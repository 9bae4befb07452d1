"""Follow-up: actions from plan to verification, what is overdue, and the figures of the evaluation function."""
