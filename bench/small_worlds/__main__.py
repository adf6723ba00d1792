"""The fused list beside its best single model on ten small worlds: where few people validate, it must not lose."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interestlake.recommending.cross_fit import standard_error
from interestlake.recommending.fit_fusion import fit_fusion
from interestlake.recommending.fusion import Fusion
from interestlake.recommending.pool import ordered
from interestlake.recommending.segment_weights import ndcg_by_person

from ..published.__main__ import DATA, ROOT
from .learned import K, Learned, learn
from .worlds import LAST, OWN_TIME, RANDOM, TIME, World, there

OUT = ROOT / "out" / "bench" / "small-worlds"
SEED, VARIETY = 1, 0.01
WORLDS = (
    World("movielens", 200, RANDOM, SEED),
    World("movielens", 400, OWN_TIME, SEED),
    World("lastfm", 400, RANDOM, SEED),
    World("lastfm", 1000, RANDOM, SEED),
    World("musical-instruments", 400, TIME, SEED),
    World("musical-instruments", 1000, RANDOM, SEED),
    World("digital-music", 1000, TIME, SEED),
    World("video", 1000, LAST, SEED),
    World("beauty", 1000, RANDOM, SEED),
    World("bookcrossing", 700, RANDOM, SEED),
)


@dataclass(frozen=True)
class Verdict:
    """people that validate and that test; the best models by validation and by test with their test nDCG; fused: the
    method and its test nDCG; gained, error: of the fused list over the best by test, paired."""

    people: int
    tested: int
    by_validation: tuple[str, float]
    by_test: tuple[str, float]
    fused: tuple[str, float]
    gained: float
    error: float

    @property
    def errors(self) -> float:
        """The gain in standard errors; 0 where the lists are the same."""
        return self.gained / self.error if self.error > 0 else 0.0


def judge(learned: Learned, seed: int) -> tuple[Verdict, Fusion]:
    """Fits the fusion on validation and reads the test people once."""
    fusion = fit_fusion(learned.pools, learned.relevant, learned.names, K, seed, VARIETY)
    singles = learned.singles()
    fused = learned.ndcg(ordered(learned.test, fusion.scores(learned.test), K)[0])
    cuts = zip(learned.pools, learned.relevant, strict=True)
    value = np.concatenate([_own_ndcg(pool, wanted) for pool, wanted in cuts])
    means, names = singles.mean(axis=0), learned.names
    first, best = int(value.mean(axis=0).argmax()), int(means.argmax())
    gained = fused - singles[:, best]
    people = len(np.unique(np.concatenate([pool.people for pool in learned.pools])))
    return Verdict(
        people, len(fused), (names[first], float(means[first])), (names[best], float(means[best])),
        (fusion.method, float(fused.mean())), float(gained.mean()), standard_error(gained, np.arange(len(gained))),
    ), fusion  # fmt: skip


def _own_ndcg(pool, relevant) -> np.ndarray:
    """(n, S) validation nDCG@K of each single model."""
    return ndcg_by_person(pool, relevant, np.eye(pool.values.shape[1]), K)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.small_worlds", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the shared data sets")
    parser.add_argument("--out", type=Path, default=OUT, help="folder that keeps what was fitted")
    options = parser.parse_args(arguments)
    verdicts = {}
    print(f"{'world':<34} people  tested  {'best by validation':<24}{'best by test':<24}{'fused':<17}gain  in errors")
    for world in WORLDS:
        world = there(world, options.data)
        found, _ = judge(learn(world, options.data, options.out), world.seed)
        verdicts[world.name] = found
        models = "".join(f"{name:<16}{value:.4f}  " for name, value in (found.by_validation, found.by_test))
        verdict = "below" if found.errors < -1 else "holds"
        who = f"{world.name:<34} {found.people:>6}  {found.tested:>6}  "
        fused = f"{found.fused[0]:<9}{found.fused[1]:.4f}  {found.gained:+.4f}  {found.errors:+.1f}  {verdict}"
        print(who + models + fused, flush=True)
    worst = min(verdicts, key=lambda name: verdicts[name].errors)
    print(f"worst: {worst}, {verdicts[worst].errors:+.1f} standard errors from the best single model by test")


if __name__ == "__main__":
    main()
