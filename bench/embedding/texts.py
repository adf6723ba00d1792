"""Reviews with the item they speak of, and a short request each: real ones where the data is there, else generated."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FILES = {
    "short": DATA / "amazon-musical-instruments-5core" / "Musical_Instruments_5.json.gz",
    "long": DATA / "amazon-digital-music-head" / "reviews_Digital_Music_5.head.json.gz",
}
MEAN_WORDS = {"short": 80, "long": 200}


@dataclass(frozen=True)
class Texts:
    """n documents, the item of each, and queries (n): one per document, about its item."""

    name: str
    documents: list[str]
    items: np.ndarray
    queries: list[str]


def load_texts(name: str, count: int, seed: int = 0) -> Texts:
    """`count` seeded reviews of the set "short" or "long", in no order; generated where the file is absent."""
    if not FILES[name].is_file():
        return generated(name, count, seed)
    rows = []
    with gzip.open(FILES[name], "rt", encoding="utf-8") as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except json.JSONDecodeError:  # the last line of a file that was cut off
                continue
            if row.get("reviewText", "").strip() and row.get("summary", "").strip():
                rows.append((row["asin"], row["reviewText"], row["summary"]))
    taken = np.random.default_rng(seed).permutation(len(rows))[:count]
    items, documents, queries = zip(*(rows[row] for row in taken), strict=True)
    return Texts(f"{name} reviews ({FILES[name].parent.name})", list(documents), np.array(items), list(queries))


def generated(name: str, count: int, seed: int) -> Texts:
    """Words by Zipf's law around an item's own words, lengths log-normal as those of reviews."""
    random = np.random.default_rng(seed)
    letters = np.array(list("etaoinshrdlu"))
    words = ["".join(random.choice(letters, size)) for size in random.integers(2, 9, 5000)]
    rank = 1 / np.arange(1, len(words) + 1)
    items = random.integers(0, max(2, count // 10), count)
    own = random.integers(0, len(words), (items.max() + 1, 30))

    def written(item: int, length: int) -> str:
        common = random.choice(len(words), length, p=rank / rank.sum())
        mixed = np.where(random.random(length) < 0.3, random.choice(own[item], length), common)
        return " ".join(words[word] for word in mixed)

    lengths = np.clip(random.lognormal(np.log(MEAN_WORDS[name]), 0.7, count), 5, 1000).astype(int)
    documents = [written(item, length) for item, length in zip(items, lengths, strict=True)]
    return Texts(f"{name} generated texts", documents, items.astype(str), [written(item, 6) for item in items])
