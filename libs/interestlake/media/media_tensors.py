"""The content model's snapshots as what training holds: vectors by modality, pairs, and people who are held out."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
import torch

from ..core.errors import BadInput
from ..training.reader import Batch, read_all, read_batches
from ..training.snapshot import Snapshot
from .media import MODALITIES
from .training import Content, ContentHoldout


def item_content(snapshot: Snapshot) -> tuple[Content, np.ndarray]:
    """models.media_features -> content of the modalities that some item has, and (items,) bool: held out.

    Raises BadInput where the indexes are not 0..n-1, each once; ShortRead where the feed lost rows.
    """
    read = read_all(snapshot)
    order = np.argsort(read["item_index"], kind="stable")
    if not np.array_equal(read["item_index"][order], np.arange(len(order))):
        raise BadInput.of(
            f"{snapshot.table}.item_index",
            found="gaps or doubles",
            expected="0..n-1, each once",
            where="the prepare stage",
        )
    present = read["present"][order].astype(np.float32)
    used = [place for place in range(len(MODALITIES)) if present[:, place].any()]
    names = tuple(MODALITIES[place] for place in used)
    vectors = tuple(torch.as_tensor(read[f"{name}_vector"][order], dtype=torch.float32) for name in names)
    return Content(names, vectors, torch.as_tensor(present[:, used])), read["held"][order] == 1


def used_batches(snapshot: Snapshot) -> Iterator[Batch]:
    """One pass over models.media_examples, only the pairs that are trained on."""
    for batch in read_batches(snapshot):
        rows = batch["used"] == 1
        yield {name: values[rows] for name, values in batch.items() if name != "used"}


def pair_matrices(snapshot: Snapshot, users: int, items: int) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """models.media_examples -> (users, items) weights of the pairs that are trained on, and of all. One pass."""
    parts = [(b["user_index"], b["item_index"], b["weight"], b["used"]) for b in read_batches(snapshot)]
    rows, columns, weights, used = (np.concatenate(column) for column in zip(*parts, strict=True))
    used_rows = used == 1

    def matrix(chosen: Any) -> sp.csr_matrix:
        return sp.csr_matrix((weights[chosen], (rows[chosen], columns[chosen])), (users, items))

    return matrix(used_rows), matrix(slice(None))


def holdouts(pairs: pd.DataFrame, shown: np.ndarray, held_items: np.ndarray) -> dict[str, ContentHoldout]:
    """Pairs of sampled people -> what the model is judged by; `shown`, `held_items`: (items,) bool.

    pairs: user_index, item_index, weight, split, user_held. Everybody is known by their train pairs of items that are
    not held out. validation: other people's validation pairs of such items. new_people: held-out people's test pairs of
    such items. new_items: other people's pairs of held-out items, of all splits, among these. new_people_and_items: the
    same of held-out people.
    """
    pairs = pairs[shown[pairs["item_index"].to_numpy()]]
    of_held_item = held_items[pairs["item_index"].to_numpy()]
    new = pairs["user_held"].to_numpy() == 1
    split = pairs["split"].to_numpy()
    old_items, new_items = (np.flatnonzero(shown & (held_items == kind)) for kind in (False, True))
    chosen = {
        "validation": (~new, ~of_held_item & (split == "validation"), old_items),
        "new_people": (new, ~of_held_item & (split == "test"), old_items),
        "new_items": (~new, of_held_item, new_items),
        "new_people_and_items": (new, of_held_item, new_items),
    }
    histories = ~of_held_item & (split == "train")
    cases = {}
    for name, (people, relevant, asked) in chosen.items():
        if name == "new_people":  # validation pairs come before the test pairs, and the model never saw them
            known_here = ~of_held_item & (split != "test")
        else:
            known_here = histories
        cases[name] = _holdout(pairs[people & known_here], pairs[people & relevant], asked, len(shown))
    return cases


def _holdout(histories: pd.DataFrame, relevant: pd.DataFrame, asked: np.ndarray, items: int) -> ContentHoldout:
    people = np.intersect1d(histories["user_index"], relevant["user_index"])

    def matrix(rows: pd.DataFrame, values: Any) -> sp.csr_matrix:
        rows = rows.assign(value=values)
        rows = rows[rows["user_index"].isin(people)]
        place = np.searchsorted(people, rows["user_index"])
        return sp.csr_matrix((rows["value"], (place, rows["item_index"])), (len(people), items), dtype=np.float32)

    return ContentHoldout(matrix(histories, histories["weight"]), matrix(relevant, 1.0), asked)
