"""The generated world as raw files, written once per (seed, users), by people and items in parallel."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession

from ...core.errors import BadInput
from ...core.storage import filesystem
from .catalogue import SampleCatalogue, build_catalogue, item_count, item_id, maker_of, title_of
from .dirt import damaged, kind_of_person, roughened
from .grammar import polarity_of, write_description
from .interests import INTERESTS
from .people import choose_friends, live, make_person, user_id

GENERATOR = 2  # raise it when the same (seed, users) gives other files
BASE = "https://interestlake.example/"
ROWS = "kind string, position bigint, value string"
PEOPLE_PER_FILE, ITEMS_PER_FILE, STREAM_ITEM = 2_500, 5_000, 5
# kind of row -> file name
FILES = {
    "events": "events-{part:05d}.jsonl",
    "friends": "friends-{part:05d}.csv",
    "items": "items-{part:05d}.jsonl",
    "facts": "facts-{part:05d}.nt",
    "truth_user_interests": "truth/user_interests-{part:05d}.jsonl",
    "truth_sentiment": "truth/sentiment-{part:05d}.jsonl",
    "truth_dirt": "truth/dirt-{part:05d}.jsonl",
    "truth_items": "truth/items-{part:05d}.jsonl",
}
OF_PEOPLE = ("events", "friends", "truth_user_interests", "truth_sentiment", "truth_dirt")
FRIENDS_HEADER = (-1, "friends", "user_id,friend_id")


def ensure_world(spark: SparkSession, lake_root: str, seed: int, users: int) -> str:
    """The folder `<lake>/raw/sample-<seed>-<users>`, made where it is not complete. Runs at most one Spark job.

    It is written under another name and renamed when whole, so a killed run leaves nothing that looks complete.
    """
    folder = f"{lake_root}/raw/sample-{seed}-{users}"
    fs, target = filesystem(spark, folder)
    wanted = {"generator": GENERATOR, "seed": seed, "users": users, "items": item_count(users)}
    if _manifest(spark, folder) == wanted:
        return folder
    draft = f"{lake_root}/raw/.sample-{seed}-{users}.draft"
    draft_path = filesystem(spark, draft)[1]
    fs.delete(draft_path, True)
    _write(spark, generated_people(spark, seed, users).unionByName(generated_items(spark, seed, users)), draft)
    out = fs.create(filesystem(spark, f"{draft}/_world.json")[1])
    out.write(json.dumps(wanted).encode())
    out.close()
    fs.delete(target, True)
    if not fs.rename(draft_path, target):
        raise BadInput.of(f"folder {folder}", found="no way to make it", expected="a writable folder", where="--lake")
    return folder


def generated_people(spark: SparkSession, seed: int, users: int) -> DataFrame:
    """(kind, position, value): lines of events, friends and their truth; people in order within a partition. Lazy."""

    def generate(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        catalogue = build_catalogue(seed, users)
        yield _rows([FRIENDS_HEADER])
        for batch in batches:
            people = (_lines_of_person(seed, users, int(number), catalogue) for number in batch["id"])
            yield _rows(line for lines in people for line in lines)

    parts = max(2, -(-users // PEOPLE_PER_FILE))
    return spark.range(0, users, 1, parts).mapInPandas(generate, ROWS)


def generated_items(spark: SparkSession, seed: int, users: int) -> DataFrame:
    """(kind, position, value): lines of items, facts and truth; items in order within a partition. Lazy."""

    def generate(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        catalogue = build_catalogue(seed, users)
        for batch in batches:
            yield _rows(line for number in batch["id"] for line in _lines_of_item(seed, int(number), catalogue))

    size = item_count(users)
    return spark.range(0, size, 1, max(1, -(-size // ITEMS_PER_FILE))).mapInPandas(generate, ROWS)


def _rows(lines: Iterable[tuple[int, str, str]]) -> pd.DataFrame:
    rows = [(kind, number, value) for number, kind, value in lines]
    return pd.DataFrame(rows, columns=["kind", "position", "value"])


def _lines_of_person(seed: int, users: int, number: int, catalogue: SampleCatalogue) -> Iterator[tuple[int, str, str]]:
    person = make_person(seed, number)
    name = user_id(number)
    friends = choose_friends(seed, users, person)
    events, reviews = live(person, catalogue)
    for event in events:
        if event["event_type"] == "review":
            event["text"] = roughened(event["text"], number)
    lines = [("events", json.dumps(event)) for event in events]
    kind = kind_of_person(number)
    if kind and events:
        lines.append(("events", damaged(events[-1], kind)))
        lines.append(("truth_dirt", json.dumps({"kind": kind})))
    lines += [("friends", f"{name},{user_id(friend)}") for friend in friends]
    for kind_of_interest, share in enumerate(np.round(person.shares, 6)):
        taste = {"user_id": name, "interest": INTERESTS[kind_of_interest].name, "weight": float(share)}
        lines.append(("truth_user_interests", json.dumps({**taste, "community": person.community})))
    for item, rating in reviews:
        said = {"user_id": name, "item_id": item_id(item), "polarity": polarity_of(rating)}
        lines.append(("truth_sentiment", json.dumps(said)))
    for place, (row_kind, value) in enumerate(lines):
        yield number * 1_000 + place, row_kind, value


def _lines_of_item(seed: int, number: int, catalogue: SampleCatalogue) -> Iterator[tuple[int, str, str]]:
    rng = np.random.default_rng([seed, STREAM_ITEM, number])
    interest = INTERESTS[int(catalogue.interest[number])]
    style = interest.styles[int(catalogue.style[number])]
    title, form, _ = title_of(catalogue, number)
    maker = maker_of(number)
    item = {
        "item_id": item_id(number),
        "title": title,
        "description": write_description(catalogue, number, rng),
        "categories": [interest.name.title(), style.name],
        "format": form,
        "maker": maker,
    }
    lines = [("items", json.dumps(item))]
    truth = {"item_id": item_id(number), "interest": interest.name, "community": interest.community}
    lines.append(("truth_items", json.dumps(truth)))
    subject = f"item/{item_id(number)}"
    facts = [
        (subject, "made_by", f"maker/{_slug(maker)}"),
        (subject, "about", f"interest/{_slug(interest.name)}"),
        (subject, "in_style", f"style/{_slug(style.name)}"),
    ]
    if catalogue.next_part[number] >= 0:
        facts += [
            (subject, "part_of", f"series/{_slug(title.removesuffix(', Part 1'))}"),
            (subject, "followed_by", f"item/{item_id(int(catalogue.next_part[number]))}"),
        ]
    elif catalogue.previous_part[number] >= 0:
        facts.append((subject, "part_of", f"series/{_slug(title.removesuffix(', Part 2'))}"))
    near = catalogue.of_interest(number % len(INTERESTS))
    near = near[(catalogue.style[near] == catalogue.style[number]) & (near != number)]
    for other in sorted(rng.permutation(near)[:2]):
        facts.append((subject, "similar_to", f"item/{item_id(int(other))}"))
    if number < len(INTERESTS):
        partner = next(i.name for i in INTERESTS if i.community == interest.community and i.name != interest.name)
        facts.append((f"interest/{_slug(interest.name)}", "goes_with", f"interest/{_slug(partner)}"))
    lines += [("facts", f"<{BASE}{s}> <{BASE}{p}> <{BASE}{o}> .") for s, p, o in facts]
    label = f"<{BASE}{subject}> <{BASE}label> {json.dumps(title, ensure_ascii=False)} ."
    lines.append(("facts", label))
    for place, (row_kind, value) in enumerate(lines):
        yield number * 1_000 + place, row_kind, value


def _slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _manifest(spark: SparkSession, folder: str) -> dict | None:
    fs, path = filesystem(spark, f"{folder}/_world.json")
    if not fs.exists(path):
        return None
    stream = fs.open(path)
    try:
        return json.loads(bytes(stream.readAllBytes()))
    finally:
        stream.close()


def _write(spark: SparkSession, rows: DataFrame, folder: str) -> None:
    """One text file per kind and partition, lines in order, numbered from 0, under the same names in every run."""
    loose = f"{folder}/_loose"
    ordered = rows.sortWithinPartitions("kind", "position").select("kind", "value")
    ordered.write.partitionBy("kind").text(loose)
    fs, root = filesystem(spark, loose)
    kinds = {status.getPath().getName().removeprefix("kind="): status.getPath() for status in fs.listStatus(root)}
    written = {kind: [part.getPath() for part in fs.listStatus(kinds[kind])] for kind in FILES if kind in kinds}
    # the partitions of items come after those of people
    items_from = min(_part(path) for kind, paths in written.items() if kind not in OF_PEOPLE for path in paths)
    for kind, paths in written.items():
        for path in paths:
            number = _part(path) - (0 if kind in OF_PEOPLE else items_from)
            target = filesystem(spark, f"{folder}/{FILES[kind].format(part=number)}")[1]
            fs.mkdirs(target.getParent())
            fs.rename(path, target)
    fs.delete(root, True)


def _part(path: Any) -> int:
    return int(path.getName().split("-")[1])
