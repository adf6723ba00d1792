"""Passes over people, one recommender for all tasks: every model's list beside the fused one, lists with reasons."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from .blocks import blocks
from .choose import FUSED
from .personal import COLUMNS, list_block, recommend_block
from .recommender import Recommender
from .shared import SharedRecommender

LISTS_SCHEMA = "model string, user_id string, rank int, item_id string, score double"
PERSONAL_SCHEMA = (
    "user_id string, rank int, item_id string, score double, sources array<struct<source:string,share:double>>, "
    "evidence array<string>, code string, named array<string>, "
    "fact array<string>, interests array<string>, reason string"
)


def list_models(recommender: SharedRecommender, length: int) -> Callable:
    """people (see histories.people) -> LISTS_SCHEMA: the first `length` items of every model and of the fused list.

    The models' own lists know no rails but the history; the fused one keeps them all. Lazy.
    """

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        yield from model_frames(frames, recommender.value, length)

    return lambda people: people.mapInPandas(run, LISTS_SCHEMA)


def list_fused(recommender: SharedRecommender, length: int) -> Callable:
    """people (see histories.people) -> LISTS_SCHEMA of the fused list alone. Lazy."""

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        one = recommender.value
        for block in blocks(frames, one.cells):
            fused = list_block(block, one.batch(block), one, length)
            people = block["user_id"].to_numpy(object)
            yield _rows(FUSED, people, one.catalogue.item_ids, fused.columns, fused.scores)

    return lambda people: people.mapInPandas(run, LISTS_SCHEMA)


def model_frames(frames: Iterator[pd.DataFrame], recommender: Recommender, length: int) -> Iterator[pd.DataFrame]:
    """The body of `list_models`, free of Spark."""
    item_ids = recommender.catalogue.item_ids
    for block in blocks(frames, recommender.cells):
        batch, user_ids = recommender.batch(block), block["user_id"].to_numpy(object)
        opinions = recommender.opinions(batch)
        parts = [_rows(name, user_ids, item_ids, *own.top(batch.history, length)) for name, own in opinions.items()]
        fused = list_block(block, batch, recommender, length, opinions)
        parts.append(_rows(FUSED, user_ids, item_ids, fused.columns, fused.scores))
        yield pd.concat(parts, ignore_index=True)


def _rows(model: str, user_ids: np.ndarray, item_ids: np.ndarray, columns: np.ndarray, scores: np.ndarray):
    people, places = np.nonzero(columns >= 0)
    return pd.DataFrame(
        {
            "model": np.full(len(people), model, object),
            "user_id": user_ids[people],
            "rank": (places + 1).astype(np.int32),
            "item_id": item_ids[columns[people, places]],
            "score": scores[people, places],
        }
    )


def recommend(recommender: SharedRecommender, length: int) -> Callable:
    """people (see histories.people, with interests and shares) -> PERSONAL_SCHEMA, `length` rows a person. Lazy."""

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for block in blocks(frames, recommender.value.cells):
            yield recommend_block(block, recommender.value, length)[list(COLUMNS)]

    return lambda people: people.mapInPandas(run, PERSONAL_SCHEMA)
