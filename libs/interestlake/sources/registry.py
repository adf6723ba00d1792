"""--source name -> loader."""

from collections.abc import Callable

from ..core.errors import BadInput
from . import amazon_reviews, lastfm, movielens, sample, table
from .contract import Loaded, Request

LOADERS: dict[str, Callable[[Request], Loaded]] = {
    "movielens": movielens.load,
    "amazon-reviews": amazon_reviews.load,
    "lastfm": lastfm.load,
    "table": table.load,
    "sample": sample.load,
}


def load_source(source: str | None, request: Request) -> Loaded:
    """Read the source of that name. Raises BadInput for an unknown name, listing the known ones."""
    if source not in LOADERS:
        raise BadInput.of("source", found=source or "none", expected=f"one of {', '.join(LOADERS)}", where="--source")
    return LOADERS[source](request)
