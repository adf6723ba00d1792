"""A release gone on from day by day beside one fitted anew at the end: nDCG@10 on pairs that neither has seen, seconds.

The pairs and the kept choice are those of a lake. Of each person's newest fifth the first half comes over the days, by
its place in the history, and the other half is held out.
"""

import argparse
import logging
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from interestlake.core.lake import Lake
from interestlake.core.session import build_session
from interestlake.evaluation.arrays import hits_of, ranking_at
from interestlake.evaluation.paired import Difference
from interestlake.interactions.cuts import held_of
from interestlake.interactions.held_out import HeldOut
from interestlake.interactions.lake_inputs import LakeFrames, collect_frames, item_vectors
from interestlake.interactions.pairs import Pairs
from interestlake.interactions.side_information import SideInformation, build_side
from interestlake.models.fitted import Fitted, top_lists
from interestlake.models.registry import BY_NAME
from interestlake.recommending.choose import Choice, fit_all
from interestlake.recommending.chosen_tables import kept_before
from interestlake.recommending.fusion import Fusion
from interestlake.recommending.kept import kept_choice
from interestlake.recommending.left import taken_from
from interestlake.recommending.pool import gather, ordered

K, SEED, KNOWN, COMES = 10, 42, 0.8, 0.9
LOG = logging.getLogger("bench.days")
TABLES = ("silver.interactions", "silver.documents", "silver.items", "silver.friends", "silver.facts")


def read(root: str) -> tuple[LakeFrames, np.ndarray, Mapping]:
    """The lake's pairs and items, the items' vectors, and what its last search chose."""
    spark = build_session(str(Path(__file__).parents[1] / "conf"), "local")
    try:
        lake = Lake(spark, root)
        tables = {name: lake.read(name) for name in TABLES}
        frames, kept = collect_frames(tables), kept_before(lake)
        encoded = lake.read("silver.embeddings")
        model = encoded.groupBy("model_id").count().orderBy("count", ascending=False).first()["model_id"]
        ids = frames.items["item_id"].to_numpy(object)
        vectors = item_vectors(tables["silver.documents"], encoded.where(encoded["model_id"] == model), ids)
    finally:
        spark.stop()
    if kept is None:
        sys.exit(f"{root}: expected a lake after `interestlake run`, whose choice is kept")
    return frames, vectors, kept


def days_of(pairs: Pairs, days: int) -> np.ndarray:
    """(n,) the day on which a pair comes: 0 = before, days + 1 = held out."""
    place = (np.arange(len(pairs)) - pairs.starts[pairs.users] + 0.5) / np.diff(pairs.starts)[pairs.users]
    day = np.ceil((place - KNOWN) / (COMES - KNOWN) * days).clip(1, days).astype(int)
    return np.where(place <= KNOWN, 0, np.where(place <= COMES, day, days + 1))


def figures(fitted: Mapping[str, Fitted], fusion: Fusion, known: Pairs, held: HeldOut) -> dict[str, np.ndarray]:
    """nDCG@K of each person, of the fused list and of each model that goes on."""
    lists = {
        name: top_lists(one, known, held.people, K, None)[0] for name, one in fitted.items() if BY_NAME[name].go_on
    }
    pool = gather([fitted[name] for name in fusion.names], known, held.people, None)
    lists["fused"] = ordered(pool, fusion.scores(pool), K)[0]
    sizes = np.array([len(columns) for columns in held.relevant])
    return {name: ranking_at(hits_of(one, held.relevant), sizes, K)["ndcg"] for name, one in lists.items()}


def replay(pairs: Pairs, side: SideInformation, kept: Mapping, days: int) -> dict[str, tuple[float, dict]]:
    """ "before", "gone on", "anew" -> seconds of the fits, nDCG by model."""
    day, people = days_of(pairs, days), np.arange(pairs.shape[0])
    known = pairs.rows(day <= days)
    held = held_of(pairs.rows(day > days), known)
    held = held.pick(np.array([len(columns) > 0 for columns in held.relevant]))
    choice = kept_choice(kept, pairs, side)
    going = [one for one in choice.models if one.model.go_on]
    alone = Choice(going, choice.fusion.over([one.model.name for one in going]), {})
    measured = {}
    began = time.perf_counter()
    fusion, fitted = fit_all(choice, pairs.rows(day == 0), side, SEED, LOG)
    fitted, left = taken_from(fitted, people, pairs.item_ids)
    measured["before"] = time.perf_counter() - began, figures(fitted, fusion, known, held)
    taken = []
    for number in range(1, days + 1):
        began, now = time.perf_counter(), pairs.rows(day <= number)
        asked = choice if number == days else alone  # what is counted anew needs to be once
        starts = left.starts(people, now, day[day <= number] == number)
        fusion, fitted = fit_all(asked, now, side, SEED + number, LOG, starts)
        fitted, left = taken_from(fitted, people, pairs.item_ids)
        taken.append(time.perf_counter() - began)
        print(f"day {number}: {int((day == number).sum())} pairs, {taken[-1]:.1f} s", flush=True)
    measured["gone on"] = taken[-1], figures(fitted, fusion, known, held)
    began = time.perf_counter()
    fusion, fitted = fit_all(choice, known, side, SEED, LOG)
    measured["anew"] = time.perf_counter() - began, figures(fitted, fusion, known, held)
    return measured


def table(measured: Mapping[str, tuple[float, Mapping[str, np.ndarray]]], days: int) -> list[str]:
    """A line a model: nDCG of the three, and the paired difference of gone on and anew with its 95 % interval."""
    (_, before), (last, on), (whole, anew) = (measured[name] for name in ("before", "gone on", "anew"))
    lines = [f"{'nDCG@10':<12}{'before':>9}{'gone on':>9}{'anew':>9}{'difference':>12}   95 % interval"]
    for name in sorted(anew, key=lambda one: (one != "fused", one)):
        means = "".join(f"{one[name].mean():>9.4f}" for one in (before, on, anew))
        error = float((on[name] - anew[name]).std(ddof=1) / len(anew[name]) ** 0.5)
        apart = Difference(len(anew[name]), float(on[name].mean()), float(anew[name].mean()), error)
        low, high = apart.interval
        lines.append(f"{name:<12}{means}{apart.mean:>+12.4f}   {low:+.4f} to {high:+.4f}")
    took = f"the last day's fits {last:.0f} s, all anew {whole:.0f} s ({last / whole:.0%})"
    lines.append(f"{len(anew['fused'])} people, {days} days; {took}")
    return lines


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.days", description=__doc__)
    parser.add_argument("--lake", required=True, help="a lake after a run whose search is over")
    parser.add_argument("--days", type=int, default=30)
    arguments = parser.parse_args(words)
    frames, vectors, kept = read(arguments.lake)
    inputs = frames.whole()
    side = build_side(inputs, SEED, LOG, vectors)
    print("\n".join(table(replay(inputs.train, side, kept, arguments.days), arguments.days)))


if __name__ == "__main__":
    main()
