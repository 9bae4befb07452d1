"""Tests of the performance services."""
