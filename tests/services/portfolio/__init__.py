"""Tests of the views for those who have to act."""
