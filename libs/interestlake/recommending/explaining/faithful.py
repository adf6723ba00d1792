"""A recommendation scored again without what its sentence names; the fewest items without which it is not listed."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from pyspark import Broadcast

from ..blocks import BLOCK_BYTES, propose, to_batch
from ..fuse import fuse, segment_of, union
from ..item_models import ItemModels
from ..objected import barred_columns, damped
from ..personal import Fusion
from ..write_reason import listed, quoted

MOST_REMOVED = 3
PATTERN = ("als", "two_tower")
SCHEMA = ("user_id string, rank int, item_id string, stated string, score double, score_without double, "
          "needed array<string>, sentence string")  # fmt: skip


def without_items(row: Mapping, gone: set[int], index_of_column: np.ndarray) -> dict:
    """A person's row without these history columns; they are barred too, or they would take the free places."""
    indexes = index_of_column[np.array(sorted(gone), np.int64)]
    items, weights = np.asarray(row["items"]), np.asarray(row["weights"])
    kept = ~np.isin(items, indexes)
    barred = row.get("barred")
    barred = np.asarray(barred, np.int64) if barred is not None and np.ndim(barred) else np.empty(0, np.int64)
    return {**row, "items": items[kept], "weights": weights[kept], "barred": np.union1d(barred, indexes)}


def score_rows(
    rows: Sequence[Mapping], weights: Sequence[np.ndarray], models: ItemModels, fusion: Fusion
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows of people, (S,) weights each -> (columns, fused scores) of all their candidates, best first."""
    size = int(np.clip(BLOCK_BYTES // max(4 * models.catalogue.item_count * len(models.scorers), 1), 1, 256))
    for start in range(0, len(rows), size):
        block = pd.DataFrame(rows[start : start + size])
        batch = to_batch(block, models.catalogue, models.dimensions)
        barred = barred_columns(block, models.catalogue)
        proposals = propose(batch, models.scorers, fusion.candidates, models.guard, barred)
        for place, row in enumerate(block.itertuples(index=False)):
            candidates = damped(union(proposals[place]), row, models)
            best, scores = fuse(candidates, weights[start + place], len(candidates.columns))
            yield candidates.columns[best], scores


def stated_of(reason: str, titles: Mapping[int, str], evidence: Sequence[int]) -> tuple[str, list[int]]:
    """What a sentence rests on: ("history", columns whose titles it quotes), friends, pattern or popularity."""
    named = [column for column in evidence if quoted(titles[column]) in reason]
    if named:
        return "history", named
    if "friends' choices" in reason:
        return "friends", []
    return ("pattern", []) if "pattern of your choices" in reason else ("popularity", [])


def person_rows(person: Mapping, models: ItemModels, fusion: Fusion, length: int) -> list[tuple]:
    """One person with `listed` [{rank, item_id, score, reason, evidence}] -> SCHEMA rows.

    Four more scorings a recommendation: without the stated reason, and without its one to three strongest items of
    evidence. The segment's weights stay those of the whole history.
    """
    catalogue = models.catalogue
    history = 0 if person["items"] is None else len(person["items"])
    weights = fusion.weights[segment_of(history, fusion.cold_history)]
    silenced = np.array([source not in PATTERN for source in fusion.sources]) * weights
    unpopular = np.array([source != "popularity" for source in fusion.sources]) * weights
    rows, using, tasks = [], [], []
    for rec in person["listed"]:
        column = int(catalogue.columns_of([rec["item_id"]])[0])
        mine = set() if person["items"] is None else set(catalogue.column_of_index[np.asarray(person["items"])])
        evidence = [int(c) for c in catalogue.columns_of(list(rec["evidence"])) if c in mine] if mine else []
        titles = {c: catalogue.titles[c] for c in evidence}
        stated, named = stated_of(rec["reason"], titles, evidence)
        variants = [evidence[:n] for n in range(1, 1 + min(MOST_REMOVED, len(evidence)))]
        first = len(rows)
        changed = {
            "history": lambda named=named: (without_items(person, set(named), catalogue.index_of_column), weights),
            "friends": lambda: ({**person, "friend_items": None, "friend_weights": None}, weights),
            "pattern": lambda: (person, silenced),
            "popularity": lambda: (person, unpopular),
        }[stated]()
        fewer = [(without_items(person, set(v), catalogue.index_of_column), weights) for v in variants]
        for row, used in (changed, *fewer):
            rows.append(row)
            using.append(used)
        tasks.append((rec, column, stated, first, variants))
    scored = list(score_rows(rows, using, models, fusion))
    found = []
    for rec, column, stated, first, variants in tasks:
        columns, scores = scored[first]
        at = np.flatnonzero(columns == column)
        left = float(scores[at[0]]) if len(at) else 0.0
        needed = next((v for place, v in enumerate(variants, 1) if column not in scored[first + place][0][:length]), [])
        named = listed([quoted(catalogue.titles[c]) for c in needed]) if needed else ""
        sentence = f"You would not see this without {named}." if needed else ""
        found.append((person["user_id"], int(rec["rank"]), rec["item_id"], stated, float(rec["score"]), left,
                      [str(catalogue.item_ids[c]) for c in needed], sentence))  # fmt: skip
    return found


def rescore(models: Broadcast, fusion: Fusion, length: int) -> Callable:
    """people (see histories.people) with listed array<struct<rank,item_id,score,reason,evidence>> -> SCHEMA. Lazy.

    models, fusion: of `personal.weighted_only`.
    """

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
                rows = person_rows(row, models.value, fusion, length)
                yield pd.DataFrame(rows, columns=[part.split()[0] for part in SCHEMA.split(", ")])

    return lambda people: people.mapInPandas(run, SCHEMA)

