"""Follow-up: where recommendations stand, how old they are, and which claims are verified."""
