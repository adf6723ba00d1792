"""`interestlake ask` measured: planted requests on the sample world, held-out tags as requests on MovieLens.

python -m bench.ask --sample LAKE --movielens LAKE [--tracking-uri URI]: lakes that `interestlake run` has made.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from interestlake.evaluation.arrays import ndcg_at
from interestlake.serving.asking.answer import Weights, answer
from interestlake.serving.asking.ask import Asking
from interestlake.serving.asking.gather import Asker
from interestlake.serving.asking.parse import Parsed, parse
from interestlake.sources.sample.interests import INTERESTS

ROOT = Path(__file__).resolve().parents[1]
K = 10
NOTHING = Weights(0, 0, 0, 0, 0, 0, 0, 0)
MODES = {
    "popularity": NOTHING,
    "lexical": replace(NOTHING, lexical=1),
    "dense": replace(NOTHING, dense=1),
    "fused": Weights(als=0, interests=0, popularity=0),
    "fused + popularity": Weights(als=0, interests=0),
    "fused + profile": Weights(),
}
FRAMES = ("something about {}", "I am looking for {} please", "{} for a rainy weekend", "can you recommend {}?")
LEAST_HISTORY = 5


@dataclass(frozen=True)
class Query:
    """A request, the columns that answer it, who asks (None: nobody), and whose average it enters."""

    text: str
    relevant: frozenset[int]
    person: Asker | None = None
    group: str = ""


def planted_queries(asking: Asking, pairs: pd.DataFrame) -> list[Query]:
    """Tags and subjects of every planted style in a frame of words; right is each item of that style."""
    column = asking.index.catalogue.column_of_index
    owners = [frame for _, frame in pairs.groupby("user_id", sort=True)]
    styles = {name: entity.items for name, entity in _categories(asking)}
    found = []
    for interest in INTERESTS:
        for style in interest.styles:
            for topic in (*style.tags, *(subject.lower() for subject in style.subjects)):
                mine = owners[len(found) * 7 % len(owners)]
                person = _person(asking, column[mine["item_index"].to_numpy()], mine["weight"].to_numpy(np.float32))
                text = FRAMES[len(found) % len(FRAMES)].format(topic)
                found.append(Query(text, frozenset(styles[style.name.lower()]), person, text))
    return found


def _categories(asking: Asking) -> Iterator[tuple[str, object]]:
    for entities in asking.index.vocabulary.phrases.values():
        yield from ((entity.name.lower(), entity) for entity in entities if entity.kind == "category")


def tag_queries(asking: Asking, tags: pd.DataFrame, pairs: pd.DataFrame) -> tuple[list[Query], list[Query]]:
    """tags(user_id, item_id, text), pairs(user_id, item_index, weight) -> each tag asked by nobody, and by its givers.

    By nobody: every item with the tag is an answer. By a giver: the items this person gave it; the person's history is
    what is left without every item the person has tagged, at least 5 items.
    """
    catalogue = asking.index.catalogue
    tags = tags.assign(text=tags["text"].str.lower().str.strip(), column=catalogue.columns_of(tags["item_id"].tolist()))
    impersonal = [Query(text, frozenset(rows["column"]), None, text) for text, rows in tags.groupby("text", sort=True)]
    personal = []
    chosen = {user: rows for user, rows in pairs.groupby("user_id")}
    for user, rows in tags.groupby("user_id", sort=True):
        if user not in chosen:
            continue
        columns = catalogue.column_of_index[chosen[user]["item_index"].to_numpy()]
        left = ~np.isin(columns, rows["column"])
        if left.sum() < LEAST_HISTORY:
            continue
        person = _person(asking, columns[left], chosen[user]["weight"].to_numpy(np.float32)[left])
        personal += [Query(text, frozenset(given["column"]), person, user) for text, given in rows.groupby("text")]
    return impersonal, personal


def _person(asking: Asking, columns: np.ndarray, weights: np.ndarray) -> Asker:
    """Shares as in gold.interest_map, from these items alone and without interests that are tags."""
    interests = asking.index.interests
    kinds = np.array([str(name).split(":", 1)[0] for name in interests.ids])
    carriers = np.maximum(np.bincount(interests.weights.indices, minlength=len(kinds)), 1)
    rarity = np.log1p(interests.weights.shape[0] / carriers)
    raw = np.asarray(interests.weights[columns].T @ weights).ravel() * rarity
    share = np.zeros(len(raw))
    for kind in {"category", "keyword"}:
        total = raw[kinds == kind].sum()
        share[kinds == kind] = raw[kinds == kind] / total if total > 0 else 0.0
    share /= max(share.sum(), 1e-9)
    return Asker(True, columns, weights, {str(interests.ids[k]): share[k] for k in np.flatnonzero(share)})


def measure(asking: Asking, queries: list[Query], modes: dict[str, Weights], rules: bool) -> pd.DataFrame:
    """-> mode, ndcg, first (the first item is right), hit (one of ten is): means over groups of means over queries."""
    cached: dict[str, np.ndarray] = {}

    def encode(text: str) -> np.ndarray:
        if text not in cached:
            cached[text] = asking.encode(text)
        return cached[text]

    rows = []
    for query in queries:
        for mode, weights in modes.items():
            ranked = _ranked(asking, query, weights, encode, rules)
            gains = np.array([column in query.relevant for column in ranked], float)
            ndcg = ndcg_at(gains[None], np.array([len(query.relevant)]), K)[0]
            rows.append((mode, query.group, ndcg, gains[:1].sum(), float(gains.any())))
    frame = pd.DataFrame(rows, columns=["mode", "group", "ndcg", "first", "hit"])
    means = frame.groupby(["mode", "group"], sort=False).mean().groupby("mode", sort=False).mean()
    return means.reset_index()


def _ranked(asking: Asking, query: Query, weights: Weights, encode: Callable, rules: bool) -> list[int]:
    index = asking.index
    parsed = parse(query.text, index.vocabulary, index.bm25)
    if not rules or weights == NOTHING:  # words alone: what the rules understood does not filter
        parsed = Parsed(terms=parsed.terms, text=query.text)
    if weights == NOTHING:
        seen = set() if query.person is None else set(query.person.columns.tolist())
        order = np.argsort(-index.popularity, kind="stable")
        return [int(column) for column in order if column not in seen][:K]
    person = query.person or Asker(known=False)
    return [hit.column for hit in answer(index, parsed, encode, person, K, weights).hits]


def half(query: Query) -> int:
    """0 or 1 by the request's hash: dev, on which weights are chosen, and test."""
    return hashlib.sha256(query.text.encode()).digest()[0] % 2


def table(title: str, figures: pd.DataFrame, count: int) -> str:
    """The figures as lines of text."""
    lines = [f"\n{title}, {count} requests", f"  {'':<24}{'nDCG@10':>9}{'first right':>13}{'hit@10':>9}"]
    lines += [f"  {row.mode:<24}{row.ndcg:>9.4f}{row.first:>13.4f}{row.hit:>9.4f}" for row in figures.itertuples()]
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", metavar="LAKE")
    parser.add_argument("--movielens", metavar="LAKE")
    parser.add_argument("--tracking-uri")
    parser.add_argument("--withheld", type=int, default=1000, metavar="N", help="requests a kind, of withheld tags")
    options = parser.parse_args(argv)
    from bench.ask_lakes import open_lakes
    from bench.ask_withheld import withheld_table

    found: dict[str, pd.DataFrame] = {}
    for name, asking, tags, pairs in open_lakes(ROOT, options.sample, options.movielens):
        if name == "sample":
            queries = planted_queries(asking, pairs)
            runs = {"planted styles, words alone": (queries, MODES, False), "planted styles, ask": (
                queries, {name: MODES[name] for name in list(MODES)[-3:]}, True)}  # fmt: skip
        else:
            nobody, givers = tag_queries(asking, tags, pairs)
            plain = {name: MODES[name] for name in list(MODES)[:-1]}
            nobody, givers = ([query for query in part if half(query)] for part in (nobody, givers))
            runs = {"tags, asked by nobody": (nobody, plain, True),
                    "tags, asked by their givers": (givers, MODES, True)}  # fmt: skip
        for title, (queries, modes, rules) in runs.items():
            found[f"{name}: {title}"] = measure(asking, queries, modes, rules)
            print(table(f"{name}: {title}", found[f"{name}: {title}"], len(queries)), flush=True)
        if name == "movielens":
            print(withheld_table(asking, tags, options.withheld), flush=True)
    if options.tracking_uri:
        _track(options.tracking_uri, found)
    return 0


def _track(uri: str, found: dict[str, pd.DataFrame]) -> None:
    from interestlake.core.tracking import one_run

    with one_run(uri, "bench-ask", {"k": K}, {"k": K}) as tracker:
        for title, figures in found.items():
            with tracker.stage(title.replace(":", "").replace(",", ""), {}):
                for row in figures.itertuples():
                    name = row.mode.replace(" + ", "_")
                    tracker.log_metrics({f"{name}_{m}": getattr(row, m) for m in ("ndcg", "first", "hit")})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
