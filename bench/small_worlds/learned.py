"""What validation tells in a small world: the models' pools on its cuts, and on the test people, kept on disk."""

import logging
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interestlake.cli.benchmark.command import held_test
from interestlake.evaluation.arrays import hits_of, ranking_at
from interestlake.interactions.csv_files import Inputs
from interestlake.interactions.cuts import cuts_of, held_of, sample_people
from interestlake.interactions.pairs import Pairs
from interestlake.interactions.side_information import SideInformation, content_features, fact_vectors, term_weights
from interestlake.recommending.budget import plan_search
from interestlake.recommending.choose import FUSION_PEOPLE, pick_parameters
from interestlake.recommending.pool import Pool, gather

from .worlds import LAST, World, read_world

MODELS = ("popularity", "item_knn", "ease", "als", "transitions", "sequence_ease", "graph_filter", "trend", "social",
          "words", "content", "fact_knn")  # fmt: skip
BUDGET = 6  # fits per model
K = 10


@dataclass(frozen=True)
class Learned:
    """names (S,); pools, relevant: per cut; test: the test people with a history; held, sizes: their test items, and
    how many there are with those outside the catalogue."""

    names: tuple[str, ...]
    pools: Sequence[Pool]
    relevant: Sequence[Sequence[np.ndarray]]
    test: Pool
    held: Sequence[np.ndarray]
    sizes: np.ndarray

    def singles(self) -> np.ndarray:
        """(n, S) test nDCG@K of every person by each model's own list."""
        return np.column_stack([self.ndcg(own_lists(self.test, model, K)) for model in range(len(self.names))])

    def ndcg(self, lists: np.ndarray) -> np.ndarray:
        """(n, K) lists of the test people -> (n,) nDCG@K."""
        return ranking_at(hits_of(lists, self.held), self.sizes, K)["ndcg"]


def own_lists(pool: Pool, model: int, k: int) -> np.ndarray:
    """The model's own k best items of each person, from its places: (n, k) int32, -1 = none."""
    lists = np.full((len(pool.people), k), -1, np.int32)
    rows = np.flatnonzero(pool.places[:, model] <= k)
    lists[pool.owner[rows], pool.places[rows, model] - 1] = pool.columns[rows]
    return lists


def learn(world: World, data: Path, folder: Path) -> Learned:
    """Searches, fits and gathers; the second call for a world reads what the first one left in `folder`."""
    kept = folder / f"{world.name.replace(' ', '-').replace('#', '')}.pickle"
    if kept.is_file():
        return pickle.loads(kept.read_bytes())
    inputs = read_world(world, data, folder / kept.stem)
    side, log = _side(inputs, world.seed), logging.getLogger("bench.small-worlds")
    protocol = "leave-one-out" if world.split == LAST else "ranking"
    cuts = cuts_of(inputs.train, inputs.validation, protocol, world.seed, log)
    train, known = cuts[0][0], cuts[0][0].plus(cuts[0][1])
    there = {model.name for model in plan_search(train, side).models}
    models = plan_search(train, side, [name for name in MODELS if name in there]).models
    asked = [sample_people(held_of(part, rest), rest, FUSION_PEOPLE, world.seed) for rest, part in cuts]
    found = []
    for model in models:
        try:
            found.append(pick_parameters(model, train, side, asked[0], K, world.seed, BUDGET))
        except Exception as fault:  # as in the benchmark, a model that fails takes no part
            print(f"  {world.name}: {model.name} left out: {type(fault).__name__}: {fault}")

    def gathered(pairs: Pairs, people: np.ndarray) -> Pool:
        fitted = [one.model.fit(pairs, side, one.parameters, world.seed) for one in found]
        return gather(fitted, pairs, people, side.friends)

    pools = [gathered(rest, held.people) for (rest, _), held in zip(cuts, asked, strict=True)]
    held = held_test(inputs, known)
    held = held.pick(np.diff(known.starts)[held.people] > 0)
    names = tuple(one.model.name for one in found)
    told = Learned(names, pools, [part.relevant for part in asked], gathered(known, held.people), held.relevant,
                   held.sizes)  # fmt: skip
    kept.write_bytes(pickle.dumps(told))
    return told


def _side(inputs: Inputs, seed: int) -> SideInformation:
    """As `build_side`, without the encoder, whose texts would take longer than all models together."""
    written = (inputs.items["title"] + ". " + inputs.items["text"]).str.strip(". ").to_numpy(object)
    words = term_weights(written) if any(written) else None
    facts = fact_vectors(inputs.facts, seed) if inputs.facts is not None and inputs.facts.nnz else None
    content = content_features(None, words, facts, seed) if facts is not None else None
    carried = None if facts is None else inputs.facts
    return SideInformation(None, facts, inputs.friends, words, content, carried, inputs.named)
