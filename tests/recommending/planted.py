"""A small world whose taste is known: three groups of people and items; every table that recommend reads, by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

GROUPS, PEOPLE, ITEMS = 3, 36, 36
TOPICS = ("space", "jazz", "gardens")
DOCUMENT = ("doc_id string, text_hash string, kind string, item_id string, user_id string, text string, rating double, "
            "event_ts timestamp, split string")  # fmt: skip


def pairs(seed: int = 7) -> pd.DataFrame:
    """user, item, position, split: people choose 9 of their group's 12 items and one of another group."""
    random = np.random.default_rng(seed)
    rows = []
    for user in range(PEOPLE):
        own = random.permutation(np.arange(user % GROUPS, ITEMS, GROUPS))[:9]
        chosen = random.permutation([*own, (own[0] + 1) % ITEMS])
        for place, item in enumerate(chosen, 1):
            split = "train" if place <= 6 else "validation" if place <= 8 else "test"
            rows.append((user, int(item), place, split))
    return pd.DataFrame(rows, columns=["user", "item", "position", "split"])


def user_id(user: int) -> str:
    return f"{user:032x}"


def item_id(item: int) -> str:
    """Ids whose order is not the order of the indexes."""
    return f"item-{(item * 7) % ITEMS:02d}"


def write_world(lake, encoder: str = "m", chosen: pd.DataFrame | None = None) -> SimpleNamespace:
    """Write every table; returns pairs (pandas), and who has no history: `lonely`, and `friendly` with a friend.

    encoder: model_id that the vectors of the items' texts stand under; chosen: other pairs than `pairs` gives.
    """
    spark, chosen = lake.spark, pairs() if chosen is None else chosen
    train = chosen[chosen.split == "train"]
    lonely, friendly = PEOPLE, PEOPLE + 1
    counts = train.groupby("user").size()

    def write(name, rows, schema):
        frame = spark.createDataFrame(rows, schema).coalesce(1)
        frame.write.format("delta").save(lake.path(name))  # quicker than a write by contract

    write(
        "silver.users",
        [(user_id(u), u, int(counts.get(u, 0)), None, None) for u in range(PEOPLE + 2)],
        "user_id string, user_index int, item_count int, first_ts timestamp, last_ts timestamp",
    )
    popularity = train.groupby("item").size()
    write(
        "silver.items",
        [
            (item_id(i), i, f"Title <b>{i}</b>", None, [TOPICS[i % GROUPS]], int(popularity.get(i, 0)))
            for i in range(ITEMS)
        ],
        "item_id string, item_index int, title string, description string, categories array<string>, user_count int",
    )
    write(
        "silver.interactions",
        [
            (user_id(r.user), item_id(r.item), r.user, r.item, 1.0, 1, r.position, None, None, r.split)
            for r in chosen.itertuples()
        ],
        "user_id string, item_id string, user_index int, item_index int, weight double, event_count int, position int, "
        "first_ts timestamp, last_ts timestamp, split string",
    )
    links = [(friendly, 0), (0, friendly), (1, 4), (4, 1)]
    write("silver.friends", [(user_id(a), user_id(b)) for a, b in links], "user_id string, friend_id string")
    made = [(f"e:{i}", "madeBy", f"Studio {TOPICS[i % GROUPS]}", item_id(i), None) for i in range(ITEMS)]
    write(
        "silver.facts",
        made,
        "subject string, predicate string, object string, subject_item_id string, valid_to timestamp",
    )
    write(
        "silver.interests",
        [*((f"tag:{topic}", "tag", topic, ITEMS // GROUPS) for topic in TOPICS), ("topic:0", "topic", "a, b", ITEMS)],
        "interest_id string, kind string, name string, item_count int",
    )
    write(
        "silver.item_interests",
        [(item_id(i), interest, 1.0) for i in range(ITEMS) for interest in (f"tag:{TOPICS[i % GROUPS]}", "topic:0")],
        "item_id string, interest_id string, weight double",
    )
    write(
        "gold.interest_map",
        [
            (user_id(u), f"tag:{TOPICS[u % GROUPS]}", 1.0, 1.0, 5, [item_id(u % GROUPS)], None, None)
            for u in range(PEOPLE)
        ],
        "user_id string, interest_id string, strength double, share double, item_count int, evidence array<string>, "
        "first_seen timestamp, last_seen timestamp",
    )
    _write_graph(write, train)
    _write_vectors(write, train, encoder)
    return SimpleNamespace(pairs=chosen, lonely=lonely, friendly=friendly)


def _write_graph(write, train: pd.DataFrame) -> None:
    both = train.merge(train, on="user")
    both = both[both.item_x != both.item_y]
    ids = both.assign(src=both.item_x.map(item_id), dst=both.item_y.map(item_id))
    schema = "src string, dst string, weight double, pair_count bigint"
    undirected = ids[ids.src < ids.dst].groupby(["src", "dst"]).size().reset_index(name="n")
    write("graph.item_edges", [(r.src, r.dst, float(r.n), int(r.n)) for r in undirected.itertuples()], schema)
    steps = ids[ids.position_y == ids.position_x + 1].groupby(["src", "dst"]).size().reset_index(name="n")
    write("graph.item_transitions", [(r.src, r.dst, float(r.n), int(r.n)) for r in steps.itertuples()], schema)


def planted_groups(count: int) -> np.ndarray:
    return np.eye(GROUPS)[np.arange(count) % GROUPS]


def _write_vectors(write, train: pd.DataFrame, encoder: str) -> None:
    random = np.random.default_rng(3)
    matrix = np.zeros((PEOPLE, ITEMS))
    matrix[train.user, train.item] = 1
    left, size, right = np.linalg.svd(matrix, full_matrices=False)
    vectors = {
        "als_user_factors": left[:, :4] * size[:4],
        "als_item_factors": right[:4].T,
        "two_tower_user_vectors": planted_groups(PEOPLE) + 0.1 * random.random((PEOPLE, GROUPS)),
        "two_tower_item_vectors": planted_groups(ITEMS) + 0.1 * random.random((ITEMS, GROUPS)),
    }
    for name, rows in vectors.items():
        index = "user_index" if "user" in name else "item_index"
        listed = [(i, [float(x) for x in row]) for i, row in enumerate(rows)]
        write(f"models.{name}", listed, f"{index} int, vector array<float>")
    schema = "engine string, reason string, alpha double, regularization double, scaled boolean"
    write("models.als_fit", [("spark", "planted", 10.0, 0.05, True)], schema)
    text = planted_groups(ITEMS) + 0.3 * random.random((ITEMS, GROUPS))
    documents = [(f"own-{i}", f"h-{i}", "item", item_id(i), None, f"All about {TOPICS[i % GROUPS]}.", None, None, "all")
                 for i in range(ITEMS)]  # fmt: skip
    documents.append(("said", "h-said", "review", item_id(0), user_id(0), "Loud.", 4.0, None, "train"))
    write("silver.documents", documents, DOCUMENT)
    vectors = [(f"h-{i}", encoder, "onnx", [float(x) for x in row]) for i, row in enumerate(text)]
    vectors += [("h-said", encoder, "onnx", [0.0, 0.0, 0.0]), ("h-0", "another", "onnx", [1.0])]
    write("silver.embeddings", vectors, "text_hash string, model_id string, engine string, vector array<float>")
    write(
        "models.item_features",
        [(i, [float(x) for x in row], [0.0, 0.0]) for i, row in enumerate(text)],
        "item_index int, text_vector array<float>, graph_vector array<float>",
    )
