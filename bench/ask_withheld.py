"""Requests whose answers' tags are withheld: today's words and vectors beside the lake's own names, in one run.

Items fall into two halves by their id. A request is judged on the items of one half; of their tags nothing is known:
not to the words, not to the vectors, not to the names. The tags of the other half are, and its items that hold the
answer are left out of the lists. Half of the requests (by hash) chose the settings, the other half is told.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from interestlake.evaluation.arrays import ndcg_at
from interestlake.serving.asking.answer import Weights, answer
from interestlake.serving.asking.ask import Asking
from interestlake.serving.asking.concepts import Concepts, build_concepts, carriers_of
from interestlake.serving.asking.gather import Asker
from interestlake.serving.asking.parse import parse

K = 10
LEAST_ANSWERS = 2  # of a request for a tag and a genre at once
# how people say a genre, none of which is a genre's name
SAID = {
    "Action": "fast-paced", "Adventure": "adventurous", "Animation": "animated", "Children": "kids", "Comedy": "funny",
    "Crime": "gangster", "Documentary": "true story", "Fantasy": "magical", "Horror": "scary", "Musical": "singing",
    "Mystery": "detective", "Romance": "romantic", "Sci-Fi": "futuristic", "Thriller": "suspenseful",
    "War": "battle", "Western": "cowboy",
}  # fmt: skip
WORDS, NAMES = "words and vectors", "with the lake's names"
MODES = {WORDS: Weights(als=0, interests=0, meaning=0), NAMES: Weights(als=0, interests=0)}


@dataclass(frozen=True)
class Withheld:
    """A request, the half of the items it is judged on, the columns that answer it, and those of the other half."""

    text: str
    half: int
    relevant: frozenset[int]
    others: frozenset[int]


def half_of(text: str) -> int:
    """0 or 1 by hash."""
    return hashlib.sha256(text.encode()).digest()[0] % 2


def withheld_queries(tags: pd.DataFrame, genres: Mapping[str, Sequence[int]], halves: np.ndarray) -> dict[str, list]:
    """tags(text, column), genre -> columns, (I,) half of each item -> kind of request -> Withheld.

    tags: the tag alone; genres: a word for it; both: "a funny film about robots", of LEAST_ANSWERS or more.
    """
    alone, both = [], []
    for text, rows in tags.groupby("text", sort=True):
        columns = rows["column"].unique()
        for half in (0, 1):
            mine, others = (frozenset(columns[(halves[columns] == half) == same].tolist()) for same in (True, False))
            if mine:
                alone.append(Withheld(text, half, mine, others))
            for genre, word in SAID.items():
                kind = frozenset(genres.get(genre, ()))
                if len(mine & kind) >= LEAST_ANSWERS and len(text.split()) <= 2:
                    both.append(Withheld(f"a {word} film about {text}", half, mine & kind, others & kind))
    said = [Withheld(f"something {word}", 0, frozenset(genres[genre]), frozenset())
            for genre, word in SAID.items() if genre in genres]  # fmt: skip
    return {"tags": alone, "genres in other words": said, "a genre and a tag": both}


def concepts_of(asking: Asking, tags: pd.DataFrame, halves: np.ndarray, encode: Callable) -> list[Concepts]:
    """Per half the names that requests on it may know: the lake's categories, and the tags of the other half."""
    named = {pair: items for pair, items in carriers_of(asking.index.vocabulary).items() if pair[0] != "tag"}
    made = []
    for half in (0, 1):
        known = tags[halves[tags["column"]] != half]
        given = {("tag", text): sorted(set(rows["column"])) for text, rows in known.groupby("text")}
        made.append(build_concepts(named | given, encode, asking.index.catalogue.item_count))
    return made


def judge(
    asking: Asking, queries: Sequence[Withheld], concepts: Sequence[Concepts], weights: Weights, encode: Callable
) -> tuple[float, float]:
    """-> (nDCG@10, share of requests with one of ten right), means over requests; (nan, nan) without any."""
    index, ndcg, hit = asking.index, [], []
    for query in queries:
        parsed = parse(query.text, index.vocabulary, index.bm25)
        if parsed.asks_nothing:
            continue
        nobody = Asker(known=False, barred=np.array(sorted(query.others), np.int64))
        made = answer(index, parsed, encode, nobody, K, weights, concepts=concepts[query.half])
        gains = np.zeros(K)
        gains[: len(made.hits)] = [found.column in query.relevant for found in made.hits]
        ndcg.append(ndcg_at(gains[None], np.array([len(query.relevant)]), K)[0])
        hit.append(gains.any())
    return (float(np.mean(ndcg)), float(np.mean(hit))) if ndcg else (float("nan"), float("nan"))


def withheld_table(asking: Asking, tags: pd.DataFrame, most: int, told: int = 1) -> str:
    """Both ways side by side on the half of the requests that is told (`told` 1; 0 chose), at most `most` a kind."""
    catalogue, encode = asking.index.catalogue, kept(asking.encode)
    tags = tags.assign(text=tags["text"].str.lower().str.strip(), column=catalogue.columns_of(tags["item_id"].tolist()))
    halves = np.array([half_of(item) for item in catalogue.item_ids])
    genres = {name: items for (kind, name), items in carriers_of(asking.index.vocabulary).items() if kind == "category"}
    concepts = concepts_of(asking, tags, halves, asking.encode_all or (lambda texts: np.stack([*map(encode, texts)])))
    lines = [f"\nmovielens: answers' tags withheld\n  {'':<36}{'requests':>9}" + "".join(f"{m:>24}" for m in MODES)]
    for kind, queries in withheld_queries(tags, genres, halves).items():
        mine = [query for query in queries if half_of(query.text) == told]
        mine = mine[:: max(1, len(mine) // most)]
        found = {mode: judge(asking, mine, concepts, weights, encode) for mode, weights in MODES.items()}
        cells = "".join(f"{ndcg:>15.4f} / {hit:.3f} " for ndcg, hit in found.values())
        lines.append(f"  {kind + ', nDCG@10 / one of ten':<36}{len(mine):>9}{cells}")
    example = "a funny film about robots"
    parsed = parse(example, asking.index.vocabulary, asking.index.bm25)
    whole = {("tag", text): sorted(set(rows["column"])) for text, rows in tags.groupby("text")}
    whole |= {pair: items for pair, items in carriers_of(asking.index.vocabulary).items() if pair[0] != "tag"}
    known = build_concepts(whole, asking.encode_all or encode, catalogue.item_count)
    for mode, weights in MODES.items():
        made = answer(asking.index, parsed, encode, Asker(known=False), K, replace(weights), concepts=known)
        lines.append(f"  {example!r}, {mode}: {', '.join(str(catalogue.titles[hit.column]) for hit in made.hits)}")
    return "\n".join(lines)


def kept(encode: Callable[[str], np.ndarray]) -> Callable[[str], np.ndarray]:
    """The same vectors, each text encoded once."""
    found: dict[str, np.ndarray] = {}

    def once(text: str) -> np.ndarray:
        if text not in found:
            found[text] = encode(text)
        return found[text]

    return once
