"""Where this machine keeps what it would otherwise make again."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """$INTERESTLAKE_CACHE, else $XDG_CACHE_HOME/interestlake, else ~/.cache/interestlake."""
    own = os.environ.get("INTERESTLAKE_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "interestlake"
