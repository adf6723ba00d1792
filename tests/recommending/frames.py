"""The planted world as the frames that a lake's tables become: the phases of a run without Spark."""

import logging
import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import scipy.sparse as sp

from interestlake.core.config import load_params
from interestlake.interactions.lake_inputs import LakeFrames
from interestlake.recommending.blocks import Catalogue
from interestlake.recommending.lake_models import LakeModels
from interestlake.recommending.recommender import ItemInterests, Recommender

from .planted import GROUPS, ITEMS, PEOPLE, TOPICS, item_id, pairs, planted_groups, user_id

QUICK = {"tune.quick": True}


def lake_frames(
    chosen: pd.DataFrame | None = None, facts: bool = True, friends: bool = True, texts: bool = True
) -> LakeFrames:
    """What `collect_frames` gives of the planted tables."""
    chosen = pairs() if chosen is None else chosen
    rows = pd.DataFrame({"user_id": chosen["user"].map(user_id), "item_id": chosen["item"].map(item_id), "weight": 1.0,
                         "time": np.nan, "position": chosen["position"], "split": chosen["split"]})  # fmt: skip
    rows = rows.sort_values(["user_id", "position"], kind="stable", ignore_index=True)
    items = pd.DataFrame({"item_id": [item_id(i) for i in range(ITEMS)], "text": ""})
    items["title"] = [f"Title {i}" if texts else "" for i in range(ITEMS)]
    links = [(user_id(a), user_id(b)) for a, b in [(PEOPLE + 1, 0), (0, PEOPLE + 1), (1, 4), (4, 1)]]
    made = [(item_id(i), "category", TOPICS[i % GROUPS]) for i in range(ITEMS)]
    return LakeFrames(
        rows,
        False,
        items[["item_id", "title", "text"]].sort_values("item_id", ignore_index=True),
        pd.DataFrame(sorted(links), columns=["user_id", "friend_id"]) if friends else None,
        pd.DataFrame(sorted(made), columns=["subject", "predicate", "object"]) if facts else None,
    )


def lake_models(chosen: pd.DataFrame | None = None, params: Mapping | None = None, **frames) -> LakeModels:
    """The phases over these pairs; the texts' vectors show the group."""
    titles = pd.DataFrame({"item_id": [item_id(i) for i in range(ITEMS)], "item_index": range(ITEMS)})
    catalogue = Catalogue.of(titles.assign(title=[f"Title {i}" for i in range(ITEMS)]))
    vectors = planted_groups(ITEMS) + 0.3 * np.random.default_rng(3).random((ITEMS, GROUPS))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True))[catalogue.index_of_column]
    interests = ItemInterests(sp.csr_matrix((ITEMS, 0), dtype=np.float32), np.empty(0, object), np.empty(0, object))
    users = pd.DataFrame({"user_id": [user_id(u) for u in range(PEOPLE + 2)], "user_index": range(PEOPLE + 2)})
    return LakeModels.of(
        lake_frames(chosen, **frames),
        catalogue,
        vectors.astype(np.float32),
        interests,
        None,
        users,
        load_params(None, QUICK if params is None else params),
        42,
        logging.getLogger("interestlake"),
    )


def block_of(models: LakeModels, *splits: str) -> pd.DataFrame:
    """Everybody's row, as `histories.people` joins it, with these splits as their history."""
    pairs = models.frames.pairs[models.frames.pairs["split"].isin(splits)]
    index = dict(zip(models.catalogue.item_ids, models.catalogue.index_of_column, strict=True))
    links = {} if models.frames.friends is None else models.frames.friends.groupby("user_id")["friend_id"].agg(list)
    items = {user: [index[item] for item in rows] for user, rows in pairs.groupby("user_id")["item_id"]}
    rows = []
    for user, place in sorted(models.user_index.items()):
        mine = items.get(user)
        theirs = pd.Series([item for friend in links.get(user, ()) for item in items.get(friend, ())], dtype=object)
        counts = theirs.value_counts().sort_index()
        rows.append((user, place, mine, None if mine is None else np.ones(len(mine), np.float32),
                     list(counts.index) if len(counts) else None,
                     counts.to_numpy(np.float32) if len(counts) else None, None, None))  # fmt: skip
    names = ("user_id", "user_index", "items", "weights", "friend_items", "friend_weights", "interests", "shares")
    return pd.DataFrame(rows, columns=list(names))


def scores_of(recommender: Recommender, block: pd.DataFrame) -> dict[str, np.ndarray]:
    """model -> (people, items) what it says."""
    batch = recommender.batch(block)
    return {name: one.scorer.score(batch) for name, one in recommender.fitted.items()}


def same(one, other) -> bool:
    """Whether two recommenders hold the same models and fusion, and say the same of everybody."""
    assert list(one.fitted) == list(other.fitted) and one.fusion.as_dict() == other.fusion.as_dict()
    block = block_of(lake_models(), "train", "validation")
    said, again = scores_of(one, block), scores_of(other, block)
    return np.array_equal(one.user_counts, other.user_counts) and all(
        np.array_equal(said[name], again[name]) for name in said
    )  # fmt: skip


def ndcg_of(lists: pd.DataFrame, held: Mapping[str, set], k: int) -> float:
    """lists(user_id, rank, item_id) of one model -> mean nDCG@k over the people of `held`, by the formula."""
    total = 0.0
    for user, rows in lists.groupby("user_id"):
        ranks = [rank for rank, item in zip(rows["rank"], rows["item_id"], strict=True)
                 if rank <= k and item in held.get(user, ())]  # fmt: skip
        if ranks:
            best = sum(1 / math.log2(place + 2) for place in range(min(k, len(held[user]))))
            total += sum(1 / math.log2(rank + 1) for rank in ranks) / best
    return total / len(held)
