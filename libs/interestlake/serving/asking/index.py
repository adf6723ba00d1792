"""Everything of the items that a request is answered from, in one process."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.vectors import unit_rows
from ...models.fold_in_als import FoldInAls
from ...recommending.blocks import Catalogue
from ...recommending.recommender import ItemInterests
from ...text.words import phrase_of
from .lexical import Bm25, fit_bm25
from .vocabulary import Vocabulary

# weight of a field's words in the item's document; a review counts by its share of all the item's reviews
TITLE, CATEGORY, TAG, PERSON, DESCRIPTION, REVIEW = 2.0, 2.0, 1.0, 1.0, 1.0, 0.5
REVIEW_SHARE = 0.5  # of the mean review vector beside the item text's
YEAR_IN_TITLE = r"\(((?:1[89]|20)\d\d)\)\s*$"
PEOPLE = frozenset("director directors actor actors author artist writer maker brand performer starring".split())
FORMATS = frozenset(("format", "type", "medium", "kind"))
PEOPLE_PREDICATES = frozenset(
    "made_by directed_by director starring actor author written_by artist performer by maker brand".split()
)


@dataclass(frozen=True)
class AskIndex:
    """Column j is the j-th item in ascending item_id.

    popularity: (I,) train users; bm25, vocabulary: the items' words and names; vectors: (I, d) unit length, zeros where
    an item has no embedded text; years, prices: (I,) float64, NaN where unknown; als: None where the lake has no
    factors; interests: what items carry.
    """

    catalogue: Catalogue
    popularity: np.ndarray
    bm25: Bm25
    vocabulary: Vocabulary
    vectors: np.ndarray
    years: np.ndarray
    prices: np.ndarray
    als: FoldInAls | None
    interests: ItemInterests


def build_index(
    items: pd.DataFrame,
    texts: pd.DataFrame,
    facts: pd.DataFrame,
    vectors: pd.DataFrame,
    als: FoldInAls | None,
    interests: ItemInterests,
    fields: Mapping[str, bool] | None = None,
) -> AskIndex:
    """Frames of the lake -> the index.

    items: item_id, item_index, title, description, categories, user_count, attributes (dict or None). texts:
    item_index, kind (tag or review), text, count. facts: item_index, predicate, object. vectors: item_index, kind (item
    or review), vector, the mean of that kind. `fields`: kinds of text that are left out, as {"tag": False}.
    """
    weighed = {"tag": True, "review": True, **(fields or {})}
    catalogue = Catalogue.of(items)
    items = items.sort_values("item_id", kind="stable").reset_index(drop=True)
    column = catalogue.column_of_index
    documents: list[list[tuple[str, float]]] = []
    people, formats, categories, tags, titles = {}, {}, {}, {}, {}
    for place, row in enumerate(items.itertuples(index=False)):
        listed = [str(name) for name in row.categories]
        documents.append([(row.title, TITLE), (row.description or "", DESCRIPTION),
                          *((name, CATEGORY) for name in listed)])  # fmt: skip
        for name in listed:
            _put(categories, name, place)
        _put(titles, row.title, place)
        for name, value in (row.attributes or {}).items():
            if name.lower() in PEOPLE:
                for person in str(value or "").split(","):
                    _put(people, person.strip(), place)
                    documents[-1].append((person, PERSON))
            elif name.lower() in FORMATS and value:
                _put(formats, str(value), place)
                documents[-1].append((str(value), CATEGORY))
    for row in facts.itertuples(index=False):
        name = _local(row.object)
        if _local(row.predicate).replace(" ", "_") in PEOPLE_PREDICATES and not name.isdigit():
            _put(people, name, int(column[row.item_index]))
    for row in texts.itertuples(index=False):
        place = int(column[row.item_index])
        if row.kind == "tag" and weighed["tag"]:
            documents[place].append((row.text, TAG * row.count))
            _put(tags, row.text.lower(), place)
        elif row.kind == "review" and weighed["review"]:
            documents[place].append((row.text, REVIEW / row.count))
    vocabulary = Vocabulary()
    for kind, carriers in (("category", categories), ("format", formats), ("person", people), ("tag", tags)):
        vocabulary.add(kind, carriers)
    popularity = items["user_count"].to_numpy(np.float64)
    add_titles(vocabulary, titles, popularity)
    return AskIndex(
        catalogue, popularity, fit_bm25(documents), vocabulary, _vectors(vectors, catalogue, weighed["review"]),
        _years(items), _numbers(items, "price"), als, interests,
    )  # fmt: skip


def add_titles(vocabulary: Vocabulary, titles: Mapping[str, list[int]], popularity: np.ndarray) -> None:
    """Titles -> entities, with and without a leading article and a year in brackets; the most chosen item first."""
    from .vocabulary import LONGEST, Entity

    named: dict[tuple[str, ...], set[int]] = {}
    for title, places in titles.items():
        bare = re.sub(YEAR_IN_TITLE, "", title)
        for phrase in {phrase_of(title), phrase_of(bare)}:
            named.setdefault(phrase, set()).update(places)
            if len(phrase) > 1 and phrase[0] in ("the", "a", "an"):
                named.setdefault(phrase[1:], set()).update(places)
    for phrase, places in named.items():
        if 0 < len(phrase) <= LONGEST:
            first = sorted(places, key=lambda place: (-popularity[place], place))
            vocabulary.phrases.setdefault(phrase, []).append(Entity("title", " ".join(phrase), tuple(first)))


def _put(carriers: dict[str, list[int]], name: str, place: int) -> None:
    if name and place >= 0:
        carriers.setdefault(name, []).append(place)


def _local(address: str) -> str:
    """The last part of an address, as a person reads it."""
    return address.rsplit("/", 1)[-1].rsplit("#", 1)[-1].replace("_", " ") if "/" in address else address


def _vectors(rows: pd.DataFrame, catalogue: Catalogue, with_reviews: bool) -> np.ndarray:
    if rows.empty:
        return np.zeros((catalogue.item_count, 1), np.float32)
    summed = np.zeros((catalogue.item_count, len(rows["vector"].iloc[0])), np.float32)
    for kind, share in (("item", 1.0), ("review", REVIEW_SHARE if with_reviews else 0.0)):
        mine = rows[rows["kind"] == kind]
        if len(mine) and share:
            summed[catalogue.column_of_index[mine["item_index"]]] += share * np.stack(mine["vector"].to_list())
    return unit_rows(summed).astype(np.float32)


def _years(items: pd.DataFrame) -> np.ndarray:
    given = _numbers(items, "year")
    titled = items["title"].str.extract(YEAR_IN_TITLE, expand=False).astype(float).to_numpy()
    return np.where(np.isnan(given), titled, given)


def _numbers(items: pd.DataFrame, name: str) -> np.ndarray:
    """An attribute as numbers; anything that is none, a currency sign aside, is unknown."""
    values = items["attributes"].map(lambda attributes: (attributes or {}).get(name))
    return pd.to_numeric(values.astype("string").str.replace(r"[$€£,]", "", regex=True), errors="coerce").to_numpy(
        np.float64, na_value=np.nan
    )
