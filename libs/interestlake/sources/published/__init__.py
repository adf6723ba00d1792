"""Public collections, each by its published layout: one declaration per publisher, one way to read them all."""

from .layout import Layout, expect_edition, load_layout

__all__ = ["Layout", "expect_edition", "load_layout"]
