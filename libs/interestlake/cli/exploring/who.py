"""`interestlake who`: people to try a command on, and items by title."""

import argparse
from logging import Logger

from ...core.config import RunOptions
from ...core.errors import BadInput
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.stage import expect_lake
from ...privacy.found_again import source_ids
from ...privacy.identity import origins
from ...privacy.names import SHOWN_DIGITS, Keys, is_text, keys_at_hand, readings, shown
from ...privacy.near import near_people
from ...recommending.write_reason import plain
from ...serving.who import items_by_title, near_titles, people_named, people_to_try
from .tell import table

NEEDED, NEEDED_FROM = ("silver.users", "silver.items"), "interestlake run --until prepare"
MOST = 1_000


def who(arguments: argparse.Namespace, spark, params: Params, options: RunOptions, log: Logger) -> None:
    """Print people and items of a lake, those that --like names or others. About six small Spark jobs; writes nothing.

    Raises BadInput for a --limit that is not 1 to MOST, for --like without text, and for a lake without people.
    """
    limit, like = arguments.limit, arguments.like
    if not 1 <= limit <= MOST:
        raise BadInput.of("rows", found=limit, expected=f"1 to {MOST:,}", where="--limit")
    if like is not None and not (like.strip() and is_text(like)):
        raise BadInput.of("text", found=shown(like), expected="a part of a title, or a user id", where="--like")
    lake = Lake(spark, options.lake)
    expect_lake(lake, NEEDED, NEEDED_FROM)
    keys = keys_at_hand(origins(lake), params.ingest.pseudonym_key_file, f"lake {lake.root}")
    _people(lake, like, limit, keys)
    if keys.lacking:
        print(keys.why)
    _items(lake, like, limit)


def _people(lake: Lake, like: str | None, limit: int, keys: Keys) -> None:
    users = lake.read("silver.users")
    if like is None:
        count, rows = users.count(), people_to_try(users, limit).collect()
        tried = lake.spark.createDataFrame([(row["user_id"],) for row in rows], "user_id string")
        ids = source_ids(tried, keys, count) if rows else None
        named = {row["user_id"]: (row["source"], row["source_id"]) for row in (ids.collect() if ids else ())}
        several = len(keys.keyed) + len(keys.lacking) > 1
        names = {user_id: f"{source}:{one}" if several else one for user_id, (source, one) in named.items()}
        title = f"people, {len(rows)} of {count:,}, histories of every length"
    else:
        names = {one.user_id: one.name for one in readings(like, keys)}
        rows = people_named(users, names).limit(limit).collect()
        title = f"people with the id {shown(like)}"
        if not rows:
            names = near_people(users, like, keys)
            rows = people_named(users, names).limit(limit).collect()
            title = f"people with an id near {shown(like)}"
    lines = [(names.get(row["user_id"]), row["user_id"][:SHOWN_DIGITS], row["segment"], row["item_count"],
              _day(row["last_ts"])) for row in rows]  # fmt: skip
    print(f"{title}\n{table(('user', 'pseudonym', 'history', 'items', 'last choice'), lines) if lines else 'none'}")


def _day(moment) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d}"


def _items(lake: Lake, like: str | None, limit: int) -> None:
    items = lake.read("silver.items")
    rows = items_by_title(items, like, limit).collect()
    title = "items, the most chosen" if like is None else f"items whose title holds {shown(like)}"
    if not rows and like is not None:
        rows, title = near_titles(items, like).collect()[:limit], f"no title holds {shown(like)}; the nearest"
    lines = [(row["item_id"], plain(row["title"]), ", ".join(map(plain, row["categories"][:3])), row["people"])
             for row in rows]  # fmt: skip
    print(f"\n{title}\n{table(('item', 'title', 'categories', 'people'), lines) if lines else 'none'}")
