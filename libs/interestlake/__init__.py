"""Interestlake: what people do and write, as an interest graph, a profile per person and explained recommendations."""

__version__ = "0.1.0"
