"""Tests of the roll-up services."""
