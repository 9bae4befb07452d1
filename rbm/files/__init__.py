"""Formats: bytes into dataclasses and back. No session, no clock, no settings."""
