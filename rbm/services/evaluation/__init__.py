"""Evaluation: commissioned, staffed, commented on, reviewed, made final and disclosed."""
