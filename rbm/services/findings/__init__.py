"""Findings: what evaluations find, rate and recommend; issued recommendations are transmitted to management."""
