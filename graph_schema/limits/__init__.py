"""Limits: what a question may be like, held against it before anything is executed."""

from graph_schema.limits.bounds import Exceeded, Limits

__all__ = ["Exceeded", "Limits"]
