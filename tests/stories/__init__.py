"""Whole lives through the GraphQL door."""
