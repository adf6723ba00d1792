"""The list of each person with shares, evidence and reason: the rows of gold.recommendations and of the ranker."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..interactions.batch import UserBatch
from .blocks import propose, to_batch
from .explain import TOGETHER, Evidence, find_evidence, shared_interest
from .fuse import fuse_within, segment_of, shares, union
from .item_models import ItemModels
from .objected import barred_columns, damped
from .write_reason import GROUPS, LINKED, ReasonFacts, write_reason


@dataclass(frozen=True)
class Fusion:
    """What is fused and how: weights (S,) over `sources` per segment; `candidates` proposals per source and person."""

    sources: tuple[str, ...]
    weights: Mapping[str, np.ndarray]
    cold_history: int
    candidates: int


def weighted_only(models: ItemModels, fusion: Fusion) -> tuple[ItemModels, Fusion]:
    """The scorers that carry weight in any segment, and the fusion over them: the same lists at less work."""
    heard = np.max(list(fusion.weights.values()), axis=0) > 0
    sources = tuple(source for source, kept in zip(fusion.sources, heard, strict=True) if kept)
    by_name = {scorer.name: scorer for scorer in models.scorers}
    weights = {segment: values[heard] for segment, values in fusion.weights.items()}
    kept = replace(models, scorers=tuple(by_name[source] for source in sources))
    return kept, replace(fusion, sources=sources, weights=weights)


def recommend_block(block: pd.DataFrame, models: ItemModels, fusion: Fusion, length: int) -> pd.DataFrame:
    """The lists of one block of people, at most `length` rows a person, best first.

    block: user_id, items, weights, friend_items, friend_weights, <name>_vector, interests, shares. Returns user_id,
    rank, item_id, score, sources [{source, share}], evidence [item_id], reason. models, fusion: of `weighted_only`.
    Where block carries `barred`, `refused` and `disliked` (see objected.py), a barred item is not listed and what is
    like a refused one is listed lower.
    """
    batch = to_batch(block, models.catalogue, models.dimensions)
    barred = barred_columns(block, models.catalogue)
    proposals = propose(batch, models.scorers, fusion.candidates, models.guard, barred)
    item_ids, rows = models.catalogue.item_ids, []
    for person, row in enumerate(block.itertuples(index=False)):
        candidates = damped(union(proposals[person]), row, models)
        weights = fusion.weights[segment_of(batch.history[person].nnz, fusion.cold_history)]
        best, scores = fuse_within(models.guard, candidates, weights, length)
        columns, parts = candidates.columns[best], shares(candidates, best, weights)
        unnamed = None if models.guard is None else models.guard.unnamed
        evidence = find_evidence(batch, person, columns, models.scorers, parts, unnamed)
        for place, column in enumerate(columns):
            given = {source: float(part) for source, part in zip(fusion.sources, parts[place], strict=True) if part > 0}
            ordered = sorted(given.items(), key=lambda pair: (-pair[1], pair[0]))
            facts = _facts(batch, person, row, int(column), given, evidence[place], models)
            rows.append((
                row.user_id, place + 1, item_ids[column], float(scores[place]),
                [{"source": source, "share": part} for source, part in ordered],
                list(item_ids[evidence[place].columns]), write_reason(facts),
            ))
    return pd.DataFrame(rows, columns=["user_id", "rank", "item_id", "score", "sources", "evidence", "reason"])


def _facts(
    batch: UserBatch, person: int, row, column: int, given: dict[str, float], evidence: Evidence, models: ItemModels
) -> ReasonFacts:
    by_group: dict[str, list[int]] = {}
    together = [source for source in TOGETHER if len(evidence.by_source.get(source, ()))]
    for source in sorted(evidence.by_source, key=lambda source: (-given.get(source, 0.0), source)):
        group = GROUPS[source]
        if group == "together" and together and source not in together:
            continue  # a sentence about people must rest on a source that counted people
        if group in LINKED and group not in by_group and len(evidence.by_source[source]):
            by_group[group] = list(evidence.by_source[source])
    interest = None if row.interests is None else shared_interest(models.interests, column, row.interests, row.shares)
    return ReasonFacts(
        shares=given,
        linked={group: list(models.catalogue.titles[columns]) for group, columns in by_group.items()},
        chosen_together=bool(together),
        user_count=int(models.user_counts[column]),
        interest=interest,
        has_history=batch.history[person].nnz > 0,
    )
