"""Tests of the import of IATI files."""
