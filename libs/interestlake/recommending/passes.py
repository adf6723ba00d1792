"""Passes over people: every source's proposals, and the lists made of them. Item-side models are broadcast."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from pyspark import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .blocks import Proposal, blocks, propose, to_batch
from .fuse import fuse_within, segment_of, union
from .item_models import ItemModels
from .personal import Fusion, recommend_block

FUSED = "fused"
CANDIDATES_SCHEMA = (
    "user_id string, history int, relevant array<int>, counts array<int>, columns array<int>, scores array<double>"
)
LISTS_SCHEMA = "model string, user_id string, rank int, item_id string, score double"
PERSONAL_SCHEMA = (
    "user_id string, rank int, item_id string, score double, sources array<struct<source:string,share:double>>, "
    "evidence array<string>, reason string"
)


def propose_candidates(models: Broadcast, limit: int) -> Callable:
    """people (see histories.people, with relevant array<int>) -> CANDIDATES_SCHEMA. Lazy.

    `columns` and `scores` hold the proposals of all scorers one after the other, `counts` of each, best first;
    `relevant` and `columns` are catalogue columns.
    """

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        yield from candidate_frames(frames, models.value, limit)

    return lambda people: people.mapInPandas(run, CANDIDATES_SCHEMA)


def candidate_frames(frames: Iterator[pd.DataFrame], models: ItemModels, limit: int) -> Iterator[pd.DataFrame]:
    """The body of `propose_candidates`, free of Spark."""
    catalogue = models.catalogue
    for block in blocks(frames, catalogue.item_count, len(models.scorers)):
        batch = to_batch(block, catalogue, models.dimensions)
        proposals = propose(batch, models.scorers, limit, models.guard)
        relevant = [np.sort(catalogue.column_of_index[np.asarray(row, np.int64)]) for row in block["relevant"]]
        yield pd.DataFrame({
            "user_id": block["user_id"].to_numpy(),
            "history": np.diff(batch.history.indptr).astype(np.int32),
            "relevant": [row.astype(np.int32) for row in relevant],
            "counts": [np.array([len(columns) for columns, _ in person], np.int32) for person in proposals],
            "columns": [np.concatenate([columns for columns, _ in person]).astype(np.int32) for person in proposals],
            "scores": [np.concatenate([scores for _, scores in person]) for person in proposals],
        })


def heard_from(candidates: DataFrame, names: Sequence[str]) -> set[str]:
    """Those of the scorers `names` that proposed anything to anyone of CANDIDATES_SCHEMA rows. Runs one Spark job."""
    most = [F.max(F.col("counts")[place]).alias(name) for place, name in enumerate(names)]
    row = candidates.agg(*most).first()
    return {name for name in names if row[name]}


def proposals_of(row) -> list[Proposal]:
    """One CANDIDATES_SCHEMA row -> the proposals per scorer."""
    cuts = np.cumsum(row.counts)[:-1]
    return list(zip(np.split(row.columns, cuts), np.split(row.scores, cuts), strict=True))


def list_models(models: Broadcast, fusion: Fusion, length: int) -> Callable:
    """CANDIDATES_SCHEMA -> LISTS_SCHEMA: the first `length` items of every scorer and of the fused list. Lazy."""

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        names, item_ids = models.value.names, models.value.catalogue.item_ids
        fused_from = [names.index(source) for source in fusion.sources]
        for frame in frames:
            parts = []
            for row in frame.itertuples(index=False):
                proposals = proposals_of(row)
                for name, (columns, scores) in zip(names, proposals, strict=True):
                    parts.append((name, row.user_id, columns[:length], scores[:length]))
                candidates = union([proposals[place] for place in fused_from])
                weights = fusion.weights[segment_of(row.history, fusion.cold_history)]
                best, scores = fuse_within(models.value.guard, candidates, weights, length)
                parts.append((FUSED, row.user_id, candidates.columns[best], scores))
            yield _rows(parts, item_ids)

    return lambda candidates: candidates.mapInPandas(run, LISTS_SCHEMA)


def _rows(parts: list[tuple], item_ids: np.ndarray) -> pd.DataFrame:
    lengths = [len(columns) for _, _, columns, _ in parts]
    return pd.DataFrame({
        "model": np.repeat(np.array([name for name, *_ in parts], object), lengths),
        "user_id": np.repeat(np.array([user for _, user, *_ in parts], object), lengths),
        "rank": np.concatenate([np.arange(1, length + 1, dtype=np.int32) for length in [*lengths, 0]]),
        "item_id": item_ids[np.concatenate([*(columns for _, _, columns, _ in parts), np.empty(0, np.int64)])],
        "score": np.concatenate([*(scores for *_, scores in parts), np.empty(0)]),
    })


def recommend(models: Broadcast, fusion: Fusion, length: int) -> Callable:
    """people (see histories.people, with interests and shares) -> PERSONAL_SCHEMA, `length` rows a person. Lazy.

    models, fusion: of `personal.weighted_only`, so that the scorers are the fusion's sources.
    """

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for block in blocks(frames, models.value.catalogue.item_count, len(fusion.sources)):
            yield recommend_block(block, models.value, fusion, length)

    return lambda people: people.mapInPandas(run, PERSONAL_SCHEMA)
