"""EASE past the size of one inverse: each item regressed on its nearest, blocks of items side by side on executors.

The Gram matrix stays where `gram.summed_strips` summed it. What is gathered and sent to every task are the names of the
nearest items; what is shuffled are the n x n entries of each item's system.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pyspark import Broadcast
from pyspark.sql import DataFrame

from ..models.neighbourhoods import STACK_CELLS, as_edges, near_rows, solved
from .gram import STRIP_ITEMS, unpacked

BLOCK_ITEMS = 512  # items whose systems one task solves at once, fewer where they are wide
PART_CELLS = 16_000_000  # numbers of a strip's share in systems that are held before they are sent on: 64 MB
NEAR, PARTS, SOLVED = "strip int, near binary", "block int, places binary, cells binary", "block int, weights binary"


def neighbourhood_weights(summed: DataFrame, item_count: int, l2: float, neighbours: int) -> sp.csr_matrix:
    """SUMMED rows with their Gram -> the B of `models.neighbourhoods.sparse_ease_weights` over (G, G), CSR.

    Two Spark jobs, each of which reads `summed`: the caller keeps it. Counts are whole numbers, so any order of rows
    gives the same systems. Collected are `neighbours` items and as many weights of each item.
    """
    near = np.full((item_count, neighbours), -1, np.int32)
    for row in summed.mapInPandas(_nearest(item_count, neighbours), NEAR).collect():
        start = row["strip"] * STRIP_ITEMS
        part = np.frombuffer(row["near"], np.int32).reshape(-1, neighbours)
        near[start : start + len(part)] = part
    block_items = max(1, min(BLOCK_ITEMS, STACK_CELLS // neighbours**2))
    shared = summed.sparkSession.sparkContext.broadcast(near)
    parts = summed.mapInPandas(_shares(shared, item_count, block_items), PARTS)
    weights = np.zeros(near.shape, np.float32)
    for row in parts.groupBy("block").applyInPandas(_solve(l2, neighbours, block_items), SOLVED).collect():
        start = row["block"] * block_items
        part = np.frombuffer(row["weights"], np.float32).reshape(-1, neighbours)[: item_count - start]
        weights[start : start + len(part)] = part
    shared.destroy()
    return as_edges(near, weights, item_count)


def _nearest(item_count: int, neighbours: int) -> Callable:
    def nearest(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for strip, gram in _strips(frames, item_count):
            rows = near_rows(gram, strip * STRIP_ITEMS, neighbours)
            wide = np.full((len(rows), neighbours), -1, np.int32)
            wide[:, : rows.shape[1]] = rows
            yield pd.DataFrame({"strip": [strip], "near": [wide.tobytes()]})

    return nearest


def _shares(shared: Broadcast, item_count: int, block_items: int) -> Callable:
    """Rows of G -> what they are in systems: for each place (j, k) of near, j of a block, whose item is one of these
    rows, its G_{a, N_j} and last G_{a, j}."""

    def share(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        near = shared.value
        width, flat = near.shape[1], near.ravel()
        step = max(block_items, PART_CELLS // width**2 // block_items * block_items)  # whole blocks
        for strip, gram in _strips(frames, item_count):
            first = strip * STRIP_ITEMS
            places = np.flatnonzero((flat >= first) & (flat < first + gram.shape[0]))
            bounds = np.searchsorted(places, np.arange(0, item_count + step, step) * width)
            for start, stop in pairwise(bounds):
                if start < stop:
                    yield _cells(places[start:stop], gram, first, near, block_items)

    return share


def _cells(places: np.ndarray, gram: sp.csr_matrix, first: int, near: np.ndarray, block_items: int) -> pd.DataFrame:
    """Ascending places of near, all of items in these rows of G -> PARTS rows, one per block."""
    scored, width = places // near.shape[1], near.shape[1]
    row = near.ravel()[places] - first
    cells = np.empty((len(places), width + 1), np.float32)
    dense = np.zeros(gram.shape[1] + 1, np.float32)  # the last stands for -1
    order = np.argsort(row, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(row[order])) + 1):
        span = slice(gram.indptr[row[mine[0]]], gram.indptr[row[mine[0]] + 1])
        dense[gram.indices[span]] = gram.data[span]
        cells[mine, :width] = dense[near[scored[mine]]]
        cells[mine, width] = dense[scored[mine]]
        dense[gram.indices[span]] = 0.0
    ends = [0, *(np.flatnonzero(np.diff(scored // block_items)) + 1), len(places)]
    spans = [slice(start, stop) for start, stop in pairwise(ends)]
    return pd.DataFrame({
        "block": [int(scored[span.start]) // block_items for span in spans],
        "places": [places[span].astype(np.int64).tobytes() for span in spans],
        "cells": [cells[span].tobytes() for span in spans],
    })  # fmt: skip


def _solve(l2: float, width: int, block_items: int) -> Callable:
    def solve(parts: pd.DataFrame) -> pd.DataFrame:
        block = int(parts["block"].iloc[0])
        left, right = np.zeros((block_items * width, width)), np.zeros(block_items * width)
        for places, cells in zip(parts["places"], parts["cells"], strict=True):
            at = np.frombuffer(places, np.int64) - block * block_items * width
            given = np.frombuffer(cells, np.float32).reshape(-1, width + 1)
            left[at], right[at] = given[:, :width], given[:, width]
        weights = solved(left.reshape(block_items, width, width), right.reshape(block_items, width), l2)
        return pd.DataFrame({"block": [block], "weights": [weights.tobytes()]})

    return solve


def _strips(frames: Iterator[pd.DataFrame], item_count: int) -> Iterator[tuple[int, sp.csr_matrix]]:
    """SUMMED rows -> number and rows of G, a strip at a time."""
    for frame in frames:
        for row in frame.itertuples(index=False):
            yield int(row.strip), unpacked(row.places, row.counts, row.lengths, item_count)
