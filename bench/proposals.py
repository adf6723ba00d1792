"""Candidates of every source on a large generated catalogue: people a second, and what an index finds of the best.

`python -m bench.proposals --items 1000000 --people 100000`; rates are of one process with `--threads` threads of BLAS.
"""

import argparse
import time
from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from interestlake.core.present import present
from interestlake.interactions.batch import UserBatch
from interestlake.interactions.pairs import Pairs
from interestlake.interactions.side_information import SideInformation
from interestlake.models.information import InformationScorer
from interestlake.models.nearest import PEOPLE
from interestlake.models.registry import BY_NAME
from interestlake.models.scorer import Scorer
from interestlake.models.text import TextScorer
from interestlake.models.top import top_columns
from interestlake.models.vectors import VectorScorer
from interestlake.recommending.pool import CANDIDATES, people_per_item, pool_of

from .generated import GROUP_ITEMS, generated

PAIRS_A_PERSON, WIDTH, FACTS = 20, 384, 3
FITTED = ("popularity", "item_knn", "transitions", "log_evidence", "als")
BLOCK, WHOLE = 512, 16  # people per block; people whose whole array of scores is looked at beside


def text_vectors(ranked: np.ndarray, seed: int) -> np.ndarray:
    """Items by popularity -> (items, WIDTH) float32 unit vectors: items of a group lie around its centre."""
    random, items = np.random.default_rng(seed), len(ranked)
    centres = random.normal(size=(max(1, items // GROUP_ITEMS), WIDTH)).astype(np.float32)
    vectors = random.standard_normal((items, WIDTH), np.float32) * np.float32(0.7)
    vectors[ranked] += centres[np.arange(items) % len(centres)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def facts_of(items: int, seed: int) -> sp.csr_matrix:
    """(items, features) of 1: FACTS an item, of so many that a feature has about sixty items."""
    random = np.random.default_rng(seed)
    features = max(10, items // 20)
    columns = random.integers(0, features, FACTS * items)
    carried = sp.csr_matrix((np.ones(len(columns), np.float32), columns, np.arange(items + 1) * FACTS),
                            (items, features))  # fmt: skip
    carried.sum_duplicates()
    carried.data[:] = 1
    return carried


def scorers_of(pairs: Pairs, ranked: np.ndarray, seed: int) -> Sequence[Scorer]:
    """The sources that a run of this size has: fitted on the pairs at the parameters of a quick run, texts and facts
    drawn."""
    items, nothing = pairs.shape[1], SideInformation()
    fitted = [BY_NAME[name].fit(pairs, nothing, present(BY_NAME[name].quick), seed).scorer for name in FITTED]
    return (*fitted, TextScorer("text", text_vectors(ranked, seed)),
            InformationScorer.of("information", facts_of(items, seed), 10.0, 0.5))  # fmt: skip


def row_of(scorer: Scorer, batch: UserBatch) -> Mapping[str, float]:
    """People a second by what the scorer holds and by the whole array, and the share of the array's lists found."""
    began = time.perf_counter()
    columns, _ = scorer.opinions(batch).top(batch.history, CANDIDATES)
    seconds = time.perf_counter() - began
    few = UserBatch(batch.history[:WHOLE], batch.recent[:WHOLE], batch.friends[:WHOLE], {})
    began = time.perf_counter()
    whole, _ = top_columns(scorer.score(few), few.history, CANDIDATES)
    dense = time.perf_counter() - began
    shares = [len(set(mine) & set(best)) / len(set(best)) for mine, best in zip(columns[:WHOLE], whole, strict=True)]
    return {"people": batch.size / seconds, "dense": WHOLE / dense, "recall": float(np.mean(shares))}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.proposals", description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    began = time.perf_counter()
    ranked = np.random.default_rng(options.seed).permutation(options.items)
    pairs = generated(options.people, options.items, PAIRS_A_PERSON * options.people, options.seed, ranked)
    scorers = scorers_of(pairs, ranked, options.seed)
    seconds = time.perf_counter() - began
    print(f"{options.people:,} people, {options.items:,} items: drawn and fitted in {seconds:.0f} s")
    asked = np.sort(np.random.default_rng(options.seed).permutation(options.people)[:BLOCK])
    batch = pairs.batch(asked, None, {})
    sample = pairs.batch(asked[:PEOPLE], None, {})
    print(f"{'source':<14}{'people/s':>10}{'by array':>10}{'ratio':>8}{'found':>8}  index")
    with threadpool_limits(options.threads, "blas"):
        large = []
        for scorer in scorers:
            began = time.perf_counter()
            if isinstance(scorer, VectorScorer):
                scorer = scorer.indexed(sample, options.seed)
            made, row = time.perf_counter() - began, row_of(scorer, batch)
            index = getattr(scorer, "index", None)
            told = f"{index}; made in {made:.0f} s" if index else ""
            print(f"{scorer.name:<14}{row['people']:>10,.0f}{row['dense']:>10,.1f}{row['people'] / row['dense']:>8.0f}"
                  f"{row['recall']:>8.3f}  {told}", flush=True)  # fmt: skip
            large.append(scorer)
        began = time.perf_counter()
        pool = pool_of(large, batch, asked, people_per_item(pairs))
        seconds = time.perf_counter() - began
    print(f"{'all together':<14}{batch.size / seconds:>10,.0f}  candidates of all sources, each with every source's "
          f"value: {len(pool.columns) / batch.size:.0f} a person")  # fmt: skip


if __name__ == "__main__":
    main()
