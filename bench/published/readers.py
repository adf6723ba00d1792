"""The shared data sets as the CSV files of `interestlake benchmark`: a reader per folder."""

import ast
import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

PAIRS, TIMED = ["user_id", "item_id"], ["user_id", "item_id", "timestamp"]
ITEMS, SOCIAL, FACTS = ["item_id", "title", "text"], ["user_id", "friend_id"], ["subject", "predicate", "object"]
ALSO_BOUGHT = 20  # as the source amazon-reviews keeps them
Tables = dict[str, pd.DataFrame]


def movielens(folder: Path) -> Tables:
    """Ratings as they are; text = genres, people, plot, tags; facts = genres, people, tags, linked triples."""
    ratings = pd.read_csv(folder / "ratings.csv.gz", dtype=str)
    movies = pd.read_csv(folder / "movies.csv", dtype=str).rename(columns={"movieId": "item_id"})
    tags = pd.read_csv(folder / "tags.csv", dtype=str, keep_default_na=False)
    lines = [line.split("::") for line in gzip.open(folder / "movies_extrainfos.dat.gz", "rt", encoding="latin-1")]
    known = {line[0]: (line[6], line[8], line[9]) for line in lines if len(line) == 11}  # director, actors, plot
    genres = movies["genres"].where(movies["genres"] != "(no genres listed)", "").str.split("|")
    tagged = tags.groupby("movieId")["tag"].agg(lambda given: list(dict.fromkeys(given)))
    rows, facts = [], []
    for item, title, own in zip(movies["item_id"], movies["title"], genres, strict=True):
        director, actors, plot = (part if part != "N/A" else "" for part in known.get(item, ("", "", "")))
        parts = (", ".join(own), director, actors, plot, ", ".join(tagged.get(item, [])))
        rows.append((item, title, ". ".join(part.rstrip(".") for part in parts if part)))
        told = {"genre": own, "director": director.split(", "), "actor": actors.split(", ")}
        told["tag"] = tagged.get(item, [])
        facts += [(item, name, value) for name, values in told.items() for value in values if value]
    return {
        "pairs": _named(ratings[["userId", "movieId", "timestamp"]], TIMED),
        "items": pd.DataFrame(rows, columns=ITEMS),
        "facts": pd.concat([pd.DataFrame(facts, columns=FACTS), _triples(folder / "kg", movies["item_id"])]),
    }


def _triples(folder: Path, listed: pd.Series) -> pd.DataFrame:
    """Triples about the entities that listed items are linked to, the item's id as their subject."""
    linked = pd.read_csv(folder / "item_index2entity_id.txt", sep="\t", names=["item", "entity"], dtype=str)
    triples = pd.read_csv(folder / "kg.txt", sep="\t", names=["entity", "predicate", "object"], dtype=str)
    met = triples.merge(linked[linked["item"].isin(listed)], on="entity")
    return _named(met.assign(object="entity " + met["object"])[["item", "predicate", "object"]], FACTS)


def digital_music(folder: Path) -> Tables:
    """Reviews as pairs; text = description and categories; facts = what the shop names as also bought."""
    listed = list(_readable(folder / "meta_Digital_Music.head.json.gz", ast.literal_eval))
    rows, facts = [], []
    for product in listed:
        groups = ", ".join(dict.fromkeys(itertools.chain.from_iterable(product.get("categories", []))))
        text = ". ".join(part for part in (product.get("description", ""), groups) if part)
        rows.append((product["asin"], product.get("title", ""), text))
        others = dict.fromkeys(product.get("related", {}).get("also_bought", []))
        facts += [(product["asin"], "also_bought", other) for other in list(others)[:ALSO_BOUGHT]]
    return {
        "pairs": _reviews(folder / "reviews_Digital_Music_5.head.json.gz"),
        "items": pd.DataFrame(rows, columns=ITEMS),
        "facts": pd.DataFrame(facts, columns=FACTS),
    }


def musical_instruments(folder: Path) -> Tables:
    return {"pairs": _reviews(folder / "Musical_Instruments_5.json.gz")}


def lastfm(folder: Path) -> Tables:
    """Train and test as given."""
    parts = {}
    for part, name in (("train", "data1.txt"), ("test", "test1.txt")):
        parts[part] = _named(pd.read_csv(folder / name, sep="\t", header=None, dtype=str, usecols=[0, 1]), PAIRS)
    friends = pd.read_csv(folder / "trustnetwork.txt", sep="\t", header=None, dtype=str)
    return {**parts, "social": _named(friends, SOCIAL)}


def video(folder: Path) -> Tables:
    pairs = pd.read_csv(folder / "Video.txt.gz", sep=" ", header=None, dtype=str)
    return {"pairs": _named(pairs, PAIRS)}


def beauty(folder: Path) -> Tables:
    """A line per person, the person first; facts = the attributes."""
    people = [line.split() for line in open(folder / "Beauty.txt", encoding="utf-8")]
    held = json.loads((folder / "Beauty_item2attributes.json").read_text())
    pairs = [(person, item) for person, *items in people for item in items]
    facts = [(item, "attribute", f"attribute {value}") for item, values in held.items() for value in values]
    return {"pairs": pd.DataFrame(pairs, columns=PAIRS), "facts": pd.DataFrame(facts, columns=FACTS)}


def _reviews(path: Path) -> pd.DataFrame:
    rows = [(row["reviewerID"], row["asin"], row["unixReviewTime"]) for row in _readable(path, json.loads)]
    return pd.DataFrame(rows, columns=TIMED)


def _readable(path: Path, parse: Callable[[str], dict]) -> Iterator[dict]:
    """The records of a gzipped file, a line each; the last one may be cut off."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            try:
                yield parse(line)
            except (ValueError, SyntaxError) as fault:
                print(f"  {path.name}: left out a line that is cut off ({type(fault).__name__})")


def _named(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return frame.set_axis(columns, axis=1)
