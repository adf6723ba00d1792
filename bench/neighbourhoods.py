"""What EASE by neighbourhoods costs beside the whole inverse: nDCG@10 on validation and test, seconds of the processor.

Neighbours are those chosen together most often (count), as the models take them, and for comparison those of the
largest cosine and of the largest gain, G_ij^2 / (G_ii + l2): what one neighbour alone takes off the squared error.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
import scipy.sparse as sp

from interestlake.evaluation.arrays import mean_list_ndcg
from interestlake.interactions.csv_files import read_inputs
from interestlake.interactions.cuts import held_of
from interestlake.interactions.held_out import HeldOut, held_out_pairs
from interestlake.interactions.pairs import Pairs
from interestlake.interactions.protocols import random_of_each
from interestlake.models.ease import fit_ease
from interestlake.models.item_matrix import EdgeScorer
from interestlake.models.neighbourhoods import nearest_by_gram, weights_among
from interestlake.models.scorer import Scorer

from .published.__main__ import COMPARISONS, prepare

K, SEED, VALIDATION = 10, 42, 0.1
Part = tuple[Pairs, HeldOut]
ORDERS: Mapping[str, Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]] = {
    "count": lambda people, l2: (np.ones(len(people)), np.ones(len(people))),
    "cosine": lambda people, l2: (people**-0.5, people**-0.5),
    "gain": lambda people, l2: (np.ones(len(people)), (people + l2) ** -0.5),
}


def parts(train: Pairs, test: pd.DataFrame) -> Iterator[tuple[str, Part]]:
    """validation: a seeded random tenth of each person's train pairs; test: as published, after all of train."""
    mask = random_of_each(train, VALIDATION, SEED)
    rest = train.rows(~mask)
    yield "validation", (rest, held_of(train.rows(mask), rest))
    people = pd.Index(train.user_ids).get_indexer(pd.Index(test["user_id"]))
    columns = pd.Index(train.item_ids).get_indexer(pd.Index(test["item_id"]))
    known = people >= 0
    yield "test", (train, held_out_pairs(people[known], columns[known], np.ones(known.sum()), train))


def ndcg(scorer: Scorer, part: Part) -> float:
    """Of the people with a held-out item of the catalogue, over their unseen items; ties to the lower column."""
    histories, asked = part
    asked = asked.pick(np.array([len(columns) > 0 for columns in asked.relevant]))
    lists = []
    for start in range(0, len(asked.people), 256):
        batch = histories.batch(np.asarray(asked.people[start : start + 256]))
        scores, seen = np.array(scorer.score(batch)), batch.history.tocoo()
        scores[seen.row, seen.col] = -np.inf
        lists.append(np.argsort(-scores, axis=1, kind="stable")[:, :K])
    return mean_list_ndcg(np.concatenate(lists), asked.relevant)


def timed(fit: Callable[[], Scorer]) -> tuple[Scorer, float]:
    """What `fit` gives, and its seconds of the processor."""
    began = time.process_time()
    return fit(), time.process_time() - began


def near_by(gram: sp.csr_matrix, order: str, l2: float, neighbours: int) -> np.ndarray:
    """(I, n) neighbours of one of ORDERS."""
    people = np.maximum(gram.diagonal(), 1.0)
    left, right = ORDERS[order](people, l2)
    return nearest_by_gram(sp.csr_matrix(sp.diags(left) @ gram @ sp.diags(right)), neighbours)


def lines(name: str, part: Part, l2: float, orders: list[str], numbers: list[int]) -> Iterator[str]:
    """The whole inverse, then each order and number of neighbours."""
    matrix = sp.csr_matrix(part[0].matrix, dtype=np.float64)
    whole, seconds = timed(lambda: fit_ease("ease", matrix, l2))
    best = ndcg(whole, part)
    yield f"  {name:<12}{'whole':<8}{'':>6}{best:>9.4f}{'':>9}{seconds:>9.1f} s"
    gram = sp.csr_matrix(matrix.T @ matrix)
    for order in orders:
        for number in numbers:
            near = near_by(gram, order, l2, number)
            scorer, seconds = timed(lambda: EdgeScorer("ease", weights_among(gram, near, l2)))  # noqa: B023
            value = ndcg(scorer, part)
            yield f"  {name:<12}{order:<8}{number:>6}{value:>9.4f}{100 * (value / best - 1):>+8.1f}%{seconds:>9.1f} s"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.neighbourhoods", description=__doc__)
    parser.add_argument("data", nargs="?", default="movielens", choices=list(COMPARISONS))
    parser.add_argument("--l2", type=float, default=100.0)
    parser.add_argument("--orders", default=",".join(ORDERS), help="of count, cosine, gain")
    parser.add_argument("--neighbours", default="50,100,200,400", metavar="N,N")
    options = parser.parse_args()
    folder, _ = prepare(options.data)
    inputs = read_inputs(train=str(folder / "train.csv"), test=str(folder / "test.csv"))
    numbers = [int(number) for number in options.neighbours.split(",")]
    for name, part in parts(inputs.train, inputs.test):
        for line in lines(name, part, options.l2, options.orders.split(","), numbers):
            print(line, flush=True)


if __name__ == "__main__":
    main()
