"""A two-group world as plain files, and what each of two processes finds of it."""

import dataclasses
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from interestlake.core.errors import ShortRead
from interestlake.core.params.all import TwoTower as Params
from interestlake.models.pair_parts import Shared, pieces_of
from interestlake.models.pair_training import PairTraining, collected, fit_pairs
from interestlake.training import shards
from interestlake.training.checkpoint import Checkpoint
from interestlake.training.holdout import Holdout
from interestlake.training.shards import path_of, shared_batches
from interestlake.training.snapshot import store

USERS, ITEMS, EPOCHS = 41, 30, 6


def world(folder, group_rows):
    """A training whose pairs lie in row groups of `group_rows` rows; even people like even items."""
    generator = np.random.default_rng(0)
    train, held = [], []
    for user in range(USERS):
        liked = generator.permutation(np.arange(user % 2, ITEMS, 2))
        train += [(user, item) for item in sorted(liked[:8])]
        held += [(user, item) for item in liked[8:10]]
    pairs, held = np.array(train, np.int32), np.array(held)
    weight = generator.uniform(0.2, 1.0, len(pairs)).astype(np.float32)
    examples = store({"user_index": pairs[:, 0], "item_index": pairs[:, 1], "weight": weight}, "pairs", folder)
    path = path_of(examples.files[0])
    pq.write_table(pq.read_table(path), path, row_group_size=group_rows)
    sides = []
    for side, count in (("item", ITEMS), ("user", USERS)):
        columns = {f"{side}_index": np.arange(count, dtype=np.int32)}
        columns |= {name: generator.normal(size=(count, 3)) for name in ("text_vector", "graph_vector")}
        sides.append(store(columns, side, folder))
    params = Params(epochs=EPOCHS, batch_size=48, learning_rate=0.02, dimension=16, dropout=0.3, validate_steps=1,
                    patience_steps=500, warmup_steps=4)  # fmt: skip
    holdout = Holdout(np.arange(USERS), (pairs[:, 0], pairs[:, 1]), (held[:, 0], held[:, 1]))
    return PairTraining(params, 3, examples, *sides, holdout, "planted")


def fit(training, saved, ranks, looks=None):
    """fit_pairs; the epochs of its looks are added to `looks`."""
    looks = [] if looks is None else looks
    return fit_pairs(training, saved, lambda epoch, loss, value: looks.append(epoch), ranks)


def sent(fitted, ranks):
    """What a process sends of its fit: what all share, its rows, and the bytes of each tensor that it has."""
    sizes = {name: value.nbytes for name, value in fitted.model.state_dict().items()}
    return Shared.of(fitted), list(pieces_of(fitted, ranks)), sizes


def assembled(parts, training):
    """The driver's PairFit of what each process has sent."""
    rows = collected(training.params, USERS, ITEMS, 6)
    for _, pieces, _ in parts:
        for piece in pieces:
            rows.put(*piece)
    return rows.fit(parts[0][0])


def batches(training, ranks, window):
    """(user, item, place in the batch, rows of the batch) of every row that this process gets, a list a batch."""
    parts = shared_batches(training.examples, ranks, 48, window, 5)
    return [
        [(int(u), int(i), int(p), part.rows)
         for u, i, p in zip(part["user_index"], part["item_index"], part.places, strict=True)]
        for part in parts
    ]  # fmt: skip


def short(training, ranks, lost=False):
    """The message of a pass over a table that has lost rows: more than its files hold, or one process's last group."""
    examples, real = training.examples, shards.row_groups
    if lost and ranks.rank == 1:
        shards.row_groups = lambda *given, **shard: list(real(*given, **shard))[:-1]
    try:
        rows = examples.rows + (0 if lost else 20)
        for _ in shared_batches(dataclasses.replace(examples, rows=rows), ranks, 48, 1000, 1):
            pass
    except ShortRead as fault:
        return str(fault)
    finally:
        shards.row_groups = real
    return "nothing"


def found_by(folder: Path, ranks):
    """What a process found of everything that the tests ask two processes."""
    found = {}
    for name, group_rows in (("groups", 20), ("rows", 300)):
        training = world(folder / f"{name}-{ranks.rank}", group_rows)
        found[f"fit {name}"] = sent(fit(training, Checkpoint(folder / f"{name}.pt"), ranks), ranks)
        for window in (1000, 100):
            found[f"batches {name} {window}"] = batches(training, ranks, window)
        if name == "groups":
            found["short"], found["lost group"] = short(training, ranks), short(training, ranks, lost=True)
    # a state that one process has left, and one that these leave for it
    found["resumed"] = sent(fit(training, Checkpoint(folder / "of-one.pt"), ranks), ranks)
    shorter = dataclasses.replace(training, params=dataclasses.replace(training.params, epochs=3))
    fit(shorter, Checkpoint(folder / "of-two.pt"), ranks)
    return found
