"""Frames of pairs, items, friends and facts -> the arrays that models are fitted on: of files and lakes alike."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp

from .pairs import Pairs

NOBODY = ""  # sorts before every person


@dataclass(frozen=True)
class Inputs:
    """Everything that models may learn from, and the test pairs apart from it.

    train, validation (None = to be cut from train): over the same people and items; items: (I,) rows of title and
    text, in the order of item_ids, empty strings where nothing is known; friends: (U, U) links, row follows column;
    facts: (I, F) 1 where an item carries a (predicate, object) pair; named: (I, F) 1 where the item is that object;
    test: user_id, item_id, weight as they stand in the file; counts: what was odd, by name.
    """

    train: Pairs
    validation: Pairs | None
    test: pd.DataFrame
    items: pd.DataFrame
    friends: sp.csr_matrix | None
    facts: sp.csr_matrix | None
    named: sp.csr_matrix | None
    counts: dict[str, int] = field(default_factory=dict)


def inputs_of(
    train: pd.DataFrame,
    validation: pd.DataFrame | None,
    test: pd.DataFrame,
    timed: bool,
    catalogue: pd.DataFrame | None,
    friends: pd.DataFrame | None,
    facts: pd.DataFrame | None,
    counts: dict[str, int],
) -> Inputs:
    """train, validation, test(user_id, item_id, weight, time), each pair once; catalogue(item_id, title, text);
    friends(user_id, friend_id); facts(subject, predicate, object) -> Inputs.

    People are those of train, validation and friends, after NOBODY, who stands for every person of test alone; items
    those of train, validation, the catalogue and the facts' subjects. Without times (`timed` False) `time` is the place
    in the frame, and what validates comes after what trains.
    """
    if validation is not None and not timed:
        validation = validation.assign(time=validation["time"] + len(train))
    learned = pd.concat([train, validation]) if validation is not None else train
    named = ((catalogue, "item_id"), (facts, "subject"))
    item_ids = _sorted(learned["item_id"], *(frame[name] for frame, name in named if frame is not None))
    met = [friends["user_id"], friends["friend_id"]] if friends is not None else []
    user_ids = _sorted(pd.Series([NOBODY], dtype=object), learned["user_id"], *met)
    carried, objects = _facts(facts, item_ids) if facts is not None else (None, None)
    counts["people_unknown_in_train"] = int((~test["user_id"].drop_duplicates().isin(learned["user_id"])).sum())
    counts["items_unknown_in_train"] = int((~test["item_id"].drop_duplicates().isin(learned["item_id"])).sum())
    return Inputs(
        train=Pairs.of(train, user_ids, item_ids, timed),
        validation=None if validation is None else Pairs.of(validation, user_ids, item_ids, timed),
        test=test,
        items=_texts(catalogue, item_ids, counts),
        friends=_links(friends, user_ids, counts) if friends is not None else None,
        facts=carried,
        named=objects,
        counts=counts,
    )


def _sorted(*columns: pd.Series) -> np.ndarray:
    return np.unique(np.concatenate([column.to_numpy(object) for column in columns])).astype(object)


def _texts(catalogue: pd.DataFrame | None, item_ids: np.ndarray, counts: dict[str, int]) -> pd.DataFrame:
    blank = pd.DataFrame({"title": "", "text": ""}, index=item_ids)
    if catalogue is None:
        return blank
    texts = catalogue.drop_duplicates("item_id").set_index("item_id")[["title", "text"]]
    counts["items_without_text"] = int(len(item_ids) - len(texts))
    return texts.reindex(item_ids).fillna("")


def place_of(ids: np.ndarray, column: pd.Series) -> np.ndarray:
    """Places in the ascending `ids`, -1 where a value is not among them."""
    place = np.minimum(np.searchsorted(ids, column), len(ids) - 1)
    return np.where(ids[place] == column.to_numpy(object), place, -1)


def _links(frame: pd.DataFrame, user_ids: np.ndarray, counts: dict[str, int]) -> sp.csr_matrix:
    user, friend = place_of(user_ids, frame["user_id"]), place_of(user_ids, frame["friend_id"])
    apart = user != friend
    counts["links_to_oneself"] = int((~apart).sum())
    links = sp.csr_matrix((np.ones(int(apart.sum()), np.float32), (user[apart], friend[apart])), (len(user_ids),) * 2)
    links.data[:] = 1.0
    return links


def _facts(frame: pd.DataFrame, item_ids: np.ndarray) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    item = place_of(item_ids, frame["subject"])
    names, fact = np.unique((frame["predicate"] + "\u001f" + frame["object"]).to_numpy(object), return_inverse=True)
    carried = sp.csr_matrix((np.ones(len(item), np.float32), (item, fact)), (len(item_ids), len(names)))
    carried.data[:] = 1.0
    object_of = place_of(item_ids, pd.Series(names, dtype=object).str.split("\u001f", n=1).str[1])
    met = np.flatnonzero(object_of >= 0)
    return carried, sp.csr_matrix((np.ones(len(met), np.float32), (object_of[met], met)), carried.shape)
