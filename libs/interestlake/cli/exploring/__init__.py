"""Commands over a finished lake: what its interests say, and what may come next."""
