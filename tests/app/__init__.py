"""Tests of the application: command line and HTTP."""
