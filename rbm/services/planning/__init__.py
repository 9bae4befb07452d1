"""Planning: the evaluation policy, plans with their items and budget, and what must be covered."""
