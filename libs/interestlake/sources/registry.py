"""--source name -> loader."""

from collections.abc import Callable
from difflib import get_close_matches
from functools import partial

from ..core.errors import BadInput
from ..privacy.identity import Origin
from . import amazon_reviews, lastfm, movielens, sample, table
from .contract import Loaded, Request
from .files import InputFile, list_here
from .mapping import read_mapping
from .published import (
    book_crossing,
    criteo,
    expect_edition,
    goodbooks,
    hm,
    load_layout,
    mind,
    retailrocket,
    steam,
    yelp,
)  # fmt: skip

# publishers whose files are declared, and read in one way
LAYOUTS = {
    "yelp": yelp.LAYOUT,
    "mind": mind.LAYOUT,
    "hm": hm.LAYOUT,
    "criteo": criteo.LAYOUT,
    "retailrocket": retailrocket.LAYOUT,
    "steam": steam.LAYOUT,
    "goodbooks": goodbooks.LAYOUT,
    "book-crossing": book_crossing.LAYOUT,
}
LOADERS: dict[str, Callable[[Request], Loaded]] = {
    "movielens": movielens.load,
    "amazon-reviews": amazon_reviews.load,
    "lastfm": lastfm.load,
    **{name: partial(load_layout, layout=layout) for name, layout in LAYOUTS.items()},
    "table": table.load,
    "sample": sample.load,
}

# what each does with files that lack some of those it needs, before any is read: BadInput
EXPECTED: dict[str, Callable[[tuple[InputFile, ...]], object]] = {
    "movielens": movielens.expect_files,
    "amazon-reviews": amazon_reviews.expect_files,
    "lastfm": lastfm.expect_files,
    **{name: partial(expect_edition, layout=layout) for name, layout in LAYOUTS.items()},
}


def load_source(source: str | None, request: Request) -> Loaded:
    """Read the source of that name. Raises BadInput for an unknown name, listing the known ones."""
    return LOADERS[_known(source)](request)


def origin_of(source: str | None, mapping: str | None) -> Origin:
    """The name of a source in the lake, and whose people and items it has: a publisher's own, or what the mapping says.

    Raises BadInput for an unknown source, and for a mapping at fault.
    """
    if (name := _known(source)) != "table":
        return Origin(name, name, name)
    given = read_mapping(mapping)
    return Origin(given.source, given.identity, given.catalogue)


def expect_files(source: str | None, inputs: tuple[str, ...], mapping: str | None) -> None:
    """BadInput where files and folders of this machine's disk lack what the source reads; its loader says the same."""
    name = _known(source)
    if name == "sample":  # it brings its own
        return
    files = list_here(inputs)
    if name == "table":
        table.expect_files(files, read_mapping(mapping))
    else:
        EXPECTED[name](files)


def _known(source: str | None) -> str:
    if source not in LOADERS:
        near = get_close_matches(source or "", LOADERS, 1)
        others = ", ".join(name for name in LOADERS if name not in near)
        expected = f"{near[0]}, or another of {others}" if near else f"one of {others}"
        raise BadInput.of("source", found=source or "none", expected=expected, where="--source")
    return source
