"""Tests of what management answers: decisions, actions, the way of a response, rounds and clocks."""
