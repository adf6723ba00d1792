"""What `interestlake who` prints, and the same from the lake's files before Spark starts."""

import argparse
from datetime import datetime

from ...core.config import RunOptions
from ...core.errors import BadInput
from ...core.params.all import Params
from ...privacy.names import SHOWN_DIGITS, Keys, is_text, keys_at_hand, readings, shown
from ...privacy.near import near_people
from ...recommending.write_reason import plain
from ...serving.directory import Directory
from .columns import table

MOST = 1_000
NOBODY = "no person has an id near"


def at_once(arguments: argparse.Namespace, params: Params, options: RunOptions) -> bool:
    """`who` from the lake's files. Raises Unreadable where they cannot be read from here, or are too many."""
    from ...core.plain_lake import PlainLake
    from ...serving.plain_who import PlainDirectory

    expect_asked(arguments)
    directory = PlainDirectory(PlainLake(options.lake))
    show(directory, arguments.like, arguments.limit, params.ingest.pseudonym_key_file)
    return True


def expect_asked(arguments: argparse.Namespace) -> None:
    """BadInput for a --limit that is not 1 to MOST, and for --like without text."""
    limit, like = arguments.limit, arguments.like
    if not 1 <= limit <= MOST:
        raise BadInput.of("rows", found=limit, expected=f"1 to {MOST:,}", where="--limit")
    if like is not None and not (like.strip() and is_text(like)):
        raise BadInput.of("text", found=shown(like), expected="a part of a title, or a user id", where="--like")


def show(directory: Directory, like: str | None, limit: int, key_file: str) -> None:
    """Print `shown_rows`."""
    print(shown_rows(directory, like, limit, key_file))


def shown_rows(directory: Directory, like: str | None, limit: int, key_file: str) -> str:
    """People and items, those that `like` names or others; the items first where it names no person."""
    keys = keys_at_hand(directory.people.origins(), key_file, f"lake {directory.people.root}")
    people, items = _people(directory, like, limit, keys), _items(directory, like, limit)
    people = "\n".join([people, *([keys.why] if keys.lacking else [])])
    return "\n\n".join((items, people) if people.startswith(NOBODY) else (people, items))


def _people(directory: Directory, like: str | None, limit: int, keys: Keys) -> str:
    if like is None:
        count, rows = directory.count(), directory.to_try(limit)
        named = directory.source_ids([row["user_id"] for row in rows], keys, count)
        several = len(keys.keyed) + len(keys.lacking) > 1
        names = {user_id: f"{source}:{one}" if several else one for user_id, (source, one) in named.items()}
        title = f"people, {len(rows)} of {count:,}, histories of every length; items: of the train split"
    else:
        names = {one.user_id: one.name for one in readings(like, keys)}
        rows = directory.named(names, limit)
        title = f"people with the id {shown(like)}"
        if not rows:
            names = near_people(directory.people, like, keys)
            rows = directory.named(names, limit)
            title = f"people with an id near {shown(like)}"
        if not rows:
            return f"{NOBODY} {shown(like)}"
    lines = [(names.get(row["user_id"]), row["user_id"][:SHOWN_DIGITS], row["segment"], int(row["item_count"]),
              _day(row["last_ts"])) for row in rows]  # fmt: skip
    return f"{title}\n{table(('user', 'pseudonym', 'history', 'items', 'last choice'), lines) if lines else 'none'}"


def _day(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d}"


def _items(directory: Directory, like: str | None, limit: int) -> str:
    rows = directory.by_title(like, limit)
    title = "items, the most chosen" if like is None else f"items whose title holds {shown(like)}"
    if not rows and like is not None:
        rows, title = directory.near_titles(like)[:limit], f"no title holds {shown(like)}; the nearest"
    lines = [(row["item_id"], plain(row["title"]), ", ".join(map(plain, row["categories"][:3])), row["people"])
             for row in rows]  # fmt: skip
    return f"{title}\n{table(('item', 'title', 'categories', 'people'), lines) if lines else 'none'}"
