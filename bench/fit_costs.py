"""What one fit of each model takes, beside what `Model.cost` says: `python -m bench.fit_costs movielens lastfm`.

A fresh process per fit, quick parameters, the train pairs of a published comparison. Seconds are of the processor, so
that a busy machine counts as an idle one; bytes are what the process's peak rose by.
"""

import argparse
import json
import logging
import multiprocessing
import time

from interestlake.evaluation.cost import Cost, measured
from interestlake.interactions.csv_files import read_inputs
from interestlake.interactions.pairs import Pairs
from interestlake.interactions.side_information import SideInformation, build_side
from interestlake.models.model import Model, Size
from interestlake.models.registry import MODELS, models_for

from .published.__main__ import COMPARISONS, OUT, prepare

MEGABYTE = 1e6


def measure(model: Model, pairs: Pairs, side: SideInformation) -> tuple[float, float]:
    """One fit -> seconds of the processor and bytes beyond those held before it, in a process of its own."""
    receiver, sender = multiprocessing.Pipe(duplex=False)

    def fit() -> None:
        before, cost = Cost(), Cost()
        with measured(before, "fit"):
            pass
        began = time.process_time()
        with measured(cost, "fit"):
            model.fit(pairs, side, dict(model.quick), 42)
        sender.send((time.process_time() - began, cost.peak_bytes - before.peak_bytes))

    process = multiprocessing.get_context("fork").Process(target=fit)
    process.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        process.join()


def rows(name: str, only: set[str], texts: bool) -> list[dict]:
    """A row per model that has quick parameters and that the comparison's files allow."""
    folder, _ = prepare(name)
    beside = {table: str(folder / f"{table}.csv") for table in COMPARISONS[name].beside if texts or table != "items"}
    files = {"train": str(folder / "train.csv"), "test": str(folder / "test.csv")} | beside
    inputs = read_inputs(**files)
    side, pairs = build_side(inputs, 42, logging.getLogger("fit_costs")), inputs.train
    _ = pairs.matrix, pairs.recency, pairs.starts  # every model finds them made
    import implicit.als  # noqa: F401  loading it is not part of a fit

    size, found = Size.of(pairs), []
    for model in models_for(pairs, side):
        if model.quick is None or model.trainer or (only and model.name not in only):
            continue
        seconds, taken = measure(model, pairs, side)
        said = model.cost(size)
        row = {"data": name, "model": model.name, "seconds": seconds, "said_seconds": said.seconds,
               "megabytes": taken / MEGABYTE, "said_megabytes": said.bytes / MEGABYTE}  # fmt: skip
        print("{data:<20}{model:<15}{seconds:>9.2f} s, said {said_seconds:<9.2f}{megabytes:>9.1f} MB, said "
              "{said_megabytes:.1f}".format(**row), flush=True)  # fmt: skip
        found.append(row)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fit_costs", description=__doc__)
    parser.add_argument("names", nargs="*", default=["movielens", "lastfm"], help=f"of {', '.join(COMPARISONS)}")
    parser.add_argument("--models", default="", help=f"a,b of {', '.join(model.name for model in MODELS)}")
    parser.add_argument("--texts", action="store_true", help="read the items' texts as well (encodes them)")
    options = parser.parse_args()
    only = {name for name in options.models.split(",") if name}
    found = [row for name in options.names for row in rows(name, only, options.texts)]
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "fit_costs.json").write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
