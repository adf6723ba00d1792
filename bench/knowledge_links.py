"""Precision and recall of entity linking on the shared sets: `python -m bench.knowledge_links [movielens lastfm ...]`.

The sets' entities are numbers. Their names come from elsewhere: MovieLens' films from the plot file (another service's
titles and years), its directors and Book-Crossing's authors from every second film or book of each, whose others are to
be linked; Last.fm has no second source of names, so its artists' names are misspelt by chance.
"""

import gzip
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from interestlake.core.params.all import Embed, Knowledge
from interestlake.core.session import build_session
from interestlake.knowledge.encoding import worker_encoder
from interestlake.knowledge.link import link

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
COLUMNS = "id string, name string, year int, text string"
PLOTS = ["id", "title", "year", "rated", "released", "genres", "director", "writer", "actors", "plot", "poster"]


def rows_of(path: Path, separator: str, names: list[str], encoding: str = "utf-8", header: bool = False):
    opened = gzip.open(path, "rt", encoding=encoding) if path.suffix == ".gz" else open(path, encoding=encoding)
    with opened as file:
        lines = file.read().splitlines()[1 if header else 0 :]
    split = [line.split(separator) for line in lines]
    return pd.DataFrame([row[: len(names)] for row in split if len(row) >= len(names)], columns=names)


def graph(folder: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    facts = rows_of(folder / "kg" / "kg.txt", "\t", ["entity", "predicate", "object"])
    links = rows_of(folder / "kg" / "item_index2entity_id.txt", "\t", ["item", "entity"])
    return facts, dict(zip(links["item"], links["entity"], strict=True))


def films(folder: Path):
    """(items, entities, gold): movies.csv against the KG's films under the plot file's names."""
    movies = pd.read_csv(folder / "movies.csv", dtype=str)
    plots = rows_of(folder / "movies_extrainfos.dat.gz", "::", PLOTS, "latin-1")
    _, link_of = graph(folder)
    named = plots[plots["id"].isin(link_of)]
    entities = pd.DataFrame(
        {
            "id": named["id"].map(link_of),
            "name": named["title"],
            "year": pd.to_numeric(named["year"].str[:4], errors="coerce"),
            "text": named["plot"],
        }
    )
    items = pd.DataFrame(
        {
            "id": movies["movieId"],
            "name": movies["title"],
            "year": None,
            "text": movies["genres"].str.replace("|", ", "),
        }
    )
    gold = {item: link_of[item] for item in movies["movieId"] if item in set(named["id"])}
    return items, entities, gold


def people(works: pd.DataFrame, named: pd.DataFrame):
    """works (item, person), named (item, name): of works by one person every second names them, the others ask."""
    known = works.merge(named, on="item")
    known = known[known.groupby("item")["person"].transform("size") == 1].sort_values(["person", "item"])
    turn = known.groupby("person").cumcount()
    several = known.groupby("person")["item"].transform("size") > 1
    giving, asking = known[turn % 2 == 0], known[(turn % 2 == 1) & several]
    entities = giving[["person", "name"]].drop_duplicates().rename(columns={"person": "id"})
    items = asking[["item", "name"]].rename(columns={"item": "id"})
    return (
        items.assign(year=None, text=None),
        entities.assign(year=None, text=None),
        dict(zip(asking["item"], asking["person"], strict=True)),
    )


def directors(folder: Path):
    facts, link_of = graph(folder)
    item_of = {entity: item for item, entity in link_of.items()}
    works = facts[facts["predicate"] == "film.film.director"].assign(item=facts["entity"].map(item_of))
    plots = rows_of(folder / "movies_extrainfos.dat.gz", "::", PLOTS, "latin-1")
    named = plots[~plots["director"].str.contains(",") & (plots["director"] != "N/A")]
    return people(
        works.rename(columns={"object": "person"})[["item", "person"]],
        named.rename(columns={"id": "item", "director": "name"})[["item", "name"]],
    )


def authors(folder: Path):
    facts, link_of = graph(folder)
    item_of = {entity: item for item, entity in link_of.items()}
    works = facts[facts["predicate"] == "book.written_work.author"].assign(item=facts["entity"].map(item_of))
    books = rows_of(folder / "items_info.dat.gz", "\t", ["number", "item", "title", "name"], "latin-1", header=True)
    return people(works.rename(columns={"object": "person"})[["item", "person"]], books[["item", "name"]])


def artists(folder: Path, seed: int = 42):
    """(items, entities, gold): one misspelling in each name of eight letters or more, and none in shorter ones."""
    named = rows_of(folder / "artists.dat.gz", "\t", ["item", "name"], header=True)
    _, link_of = graph(folder)
    random = np.random.default_rng(seed)

    def misspelt(name: str) -> str:
        place = int(random.integers(1, max(2, len(name) - 1)))
        kind = int(random.integers(4)) if len(name) >= 8 else 3
        swapped = name[:place] + name[place + 1 : place + 2] + name[place : place + 1] + name[place + 2 :]
        doubled = name[:place] + name[place : place + 1] + name[place:]
        return (name[:place] + name[place + 1 :], swapped, doubled, name.upper())[kind]

    linked = named[named["item"].isin(link_of)]
    entities = pd.DataFrame({"id": linked["item"].map(link_of), "name": linked["name"].map(misspelt)})
    items = named.rename(columns={"item": "id"})
    return (
        items.assign(year=None, text=None),
        entities.assign(year=None, text=None),
        {item: link_of[item] for item in linked["item"]},
    )


def plain(frame: pd.DataFrame) -> list[tuple]:
    """(id, name, year, text) with None for what is missing."""
    rows = frame[["id", "name", "year", "text"]].astype(object).itertuples(index=False, name=None)
    return [
        (id, name, None if pd.isna(year) else int(year), None if pd.isna(text) else text)
        for id, name, year, text in rows
    ]


def main(names: list[str]) -> None:
    sets = {
        "movielens films": lambda: films(SHARED / "movielens-latest-small"),
        "movielens directors": lambda: directors(SHARED / "movielens-latest-small"),
        "lastfm artists, misspelt": lambda: artists(SHARED / "lastfm-hetrec2011"),
        "books' authors": lambda: authors(SHARED / "bookcrossing-small"),
    }
    spark = build_session("conf", "local", {"spark.local.dir": tempfile.mkdtemp()})
    settings, encode = Knowledge(), worker_encoder(Embed())[0]
    print(f"{'set':<26}{'items':>8}{'entities':>10}{'gold':>7}{'links':>7}{'precision':>11}{'recall':>8}")
    for name, read in sets.items():
        if names and not any(part in name for part in names):
            continue
        items, entities, gold = read()
        frames = [spark.createDataFrame(plain(frame), COLUMNS) for frame in (items, entities)]
        mutual = "films" in name or "artists" in name
        found = (
            frames[0]
            .transform(
                link(frames[1], encode, settings.max_block, settings.link_candidates, settings.min_score, mutual)
            )
            .toPandas()
        )
        right = (found["entity"] == found["item_id"].map(gold)).sum()
        figures = f"{right / max(len(found), 1):>11.4f}{right / len(gold):>8.4f}"
        print(
            f"{name:<26}{len(items):>8,}{frames[1].select('id').distinct().count():>10,}{len(gold):>7,}"
            f"{len(found):>7,}{figures}"
        )
        found.assign(gold=found["item_id"].map(gold)).to_csv(Path(tempfile.gettempdir()) / f"links-{name[:9]}.csv")
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
