"""A generated shop of any size as files for a mapping: events, items, friends, facts, a chosen share of texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..generated import DAY, GROUP_ITEMS, draw_pairs

EVENTS_A_PERSON, EVENTS_AN_ITEM = 20, 100
FRIENDS_A_PERSON, FACTS_AN_ITEM = 2, 2
CHUNK = 1_000_000  # rows that are held while they are written
START = 1_700_000_000
SENTENCE = 9  # words of a generated review
KINDS, MAKERS = 40, 50  # categories; items of one maker
MAPPING = """source: generated
events:
  files: events*.csv
  format: csv
  columns: {user_id: user, item_id: item, event_type: type, text: text, timestamp: time}
  time_unit: seconds
items:
  files: items.csv
  format: csv
  columns: {item_id: item, title: title, categories: kind}
friends:
  files: friends.csv
  format: csv
  columns: {user_id: user, friend_id: friend}
facts:
  files: facts.csv
  format: csv
  columns: {subject: item, predicate: predicate, object: object, subject_item_id: item}
"""
ADJECTIVES = "quiet bright old quick heavy soft plain wild deep warm cold sharp round narrow early late".split()
NOUNS = ("garden river engine market violin harbour forest kitchen mountain letter window bicycle castle desert island "
         "planet circus library station bridge").split()  # fmt: skip


@dataclass(frozen=True)
class Size:
    """So many events; people and items in proportion unless they are given, texts a share of the events."""

    events: int
    text_share: float = 0.01
    people: int = 0
    items: int = 0

    @property
    def users(self) -> int:
        return self.people or max(self.events // EVENTS_A_PERSON, 50)

    @property
    def catalogue(self) -> int:
        return self.items or max(self.events // EVENTS_AN_ITEM, 50)

    @property
    def texts(self) -> int:
        return round(self.events * self.text_share)


def write_world(size: Size, folder: Path, seed: int = 42) -> Path:
    """Write the files of `size` and mapping.yml into `folder` -> the mapping."""
    inputs = folder / "in"
    inputs.mkdir(parents=True)
    for number, part in enumerate(_events(size, seed)):
        part.to_csv(inputs / f"events-{number:03}.csv", index=False)
    random = np.random.default_rng([seed, 1])
    item = np.arange(size.catalogue)
    group = item % max(1, size.catalogue // GROUP_ITEMS)
    titles = _words(random, ADJECTIVES, size.catalogue) + " " + _words(random, NOUNS, size.catalogue)
    titles = titles + " " + item.astype(str)
    kind = "kind " + pd.Series(group % KINDS).astype(str)
    pd.DataFrame({"item": item, "title": titles, "kind": kind}).to_csv(inputs / "items.csv", index=False)
    friends = random.integers(0, size.users, (FRIENDS_A_PERSON * size.users, 2))
    friends = friends[friends[:, 0] != friends[:, 1]]
    pd.DataFrame(friends, columns=["user", "friend"]).to_csv(inputs / "friends.csv", index=False)
    facts = pd.DataFrame({"item": np.tile(item, FACTS_AN_ITEM)})
    facts["predicate"] = np.repeat(["maker", "place"], size.catalogue)
    facts["object"] = np.concatenate([_named("Maker", item // MAKERS), _named("Place", group)])
    facts.to_csv(inputs / "facts.csv", index=False)
    mapping = folder / "mapping.yml"
    mapping.write_text(MAPPING, encoding="utf-8")
    return mapping


def _events(size: Size, seed: int) -> Iterator[pd.DataFrame]:
    """user, item, type, text, time, in parts of CHUNK; the last `texts` of each part are reviews."""
    user, item = draw_pairs(size.users, size.catalogue, size.events, seed)
    random = np.random.default_rng([seed, 2])
    time = START + np.floor(random.random(size.events) * 365 * DAY).astype(np.int64)
    for start in range(0, size.events, CHUNK):
        part = slice(start, min(start + CHUNK, size.events))
        rows = pd.DataFrame({"user": user[part], "item": item[part], "time": time[part]})
        texts = round(len(rows) * size.text_share)
        rows["type"] = np.where(np.arange(len(rows)) < texts, "review", "view")
        rows["text"] = None
        words = [_words(random, NOUNS if place % 2 else ADJECTIVES, texts) for place in range(SENTENCE)]
        told = "number " + pd.Series(np.arange(start, start + texts)).astype(str)  # no two texts are alike
        for word in words:
            told = told + " " + word
        rows.loc[: texts - 1, "text"] = told.to_numpy(object)
        yield rows


def _words(random: np.random.Generator, words: list[str], count: int) -> pd.Series:
    return pd.Series(np.array(words, object)[random.integers(0, len(words), count)])


def _named(name: str, numbers: np.ndarray) -> np.ndarray:
    return (name + " " + pd.Series(numbers).astype(str)).to_numpy(object)
