"""One test for each requirement, named after it."""
