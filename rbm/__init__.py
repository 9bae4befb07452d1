"""The domain: results chain, roll-up, flags, evaluation follow-up. Knows nothing of GraphQL, HTTP or schedules."""
