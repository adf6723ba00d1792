"""The lakes that the request benchmark reads, opened without what would answer it."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from interestlake.core.lake import Lake
from interestlake.core.params.all import Params
from interestlake.core.session import build_session
from interestlake.serving.asking.ask import Asking, open_asking


def open_lakes(
    root: Path, sample: str | None, movielens: str | None
) -> Iterator[tuple[str, Asking, pd.DataFrame, pd.DataFrame]]:
    """(name, lake opened for requests, tags(user_id, item_id, text), pairs(user_id, item_index, weight)) per lake.

    MovieLens is opened without its tags. Pairs are those of train, on which the factors were fitted.
    """
    spark = build_session(str(root / "conf"), "local")
    try:
        for name, place, without in (("sample", sample, ()), ("movielens", movielens, ("tag",))):
            if not place:
                continue
            lake = Lake(spark, place)
            tags = lake.read("silver.documents").where("kind = 'tag'").select("user_id", "item_id", "text")
            pairs = lake.read("silver.interactions").where("split = 'train'").select("user_id", "item_index", "weight")
            asking = open_asking(lake, Params(), without=without)
            yield (name, asking, tags.orderBy("user_id", "item_id", "text").toPandas(),
                   pairs.orderBy("user_id", "item_index").toPandas())  # fmt: skip
    finally:
        spark.stop()
