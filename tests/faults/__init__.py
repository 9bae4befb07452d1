"""Faults: processes that are killed, and several at once."""
