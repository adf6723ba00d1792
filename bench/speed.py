"""Our one-machine models beside the same work written with `implicit` and scipy, timed in turns in one run."""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import psutil

from interestlake.interactions.pairs import Pairs
from interestlake.models.factors import FactorScorer
from interestlake.models.fitted import Fitted, top_lists
from interestlake.models.fold_in_als import FoldInAls
from interestlake.models.implicit_als import fit_implicit_als
from interestlake.models.neighbours import item_neighbours
from interestlake.models.transitions import transition_edges

from . import plain
from .__main__ import MOVIELENS
from .alternate import Compared, alternate
from .generated import generated

TOP = 10
NEIGHBOURS = 100
ALS = {"regularization": 0.1, "alpha": 10.0, "seed": 1}
RANK, SWEEPS = 64, 5
STEPS = {"window": 10, "backward": 0.3, "discount": 0.4}


@dataclass(frozen=True)
class Case:
    """One comparison: our call, theirs, and the largest ratio that is a hit; None = ours does more, no goal."""

    name: str
    theirs_name: str
    goal: float | None
    ours: Callable[[], object]
    theirs: Callable[[], object]


def cases(data: Pairs) -> Iterator[Case]:
    """The comparisons on one data set; one factor model is fitted for all lists."""
    matrix, everybody = data.matrix, np.arange(data.shape[0])
    rank = min(RANK, min(data.shape))

    def fit() -> FoldInAls:
        return fit_implicit_als("als", matrix, rank, SWEEPS, **ALS)

    def plain_fit():
        return plain.fit_als(matrix, rank, SWEEPS, **ALS)

    def lists(scorer, vectors=None):
        return top_lists(Fitted(scorer, vectors), data, everybody, TOP, None)

    model = plain_fit()
    factors = FactorScorer("factors", np.asarray(model.item_factors))
    folded = FoldInAls.of("als", factors.item_vectors, ALS["alpha"], ALS["regularization"], scaled=False)
    yield Case("ALS fit", "implicit fit", 1.2, fit, plain_fit)
    yield Case(
        "ALS fold-in and top 10",
        "implicit recommend, recalculate_user",
        1.2,
        lambda: lists(folded),
        lambda: plain.recommend(model, matrix, TOP, ALS["alpha"]),
    )
    yield Case(
        "ALS fit, fold-in, top 10",
        "implicit fit and recommend",
        1.2,
        lambda: lists(fit()),
        lambda: plain.recommend(plain_fit(), matrix, TOP),
    )
    yield Case(
        "top 10 of given factors",
        "implicit recommend",
        1.0,
        lambda: lists(factors, model.user_factors),
        lambda: plain.recommend(model, matrix, TOP),
    )
    yield Case(
        "item co-occurrence, top 100",
        "scipy X'X, top 100",
        2.0,
        lambda: item_neighbours(matrix, "cosine", NEIGHBOURS, 0.0),
        lambda: plain.cosine_neighbours(matrix, NEIGHBOURS),
    )
    yield Case(
        "item co-occurrence, top 100",
        "scipy X'X alone",
        None,
        lambda: item_neighbours(matrix, "cosine", NEIGHBOURS, 0.0),
        lambda: matrix.T @ matrix,
    )
    yield Case(
        "transitions, window 10",
        "scipy S'BS",
        2.0,
        lambda: transition_edges(data.users, data.items, None, data.shape[1], gap_power=1.0, **STEPS),
        lambda: plain.transitions(data.users, data.items, data.shape[1], **STEPS),
    )


def movielens(folder: Path) -> Pairs:
    """ratings.csv(.gz) of a MovieLens folder, every rating a choice."""
    path = next(path for name in ("ratings.csv.gz", "ratings.csv") if (path := folder / name).is_file())
    frame = pd.read_csv(path).rename(columns={"userId": "user_id", "movieId": "item_id", "timestamp": "time"})
    frame = frame.assign(weight=1.0, user_id=frame["user_id"].astype(str), item_id=frame["item_id"].astype(str))
    ids = [np.unique(frame[name].to_numpy(object)) for name in ("user_id", "item_id")]
    return Pairs.of(frame, *ids, timed=True)


def line(case: Case, found: Compared) -> str:
    """Medians, their ratio with its range over the rounds, and whether the goal was reached."""
    low, high = found.spread
    word = "no goal" if case.goal is None else f"<= {case.goal} {'hit' if found.ratio <= case.goal else 'MISS'}"
    seconds = f"{median(found.ours):>8.2f}{median(found.theirs):>8.2f}"
    ratio = f"{found.ratio:>7.2f} ({low:.2f}-{high:.2f})"
    return f"  {case.name:<29}{case.theirs_name:<38}{seconds}{ratio} {word}"


def main(argv: list[str] | None = None) -> int:
    """0 whatever the times: a noisy machine is no fault."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--items", type=int, default=8_000)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--movielens", type=Path, default=MOVIELENS, metavar="DIR")
    options = parser.parse_args(argv)
    print(
        f"{psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}, {options.rounds} rounds in turns; "
        f"rank {RANK}, {SWEEPS} sweeps; median seconds, median ratio (smallest-largest)"
    )
    inputs = {"generated": lambda: generated(options.users, options.items, options.pairs)}
    if options.movielens.is_dir():
        inputs["MovieLens latest-small"] = lambda: movielens(options.movielens)
    for name, load in inputs.items():
        data = load()
        print(f"\n{name}: {data.shape[0]:,} people, {data.shape[1]:,} items, {len(data):,} pairs")
        print(f"  {'ours':<29}{'theirs':<38}{'ours s':>8}{'theirs':>8}  ratio        goal", flush=True)
        for case in cases(data):
            print(line(case, alternate(case.ours, case.theirs, options.rounds)), flush=True)
    if len(inputs) == 1:
        print("\nMovieLens: left out, no shared/data/movielens-latest-small beside the checkout")
    return 0


if __name__ == "__main__":
    sys.exit(main())
