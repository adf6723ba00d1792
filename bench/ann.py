"""Approximate nearest neighbours beside exact search by blocks, on generated vectors, in turns on the same cores."""

import argparse
import sys
import time
from statistics import median

import faiss
import numpy as np
import psutil
from threadpoolctl import threadpool_limits

from interestlake.text.neighbours import ApproximateNeighbours, ExactNeighbours, overlap

from .alternate import alternate

RECALL_GOAL, SPEED_GOAL, TOP = 0.98, 20.0, 10


def clustered(count: int, dimension: int, clusters: int, seed: int) -> np.ndarray:
    """(count, dimension) float32 of unit length around centres of uneven size; a third of the spread is within them."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((clusters, dimension), np.float32)
    share = random.dirichlet(np.full(clusters, 2.0))
    owner = np.random.default_rng(seed + 1).choice(clusters, count, p=share)
    # neighbours differ along few directions, as texts do
    directions = random.standard_normal((48, dimension), np.float32) / 7
    vectors = np.empty((count, dimension), np.float32)
    for start in range(0, count, 1 << 16):
        part = owner[start : start + (1 << 16)]
        own = random.standard_normal((len(part), 48), np.float32) @ directions
        noise = random.standard_normal((len(part), dimension), np.float32)
        block = centres[part] + 0.5 * own + 0.1 * noise
        vectors[start : start + len(part)] = block / np.linalg.norm(block, axis=1, keepdims=True)
    return vectors


def main(argv: list[str] | None = None) -> int:
    """0 whatever the times: a noisy machine is no fault."""
    parser = argparse.ArgumentParser(prog="python -m bench.ann", description=__doc__)
    parser.add_argument("--vectors", type=int, default=1_000_000)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--clusters", type=int, default=5_000)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=psutil.cpu_count())
    options = parser.parse_args(argv)
    faiss.omp_set_num_threads(options.threads)
    print(f"{psutil.cpu_count()} cores, {options.threads} threads, load {psutil.getloadavg()[0]:.1f}; "
          f"{options.vectors:,} x {options.dimension}, {options.queries:,} queries, {options.rounds} rounds",
          flush=True)
    drawn = clustered(options.vectors + options.queries, options.dimension, options.clusters, seed=0)
    vectors, queries = drawn[options.queries :], drawn[: options.queries]
    with threadpool_limits(options.threads):
        exact = ExactNeighbours(vectors)
        began = time.perf_counter()
        near = ApproximateNeighbours.build(vectors, TOP)
        seconds = time.perf_counter() - began
        print(f"index: {near.index.nlist:,} cells, {near.probes} probed, built in {seconds:.0f} s, "
              f"{options.vectors * options.dimension / 1e9:.2f} GB beside the vectors", flush=True)
        recall = overlap(near.search(queries, TOP)[1], exact.search(queries, TOP)[1])
        found = alternate(lambda: near.search(queries, TOP), lambda: exact.search(queries, TOP), options.rounds)
    speeds = [len(queries) / median(seconds) for seconds in (found.ours, found.theirs)]
    ratio = median(theirs / ours for ours, theirs in zip(found.ours, found.theirs, strict=True))
    word = "hit" if recall >= RECALL_GOAL and ratio >= SPEED_GOAL else "MISS"
    print(f"approximate {speeds[0]:,.0f} queries/s, exact by blocks {speeds[1]:,.0f}: {ratio:.0f} x; recall@{TOP} "
          f"{recall:.4f}; goal {RECALL_GOAL} at {SPEED_GOAL:.0f} x: {word}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
