"""The audit trail: sealed, verified, tampered with, exported, covered."""
