"""Tests of jobs: what is due, and that it is run once."""
