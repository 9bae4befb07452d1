"""Tests: the mirror of the source, stories, conformance, faults and the architecture itself."""
