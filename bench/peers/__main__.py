"""Fit other packages' models on the files of a benchmark, each in its own environment, and print ours and theirs.

Their parameters are searched as ours are: on the same validation cut, within a budget, wider where the best lies on an
edge; the same scorer reads the lists. Without --train, --test and --ours (the --out of `interestlake benchmark` on the
same files) MovieLens latest-small is split and run first.
"""

import argparse
import json
import logging
import tempfile
from pathlib import Path

from interestlake.cli.benchmark.command import held_test
from interestlake.cli.benchmark.write import SHOWN
from interestlake.evaluation.arrays import mean_list_ndcg
from interestlake.evaluation.measure import evaluate
from interestlake.evaluation.search import search
from interestlake.interactions.csv_files import read_inputs
from interestlake.interactions.cuts import cuts_of, held_of, sample_people
from interestlake.recommending.choose import SEARCH_PEOPLE

from .contenders import PEERS, Peer, fit_and_list, write_pairs
from .movielens import prepare


def compare(options: argparse.Namespace) -> dict[str, dict]:
    """peer -> its metrics, parameters and seconds on the test pairs."""
    inputs = read_inputs(options.train, options.test, options.validation)
    rest, part = cuts_of(inputs.train, inputs.validation, options.protocol, options.seed, logging.getLogger())[0]
    judged = sample_people(held_of(part, rest), rest, SEARCH_PEOPLE, options.seed)
    known = rest.plus(part)
    held = held_test(inputs, known)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        searched, whole = write_pairs(rest, Path(folder) / "rest.csv"), write_pairs(known, Path(folder) / "all.csv")
        for peer in [one for one in PEERS if not options.only or one.name in options.only]:
            params = _picked(peer, searched, rest, judged, options)
            lists, seconds = fit_and_list(peer, whole, known, params, options.top, options.seed)
            figures = evaluate(lists[held.people], held, known, None, [options.top])
            found[peer.name] = {**figures, "seconds": seconds, "parameters": params}
            print(f"  {peer.name:<20} nDCG@{options.top} {figures[f'ndcg@{options.top}']:.4f}  {params}", flush=True)
    return found


def _picked(peer: Peer, train: Path, rest, judged, options) -> dict:
    def value_of(params: dict) -> float:
        lists, _ = fit_and_list(peer, train, rest, {**params, **peer.searching}, options.top, options.seed)
        return mean_list_ndcg(lists[judged.people], judged.relevant)

    return search(peer.grids, value_of, peer.budget).best[0] if peer.grids else {}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    for name in ("train", "test", "validation", "ours"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--protocol", default="ranking", choices=("ranking", "leave-one-out"))
    others = "may be repeated; the others are shown as peers.json in --ours has them"
    parser.add_argument("--only", action="append", metavar="NAME", help=f"such as implicit/als; {others}")
    parser.add_argument("--top", type=int, default=10)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    if not (options.train or options.test or options.ours):
        folder = prepare()
        options.train, options.test, options.ours = (folder / name for name in ("train.csv", "test.csv", "ours"))
    if not (options.train and options.test and options.ours):
        parser.error("--train, --test and --ours belong together")
    ours = json.loads((Path(options.ours) / "metrics.json").read_text())["models"]
    kept = Path(options.ours) / "peers.json"
    before = json.loads(kept.read_text()) if options.only and kept.is_file() else {}
    theirs = before | compare(options)
    kept.write_text(json.dumps(theirs, indent=1, sort_keys=True) + "\n")
    rows = {f"ours/{name}": figures for name, figures in ours.items()} | theirs
    names = [f"{name}@{options.top}" for name in SHOWN if all(f"{name}@{options.top}" in row for row in rows.values())]
    print(f"{'model':<22}" + "".join(f"{name:>14}" for name in names))
    for model, figures in sorted(rows.items(), key=lambda row: -row[1][f"ndcg@{options.top}"]):
        print(f"{model:<22}" + "".join(f"{figures[name] or 0:>14.4f}" for name in names))


if __name__ == "__main__":
    main()
