"""The list of each person with shares, evidence, reason code and sentence: the rows of gold.recommendations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..interactions.batch import UserBatch
from ..interactions.sparse_parts import row_of
from ..models.opinions import Opinions
from .explain import COUNTED, Evidence, find_evidence, less_liked_of, shared_interests
from .objected import kept_shares
from .pool import Pool
from .recommender import Recommender
from .rerank import list_pool
from .write_reason import LINKED, ReasonFacts, Used, write_reason

FACTS_LOOKED_AT = 50  # strongest items of the history per code
COLUMNS = ("user_id", "rank", "item_id", "score", "sources", "evidence", "code", "named", "fact", "interests",
           "reason")  # fmt: skip


@dataclass(frozen=True)
class BlockLists:
    """columns (n, length), -1 = none, and scores of a block's people, best first; the pool they were picked from."""

    columns: np.ndarray
    scores: np.ndarray
    pool: Pool


def list_block(
    block: pd.DataFrame, batch: UserBatch, recommender: Recommender, length: int,
    opinions: Mapping[str, Opinions] | None = None,
) -> BlockLists:  # fmt: skip
    """The fused lists of a block: scores less what objections take, rails on groups, then the re-ranking.

    opinions: of every model on the batch, where they are there already.
    """
    pool = recommender.pool(block, batch, opinions=opinions)
    interests = recommender.interests
    left = kept_shares(pool, block, recommender.catalogue, interests.weights, interests.ids)
    scores = recommender.fusion.scores(pool, left)
    columns, values = list_pool(pool, scores, length, recommender.alike, recommender.diversity, recommender.guard)
    return BlockLists(columns, values, pool)


def rows_in_pool(pool: Pool, person: int, columns: np.ndarray) -> np.ndarray:
    """Places in the pool of one person's columns, which are all among the candidates."""
    start, end = pool.starts[person], pool.starts[person + 1]
    return start + np.searchsorted(pool.columns[start:end], columns)


def recommend_block(block: pd.DataFrame, recommender: Recommender, length: int) -> pd.DataFrame:
    """The lists of one block of people, at most `length` rows a person, best first.

    block: user_id, user_index, items, weights, friend_items, friend_weights, interests, shares. Returns COLUMNS:
    sources [{source, share}], evidence [item_id] (the strongest, then what the sentence names beside them), code (see
    models.model), and of the sentence named [item_id], fact [relation, value] and interests [name], [] where it names
    none. Where block carries `barred`, `refused` and `disliked` (see objected.py), a barred item is not listed and what
    is like a refused one is listed lower.
    """
    batch = recommender.batch(block)
    lists = list_block(block, batch, recommender, length)
    item_ids, names, rows = recommender.catalogue.item_ids, recommender.names, []
    listed = [columns[columns >= 0].astype(np.int64) for columns in lists.columns]
    places = [rows_in_pool(lists.pool, person, columns) for person, columns in enumerate(listed)]
    # asked for once: a person's own call would look at everybody's candidates
    shares_of = recommender.fusion.shares(lists.pool, np.concatenate([*places, np.empty(0, np.int64)]))
    ends = np.cumsum([len(columns) for columns in listed])
    for person, row in enumerate(block.itertuples(index=False)):
        columns, parts = listed[person], shares_of[ends[person] - len(listed[person]) : ends[person]]
        evidence, used = evidence_of(batch, person, row, columns, recommender, parts), Used()
        for place, column in enumerate(columns):
            given = {name: float(part) for name, part in zip(names, parts[place], strict=True) if part > 0}
            shares = sorted(given.items(), key=lambda pair: (-pair[1], pair[0]))
            sentence = write_reason(_facts(batch, person, row, int(column), given, evidence[place], recommender), used)
            # whoever looks a sentence up finds the item that it names among those it rests on
            rests_on = list(dict.fromkeys([*evidence[place].columns.tolist(), *sentence.named]))
            rows.append(
                (
                    row.user_id,
                    place + 1,
                    item_ids[column],
                    float(lists.scores[person, place]),
                    [{"source": source, "share": part} for source, part in shares],
                    list(item_ids[rests_on]),
                    sentence.code,
                    list(item_ids[list(sentence.named)]),
                    list(sentence.fact),
                    list(sentence.interests),
                    sentence.text,
                )
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def evidence_of(
    batch: UserBatch, person: int, row: Any, columns: np.ndarray, recommender: Recommender, parts: np.ndarray
) -> list[Evidence]:
    """`find_evidence` by the recommender's models; what the rails hide is never named, and what the person liked less
    than their history in the mean, as a low rating says, only where nothing else speaks. row(items, weights)."""
    unnamed = None if recommender.guard is None else recommender.guard.unnamed
    less_liked = None
    if row.items is not None:
        low = less_liked_of(row.weights)
        less_liked = recommender.catalogue.column_of_index[np.asarray(row.items, np.int64)[low]]
    return find_evidence(batch, person, columns, recommender.scorers, parts, unnamed, less_liked)


def _facts(
    batch: UserBatch,
    person: int,
    row: Any,
    column: int,
    given: dict[str, float],
    evidence: Evidence,
    recommender: Recommender,
) -> ReasonFacts:
    codes = recommender.reasons
    linked: dict[str, list[int]] = {}
    counted = [source for source in COUNTED
               if codes.get(source) == "together" and len(evidence.by_source.get(source, ()))]  # fmt: skip
    for source in sorted(evidence.by_source, key=lambda source: (-given.get(source, 0.0), source)):
        code = codes[source]
        if code == "together" and counted and source not in counted:
            continue  # a sentence about people must rest on a source that counted people
        spoken = evidence.by_source[source]
        if code == "together" and recommender.several is not None:
            spoken = spoken[np.isin(spoken, row_of(recommender.several, column)[0])]
        if code in LINKED and code not in linked and len(spoken):
            linked[code] = [int(history) for history in spoken]
    interests = recommender.interests
    shared = [] if row.interests is None else shared_interests(interests, column, row.interests, row.shares)
    weight: dict[str, float] = {}
    for source, share in given.items():
        weight[codes[source]] = weight.get(codes[source], 0.0) + share
    facts, alike = _named_facts(linked, column, recommender)
    return ReasonFacts(
        shares=weight, linked=linked, titles=recommender.catalogue.titles, chosen_together=bool(counted),
        user_count=int(recommender.user_counts[column]), interests=shared,
        has_history=len(batch.chosen(person)[0]) > 0, facts=facts, alike=alike,
    )  # fmt: skip


def _named_facts(
    linked: dict[str, list[int]], column: int, recommender: Recommender
) -> tuple[dict[int, tuple[str, str]], dict[int, float]]:
    """History column of `linked` -> the fact that it and the item share, where there is one that can be named; and how
    much of what is known of the two they share."""
    near = sorted({history for columns in linked.values() for history in columns[:FACTS_LOOKED_AT]})
    if recommender.named_facts is None or not near:
        return {}, {}
    return recommender.named_facts.shared(near, column), recommender.named_facts.alike(near, column)


def why_listed(
    batch: UserBatch, pool: Pool, person: int, row: Any, column: int, recommender: Recommender
) -> tuple[dict[str, float], Evidence, str]:
    """What speaks for one candidate of a person of the pool -> (source -> share, largest first; evidence; sentence).

    row: as `recommend_block` reads it, with interests and shares, or None each.
    """
    columns = np.array([column])
    parts = recommender.fusion.shares(pool, rows_in_pool(pool, person, columns))
    [evidence] = evidence_of(batch, person, row, columns, recommender, parts)
    given = {name: float(part) for name, part in zip(recommender.names, parts[0], strict=True) if part > 0}
    shares = dict(sorted(given.items(), key=lambda pair: (-pair[1], pair[0])))
    return shares, evidence, write_reason(_facts(batch, person, row, column, given, evidence, recommender)).text
