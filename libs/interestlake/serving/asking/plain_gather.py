"""A lake's files -> the index, without Spark; the frames are those of `gather`, row for row."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import scipy.sparse as sp

from ...core.errors import BadInput
from ...core.plain_lake import PlainLake, Unreadable, among
from ...models.fold_in_als import FoldInAls
from ...recommending.blocks import Catalogue
from ...recommending.recommender import ItemInterests
from .index import AskIndex, build_index
from .plan import CHARACTERS, READABLE_KINDS, REVIEWS, VISIBLE_SPLITS, expect_room

MOST_DOCUMENTS = 2_000_000  # texts of the lake; above, Spark picks those that are read


def plain_index(
    lake: PlainLake, model_ids: Sequence[str], max_gigabytes: float, without: Sequence[str] = ()
) -> tuple[AskIndex, str]:
    """-> (the index as `gather_index` makes it, the first of `model_ids` that has vectors, whose they are).

    Raises BadInput as that does, and Unreadable where the lake's files cannot be read from here, or hold more than
    MOST_DOCUMENTS texts.
    """
    if (count := lake.count("silver.documents")) > MOST_DOCUMENTS:
        raise Unreadable(f"{count:,} texts, more than {MOST_DOCUMENTS:,}")
    items = lake.frame("silver.items", ["item_id", "item_index", "title", "description", "categories", "user_count"])
    documents = _documents(lake)
    said = documents.loc[documents["kind"] != "tag", "text"].str.slice(0, CHARACTERS).str.len().sum()
    model_id, vectors = _vectors(lake, model_ids)
    beside = sum(lake.count(name) for name in ("silver.facts", "silver.item_interests") if lake.there(name))
    expect_room(len(items), len(vectors["vector"].iloc[0]), int(said), beside, max_gigabytes)
    catalogue = Catalogue.of(items)
    index_of = items.set_index("item_id")["item_index"]
    means = _mean_vectors(documents, vectors, index_of)
    if means.empty:  # the encoder has vectors, of other texts
        raise no_vectors_here(lake, model_ids)
    attributes = pd.DataFrame(lake.of("bronze.items", ["item_id", "attributes"]), columns=["item_id", "attributes"])
    listed = items.merge(attributes, "left", on="item_id")
    listed["attributes"] = listed["attributes"].astype(object).where(listed["attributes"].notna(), None)
    index = build_index(listed, _texts(documents, index_of), _facts(lake, index_of), means, _als(lake, catalogue),
                       _interests(lake, index_of, catalogue), dict.fromkeys(without, False))  # fmt: skip
    return index, model_id


def _documents(lake: PlainLake) -> pd.DataFrame:
    columns = ["doc_id", "text_hash", "kind", "item_id", "user_id", "text"]
    rows = lake.frame("silver.documents", columns, among("split", VISIBLE_SPLITS))
    return rows[rows["item_id"].notna()]


def _vectors(lake: PlainLake, model_ids: Sequence[str]) -> tuple[str, pd.DataFrame]:
    for model_id in model_ids:
        rows = lake.frame("silver.embeddings", ["text_hash", "vector"], ds.field("model_id") == model_id)
        if len(rows):
            return model_id, rows
    raise no_vectors_here(lake, model_ids)


def no_vectors_here(lake: PlainLake, model_ids: Sequence[str]) -> BadInput:
    """The fault of a lake without a vector of these encoders, which says which it has."""
    from ...text.own_vectors import no_vectors

    others = sorted(set(lake.frame("silver.embeddings", ["model_id"])["model_id"]))
    return no_vectors(model_ids[0], others)


def _texts(documents: pd.DataFrame, index_of: pd.Series) -> pd.DataFrame:
    tags = documents[documents["kind"] == "tag"]
    tags = tags.assign(text=tags["text"].str.strip(" ").str.lower())
    tags = tags.groupby(["item_id", "text"], sort=False)["user_id"].nunique().rename("count").reset_index()
    reviews = documents[documents["kind"] == "review"].sort_values(["item_id", "text_hash", "doc_id"])
    reviews = reviews[reviews.groupby("item_id").cumcount() < REVIEWS]
    counts = reviews.groupby("item_id")["text"].transform("size")
    reviews = reviews.assign(text=reviews["text"].str.slice(0, CHARACTERS), count=counts)
    both = pd.concat([tags.assign(kind="tag"), reviews.assign(kind="review")])[["item_id", "kind", "text", "count"]]
    return _indexed(both, index_of, ["kind", "text"])


def _mean_vectors(documents: pd.DataFrame, vectors: pd.DataFrame, index_of: pd.Series) -> pd.DataFrame:
    texts = documents.loc[documents["kind"].isin(("item", "review")), ["item_id", "kind", "text_hash"]]
    place = pd.Series(np.arange(len(vectors)), vectors["text_hash"])
    texts = texts.assign(place=texts["text_hash"].map(place)).dropna(subset=["place"])
    groups, keys = pd.factorize(pd.MultiIndex.from_frame(texts[["item_id", "kind"]]))
    if not len(keys):
        return pd.DataFrame({"item_index": [], "kind": [], "vector": []})
    matrix = np.stack(vectors["vector"].to_list()).astype(np.float64)
    mixing = sp.csr_matrix((np.ones(len(groups)), (groups, texts["place"].astype(np.int64))), (len(keys), len(matrix)))
    means = np.round((mixing @ matrix) / np.bincount(groups)[:, None], 7).astype(np.float32)
    rows = pd.DataFrame({"item_id": keys.get_level_values(0), "kind": keys.get_level_values(1), "vector": list(means)})
    return _indexed(rows, index_of, ["kind"])


def _facts(lake: PlainLake, index_of: pd.Series) -> pd.DataFrame:
    if not lake.there("silver.facts"):
        return pd.DataFrame({"item_index": [], "predicate": [], "object": []})
    rows = lake.frame("silver.facts", ["subject_item_id", "predicate", "object"])
    rows = rows[~rows["object"].str.fullmatch(r"[0-9]+")].rename(columns={"subject_item_id": "item_id"})
    return _indexed(rows, index_of, ["predicate", "object"])


def _indexed(rows: pd.DataFrame, index_of: pd.Series, order: list[str]) -> pd.DataFrame:
    """item_id becomes item_index; rows of other items go."""
    rows = rows.assign(item_index=rows["item_id"].map(index_of)).dropna(subset=["item_index"])
    rows["item_index"] = rows["item_index"].astype(np.int64)
    return rows.drop(columns="item_id").sort_values(["item_index", *order], kind="stable", ignore_index=True)


def _als(lake: PlainLake, catalogue: Catalogue) -> FoldInAls | None:
    if not (lake.there("models.als_item_factors") and lake.there("models.als_fit")):
        return None
    rows = lake.frame("models.als_item_factors", ["item_index", "vector"])
    vectors = np.zeros((catalogue.item_count, len(rows["vector"].iloc[0]) if len(rows) else 1), np.float32)
    if len(rows):
        vectors[catalogue.column_of_index[rows["item_index"].to_numpy()]] = np.stack(rows["vector"].to_list())
    [fit] = lake.of("models.als_fit", ["alpha", "regularization", "scaled"])
    return FoldInAls.of("als", vectors, fit["alpha"], fit["regularization"], fit["scaled"])


def _interests(lake: PlainLake, index_of: pd.Series, catalogue: Catalogue) -> ItemInterests:
    named = lake.frame("silver.interests", ["interest_id", "name"], among("kind", READABLE_KINDS))
    named = named.sort_values("interest_id", ignore_index=True)
    place = pd.Series(np.arange(len(named)), named["interest_id"])
    rows = lake.frame("silver.item_interests", ["item_id", "interest_id", "weight"])
    rows = rows.assign(place=rows["interest_id"].map(place), index=rows["item_id"].map(index_of))
    rows = rows.dropna(subset=["place", "index"])
    column = catalogue.column_of_index[rows["index"].to_numpy(np.int64)]
    flat = (rows["weight"].to_numpy(np.float32), (column, rows["place"].to_numpy(np.int64)))
    weights = sp.csr_matrix(flat, (catalogue.item_count, len(named)))
    return ItemInterests(weights, named["interest_id"].to_numpy(object), named["name"].to_numpy(object))
