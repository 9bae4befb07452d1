"""Conformance: how this server keeps to what is written for all servers of its kind."""
