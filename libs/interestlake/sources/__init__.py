"""Sources: each loader reads one publisher's files; the registry maps a source's name to its loader."""

from .registry import LOADERS, expect_files, load_source, origin_of

__all__ = ["LOADERS", "expect_files", "load_source", "origin_of"]
