"""Requests in plain words -> a list with reasons: constraints, two kinds of retrieval, the person's profile."""
