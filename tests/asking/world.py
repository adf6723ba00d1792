"""A handful of films whose answers are known, as frames and as an index with made vectors."""

import numpy as np
import pandas as pd
import scipy.sparse as sp

from interestlake.models.fold_in_als import FoldInAls
from interestlake.recommending.recommender import ItemInterests
from interestlake.serving.asking.index import build_index

# item_id, title, description, categories, user_count, attributes, tags
FILMS = (
    (
        "a",
        "Star Tale (1995)",
        "Robots travel to a distant planet.",
        ["Animation", "Comedy"],
        9,
        {"director": "Ann Vale", "price": "9.50"},
        ["space", "funny"],
    ),
    (
        "b",
        "Star Tale Two (1999)",
        "The robots come back from the moon.",
        ["Animation", "Comedy"],
        7,
        {"director": "Ann Vale", "price": "19.00"},
        ["space"],
    ),
    (
        "c",
        "The Dark House (1984)",
        "Vampires haunt a family at night.",
        ["Horror"],
        5,
        {"director": "Bo Quill", "actors": "Cid Orne, Dee Lark", "price": "5"},
        ["vampires"],
    ),
    (
        "d",
        "Night Bite (2004)",
        "Zombies chase a baker. Funny and quick.",
        ["Horror", "Comedy"],
        4,
        {"director": "Bo Quill", "price": "30"},
        ["zombies", "funny"],
    ),
    (
        "e",
        "Slow Train (1978)",
        "A quiet journey by rail through the hills.",
        ["Drama"],
        3,
        {"director": "Eve Stark", "actors": "Dee Lark", "price": "12"},
        ["quiet"],
    ),
    ("f", "Heat", "A thief and a policeman meet in the city.", ["Drama", "Crime"], 8, {"year": "1995"}, ["crime"]),
    ("g", "Training Day", "A long day of hill training for runners.", ["Sport"], 2, {}, []),
)
IDS = [film[0] for film in FILMS]
# directions of meaning: space, fear, quiet, city, sport
DIRECTIONS = {"a": (1, 0, 0, 0, 0), "b": (.95, 0, .05, 0, 0), "c": (0, 1, 0, 0, 0), "d": (0, .9, 0, .1, 0),
              "e": (0, 0, 1, 0, 0), "f": (0, .1, 0, 1, 0), "g": (0, 0, .1, 0, 1)}  # fmt: skip
MEANINGS = {"rocket": 0, "planet": 0, "scary": 1, "calm": 2, "quiet": 2, "train": 2, "police": 3, "run": 4}
# two tastes: a, b, d and c, e, f
FACTORS = np.array([(1, 0), (0.9, 0.1), (0, 1), (0.8, 0.2), (0.1, 0.9), (0, 0.8), (0.5, 0.5)], np.float32)


def frames() -> dict[str, pd.DataFrame]:
    """The frames that `build_index` reads."""
    items = pd.DataFrame([
        {"item_id": item, "item_index": place, "title": title, "description": text, "categories": categories,
         "user_count": count, "attributes": attributes}
        for place, (item, title, text, categories, count, attributes, _) in enumerate(FILMS)
    ])  # fmt: skip
    texts = pd.DataFrame([{"item_index": place, "kind": "tag", "text": tag, "count": 1}
                          for place, film in enumerate(FILMS) for tag in film[6]])  # fmt: skip
    vectors = pd.DataFrame([{"item_index": place, "kind": "item", "vector": np.array(DIRECTIONS[item], np.float32)}
                            for place, item in enumerate(IDS)])  # fmt: skip
    facts = pd.DataFrame(
        {"item_index": [6], "predicate": ["http://x.org/made_by"], "object": ["http://x.org/p/Fay_Grey"]}
    )
    return {"items": items, "texts": texts, "facts": facts, "vectors": vectors}


def index():
    interests = ItemInterests(
        sp.csr_matrix(np.array([[1, 0], [1, 0], [0, 1], [1, 1], [0, 0], [0, 0], [0, 0]], np.float32)),
        np.array(["category:Comedy", "category:Horror"], object), np.array(["Comedy", "Horror"], object),
    )  # fmt: skip
    als = FoldInAls.of("als", FACTORS, 10.0, 0.05)
    return build_index(*(frames()[name] for name in ("items", "texts", "facts", "vectors")), als, interests)


def encode(text: str) -> np.ndarray:
    """The mean direction of the words of MEANINGS in the text."""
    vector = np.zeros(5, np.float32)
    for word, axis in MEANINGS.items():
        vector[axis] += word in text.lower()
    return vector / max(np.linalg.norm(vector), 1e-9)
