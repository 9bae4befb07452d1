"""The composition root: command line, server and pages. Nothing imports it."""
