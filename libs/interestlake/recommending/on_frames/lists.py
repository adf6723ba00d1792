"""Who and what is asked about, and which items are alike."""

import logging
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import BadInput
from .ids import ids_in
from .read import here, is_spark
from .state import State

LOG = logging.getLogger("interestlake")
SHOWN = 5
STEPS = 9  # decimals by which likeness is told apart


def _column(asked: Any, name: str, what: str, most: float) -> tuple[pd.Series, object]:
    """Ids of a list, a series or a frame -> (the ids, the session of a Spark frame or None)."""
    if is_spark(asked):
        return ids_in(here(asked, what, most, (name,), (name,)), name, what), asked.sparkSession
    return ids_in(asked, name, what), None


def asked_users(
    users: Any,
    state: State,
    session: Any,
    unknown: str,
    most: float = float("inf"),
    where: str = 'users, or unknown="popular"',
) -> tuple[pd.Series, np.ndarray, Any]:
    """-> (ids, their places in known.user_ids, Spark session or None). People without a pair have place 0, are left
    out, or raise BadInput, as `unknown` says; the log names them. where: what a refusal points at."""
    if users is None:
        places = 1 + np.arange(len(state.users.keys))
        return state.users.at(places - 1), places, session
    ids, session = _column(users, "user_id", "users", most)
    ids = ids.drop_duplicates().reset_index(drop=True)
    places = 1 + state.users.places(ids)  # the first of all is nobody
    strange = places == 0
    if strange.any():
        shown = ", ".join(repr(one) for one in ids[strange].tolist()[:SHOWN])
        shown += ", ..." if strange.sum() > SHOWN else ""
        if unknown == "raise":
            raise BadInput.of("users", found=f"{int(strange.sum()):,} without a pair: {shown}",
                              expected="people of the pairs", where=where)  # fmt: skip
        gets = "left out" if unknown == "skip" else "the list of somebody without a history"
        LOG.warning("%d of %d users have no pair (%s): %s", strange.sum(), len(ids), shown, gets)
        if unknown == "skip":
            ids, places = ids[~strange].reset_index(drop=True), places[~strange]
    return ids, places, session


def asked_items(
    items: Any, state: State, session: Any, most: float = float("inf"), where: str = "items"
) -> tuple[pd.Series, np.ndarray, Any]:
    """-> (ids, their columns, Spark session or None). Raises BadInput for items that there are not."""
    ids, session = _column(items, "item_id", "items", most)
    ids = ids.drop_duplicates().reset_index(drop=True)
    columns = state.items.places(ids)
    if (columns < 0).any():
        shown = ", ".join(repr(one) for one in ids[columns < 0].tolist()[:SHOWN])
        raise BadInput.of("items", found=f"no item {shown}", expected="items of the pairs, or of items=",
                          where=where)  # fmt: skip
    return ids, columns, session


def seen_of(state: State, person: int) -> np.ndarray:
    """Columns of a person's pairs."""
    return state.known.matrix[person].indices


def similar(state: State, columns: np.ndarray, k: int, by: str) -> tuple[np.ndarray, ...]:
    """The k nearest of each of `columns` -> (row of `columns`, column, rank, cosine > 0) of every pair, best first."""
    if by == "choices":
        chosen = (state.known.matrix > 0).astype(np.float64).tocsc()
        length = np.sqrt(np.asarray(chosen.sum(axis=0)).ravel())
        cosines = np.asarray((chosen[:, columns].T @ chosen).todense())
        cosines /= np.maximum(length[columns][:, None] * length[None, :], 1e-12)
    elif by == "texts":
        if state.texts is None:
            raise BadInput.of("texts", found="none", expected="fit(..., items=) with texts", where='by="texts"')
        cosines = state.texts[columns].astype(np.float64) @ state.texts.T.astype(np.float64)
    else:
        raise BadInput.of("by", found=repr(by), expected="choices or texts", where="similar_items(by=...)")
    rows, nearest, ranks, scores = [], [], [], []
    for row, column in enumerate(columns):
        near = np.round(cosines[row], STEPS)
        near[column] = 0.0
        best = np.argsort(-near, kind="stable")[:k]
        best = best[near[best] > 0]
        rows += [row] * len(best)
        nearest += best.tolist()
        ranks += range(1, len(best) + 1)
        scores += near[best].tolist()
    return np.array(rows, int), np.array(nearest, int), np.array(ranks, int), np.array(scores)
