"""Tests of series over years and strategies."""
