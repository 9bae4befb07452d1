"""Responses: what management answers, who endorses it, and the rounds in which it reports."""
