"""Worlds of one shape each: what people do there, and popular items that the recipe's guard rails must keep out."""

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml

START = 1_700_000_000  # seconds; day 0 of every world
BASE = "https://world.example/"
DAYS = 60


@dataclass(frozen=True)
class Shape:
    """categories; event type -> how often; `fault` -> what makes every sixth item one that must not be listed."""

    categories: tuple[str, ...]
    events: dict[str, float]
    attribute: str = ""
    titles: tuple[str, ...] = ()
    dated: bool = False
    chained: bool = False
    rare: bool = False


SHAPES = {
    "shop": Shape(("kitchen", "garden", "office", "toys"), {"view": 0.6, "purchase": 0.25, "like": 0.15}, "stock=0"),
    "video": Shape(
        ("drama", "comedy", "thriller", "nature"), {"play": 0.5, "rating": 0.4, "view": 0.1}, "audience=adult"
    ),
    "music": Shape(("jazz", "metal", "folk", "techno"), {"play": 0.8, "like": 0.2}, "explicit=true"),
    "news": Shape(("world", "city", "sport", "science"), {"view": 0.9, "like": 0.1}, dated=True),
    "social": Shape(
        ("cats", "chess", "bikes", "bread"),
        {"like": 0.5, "view": 0.4, "review": 0.1},
        titles=("Church meeting", "My pregnancy", "Religious songs"),
        rare=True,
    ),
    "education": Shape(("maths", "music", "coding", "history"), {"play": 0.6, "rating": 0.4}, chained=True),
    "travel": Shape(("Spain", "Japan", "Peru", "Norway"), {"view": 0.6, "purchase": 0.3, "review": 0.1}, "closed=true"),
    "health": Shape(
        ("sleep", "food", "sports", "skin"),
        {"view": 0.6, "review": 0.4},
        titles=("HIV home test", "Living with depression", "Alcohol and you"),
        rare=True,
    ),
}


@dataclass(frozen=True)
class World:
    """events: (user, item, type, value or None, second, text or None); items: (item, title, categories, attributes);
    friends: pairs; facts: (subject, predicate, object); `must_not`: items that no list may hold for anybody."""

    events: list[tuple]
    items: list[tuple]
    friends: list[tuple]
    facts: list[tuple]
    must_not: set[str]
    needs: dict[str, set[str]] = field(default_factory=dict)


def make_world(name: str, people: int = 40, items: int = 48, seed: int = 1) -> World:
    """The world of a recipe; people of four groups, each with an eye on one category, and all like what is faulty."""
    shape, generator = SHAPES[name], np.random.default_rng((seed, len(name), ord(name[0])))
    ids = [f"item{i:03}" for i in range(items)]
    faulty = np.arange(items) % 6 == 0
    first_day = np.sort(generator.uniform(0, DAYS - 1, items)) if shape.dated else np.zeros(items)
    rare = np.arange(items) % 6 == 3 if shape.rare else np.zeros(items, bool)
    rows = []
    for i, item in enumerate(ids):
        category = shape.categories[i // 2 % len(shape.categories)]
        title = f"{category} number {i}"
        if faulty[i] and shape.titles:
            title = f"{shape.titles[i // 6 % len(shape.titles)]}, part {i}"
        attributes = dict([shape.attribute.split("=")]) if faulty[i] and shape.attribute else {}
        rows.append((item, title, [category], attributes))
    groups = np.array([shape.categories.index(row[2][0]) for row in rows])
    events, rare_left = [], dict.fromkeys(np.flatnonzero(rare), 1)
    for user in range(people):
        liking = np.where(groups == user % len(shape.categories), 1.0, 0.1) * np.where(faulty, 1.5, 1.0)
        liking[[i for i in np.flatnonzero(rare) if rare_left[i] <= 0]] = 0
        chosen = generator.choice(items, 12, replace=False, p=liking / liking.sum())
        for i in chosen:
            if rare[i]:
                rare_left[i] -= 1
            late = DAYS - first_day[i]
            day = first_day[i] + (generator.uniform(0, min(3, late)) if shape.dated else generator.uniform(0, DAYS))
            for _ in range(generator.integers(1, 3)):
                kind = str(generator.choice(list(shape.events), p=list(shape.events.values())))
                text = f"I think {rows[i][2][0]} is good to read about" if kind == "review" else None
                events.append(
                    (
                        f"u{user:03}",
                        ids[i],
                        kind,
                        5.0 if kind in ("rating", "review") else None,
                        START + int(day * 86_400),
                        text,
                    )
                )
    must_not = {ids[i] for i in np.flatnonzero(faulty)} if shape.attribute or shape.titles else set()
    if shape.dated:
        newest, first = max(event[4] for event in events), {}
        for _, item, _, _, at, _ in events:
            first[item] = min(at, first.get(item, at))
        must_not = {item for item, at in first.items() if newest - at > 7 * 86_400}
    needs = {}
    if shape.chained:  # each course asks for the one before it in its subject
        for subject in range(len(shape.categories)):
            track = [ids[i] for i in np.flatnonzero(groups == subject)]
            needs |= {later: {earlier} for earlier, later in zip(track, track[1:], strict=False)}
    facts = [(f"item/{later}", "requires", f"item/{earlier}") for later, (earlier,) in needs.items()]
    facts += [(f"item/{ids[0]}", "taught in", "English")] + [(f"item/{item}", "is", "course") for item in ids if needs]
    friends = [(f"u{user:03}", f"u{(user + 4) % people:03}") for user in range(people)]
    return World(events, rows, friends, facts, must_not, needs)


def write_files(world: World, folder: Path) -> tuple[Path, Path]:
    """events.jsonl, items.jsonl, friends.csv, facts.nt and mapping.yml -> (folder of the data, mapping)."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    names = ("user_id", "item_id", "event_type", "value", "timestamp", "text")
    attributes = sorted({name for *_, given in world.items for name in given})
    lines = (json.dumps(dict(zip(names, event, strict=True))) + "\n" for event in world.events)
    (data / "events.jsonl").write_text("".join(lines), encoding="utf-8")
    with open(data / "items.jsonl", "w", encoding="utf-8") as file:
        for item, title, categories, given in world.items:
            file.write(json.dumps({"item_id": item, "title": title, "categories": categories, **given}) + "\n")
    with open(data / "friends.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("user_id", "friend_id"), *world.friends])
    triples = "".join(f"<{BASE}{s}> <{BASE}{p.replace(' ', '_')}> {_object(o)} .\n" for s, p, o in world.facts)
    (data / "facts.nt").write_text(triples, encoding="utf-8")
    mapping = {
        "events": {"files": "events.jsonl", "format": "jsonl", "columns": {name: name for name in names}},
        "items": {
            "files": "items.jsonl",
            "format": "jsonl",
            "attributes": attributes,
            "columns": {name: name for name in ("item_id", "title", "categories")},
        },
        "friends": {
            "files": "friends.csv",
            "format": "csv",
            "columns": {name: name for name in ("user_id", "friend_id")},
        },
        "facts": {"files": "facts.nt", "format": "ntriples", "base": BASE, "item_prefix": "item/"},
    }
    (folder / "mapping.yml").write_text(yaml.safe_dump(mapping), encoding="utf-8")
    return data, folder / "mapping.yml"


def _object(value: str) -> str:
    return f"<{BASE}{value}>" if value.startswith("item/") else json.dumps(value)
