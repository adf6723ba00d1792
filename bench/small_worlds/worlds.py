"""Small worlds: some people of a shared data set, cut by time or at random, as the benchmark's inputs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from interestlake.interactions.csv_files import Inputs, read_inputs
from interestlake.interactions.protocols import split_pairs

from ..generated import generated
from ..published import readers

TIME, RANDOM, LAST, OWN_TIME = "time", "random", "last", "own time"
SPLITS = {TIME: ("global-time", 0.2), RANDOM: ("stratified-user", 0.25), LAST: ("leave-one-out", 0.0)}
SHARES = (0.2, 0.1)  # of each person's pairs, newest first, that are test and validation where a person's own time cuts
LEAST_PAIRS = 3  # of a person that may be drawn
PAIRS_PER_PERSON, ITEMS_PER_PERSON = 20, 2  # of the generated world


@dataclass(frozen=True)
class World:
    """`people` drawn from a data set and the items that two or more of them chose, split by `split`: time (the newest
    fifth of all pairs), random (a quarter of each person's pairs), last (each person's last pair, where only the order
    of pairs is known) or own time (each person's newest fifth; the tenth before it is given as validation)."""

    data: str
    people: int
    split: str
    seed: int

    @property
    def name(self) -> str:
        return f"{self.data} {self.people} {self.split}" + (f" #{self.seed}" if self.seed else "")


def _lastfm(folder: Path) -> readers.Tables:
    tables = readers.lastfm(folder)
    return {"pairs": pd.concat([tables["train"], tables["test"]]), "social": tables["social"]}


def _bookcrossing(folder: Path) -> readers.Tables:
    ratings = pd.read_csv(folder / "book_ratings.dat", sep="\t", dtype=str)
    return {"pairs": ratings[["user", "item"]].set_axis(readers.PAIRS, axis=1)}


def _movielens(folder: Path) -> readers.Tables:
    return {"pairs": readers.movielens(folder)["pairs"]}  # the models of its texts would take longer than all others


DATASETS: dict[str, tuple[str, Callable[[Path], readers.Tables]]] = {
    "movielens": ("movielens-latest-small", _movielens),
    "lastfm": ("lightgcn-lastfm-split", _lastfm),
    "musical-instruments": ("amazon-musical-instruments-5core", readers.musical_instruments),
    "digital-music": ("amazon-digital-music-head", readers.digital_music),
    "video": ("sasrec-video-split", readers.video),
    "beauty": ("s3rec-beauty-split", readers.beauty),
    "bookcrossing": ("bookcrossing-small", _bookcrossing),
}


def there(world: World, data: Path) -> World:
    """The world itself, or the generated one of that size where its data set is not in `data`."""
    known = world.data in DATASETS and (data / DATASETS[world.data][0]).is_dir()
    split = world.split if world.split in (TIME, OWN_TIME) else RANDOM
    return world if known else World("generated", world.people, split, world.seed)


def read_world(world: World, data: Path, folder: Path) -> Inputs:
    """Writes the world's files to `folder` and reads them as the benchmark does."""
    tables = _tables(world, data)
    pairs = _drawn(tables["pairs"].drop_duplicates(["user_id", "item_id"]), world)
    part = _parted(pairs, world)
    if world.split == RANDOM:
        pairs = pairs.drop(columns="timestamp", errors="ignore")
    parts = {name: pairs[part == name] for name in ("train", "validation", "test")}
    met, people = set(pairs["item_id"]), set(pairs["user_id"])
    if "items" in tables:
        parts["items"] = tables["items"][tables["items"]["item_id"].isin(met)]
    if "facts" in tables and world.split not in (TIME, OWN_TIME):  # they were gathered after the test
        parts["facts"] = tables["facts"][tables["facts"]["subject"].isin(met)]
    if "social" in tables:
        parts["social"] = tables["social"][tables["social"].isin(people).all(axis=1)]
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in parts.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return read_inputs(**{name: str(folder / f"{name}.csv") for name, frame in parts.items() if len(frame)})


def _drawn(pairs: pd.DataFrame, world: World) -> pd.DataFrame:
    """The pairs of the drawn people with items that two of them chose, rows in their order."""
    several = pairs.groupby("user_id")["item_id"].transform("size") >= LEAST_PAIRS
    everybody = np.unique(pairs["user_id"][several].to_numpy(object))
    size = min(world.people, len(everybody))
    people = np.random.default_rng([world.seed, size]).choice(everybody, size, replace=False)
    pairs = pairs[pairs["user_id"].isin(people)]
    shared = pairs.groupby("item_id")["user_id"].transform("size") >= 2
    pairs = pairs[shared].reset_index(drop=True)
    return pairs.assign(timestamp=pd.to_numeric(pairs["timestamp"])) if "timestamp" in pairs.columns else pairs


def _parted(pairs: pd.DataFrame, world: World) -> np.ndarray:
    """ "train", "validation" or "test" per row."""
    if world.split != OWN_TIME:
        return split_pairs(pairs, *SPLITS[world.split], 0.0, world.seed).to_numpy()
    ranked = pairs.sort_values(["user_id", "timestamp", "item_id"])
    from_end = ranked.groupby("user_id").cumcount(ascending=False).reindex(pairs.index)
    size = pairs.groupby("user_id")["item_id"].transform("size")
    test, validation = (np.maximum(np.round(size * share), 1) for share in SHARES)
    late = np.where(from_end < test, "test", np.where(from_end < test + validation, "validation", "train"))
    return np.where(size >= 3, late, "train")


def _tables(world: World, data: Path) -> readers.Tables:
    if world.data in DATASETS:
        folder, read = DATASETS[world.data]
        return read(data / folder)
    items = ITEMS_PER_PERSON * world.people
    made = generated(world.people, items, PAIRS_PER_PERSON * world.people, world.seed)
    columns = (made.user_ids[made.users], made.item_ids[made.items], made.times)
    return {"pairs": pd.DataFrame(dict(zip(readers.TIMED, columns, strict=True)))}
