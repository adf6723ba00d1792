"""Facts of items that a reader can be told: a director by name, a maker, a kind; never a number of a graph's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ..interactions.sparse_parts import row_of, rows_of
from ..text.words import singular_of

CATEGORY = "category"
READABLE_KINDS = ("category", "tag", "keyword")  # a topic's name is a list of terms, no interest a person would name
MOST_CARRIERS = 200  # a fact of more items than this says little about two of them
# relations that say nothing of two items, or say it of nearly all
UNTOLD = frozenset("label name title description abstract plot year date price currency url image link rated rating "
                   "language country genre format type".split())  # fmt: skip
# of people, whom sources list with commas; a company may have one in its name
LISTED = frozenset("director directors actor actors author authors artist artists writer writers performer performers "
                   "starring".split())  # fmt: skip
COLUMNS = ["item_id", "relation", "value"]


@dataclass(frozen=True)
class NamedFacts:
    """carried: (I, F) CSR of ones; relations, values: (F,) str, rarest fact first, categories after all others."""

    carried: sp.csr_matrix
    relations: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, rows: pd.DataFrame, item_ids: np.ndarray) -> "NamedFacts":
        """rows of `told_facts` -> the facts of two items or more among `item_ids`, which ascend."""
        rows = rows[rows["item_id"].isin(item_ids)].drop_duplicates()
        rows = rows.assign(carriers=rows.groupby(["relation", "value"])["item_id"].transform("size"))
        category = rows["relation"] == CATEGORY
        rows = rows[(rows["carriers"] >= 2) & (category | (rows["carriers"] <= MOST_CARRIERS))]
        facts = rows.drop_duplicates(["relation", "value"]).assign(last=lambda frame: frame["relation"] == CATEGORY)
        facts = facts.sort_values(["last", "carriers", "relation", "value"], ignore_index=True)
        place = {pair: at for at, pair in enumerate(zip(facts["relation"], facts["value"], strict=True))}
        column = [place[pair] for pair in zip(rows["relation"], rows["value"], strict=True)]
        row = np.searchsorted(item_ids, rows["item_id"].to_numpy(object))
        carried = sp.csr_matrix((np.ones(len(rows), np.float32), (row, column)), (len(item_ids), len(facts)))
        return cls(carried, facts["relation"].to_numpy(object), facts["value"].to_numpy(object))

    def shared(self, history: Sequence[int], item: int) -> dict[int, tuple[str, str]]:
        """History columns -> (relation, value) of the rarest fact that each and `item` carry, categories last; columns
        without one are left out."""
        owner, facts, _ = rows_of(self.carried, np.asarray(history))
        both = np.isin(facts, row_of(self.carried, item)[0])
        found: dict[int, tuple[str, str]] = {}
        for place, fact in sorted(zip(owner[both].tolist(), facts[both].tolist(), strict=True)):
            found.setdefault(int(history[place]), (str(self.relations[fact]), str(self.values[fact])))
        return found

    def alike(self, history: Sequence[int], item: int) -> dict[int, float]:
        """History columns -> share of the facts and categories of each or of `item` that both carry (Jaccard 1901)."""
        own = row_of(self.carried, item)[0]
        owner, facts, _ = rows_of(self.carried, np.asarray(history))
        both = np.bincount(owner, np.isin(facts, own), len(history))
        either = np.bincount(owner, minlength=len(history)) + len(own) - both
        return {int(column): float(share) for column, share in zip(history, both / np.maximum(either, 1), strict=True)}


def told_facts(attributes: pd.DataFrame, facts: pd.DataFrame, categories: pd.DataFrame) -> pd.DataFrame:
    """What sources say of items -> COLUMNS, each once, in words: the facts that a sentence may name.

    attributes(item_id, relation, value): lists of people are split at commas. facts(item_id, predicate, object): the
    relation is the last part of the predicate; an object that is a number, or an address, is left out.
    categories(item_id, value).
    """
    lists = attributes["relation"].str.lower().isin(LISTED)
    split = attributes[lists].assign(value=attributes.loc[lists, "value"].fillna("").str.split(","))
    said = pd.concat([attributes[~lists], split.explode("value")], ignore_index=True)
    linked = facts.rename(columns={"predicate": "relation", "object": "value"})
    whole = pd.concat([said[COLUMNS], linked[COLUMNS]], ignore_index=True).astype({"relation": str, "value": str})
    whole = whole.assign(relation=whole["relation"].map(relation_words), value=whole["value"].str.strip())
    told = whole["value"].map(is_told) & ~whole["relation"].isin(UNTOLD) & (whole["relation"] != "")
    listed = categories.assign(relation=CATEGORY)[COLUMNS]
    return pd.concat([whole[told], listed[listed["value"].str.len() > 0]], ignore_index=True).drop_duplicates()


@lru_cache(maxsize=4096)
def relation_words(predicate: str) -> str:
    """The last part of a predicate in words, one of it: `film.film.director` -> director, `madeBy` -> made by."""
    last = re.split(r"[/#.:]", predicate.rstrip("/#"))[-1]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", last).replace("_", " ").replace("-", " ").lower().split()
    return " ".join([*words[:-1], singular_of(words[-1])]) if words else ""


@lru_cache(maxsize=65536)
def is_told(value: str) -> bool:
    """Whether a value is a name that a reader knows: letters, three or more, and no address or code."""
    letters = sum(letter.isalpha() for letter in value)
    return letters >= 3 and letters * 2 > len(value) and "/" not in value and "#" not in value and value != "N/A"
