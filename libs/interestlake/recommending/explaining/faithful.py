"""A recommendation scored again without what its sentence names; the fewest items without which it is not listed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from ..blocks import BLOCK_BYTES
from ..objected import kept_shares
from ..pool import ordered
from ..recommender import Recommender
from ..shared import SharedRecommender
from ..write_reason import listed, quoted

MOST_REMOVED = 3
NOTHING: frozenset[str] = frozenset()
SCHEMA = ("user_id string, rank int, item_id string, stated string, score double, score_without double, "
          "needed array<string>, sentence string")  # fmt: skip


def without_items(row: Mapping, gone: set[int], index_of_column: np.ndarray) -> dict:
    """A person's row without these history columns; they are barred too, or they would take the free places."""
    indexes = index_of_column[np.array(sorted(gone), np.int64)]
    items, weights = np.asarray(row["items"]), np.asarray(row["weights"])
    left = ~np.isin(items, indexes)
    barred = row.get("barred")
    barred = np.asarray(barred, np.int64) if barred is not None and np.ndim(barred) else np.empty(0, np.int64)
    return {**row, "items": items[left], "weights": weights[left], "barred": np.union1d(barred, indexes)}


def score_rows(
    rows: Sequence[Mapping], muted: Sequence[frozenset[str]], recommender: Recommender
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of people -> (columns, fused scores) of all their candidates, best first.

    muted: per row, models that are taken to have no opinion.
    """
    count = recommender.catalogue.item_count * max(len(recommender.names), 1)
    size = int(np.clip(BLOCK_BYTES // max(4 * count, 1), 1, 256))
    interests = recommender.interests
    for start in range(0, len(rows), size):
        block = pd.DataFrame(rows[start : start + size])
        pool = recommender.pool(block, muted=muted[start : start + size])
        left = kept_shares(pool, block, recommender.catalogue, interests.weights, interests.ids)
        widest = max(int(np.diff(pool.starts).max(initial=0)), 1)
        columns, scores = ordered(pool, recommender.fusion.scores(pool, left), widest)
        for own, values in zip(columns, scores, strict=True):
            yield own[own >= 0], values[own >= 0]


def speaking(recommender: Recommender, code: str) -> frozenset[str]:
    """The models whose reason is `code`."""
    return frozenset(name for name in recommender.names if recommender.reasons[name] == code)


def stated_of(rec: Mapping, columns: Sequence[int]) -> tuple[str, list[int]]:
    """What a recommendation's sentence rests on: ("history", columns that it names), friends, pattern or popularity."""
    if len(columns):
        return "history", list(columns)
    return {"friends": "friends", "pattern": "pattern"}.get(rec["code"], "popularity"), []


def person_rows(person: Mapping, recommender: Recommender, length: int) -> list[tuple]:
    """One person with `listed` [{rank, item_id, score, code, named, evidence}] -> SCHEMA rows.

    Four more scorings a recommendation: without the stated reason, and without its one to three strongest items of
    evidence.
    """
    catalogue = recommender.catalogue
    silenced, unpopular = speaking(recommender, "pattern"), speaking(recommender, "popular")
    mine = set() if person["items"] is None else set(catalogue.column_of_index[np.asarray(person["items"])])
    rows, muted, tasks = [], [], []

    def of_history(item_ids: Iterable[str]) -> list[int]:
        if item_ids is None or not mine:
            return []
        return [int(c) for c in catalogue.columns_of(list(item_ids)) if c in mine]

    for rec in person["listed"]:
        column = int(catalogue.columns_of([rec["item_id"]])[0])
        evidence = of_history(rec["evidence"])
        stated, named = stated_of(rec, of_history(rec["named"]))
        variants = [evidence[:n] for n in range(1, 1 + min(MOST_REMOVED, len(evidence)))]
        first = len(rows)
        changed = {
            "history": lambda named=named: (without_items(person, set(named), catalogue.index_of_column), NOTHING),
            "friends": lambda: ({**person, "friend_items": None, "friend_weights": None}, NOTHING),
            "pattern": lambda: (person, silenced),
            "popularity": lambda: (person, unpopular),
        }[stated]()
        fewer = [(without_items(person, set(v), catalogue.index_of_column), NOTHING) for v in variants]
        for row, silent in (changed, *fewer):
            rows.append(row)
            muted.append(silent)
        tasks.append((rec, column, stated, first, variants))
    scored = list(score_rows(rows, muted, recommender))
    counterfactuals = []
    for rec, column, stated, first, variants in tasks:
        columns, scores = scored[first]
        at = np.flatnonzero(columns == column)
        left = float(scores[at[0]]) if len(at) else 0.0
        needed = next((v for place, v in enumerate(variants, 1) if column not in scored[first + place][0][:length]), [])
        named = listed([quoted(catalogue.titles[c]) for c in needed]) if needed else ""
        sentence = f"You would not see this without {named}." if needed else ""
        counterfactuals.append((person["user_id"], int(rec["rank"]), rec["item_id"], stated, float(rec["score"]), left,
                      [str(catalogue.item_ids[c]) for c in needed], sentence))  # fmt: skip
    return counterfactuals


def rescore(recommender: SharedRecommender, length: int) -> Callable:
    """people (histories.people) with listed array<struct<rank,item_id,score,code,named,evidence>> -> SCHEMA. Lazy."""

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
                rows = person_rows(row, recommender.value, length)
                yield pd.DataFrame(rows, columns=[part.split()[0] for part in SCHEMA.split(", ")])

    return lambda people: people.mapInPandas(run, SCHEMA)
